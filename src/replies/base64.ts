import { show } from '../base/show.ts';
import { text } from '../shapes/index.ts';
import type { ReplyKind } from '../model/kind.ts';
import { contentOf } from './content.ts';
import { representedBytes } from './representation.ts';
import { asText, filled, Unfit } from './value.ts';

export const base64 = {
  key: 'base64',
  shape: text({ about: 'The bytes to answer with, in base64 (RFC 4648 §4 or §5); white space is ignored.' }),
  about: 'Bytes, written in base64.',
  examples: [
    { yaml: 'base64: aGVsbG8=', status: 200, headers: { 'content-type': 'application/octet-stream', 'content-length': '5', 'accept-ranges': 'bytes' }, body: 'hello' },
    { yaml: '{ base64: R0lGODlhAQABAAAAACw=, type: image/gif }', status: 200, headers: { 'content-type': 'image/gif' } },
  ],
  compile: (value, compiler) => contentOf(filled(value, compiler, (one) => decodeBase64(asText(one))), (bytes) => representedBytes(bytes, 'application/octet-stream')),
} satisfies ReplyKind<string>;

/** Strict: `Buffer.from` would drop what is no base64 without a word. Throws {@link Unfit}. */
export function decodeBase64(source: string): Buffer {
  const compact = source.replace(/\s+/g, '');
  const bare = compact.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/_-]*$/.test(bare) || bare.length % 4 === 1 || compact.length - bare.length > 2) throw new Unfit('This is not base64', 'letters, digits, `+` and `/`, four for every three bytes', show(source));
  return Buffer.from(bare, 'base64');
}
