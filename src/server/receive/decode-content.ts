import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { formatSize } from '../../base/units.ts';
import { Refusal } from './refusal.ts';

type Decoder = (bytes: Buffer, options: { maxOutputLength: number }, callback: (error: Error | null, decoded: Buffer) => void) => void;

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: (bytes, options, callback) => gunzip(bytes, options, callback),
  'x-gzip': (bytes, options, callback) => gunzip(bytes, options, callback),
  // `deflate` means zlib's format; some clients send the bare one (RFC 9110 §8.4.1.2).
  deflate: (bytes, options, callback) => ((bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0 ? inflate : inflateRaw)(bytes, options, callback),
  br: (bytes, options, callback) => brotliDecompress(bytes, options, callback),
};

const maxCodings = 3;

/** The codings of a Content-Encoding, in the order in which they were applied; `identity` left out. Throws 415 for one that is not known. */
export function codingsOf(header: string | undefined): readonly string[] {
  const codings = (header ?? '').split(',').map((coding) => coding.trim().toLowerCase()).filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > maxCodings) throw new Refusal(415, `The body has more than ${maxCodings} content codings`, true);
  for (const coding of codings) {
    if (!Object.hasOwn(decoders, coding)) throw new Refusal(415, `The content coding of the body is not known: expected gzip, deflate or br`, true);
  }
  return codings;
}

/** Undoes the codings. Throws 400 for bytes that are not of their coding, 413 for more than `maxBytes`. */
export async function decodeContent(bytes: Buffer, codings: readonly string[], maxBytes: number): Promise<Buffer> {
  let decoded = bytes;
  for (const coding of codings.toReversed()) decoded = await decodeOne(decoded, coding, maxBytes);
  return decoded;
}

function decodeOne(bytes: Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  return new Promise((done, fail) => {
    const notWellFormed = new Refusal(400, `The body is not well-formed ${coding}`, false);
    if (bytes.length < 2) return bytes.length === 0 ? done(bytes) : fail(notWellFormed);
    decoders[coding]!(bytes, { maxOutputLength: maxBytes }, (error, decoded) => {
      if (!error) done(decoded);
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') fail(parsedTooLarge(maxBytes, false));
      else fail(notWellFormed);
    });
  });
}

/** Over `--max-parsed`. */
export function parsedTooLarge(maxBytes: number, close: boolean): Refusal {
  return new Refusal(413, `The body is larger than ${formatSize(maxBytes)} (--max-parsed)`, close);
}
