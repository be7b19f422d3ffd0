import type { Account } from './account.ts';
import { corrupted } from './corruption.ts';
import type { Line } from './line.ts';
import { piecesOf, type Payload } from './payload.ts';
import { cutAt, type Wires } from './wires.ts';

/** A throttled body goes out in this many pieces a second. */
const piecesPerSecond = 20;
const sliceBytes = 1024 * 1024;

/** How a transfer came out: all of it, with the answer ended or not yet; up to where a fault cut it; or until the client left. */
export type Outcome = 'ended' | 'whole' | 'cut' | 'gone';

/** Sends a body piece by piece, each when the one before has left. The last of a size that was announced ends the answer. Throws SourceBroken. */
export async function transfer(line: Line, payload: Exclude<Payload, { kind: 'none' }>, wires: Wires, account: Account): Promise<Outcome> {
  const size = payload.kind === 'bytes' ? payload.bytes.length : payload.kind === 'pieces' ? payload.sizeBytes : payload.expectedBytes;
  const cut = cutAt(wires, size);
  if (payload.kind === 'flow' || wires.bytesPerSecond !== null || cut === 0) line.flushHead();
  if (cut === 0) return (await line.turn()) ? 'cut' : 'gone';
  const announced = payload.kind === 'flow' || wires.offByBytes !== 0 ? Infinity : size;
  let left = cut ?? announced;
  for await (const bytes of corrupted(chunksOf(payload, line), wires.corrupt, size)) {
    if (bytes.length === 0) continue;
    const part = bytes.length <= left ? bytes : bytes.subarray(0, left);
    left -= part.length;
    const ends = left <= 0 && cut === null;
    if (!(await sendPaced(line, part, wires.bytesPerSecond, account, ends))) return 'gone';
    if (left <= 0) return ends ? 'ended' : 'cut';
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

/** `ends`: with the last of these bytes the answer ends. */
async function sendPaced(line: Line, bytes: Buffer, bytesPerSecond: number | null, account: Account, ends: boolean): Promise<boolean> {
  if (bytesPerSecond === null) return sendNoted(line, bytes, account, ends);
  const pieceBytes = Math.max(1, Math.floor(bytesPerSecond / piecesPerSecond));
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const piece = bytes.subarray(from, from + pieceBytes);
    const last = ends && from + pieceBytes >= bytes.length;
    if (!(await line.wait((piece.length / bytesPerSecond) * 1000)) || !(await sendNoted(line, piece, account, last))) return false;
  }
  return true;
}

async function sendNoted(line: Line, bytes: Buffer, account: Account, ends: boolean): Promise<boolean> {
  if (!(ends ? await line.end(bytes) : await line.write(bytes))) return false;
  account.note(bytes);
  return true;
}
