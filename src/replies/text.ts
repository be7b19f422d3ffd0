import { text as textShape } from '../shapes/index.ts';
import type { ReplyKind } from '../model/kind.ts';
import { contentOf, plainBytes } from './content.ts';
import { asText, filled } from './value.ts';

export const text = {
  key: 'text',
  shape: textShape({ about: 'The text to answer with.' }),
  about: 'Text, in UTF-8.',
  examples: [
    { yaml: 'text: pong', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '4' }, body: 'pong' },
    { yaml: '{ text: a;b, type: text/csv }', status: 200, headers: { 'content-type': 'text/csv' }, body: 'a;b' },
    { yaml: 'text: Grüße', status: 200, headers: { 'content-length': '7' }, body: 'Grüße' },
  ],
  compile: (value, compiler) => contentOf(filled(value, compiler, (one) => Buffer.from(asText(one))), (bytes) => plainBytes(bytes, 'text/plain; charset=utf-8')),
} satisfies ReplyKind<string>;
