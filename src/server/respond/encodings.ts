import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { Body } from '../../model/index.ts';
import type { Source } from './source.ts';

export type Coding = 'br' | 'gzip';

/** A body up to this size is coded in memory, so that its length is known. */
const inMemoryBytes = 8 * 1024 * 1024;
/** Brotli's best is a hundred times slower than this and saves a fifth. */
const brotliQuality = 4;

/** The coding to use: the best that the client accepts, by its weights, then by the order given. Null: none (RFC 9110 §12.5.3). */
export async function chooseCoding(codings: readonly Coding[], acceptEncoding: string | undefined): Promise<Coding | null> {
  if (codings.length === 0 || acceptEncoding === undefined) return null;
  const { default: Negotiator } = await import('negotiator');
  const available = [...codings, 'identity'];
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }) as unknown as { encodings(available: readonly string[], options: { preferred: readonly string[] }): string[] };
  const best = negotiator.encodings(available, { preferred: available })[0];
  return best === 'br' || best === 'gzip' ? best : null;
}

/** The ETag of a coded variant: other bytes, so another tag (RFC 9110 §8.8.3.3). */
export function codedEtag(etag: string, coding: Coding): string {
  return etag.endsWith('"') ? `${etag.slice(0, -1)}-${coding}"` : etag;
}

/** Small enough to be coded before it is sent, so that the length of what goes out is known. */
export function canCodeInMemory({ sizeBytes }: Source): boolean {
  return sizeBytes !== null && sizeBytes <= inMemoryBytes;
}

const coded = new WeakMap<Body | Buffer, Map<Coding, Promise<Buffer>>>();

/** The whole body coded, once for each body that is kept; null when it is too large for that. */
export function codedInMemory(body: Body, source: Source, coding: Coding): Promise<Buffer> | null {
  const { sizeBytes } = source;
  if (sizeBytes === null || !canCodeInMemory(source)) return null;
  const key = source.bytes ?? body;
  let variants = coded.get(key);
  if (!variants) coded.set(key, (variants = new Map()));
  let variant = variants.get(coding);
  if (!variant) {
    variant = code(source, sizeBytes, coding);
    variants.set(coding, variant);
    variant.catch(() => variants.delete(coding));
  }
  return variant;
}

async function code(source: Source, sizeBytes: number, coding: Coding): Promise<Buffer> {
  const bytes = source.bytes ?? (await wholeOf(source, sizeBytes));
  return coding === 'br' ? promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }) : promisify(gzip)(bytes);
}

async function wholeOf(source: Source, sizeBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source.read(0, sizeBytes)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** Chunks coded as they come; with `flush`, each leaves as soon as it is there. */
export async function* codedFlow(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, coding: Coding, flush: boolean): AsyncGenerator<Buffer, void> {
  const coder = coding === 'br' ? createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }) : createGzip();
  let out: Buffer[] = [];
  coder.on('data', (block: Buffer) => out.push(block));
  const taken = (): Buffer => {
    const bytes = Buffer.concat(out);
    out = [];
    return bytes;
  };
  try {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve, reject) => coder.write(chunk, (error) => (error ? reject(error) : resolve())));
      if (flush) await new Promise<void>((resolve) => coder.flush(coding === 'br' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH, () => resolve()));
      if (out.length > 0) yield taken();
    }
    await new Promise<void>((resolve, reject) => coder.once('error', reject).once('end', resolve).end());
    if (out.length > 0) yield taken();
  } finally {
    coder.destroy();
  }
}
