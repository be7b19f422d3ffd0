import type { Disk } from './disk.ts';

/** So many bytes are gathered before they are written, so that small files cost one write. */
const gatherBytes = 256 * 1024;
/** Above this many bytes in memory the sender is asked to wait. */
const waitBytes = 1024 * 1024;
const maxChunks = 512;

export interface FileWriterOptions {
  readonly disk: Disk;
  /** A new file; it must not exist. */
  readonly path: string;
  /** Whether the bytes must be on the disk itself when `finish` calls back. */
  readonly durable: boolean;
}

/** One write in flight at a time, at most about 1.3 MB in memory. After a failure it takes bytes and forgets them. */
export class FileWriter {
  readonly #options: FileWriterOptions;
  #descriptor: number | null = null;
  #chunks: Buffer[] = [];
  #gathered = 0;
  #busy = false;
  #failure: Error | null = null;
  #drained: (() => void) | null = null;
  #finished: ((error: Error | null) => void) | null = null;
  /** The file is made when first written, so that `abort` knows whether there is one to remove. */
  #made = false;

  constructor(options: FileWriterOptions) {
    this.#options = options;
  }

  /** Set as soon as a write has failed. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Takes bytes. False: wait for `onceDrained` before giving more. */
  write(chunk: Buffer): boolean {
    if (this.#failure !== null || chunk.length === 0) return true;
    this.#chunks.push(chunk);
    this.#gathered += chunk.length;
    if (!this.#busy && (this.#gathered >= gatherBytes || this.#chunks.length >= maxChunks)) this.#flush();
    return this.#gathered < waitBytes;
  }

  /** Calls back when more bytes are welcome, or a write has failed. */
  onceDrained(callback: () => void): void {
    if (this.#failure !== null || this.#gathered < waitBytes) callback();
    else this.#drained = callback;
  }

  /** All that was written, when it is still in memory: then no file is made, and nothing else is to be called. Null when one has been begun. */
  takeAll(): readonly Buffer[] | null {
    return this.#failure === null && !this.#made && !this.#busy ? this.#chunks : null;
  }

  /** Writes what is left and closes. On an error nothing of the file is left. */
  finish(callback: (error: Error | null) => void): void {
    this.#finished = callback;
    if (!this.#busy) this.#step();
  }

  /** Closes and removes the file. */
  abort(callback: () => void): void {
    this.#failure ??= new Error('aborted');
    this.#finished = () => callback();
    if (!this.#busy) this.#step();
  }

  #fail(error: Error, callback: (error: Error | null) => void): void {
    this.#failure ??= error;
    this.#chunks = [];
    this.#gathered = 0;
    if (!this.#made) return callback(this.#failure);
    this.#options.disk.unlink(this.#options.path, () => callback(this.#failure));
  }

  /** Whatever is to be done next: called whenever nothing is in flight. */
  #step(): void {
    if (this.#failure === null && (this.#gathered >= gatherBytes || (this.#finished !== null && (this.#gathered > 0 || this.#descriptor === null)))) return this.#flush();
    const finished = this.#finished;
    if (finished !== null) {
      this.#finished = null;
      this.#close(finished);
    }
    this.#tellDrained();
  }

  #flush(): void {
    const { disk, path } = this.#options;
    this.#busy = true;
    if (this.#descriptor === null) {
      disk.open(path, 'wx', 0o600, (error, descriptor) => {
        if (error) return this.#settle(error);
        this.#descriptor = descriptor;
        this.#made = true;
        this.#flush();
      });
      return;
    }
    if (this.#gathered === 0 || this.#failure !== null) return this.#settle(null);
    // The list is the writer's own until the call is back: what comes meanwhile goes into a new one.
    const chunks = this.#chunks;
    this.#chunks = [];
    disk.writev(this.#descriptor, chunks, (error, written) => {
      this.#chunks = [...chunks, ...this.#chunks];
      this.#forget(error ? 0 : written);
      this.#settle(error ?? (written === 0 ? nothingWritten() : null));
    });
  }

  #settle(error: Error | null): void {
    this.#busy = false;
    if (error) {
      this.#failure ??= error;
      this.#chunks = [];
      this.#gathered = 0;
    }
    this.#step();
  }

  /** Drops the first bytes, which are written. */
  #forget(count: number): void {
    let left = count;
    let index = 0;
    while (index < this.#chunks.length && left >= this.#chunks[index]!.length) left -= this.#chunks[index++]!.length;
    this.#chunks.splice(0, index);
    if (left > 0) this.#chunks[0] = this.#chunks[0]!.subarray(left);
    this.#gathered -= count;
  }

  #tellDrained(): void {
    const drained = this.#drained;
    if (drained === null || (this.#failure === null && this.#gathered >= waitBytes)) return;
    this.#drained = null;
    drained();
  }

  #close(callback: (error: Error | null) => void): void {
    const { disk, durable } = this.#options;
    const descriptor = this.#descriptor;
    if (descriptor === null) return this.#fail(this.#failure ?? new Error('never opened'), callback);
    this.#descriptor = null;
    const close = (error: Error | null | undefined): void => {
      disk.close(descriptor, (closing) => {
        const failure = this.#failure ?? error ?? closing ?? null;
        if (failure) this.#fail(failure, callback);
        else callback(null);
      });
    };
    if (durable && this.#failure === null) disk.fsync(descriptor, close);
    else close(null);
  }
}

function nothingWritten(): Error {
  return Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
}
