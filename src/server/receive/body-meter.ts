import { createHash, hash, type Hash } from 'node:crypto';
import { previewBytes } from '../../world/journal.ts';
import type { PreviewBuffers } from '../../world/preview-buffers.ts';
import { noteReceived } from './collect-young.ts';

/** Counts and hashes the bytes of a body as they come over the wire, and keeps the first of them. */
export class BodyMeter {
  readonly #previews: PreviewBuffers | null;
  #hash: Hash | null = null;
  #sha256: string | null = null;
  #first: Buffer[] = [];
  #firstBytes = 0;
  #sizeBytes = 0;

  /** @param previews where a preview of some size is kept; null for memory of its own */
  constructor(previews: PreviewBuffers | null) {
    this.#previews = previews;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  update(chunk: Buffer): void {
    this.#sizeBytes += chunk.length;
    noteReceived(chunk.length);
    (this.#hash ??= createHash('sha256')).update(chunk);
    const wanted = previewBytes - this.#firstBytes;
    if (wanted <= 0) return;
    this.#firstBytes += Math.min(chunk.length, wanted);
    // A short end is copied, so that it does not hold on to the whole chunk.
    this.#first.push(chunk.length <= wanted ? chunk : chunk.length < 2 * wanted ? chunk.subarray(0, wanted) : Buffer.from(chunk.subarray(0, wanted)));
  }

  /** Takes the whole body at once, which may be written over afterwards. */
  updateWhole(body: Buffer): void {
    this.#sizeBytes = body.length;
    noteReceived(body.length);
    this.#sha256 = hash('sha256', body);
    this.#firstBytes = Math.min(body.length, previewBytes);
    this.#first = [this.#kept([body.subarray(0, this.#firstBytes)])];
  }

  /** Lower-case hex. Ask at the end. */
  sha256(): string {
    return (this.#sha256 ??= (this.#hash ?? createHash('sha256')).digest('hex'));
  }

  /** The first 64 KiB as sent, put together when first asked for. */
  preview(): Buffer {
    if (this.#first.length !== 1) this.#first = [this.#kept(this.#first)];
    return this.#first[0]!;
  }

  #kept(chunks: readonly Buffer[]): Buffer {
    if (this.#previews === null || this.#firstBytes <= previewBytes / 2) return Buffer.concat(chunks, this.#firstBytes);
    const kept = this.#previews.take();
    let at = 0;
    for (const chunk of chunks) at += chunk.copy(kept, at);
    return kept.subarray(0, at);
  }
}
