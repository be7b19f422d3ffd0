import type { CallbackAttempt, Exchange, FullExchange } from '../model/index.ts';
import { inFull, summarize, withCallback, type ExchangeDraft } from './exchange-draft.ts';
import { ExchangeRing } from './exchange-ring.ts';
import { alikeBytes, estimate } from './exchange-weight.ts';
import { DroppedCounts } from './dropped-counts.ts';
import { matchesFilter, type JournalFilter } from './journal-filter.ts';
import { withOwnPreviews } from './own-previews.ts';
import { PreviewBuffers } from './preview-buffers.ts';
import { createRedactor, type Redactor, type Secrets } from './redact.ts';

export { previewBytes, type Captured, type ExchangeDraft } from './exchange-draft.ts';
export { isUnmatched, type JournalFilter } from './journal-filter.ts';
export type { Secrets } from './redact.ts';

/** What the journal is made with. */
export interface JournalOptions {
  /** Exchanges kept at most (`--journal`). */
  readonly capacity?: number;
  /** Bytes kept at most, estimated. */
  readonly maxBytes?: number;
  /** Headers whose values are secrets, beside those that always are. */
  readonly secretHeaders?: readonly string[];
  /** Where exchanges are kept beyond the run (`--data`). */
  readonly keep?: JournalKeeper | null;
}

/** Keeps exchanges beyond the run. Never slows the pass down: what it is given it writes later. */
export interface JournalKeeper {
  /** Exchanges of earlier runs, oldest first. */
  readonly earlier: readonly ExchangeDraft[];
  /** Secrets are redacted by now. */
  append(draft: ExchangeDraft): void;
  /** One more attempt at a callback of an exchange that was appended. */
  amend(exchange: string, attempt: CallbackAttempt): void;
  /** Puts these, oldest first, in the place of all that is kept. */
  replace(drafts: readonly ExchangeDraft[]): void;
}

/** One try at a callback, with the exchange that caused it. */
export interface RecordedCallback extends CallbackAttempt {
  readonly exchange: string;
  readonly session: string;
}

/** A page of the journal, newest first. `next` is the cursor for `after`, or null at the end. */
export interface ExchangeList {
  readonly items: readonly Exchange[];
  /** How many match in all, on all pages. */
  readonly total: number;
  readonly next: string | null;
}

/** The exchanges of the last while: a ring that drops the oldest, by count and by bytes. */
export interface Journal {
  readonly size: number;
  /** Estimated. */
  readonly bytes: number;
  /** Where the preview of a body may be kept that is given to `record`. */
  readonly previews: PreviewBuffers;
  /** Gives what was kept, its secrets redacted: what a log may show, at once. */
  record(draft: ExchangeDraft): ExchangeDraft;
  /** Keeps one more exchange that is, but for id, time and duration, like one that `record` gave back. */
  repeat(like: ExchangeDraft, id: string, atMs: number, durationMs: number): void;
  /** Null when `after` is neither a cursor nor the id of an exchange that is still kept. */
  list(filter?: JournalFilter): ExchangeList | null;
  get(id: string): Promise<FullExchange | null>;
  /** As it is kept; null when it is not, or no longer. */
  find(id: string): ExchangeDraft | null;
  /** All that are kept, the oldest first. */
  kept(): readonly ExchangeDraft[];
  /** How many had to go for newer ones since the journal was made, or was cleared; of one session, or with null of all. */
  dropped(session: string | null): number;
  /** Forgets a session's exchanges, or all; says how many. */
  clear(session?: string | null): number;
  /** Hears of every exchange from now on. Gives the way to stop. */
  subscribe(listener: (exchange: Exchange) => void): () => void;
  /** Puts an attempt at a callback beside the exchange that caused it, its secrets redacted. False when that is no longer kept. */
  noteCallback(exchange: string, attempt: CallbackAttempt): boolean;
  /** Hears of every attempt from now on. Gives the way to stop. */
  subscribeCallbacks(listener: (callback: RecordedCallback) => void): () => void;
  /** From now on these are secret too, beside those that are known by now. */
  keepSecret(secrets: Secrets): void;
}

export const defaultCapacity = 10_000;
export const defaultMaxBytes = 64 * 2 ** 20;
export const defaultLimit = 100;
export const maxLimit = 1000;

export function createJournal(options: JournalOptions = {}): Journal {
  return new RingJournal(options);
}

class RingJournal implements Journal {
  readonly previews = new PreviewBuffers();
  readonly #maxBytes: number;
  #redactor: Redactor;
  #secrets: Secrets;
  readonly #keep: JournalKeeper | null;
  readonly #listeners = new Set<(exchange: Exchange) => void>();
  readonly #callbackListeners = new Set<(callback: RecordedCallback) => void>();
  readonly #ring: ExchangeRing;
  #lastNumber = 0;
  readonly #dropped = new DroppedCounts();

  constructor(options: JournalOptions) {
    this.#ring = new ExchangeRing(Math.max(1, options.capacity ?? defaultCapacity));
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
    this.#secrets = { headers: options.secretHeaders ?? [], names: [] };
    this.#redactor = createRedactor(this.#secrets.headers, this.#secrets.names);
    this.#keep = options.keep ?? null;
    for (const draft of this.#keep?.earlier ?? []) this.#add(draft, (this.#lastNumber += 1), estimate(draft));
  }

  get size(): number {
    return this.#ring.size;
  }

  get bytes(): number {
    return this.#ring.bytes;
  }

  record(draft: ExchangeDraft): ExchangeDraft {
    const clean = withOwnPreviews(this.#redactor.draft(draft));
    this.#add(clean, (this.#lastNumber += 1), estimate(clean));
    this.#tell(clean);
    return clean;
  }

  repeat(like: ExchangeDraft, id: string, atMs: number, durationMs: number): void {
    this.#makeRoom(alikeBytes);
    this.#ring.push(like, id, atMs, durationMs, (this.#lastNumber += 1), alikeBytes);
    if (this.#keep !== null || this.#listeners.size > 0) this.#tell({ ...like, id, atMs, durationMs });
  }

  list(filter: JournalFilter = {}): ExchangeList | null {
    const before = filter.after === undefined ? Infinity : this.#numberOf(filter.after);
    if (before === null) return null;
    const limit = Math.min(maxLimit, Math.max(0, filter.limit ?? defaultLimit));
    const items: Exchange[] = [];
    let total = 0;
    let last = 0;
    let more = false;
    for (let index = this.#ring.size - 1; index >= 0; index -= 1) {
      if (!matchesFilter(this.#ring.alike(index), filter)) continue;
      total += 1;
      const number = this.#ring.numberAt(index);
      if (number >= before) continue;
      if (items.length >= limit) {
        more = true;
        continue;
      }
      items.push(summarize(this.#ring.at(index)));
      last = number;
    }
    return { items, total, next: more && items.length > 0 ? `before-${last}` : null };
  }

  async get(id: string): Promise<FullExchange | null> {
    const found = this.find(id);
    return found === null ? null : inFull(found);
  }

  find(id: string): ExchangeDraft | null {
    const index = this.#ring.indexOf(id);
    return index === null ? null : this.#handOut(this.#ring.at(index));
  }

  kept(): readonly ExchangeDraft[] {
    return this.#ring.all().map(([draft]) => this.#handOut(draft));
  }

  dropped(session: string | null): number {
    return this.#dropped.of(session);
  }

  clear(session: string | null = null): number {
    this.#dropped.forget(session);
    const all = this.#ring.all();
    const kept = session === null ? [] : all.filter(([draft]) => draft.session !== session);
    if (kept.length === all.length) return 0;
    this.#ring.clear();
    for (const one of kept) this.#add(...one);
    this.#keep?.replace(kept.map(([draft]) => this.#handOut(draft)));
    return all.length - kept.length;
  }

  subscribe(listener: (exchange: Exchange) => void): () => void {
    const own = (exchange: Exchange): void => listener(exchange);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  noteCallback(exchange: string, attempt: CallbackAttempt): boolean {
    const index = this.#ring.indexOf(exchange);
    if (index === null) return false;
    const clean = { ...attempt, url: this.#redactor.url(attempt.url), error: attempt.error === null ? null : this.#redactor.url(attempt.error) };
    const draft = withCallback(this.#ring.at(index), clean);
    this.#ring.replace(index, draft, estimate(draft));
    while (this.size > 1 && this.bytes > this.#maxBytes) this.#dropOldest();
    this.#keep?.amend(exchange, clean);
    for (const listener of this.#callbackListeners) listener({ exchange, session: draft.session, ...clean });
    return true;
  }

  subscribeCallbacks(listener: (callback: RecordedCallback) => void): () => void {
    const own = (callback: RecordedCallback): void => listener(callback);
    this.#callbackListeners.add(own);
    return () => void this.#callbackListeners.delete(own);
  }

  keepSecret({ headers, names }: Secrets): void {
    const all: Secrets = { headers: joined(this.#secrets.headers, headers), names: joined(this.#secrets.names, names) };
    if (all.headers.length === this.#secrets.headers.length && all.names.length === this.#secrets.names.length) return;
    this.#secrets = all;
    this.#redactor = createRedactor(all.headers, all.names);
  }

  #add(draft: ExchangeDraft, number: number, bytes: number): void {
    this.#makeRoom(bytes);
    this.#ring.push(draft, draft.id, draft.atMs, draft.durationMs, number, bytes);
  }

  #makeRoom(bytes: number): void {
    while (this.size > 0 && (this.#ring.isFull || this.bytes + bytes > this.#maxBytes)) this.#dropOldest();
  }

  /** Others may look at it for as long as they like from now on. */
  #handOut(draft: ExchangeDraft): ExchangeDraft {
    if (draft.requestBody !== null) this.previews.letGo(draft.requestBody.preview);
    return draft;
  }

  #dropOldest(): void {
    const { session, requestBody } = this.#ring.shift();
    this.#dropped.add(session);
    if (requestBody !== null) this.previews.giveBack(requestBody.preview);
  }

  #tell(draft: ExchangeDraft): void {
    if (this.#keep !== null) this.#keep.append(this.#handOut(draft));
    if (this.#listeners.size === 0) return;
    const summary = summarize(draft);
    for (const listener of this.#listeners) listener(summary);
  }

  /** The number that a cursor or the id of an exchange stands for. */
  #numberOf(after: string): number | null {
    const cursor = /^before-(\d{1,15})$/.exec(after);
    if (cursor) return Number(cursor[1]);
    const index = this.#ring.indexOf(after);
    return index === null ? null : this.#ring.numberAt(index);
  }
}

/** Without those that are there already, in any letters. */
function joined(known: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...known, ...more].map((name) => name.toLowerCase()))];
}
