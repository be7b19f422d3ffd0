import type { ServerResponse } from 'node:http';
import type { Answer } from '../model/index.ts';
import { previewBytes, type Captured } from '../world/journal.ts';
import { hasDate } from './respond/http-date.ts';
import { OnePiece } from './respond/one-piece.ts';
import { quickHead } from './respond/quick-head.ts';

/** An answer that was made at load, head and all: what leaves in the tick in which it was decided. */
export interface QuickAnswer {
  readonly status: number;
  /** Without `Rehearsal-Exchange`, so that they are shared by all exchanges. */
  readonly headers: readonly string[];
  readonly bytes: Buffer;
  /** Null when the bytes are many, or the status has none. */
  readonly piece: OnePiece | null;
  readonly captured: Captured | null;
  /** Whether it is the answer to one request after another. */
  readonly lasts: boolean;
}

const prepared = new WeakMap<Answer, QuickAnswer | 'slow'>();

/** The prepared form of a fixed answer; null for one that needs more than a head and bytes. */
export function quickAnswer(answer: Answer): QuickAnswer | null {
  if (answer.fleeting === true) {
    const made = prepare(answer);
    return made === 'slow' ? null : made;
  }
  let quick = prepared.get(answer);
  if (quick === undefined) prepared.set(answer, (quick = prepare(answer)));
  return quick === 'slow' ? null : quick;
}

/** Sends it, dated `date`. */
export function sendQuick({ status, headers, bytes, piece }: QuickAnswer, response: ServerResponse, exchange: string, date: string): void {
  if (piece !== null) return piece.send(response, exchange, date);
  response.writeHead(status, [...headers, 'Rehearsal-Exchange', exchange, ...(hasDate(headers) ? [] : ['Date', date])]);
  response.end(bytes);
}

/** Up to this size, copying costs less than a second piece. */
const mostInOnePiece = 64 * 1024;

function prepare(answer: Answer): QuickAnswer | 'slow' {
  const head = quickHead(answer);
  if (!head) return 'slow';
  const { status, headers, bytes } = head;
  const type = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const lasts = answer.fleeting !== true;
  const captured: Captured | null =
    bytes.length === 0 ? null : { preview: bytes.length > previewBytes ? bytes.subarray(0, previewBytes) : bytes, sizeBytes: bytes.length, sha256: bytes.length > previewBytes ? hashOfWhole(bytes) : null, type: type < 0 ? null : headers[type + 1]!, shared: lasts };
  const piece = bytes.length > 0 && bytes.length <= mostInOnePiece ? new OnePiece(status, headers, bytes, lasts) : null;
  return { status, headers, bytes, captured, piece, lasts };
}

function hashOfWhole(bytes: Buffer): () => Promise<string> {
  let hash: string | undefined;
  return async () => (hash ??= (await import('node:crypto')).createHash('sha256').update(bytes).digest('hex'));
}
