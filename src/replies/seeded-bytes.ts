import { createCipheriv, createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

const tileBytes = 1024 * 1024;
const blockBytes = 64 * 1024;
const stampBytes = 8;
/** Hashing pauses after so many tiles, so that other requests are answered in between. */
const tilesPerTurn = 16;
/** Tiles of the labels last used; a tile is made again in a millisecond. */
const tiles = new Map<string, Buffer>();
const maxTiles = 4;

/** An endless run of bytes that depends on the label alone and can be read from anywhere. */
export interface SeededBytes {
  /** Bytes from `from` up to, not including, `to`; each buffer is good until the next is asked for. */
  read(from: number, to: number): Iterable<Buffer>;
  /** SHA-256 of the first `sizeBytes` bytes. */
  sha256(sizeBytes: number): Promise<Buffer>;
}

/**
 * One seeded tile over and over, each of its 64 KiB blocks stamped with the block's number: no two blocks are the same, and
 * making a gigabyte costs next to nothing.
 */
export function seededBytes(label: string): SeededBytes {
  const read = (from: number, to: number): Iterable<Buffer> => readTiles(label, from, to);
  return {
    read,
    async sha256(sizeBytes) {
      const hash = createHash('sha256');
      let count = 0;
      for (const piece of read(0, sizeBytes)) {
        hash.update(piece);
        if ((count += 1) % tilesPerTurn === 0) await nextTurn();
      }
      return hash.digest();
    },
  };
}

function* readTiles(label: string, from: number, to: number): Generator<Buffer, void> {
  if (from >= to) return;
  const tile = Buffer.from(tileOf(label));
  for (let position = from; position < to; ) {
    const start = position - (position % tileBytes);
    const end = Math.min(to, start + tileBytes);
    for (let offset = 0; offset < tileBytes; offset += blockBytes) stamp(tile, offset, (start + offset) / blockBytes);
    yield tile.subarray(position - start, end - start);
    position = end;
  }
}

function stamp(tile: Buffer, offset: number, block: number): void {
  tile.writeUInt32BE(Math.floor(block / 2 ** 32), offset);
  tile.writeUInt32BE(block >>> 0, offset + stampBytes / 2);
}

function tileOf(label: string): Buffer {
  let tile = tiles.get(label);
  if (!tile) {
    const key = createHash('sha256').update(label).digest();
    tile = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(tileBytes));
    if (tiles.size >= maxTiles) tiles.delete(tiles.keys().next().value!);
    tiles.set(label, tile);
  }
  return tile;
}
