import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Body, Representation } from '../../model/index.ts';

const blockBytes = 1024 * 1024;
/** Made bytes are handed over so fast that other connections would wait: after so many pieces they get their turn. */
const piecesPerTurn = 8;

/** What was announced cannot be read any more. */
export class SourceBroken extends Error {}

/** The bytes of a body, opened. */
export interface Source {
  /** Null: nobody knows before all has been made. */
  readonly sizeBytes: number | null;
  /** All of it, when it is in memory anyway. */
  readonly bytes: Buffer | null;
  readonly representation: Representation | null;
  /** Bytes from `from` up to, not including, `to`; each buffer is good until the next is asked for. Throws {@link SourceBroken}. */
  read(from: number, to: number): AsyncIterable<Buffer> | Iterable<Buffer>;
  close(): Promise<void>;
}

const nothingToClose = async (): Promise<void> => {};

/** Opens a body for reading. Rejects when its file cannot be opened. */
export async function openSource(body: Body): Promise<Source> {
  switch (body.kind) {
    case 'none': return { sizeBytes: 0, bytes: null, representation: null, read: () => [], close: nothingToClose };
    case 'bytes': return { sizeBytes: body.bytes.length, bytes: body.bytes, representation: body.representation, read: (from, to) => [body.bytes.subarray(from, to)], close: nothingToClose };
    case 'made': return { sizeBytes: body.sizeBytes, bytes: null, representation: body.representation, read: (from, to) => takingTurns(body.read(from, to)), close: nothingToClose };
    case 'stream': return { sizeBytes: null, bytes: null, representation: null, read: () => body.chunks.map((chunk) => chunk.bytes), close: nothingToClose };
    case 'file': return openFile(body);
  }
}

/** A file that is no longer the one that was loaded goes out as it is now, without what was said of the other. */
async function openFile(body: Extract<Body, { kind: 'file' }>): Promise<Source> {
  const file = await open(body.path, 'r');
  try {
    const { size: fileBytes, mtimeMs } = await file.stat();
    const { offset = 0 } = body;
    const size = body.offset === undefined ? fileBytes : Math.max(0, Math.min(body.sizeBytes, fileBytes - offset));
    const same = size === body.sizeBytes && (body.modifiedMs === undefined || Math.abs(mtimeMs - body.modifiedMs) < 1);
    return { sizeBytes: size, bytes: null, representation: same ? body.representation : null, read: (from, to) => readFile(file, offset + from, offset + to), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** One buffer is filled again and again: it must have left before the next block is asked for. */
async function* readFile(file: FileHandle, from: number, to: number): AsyncGenerator<Buffer, void> {
  const block = Buffer.allocUnsafe(Math.min(blockBytes, to - from));
  for (let position = from; position < to; ) {
    const wanted = Math.min(block.length, to - position);
    let bytesRead: number;
    try {
      ({ bytesRead } = await file.read(block, 0, wanted, position));
    } catch {
      throw new SourceBroken('the file could not be read to its end');
    }
    if (bytesRead === 0) throw new SourceBroken('the file shrank while it was sent');
    position += bytesRead;
    yield bytesRead === block.length ? block : block.subarray(0, bytesRead);
  }
}

async function* takingTurns(pieces: Iterable<Buffer>): AsyncGenerator<Buffer, void> {
  let count = 0;
  for (const piece of pieces) {
    if ((count += 1) % piecesPerTurn === 0) await nextTurn();
    yield piece;
  }
}
