import { text as textShape } from '../shapes/index.ts';
import type { ReplyKind } from '../model/kind.ts';
import { contentOf, plainBytes } from './content.ts';
import { asText, filled } from './value.ts';

export const html = {
  key: 'html',
  shape: textShape({ about: 'The page to answer with.' }),
  about: 'HTML, in UTF-8.',
  examples: [
    { yaml: 'html: <h1>Sorry</h1>', status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<h1>Sorry</h1>' },
    { yaml: '{ status: 502, html: <h1>Bad Gateway</h1> }', status: 502, body: '<h1>Bad Gateway</h1>' },
  ],
  compile: (value, compiler) => contentOf(filled(value, compiler, (one) => Buffer.from(asText(one))), (bytes) => plainBytes(bytes, 'text/html; charset=utf-8')),
} satisfies ReplyKind<string>;
