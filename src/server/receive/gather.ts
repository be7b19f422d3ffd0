import type { IncomingMessage } from 'node:http';
import { ClientGone } from './refusal.ts';

/** Bodies up to this size are gathered in memory before anything is done with them. */
const mostBytes = 256 * 1024;
/** Buffers in use at once, at most: so many bodies are gathered, while others are read chunk by chunk. */
const mostBuffers = 128;
/** Buffers that wait for the next body. */
const mostIdle = 16;

const idle: Buffer[] = [];
let inUse = 0;

/**
 * Gathers a small body of known length whole, in a buffer that is used again and again: what is done once to the whole costs a
 * fraction of what is done to each chunk, and nothing is left for the garbage collector. Null for a body that is large, of unknown
 * length, or one too many at a time. Rejects with ClientGone. What it resolves with is good until it is given back.
 */
export function gather(req: IncomingMessage): Promise<Buffer> | null {
  const length = Number(req.headers['content-length'] ?? Infinity);
  if (length > mostBytes || inUse >= mostBuffers) return null;
  inUse += 1;
  const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(mostBytes);
  return new Promise((resolve, reject) => {
    let got = 0;
    const onData = (chunk: Buffer): void => {
      chunk.copy(buffer, got);
      got += chunk.length;
    };
    const stop = (): void => void req.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    const onEnd = (): void => {
      stop();
      resolve(buffer.subarray(0, got));
    };
    const onGone = (): void => {
      stop();
      giveBack(buffer, true);
      reject(new ClientGone());
    };
    if (req.destroyed || req.errored) queueMicrotask(onGone);
    req.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** The body is done with. `forgotten`: nobody holds any of its bytes, so that another may be gathered in their place. */
export function giveBack(body: Buffer, forgotten: boolean): void {
  inUse -= 1;
  if (forgotten && idle.length < mostIdle) idle.push(Buffer.from(body.buffer));
}
