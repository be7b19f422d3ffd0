import { createHash } from 'node:crypto';
import { parseSize } from '../base/units.ts';
import { show } from '../base/show.ts';
import { dynamic, DynamicText, invalid, size, turned } from '../shapes/index.ts';
import type { ContentMade, ReplyKind } from '../model/index.ts';
import { contentOf } from './content.ts';
import { seededBytes } from './seeded-bytes.ts';
import { asText, constant, filled, Unfit } from './value.ts';

/** Far more than a test downloads, and every offset in it is a safe integer. */
const maxBytes = 2 ** 40;
const expected = 'a size of at most `1 TiB`';

/**
 * The bytes depend on the place of the reply and the server's seed, not on the call: a download is resumed by a second call, which
 * must find the same bytes.
 */
export const bytes = {
  key: 'bytes',
  shape: dynamic(turned(size('How many bytes to send.'), (value, path, report) => {
    if (value <= maxBytes) return value;
    report(path, { code: 'wrong-value', message: 'Wrong value for `bytes`', expected, got: `${value} B` });
    return invalid;
  })),
  about: 'So many seeded bytes, made as they are sent.',
  examples: [{ yaml: 'bytes: 1 KiB', status: 200, headers: { 'content-type': 'application/octet-stream', 'content-length': '1024', 'accept-ranges': 'bytes' } }],
  compile(value, compiler) {
    const sizeBytes = value instanceof DynamicText ? filled(value.source, compiler, sizeOf) : constant(value);
    let last: { readonly seed: number; readonly count: number; readonly made: ContentMade } | null = null;
    const content = contentOf(sizeBytes, (count, { seed }) => {
      // Kept for its digest, which costs a reading of all the bytes.
      if (last?.seed !== seed || last.count !== count) last = { seed, count, made: madeBytes(count, `${compiler.label}|${seed}`) };
      return last.made;
    });
    return { ...content, fixed: false };
  },
} satisfies ReplyKind<number | DynamicText, string | number>;

function madeBytes(sizeBytes: number, label: string): ContentMade {
  const source = seededBytes(label);
  const etag = `"${createHash('sha256').update(`${label}\n${sizeBytes}`).digest('base64url').slice(0, 24)}"`;
  let digest: Promise<Buffer> | null = null;
  return {
    body: { kind: 'made', sizeBytes, read: source.read, representation: { etag, lastModified: null, sha256: () => (digest ??= source.sha256(sizeBytes)) } },
    type: 'application/octet-stream',
  };
}

function sizeOf(value: unknown): number {
  const text = asText(value).trim();
  const count = /^\d+$/.test(text) ? Number(text) : parseSize(text);
  if (count === null || count > maxBytes) throw new Unfit('This is no number of bytes', `${expected}, or a whole number`, show(text));
  return count;
}
