import { text as textShape } from '../shapes/index.ts';
import type { ReplyKind } from '../model/kind.ts';
import { contentOf, plainBytes } from './content.ts';
import { asText, filled } from './value.ts';

export const xml = {
  key: 'xml',
  shape: textShape({ about: 'The document to answer with.' }),
  about: 'XML, in UTF-8.',
  examples: [
    { yaml: 'xml: <task id="1"/>', status: 200, headers: { 'content-type': 'application/xml; charset=utf-8' }, body: '<task id="1"/>' },
  ],
  compile: (value, compiler) => contentOf(filled(value, compiler, (one) => Buffer.from(asText(one))), (bytes) => plainBytes(bytes, 'application/xml; charset=utf-8')),
} satisfies ReplyKind<string>;
