import { createHash } from 'node:crypto';

const previewBytes = 64 * 1024;

/** Counts and hashes the bytes of a body as they come over the wire, and keeps the first of them. */
export class BodyMeter {
  readonly #hash = createHash('sha256');
  #first: Buffer[] = [];
  #firstBytes = 0;
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  update(chunk: Buffer): void {
    this.#sizeBytes += chunk.length;
    this.#hash.update(chunk);
    const wanted = previewBytes - this.#firstBytes;
    if (wanted <= 0) return;
    this.#firstBytes += Math.min(chunk.length, wanted);
    // A short end is copied, so that it does not hold on to the whole chunk.
    this.#first.push(chunk.length <= wanted ? chunk : chunk.length < 2 * wanted ? chunk.subarray(0, wanted) : Buffer.from(chunk.subarray(0, wanted)));
  }

  /** Lower-case hex. Ask once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }

  /** The first 64 KiB as sent, put together when first asked for. */
  preview(): Buffer {
    if (this.#first.length !== 1) this.#first = [Buffer.concat(this.#first, this.#firstBytes)];
    return this.#first[0]!;
  }
}
