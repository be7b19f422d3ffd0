import type { ServerResponse } from 'node:http';
import type { Answer } from '../model/index.ts';
import { previewBytes, type Captured } from '../world/journal.ts';
import { quickHead } from './respond/quick-head.ts';

/** An answer that was made at load, head and all: what leaves in the tick in which it was decided. */
export interface QuickAnswer {
  readonly status: number;
  /** Without `Rehearsal-Exchange`, so that they are shared by all exchanges. */
  readonly headers: readonly string[];
  readonly bytes: Buffer;
  /** The bytes as Latin-1, when they are few. */
  readonly letters: string | null;
  readonly captured: Captured | null;
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

/**
 * Sends it. A small body goes as text of one byte a letter, whatever its bytes mean: Node then writes head and body at once,
 * which costs half of what two pieces do.
 */
export function sendQuick(quick: QuickAnswer, response: ServerResponse, exchange: string): void {
  response.writeHead(quick.status, [...quick.headers, 'Rehearsal-Exchange', exchange]);
  if (quick.letters === null) response.end(quick.bytes);
  else response.end(quick.letters, 'latin1');
}

/** Up to this size, copying costs less than a second piece. */
const mostLetters = 64 * 1024;

function prepare(answer: Answer): QuickAnswer | 'slow' {
  const head = quickHead(answer);
  if (!head) return 'slow';
  const { status, headers, bytes } = head;
  const type = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const captured: Captured | null =
    bytes.length === 0 ? null : { preview: bytes.length > previewBytes ? bytes.subarray(0, previewBytes) : bytes, sizeBytes: bytes.length, sha256: bytes.length > previewBytes ? hashOfWhole(bytes) : null, type: type < 0 ? null : headers[type + 1]!, shared: answer.fleeting !== true };
  return { status, headers, bytes, captured, letters: bytes.length > 0 && bytes.length <= mostLetters ? bytes.toString('latin1') : null };
}

function hashOfWhole(bytes: Buffer): () => Promise<string> {
  let hash: string | undefined;
  return async () => (hash ??= (await import('node:crypto')).createHash('sha256').update(bytes).digest('hex'));
}
