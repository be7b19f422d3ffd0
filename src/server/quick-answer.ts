import type { ServerResponse } from 'node:http';
import type { Answer } from '../model/index.ts';
import { previewBytes, type Captured } from '../world/journal.ts';
import { quickHead } from './respond/quick-head.ts';

/** An answer that was made at load, head and all: what leaves in the tick in which it was decided. */
export interface QuickAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly bytes: Buffer;
  readonly captured: Captured | null;
  readonly fault: null;
}

const prepared = new WeakMap<Answer, QuickAnswer | 'slow'>();

/** The prepared form of a fixed answer; null for one that needs more than a head and bytes. */
export function quickAnswer(answer: Answer): QuickAnswer | null {
  let quick = prepared.get(answer);
  if (quick === undefined) prepared.set(answer, (quick = prepare(answer)));
  return quick === 'slow' ? null : quick;
}

/** Sends it. Gives the headers as sent, for the journal. */
export function sendQuick(quick: QuickAnswer, response: ServerResponse, exchange: string): readonly string[] {
  const headers = [...quick.headers, 'Rehearsal-Exchange', exchange];
  response.writeHead(quick.status, headers);
  response.end(quick.bytes);
  return headers;
}

function prepare(answer: Answer): QuickAnswer | 'slow' {
  const head = quickHead(answer);
  if (!head) return 'slow';
  const { status, headers, bytes } = head;
  const type = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const captured: Captured | null =
    bytes.length === 0 ? null : { preview: bytes.length > previewBytes ? bytes.subarray(0, previewBytes) : bytes, sizeBytes: bytes.length, sha256: bytes.length > previewBytes ? hashOfWhole(bytes) : null, type: type < 0 ? null : headers[type + 1]!, shared: true };
  return { status, headers, bytes, captured, fault: null };
}

function hashOfWhole(bytes: Buffer): () => Promise<string> {
  let hash: string | undefined;
  return async () => (hash ??= (await import('node:crypto')).createHash('sha256').update(bytes).digest('hex'));
}
