import { previewBytes } from './exchange-draft.ts';

/** So many wait for the next body; what comes back beyond that goes. */
const mostIdle = 16;

/**
 * Buffers for the beginnings of bodies. The journal drops one with its oldest exchange whenever it keeps one with a new one: used again,
 * they are no garbage. Fresh ones would have the collector go through the whole heap after every hundred uploads, which costs more
 * than all else that is done to an upload.
 */
export class PreviewBuffers {
  readonly #idle: Buffer[] = [];
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** Of {@link previewBytes}. */
  take(): Buffer {
    const buffer = this.#idle.pop() ?? Buffer.allocUnsafeSlow(previewBytes);
    this.#lent.add(buffer.buffer);
    return buffer;
  }

  /** Somebody holds this preview for good: it is never written to again. */
  letGo(preview: Buffer): void {
    this.#lent.delete(preview.buffer);
  }

  /** Nobody looks at this preview any more. One that is not from here, or was let go, is left to the collector. */
  giveBack(preview: Buffer): void {
    if (this.#lent.delete(preview.buffer) && this.#idle.length < mostIdle) this.#idle.push(Buffer.from(preview.buffer));
  }
}
