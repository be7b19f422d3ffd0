import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, type Stats } from 'node:fs';
import type { Fixture } from '../model/kind.ts';

/** Files up to this size stay in memory once read. */
const maxKeptBytes = 1024 * 1024;

/** A fixture with its content and hash worked out when first asked for. */
export class FixtureFile implements Fixture {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly #inode: number;
  #bytes: Buffer | null = null;
  #sha256: string | null = null;

  constructor(name: string, path: string, stats: Stats) {
    this.name = name;
    this.path = path;
    this.sizeBytes = stats.size;
    this.modifiedMs = stats.mtimeMs;
    this.#inode = stats.ino;
  }

  /** Whether this is what stands on disk now. */
  isStill(path: string, stats: Stats): boolean {
    return path === this.path && stats.size === this.sizeBytes && stats.mtimeMs === this.modifiedMs && stats.ino === this.#inode;
  }

  read(): Buffer {
    if (this.#bytes) return this.#bytes;
    const bytes = readFileSync(this.path);
    if (bytes.length <= maxKeptBytes) this.#bytes = bytes;
    return bytes;
  }

  sha256(): string {
    this.#sha256 ??= this.sizeBytes <= maxKeptBytes ? createHash('sha256').update(this.read()).digest('hex') : hashFile(this.path);
    return this.#sha256;
  }
}

function hashFile(path: string): string {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(maxKeptBytes);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const count = readSync(file, block, 0, block.length, null);
      if (count === 0) return hash.digest('hex');
      hash.update(block.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}
