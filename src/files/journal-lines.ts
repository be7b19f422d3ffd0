import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import type { CallbackAttempt, FullExchange } from '../model/index.ts';
import { draftOf, inFull, withCallback, type ExchangeDraft } from '../world/exchange-draft.ts';

/** What a line of the journal's files holds: an exchange in full, or what came to one afterwards. */
export type JournalEntry =
  | { readonly kind: 'exchange'; readonly draft: ExchangeDraft }
  | { readonly kind: 'callback'; readonly exchange: string; readonly attempt: CallbackAttempt };

/** The line of a callback. */
interface CallbackLine {
  /** The id of its exchange, which stands before it. */
  readonly callbackOf: string;
  readonly attempt: CallbackAttempt;
}

/** The lines of these entries. */
export async function formatEntries(entries: readonly JournalEntry[]): Promise<Buffer> {
  const lines: string[] = [];
  for (const entry of entries) {
    // A hash that can no longer be made (its file is gone) costs that exchange, not the batch.
    const value = entry.kind === 'exchange' ? await inFull(entry.draft).catch(() => null) : ({ callbackOf: entry.exchange, attempt: entry.attempt } satisfies CallbackLine);
    if (value !== null) lines.push(`${JSON.stringify(value)}\n`);
  }
  return Buffer.from(lines.join(''), 'utf8');
}

export interface ReadBack {
  readonly drafts: readonly ExchangeDraft[];
  readonly sizeBytes: number;
}

/** Attempts by exchange, the newest first, whose exchanges are still to be found further up. */
export type LooseCallbacks = Map<string, CallbackAttempt[]>;

/** The last exchanges of a file, oldest first, with their callbacks. Cuts a torn end off, so that the next line begins a line. */
export function readBack(path: string, maxBytes: number, limit: number, loose: LooseCallbacks): ReadBack {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { drafts: [], sizeBytes: 0 };
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    // One batch may go over the bound; a file beyond that is not ours to read whole.
    const from = Math.max(0, size - 2 * maxBytes);
    const bytes = Buffer.alloc(size - from);
    let got = 0;
    while (got < bytes.length) {
      const count = readSync(file, bytes, got, bytes.length - got, from + got);
      if (count === 0) break;
      got += count;
    }
    const end = bytes.lastIndexOf(0x0a, got - 1) + 1;
    if (from + end < size) ftruncateSync(file, from + end);
    return { drafts: lastExchanges(bytes.subarray(0, end), limit, loose), sizeBytes: from + end };
  } finally {
    closeSync(file);
  }
}

function lastExchanges(bytes: Buffer, limit: number, loose: LooseCallbacks): readonly ExchangeDraft[] {
  const drafts: ExchangeDraft[] = [];
  let end = bytes.length - 1;
  while (end > 0 && drafts.length < limit) {
    const start = bytes.lastIndexOf(0x0a, end - 1) + 1;
    const entry = readLine(bytes.toString('utf8', start, end));
    if (entry?.kind === 'exchange') drafts.push((loose.get(entry.draft.id) ?? []).reduceRight(withCallback, entry.draft));
    else if (entry) {
      const attempts = loose.get(entry.exchange) ?? [];
      attempts.push(entry.attempt);
      loose.set(entry.exchange, attempts);
    }
    end = start - 1;
  }
  return drafts.toReversed();
}

function readLine(line: string): JournalEntry | null {
  try {
    const value = JSON.parse(line) as FullExchange | CallbackLine;
    if ('callbackOf' in value) return typeof value.callbackOf === 'string' && isAttempt(value.attempt) ? { kind: 'callback', exchange: value.callbackOf, attempt: value.attempt } : null;
    return isExchange(value) ? { kind: 'exchange', draft: draftOf(value) } : null;
  } catch {
    return null;
  }
}

function isExchange(value: FullExchange): boolean {
  return typeof value.id === 'string' && typeof value.url === 'string' && isMap(value.request.headers) && isMap(value.reply.headers) && Number.isFinite(Date.parse(value.at));
}

function isAttempt(value: CallbackAttempt): boolean {
  return isMap(value) && typeof value.url === 'string' && (value.error === null || typeof value.error === 'string');
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
