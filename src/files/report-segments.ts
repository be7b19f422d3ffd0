import { sep } from 'node:path';
import type { StoredAt } from '../model/request.ts';
import type { Disk } from './disk.ts';

/** A segment that has grown to this takes no more. */
const fullBytes = 64 * 1024 * 1024;

interface Segment {
  readonly path: string;
  /** Open while it may still grow. */
  descriptor: number | null;
  sizeBytes: number;
  /** How many reports lie in it that are still wanted. */
  reports: number;
}

/**
 * Small reports one after the other in files that many share: a file is made once for hundreds of them, which costs more than all
 * else that is done to one. Nothing in them is ever written over, so that a report that is being read stays what it was; a file
 * goes when the last report in it does.
 */
export class ReportSegments {
  /** Larger reports have a file of their own. */
  readonly largestBytes: number;
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #fullBytes: number;
  readonly #segments = new Map<string, Segment>();
  #open: Segment | null = null;
  #made = 0;

  /** @param maxTotalBytes the quota: a segment is at most a sixteenth of it, so that what goes early with its segment is little */
  constructor(folder: string, disk: Disk, maxTotalBytes: number) {
    this.#folder = folder;
    this.#disk = disk;
    this.#fullBytes = Math.min(fullBytes, Math.floor(maxTotalBytes / 16));
    this.largestBytes = Math.floor(this.#fullBytes / 16);
  }

  /** Writes a whole report, at once: on its way to memory (the page cache) it is there faster than another thread could be asked to. Throws what the disk throws, and then nothing has changed. */
  append(chunks: readonly Buffer[], sizeBytes: number): StoredAt {
    const segment = this.#withRoomFor(sizeBytes);
    const offset = segment.sizeBytes;
    try {
      this.#write(segment.descriptor!, chunks, offset, sizeBytes);
    } catch (error) {
      if (segment.reports === 0) this.#takeBack(segment);
      throw error;
    }
    segment.sizeBytes += sizeBytes;
    segment.reports += 1;
    return { path: segment.path, offset };
  }

  /** Whether a report lies in a segment. */
  has({ path }: StoredAt): boolean {
    return this.#segments.has(path);
  }

  /** One report less. Gives the bytes that this frees on the disk: those of the whole segment with its last report, else none; `done` hears when they are free. */
  remove({ path }: StoredAt, done: () => void): number {
    const segment = this.#segments.get(path)!;
    segment.reports -= 1;
    if (segment.reports > 0) {
      done();
      return 0;
    }
    this.#forget(segment);
    this.#disk.unlink(path, () => done());
    return segment.sizeBytes;
  }

  /** Lets the open file go; those with reports in them stay. */
  close(): void {
    if (this.#open !== null) this.#seal(this.#open);
  }

  #withRoomFor(sizeBytes: number): Segment {
    const open = this.#open;
    if (open !== null) {
      if (open.sizeBytes + sizeBytes <= this.#fullBytes && this.#isThere(open)) return open;
      this.#seal(open);
    }
    const path = `${this.#folder}${sep}${(this.#made += 1)}.segment`;
    this.#open = { path, descriptor: this.#disk.openSync(path, 'wx', 0o600), sizeBytes: 0, reports: 0 };
    this.#segments.set(path, this.#open);
    return this.#open;
  }

  /** Temporary folders are swept by some systems while in use: what is written to a file without a name could not be read again. */
  #isThere({ descriptor }: Segment): boolean {
    return this.#disk.fstatSync(descriptor!).nlink > 0;
  }

  #write(descriptor: number, chunks: readonly Buffer[], offset: number, sizeBytes: number): void {
    let written = this.#disk.writevSync(descriptor, chunks, offset);
    if (written === sizeBytes) return;
    const whole = Buffer.concat(chunks, sizeBytes);
    while (written < sizeBytes) {
      const more = this.#disk.writevSync(descriptor, [whole.subarray(written)], offset + written);
      if (more === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
      written += more;
    }
  }

  #seal(segment: Segment): void {
    this.#open = null;
    this.#disk.closeSync(segment.descriptor!);
    segment.descriptor = null;
  }

  #forget(segment: Segment): void {
    if (segment.descriptor !== null) this.#seal(segment);
    this.#segments.delete(segment.path);
  }

  /** A file that was made for nothing. */
  #takeBack(segment: Segment): void {
    this.#forget(segment);
    try {
      this.#disk.unlinkSync(segment.path);
    } catch {
      // Somebody took it away; what cannot be removed goes with the folder.
    }
  }
}
