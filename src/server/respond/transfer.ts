import type { Account } from './account.ts';
import { corrupted } from './corruption.ts';
import type { Line } from './line.ts';
import { piecesOf, type Payload } from './payload.ts';
import { cutAt, type Wires } from './wires.ts';

/** A throttled body goes out in this many pieces a second. */
const piecesPerSecond = 20;
const sliceBytes = 1024 * 1024;

/** How a transfer came out: all of it, up to where a fault cut it, or until the client left. */
export type Outcome = 'whole' | 'cut' | 'gone';

/** Sends a body piece by piece, each when the one before has left. Throws SourceBroken. */
export async function transfer(line: Line, payload: Exclude<Payload, { kind: 'none' }>, wires: Wires, account: Account): Promise<Outcome> {
  const size = payload.kind === 'bytes' ? payload.bytes.length : payload.kind === 'pieces' ? payload.sizeBytes : payload.expectedBytes;
  const cut = cutAt(wires, size);
  if (payload.kind === 'flow' || wires.bytesPerSecond !== null || cut === 0) line.flushHead();
  if (cut === 0) return (await line.turn()) ? 'cut' : 'gone';
  let left = cut ?? Infinity;
  for await (const bytes of corrupted(chunksOf(payload, line), wires.corrupt, size)) {
    const part = bytes.length <= left ? bytes : bytes.subarray(0, left);
    if (!(await sendPaced(line, part, wires.bytesPerSecond, account))) return 'gone';
    left -= part.length;
    if (left <= 0) return 'cut';
  }
  if (line.gone) return 'gone';
  return cut === null ? 'whole' : 'cut';
}

function chunksOf(payload: Exclude<Payload, { kind: 'none' }>, line: Line): AsyncIterable<Buffer> | Iterable<Buffer> {
  switch (payload.kind) {
    case 'bytes': return slices(payload.bytes);
    case 'pieces': return piecesOf(payload);
    case 'flow': return payload.open((ms) => line.wait(ms));
  }
}

function* slices(bytes: Buffer): Generator<Buffer, void> {
  for (let from = 0; from < bytes.length; from += sliceBytes) yield bytes.subarray(from, from + sliceBytes);
}

async function sendPaced(line: Line, bytes: Buffer, bytesPerSecond: number | null, account: Account): Promise<boolean> {
  if (bytesPerSecond === null) return sendNoted(line, bytes, account);
  const pieceBytes = Math.max(1, Math.floor(bytesPerSecond / piecesPerSecond));
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const piece = bytes.subarray(from, from + pieceBytes);
    if (!(await line.wait((piece.length / bytesPerSecond) * 1000)) || !(await sendNoted(line, piece, account))) return false;
  }
  return true;
}

async function sendNoted(line: Line, bytes: Buffer, account: Account): Promise<boolean> {
  if (bytes.length === 0) return !line.gone;
  if (!(await line.write(bytes))) return false;
  account.note(bytes);
  return true;
}
