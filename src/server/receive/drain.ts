import type { IncomingMessage } from 'node:http';

export interface DrainBounds {
  readonly maxBytes: number;
  readonly maxMs: number;
}

/**
 * Reads and forgets what is left of a request, within bounds. True when it has come to its end, so that the connection may
 * serve another. A connection that is closed while bytes of the client are unread is reset, and a client that is still
 * sending then never sees the answer: so write the answer whole (with its Content-Length), drain, then end it.
 */
export function drain(req: IncomingMessage, bounds: DrainBounds = { maxBytes: 64e6, maxMs: 2000 }): Promise<boolean> {
  return new Promise((done) => {
    if (req.complete && req.readableEnded) return done(true);
    if (req.destroyed) return done(false);
    let left = bounds.maxBytes;
    const finish = (): void => {
      clearTimeout(timer);
      req.off('data', onData).off('end', finish).off('close', finish).off('error', finish);
      if (!req.complete) req.pause();
      done(req.complete);
    };
    const onData = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left < 0) finish();
    };
    const timer = setTimeout(finish, bounds.maxMs);
    req.on('data', onData).on('end', finish).on('close', finish).on('error', finish);
    req.resume();
  });
}
