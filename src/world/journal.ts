import type { Exchange, FullExchange } from '../model/index.ts';
import { inFull, previewBytes, sha256Of, summarize, type Captured, type ExchangeDraft } from './exchange-draft.ts';
import { matchesFilter, type JournalFilter } from './journal-filter.ts';
import { createRedactor, type Redactor } from './redact.ts';

export { previewBytes, type Captured, type ExchangeDraft } from './exchange-draft.ts';
export { isUnmatched, type JournalFilter } from './journal-filter.ts';

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
  /** Puts these, oldest first, in the place of all that is kept. */
  replace(drafts: readonly ExchangeDraft[]): void;
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
  /** Gives what was kept, its secrets redacted: what a log may show. */
  record(draft: ExchangeDraft): ExchangeDraft;
  /** Null when `after` is neither a cursor nor the id of an exchange that is still kept. */
  list(filter?: JournalFilter): ExchangeList | null;
  get(id: string): Promise<FullExchange | null>;
  /** Forgets a session's exchanges, or all; says how many. */
  clear(session?: string | null): number;
  /** Hears of every exchange from now on. Gives the way to stop. */
  subscribe(listener: (exchange: Exchange) => void): () => void;
}

export const defaultCapacity = 10_000;
export const defaultMaxBytes = 64 * 2 ** 20;
export const defaultLimit = 100;
export const maxLimit = 1000;

/** Bytes of the objects of one exchange, headers and bodies aside. */
const fixedBytes = 400;
/** Bytes of a string beside its letters. */
const stringBytes = 20;
/** The slab from which Node cuts small buffers: to keep a slice of it is cheap, to keep one of a large read is not. */
const slabBytes = 8192;

export function createJournal(options: JournalOptions = {}): Journal {
  return new RingJournal(options);
}

/** An exchange in the ring: with a number that grows from one to the next, and its bytes. */
type Kept = readonly [draft: ExchangeDraft, number: number, bytes: number];

class RingJournal implements Journal {
  readonly #capacity: number;
  readonly #maxBytes: number;
  readonly #redactor: Redactor;
  readonly #keep: JournalKeeper | null;
  readonly #listeners = new Set<(exchange: Exchange) => void>();
  /** Three lists side by side, rather than one of objects: recording then makes no garbage. */
  readonly #drafts: (ExchangeDraft | undefined)[] = [];
  readonly #numbers: number[] = [];
  readonly #sizes: number[] = [];
  #oldest = 0;
  #size = 0;
  #bytes = 0;
  #lastNumber = 0;

  constructor(options: JournalOptions) {
    this.#capacity = Math.max(1, options.capacity ?? defaultCapacity);
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
    this.#redactor = createRedactor(options.secretHeaders ?? []);
    this.#keep = options.keep ?? null;
    for (const draft of this.#keep?.earlier ?? []) this.#add(draft, (this.#lastNumber += 1), estimate(draft));
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  record(draft: ExchangeDraft): ExchangeDraft {
    const clean = withOwnPreviews(this.#redactor.draft(draft));
    this.#add(clean, (this.#lastNumber += 1), estimate(clean));
    if (this.#keep !== null) this.#keep.append(clean);
    if (this.#listeners.size > 0) {
      const summary = summarize(clean);
      for (const listener of this.#listeners) listener(summary);
    }
    return clean;
  }

  list(filter: JournalFilter = {}): ExchangeList | null {
    const before = filter.after === undefined ? Infinity : this.#numberOf(filter.after);
    if (before === null) return null;
    const limit = Math.min(maxLimit, Math.max(0, filter.limit ?? defaultLimit));
    const items: Exchange[] = [];
    let total = 0;
    let last = 0;
    let more = false;
    for (let index = this.#size - 1; index >= 0; index -= 1) {
      const [draft, number] = this.#at(index);
      if (!matchesFilter(draft, filter)) continue;
      total += 1;
      if (number >= before) continue;
      if (items.length >= limit) {
        more = true;
        continue;
      }
      items.push(summarize(draft));
      last = number;
    }
    return { items, total, next: more && items.length > 0 ? `before-${last}` : null };
  }

  async get(id: string): Promise<FullExchange | null> {
    const found = this.#find(id);
    return found === null ? null : inFull(found[0]);
  }

  clear(session: string | null = null): number {
    const all = Array.from({ length: this.#size }, (_, index) => this.#at(index));
    const kept = session === null ? [] : all.filter(([draft]) => draft.session !== session);
    if (kept.length === all.length) return 0;
    this.#drafts.length = this.#numbers.length = this.#sizes.length = 0;
    this.#oldest = this.#size = this.#bytes = 0;
    for (const one of kept) this.#add(...one);
    this.#keep?.replace(kept.map(([draft]) => draft));
    return all.length - kept.length;
  }

  subscribe(listener: (exchange: Exchange) => void): () => void {
    const own = (exchange: Exchange): void => listener(exchange);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  #add(draft: ExchangeDraft, number: number, bytes: number): void {
    while (this.#size > 0 && (this.#size >= this.#capacity || this.#bytes + bytes > this.#maxBytes)) this.#dropOldest();
    const slot = (this.#oldest + this.#size) % this.#capacity;
    this.#drafts[slot] = draft;
    this.#numbers[slot] = number;
    this.#sizes[slot] = bytes;
    this.#size += 1;
    this.#bytes += bytes;
  }

  #dropOldest(): void {
    this.#drafts[this.#oldest] = undefined;
    this.#bytes -= this.#sizes[this.#oldest]!;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
    this.#size -= 1;
  }

  /** The n-th exchange, counted from the oldest. */
  #at(index: number): Kept {
    const slot = (this.#oldest + index) % this.#capacity;
    return [this.#drafts[slot]!, this.#numbers[slot]!, this.#sizes[slot]!];
  }

  /** From the newest on: people ask for what they have just seen. */
  #find(id: string): Kept | null {
    for (let index = this.#size - 1; index >= 0; index -= 1) {
      const slot = (this.#oldest + index) % this.#capacity;
      if (this.#drafts[slot]!.id === id) return this.#at(index);
    }
    return null;
  }

  /** The number that a cursor or the id of an exchange stands for. */
  #numberOf(after: string): number | null {
    const cursor = /^before-(\d{1,15})$/.exec(after);
    return cursor ? Number(cursor[1]) : (this.#find(after)?.[1] ?? null);
  }
}

/** Roughly what an exchange holds in memory that nothing else holds. */
function estimate(draft: ExchangeDraft): number {
  let bytes = fixedBytes + draft.url.length + draft.path.length;
  for (let index = 0; index < draft.requestHeaders.length; index += 1) bytes += stringBytes + draft.requestHeaders[index]!.length;
  for (let index = 0; index < draft.replyHeaders.length; index += 1) bytes += stringBytes + draft.replyHeaders[index]!.length;
  if (draft.requestBody !== null && draft.requestBody.shared !== true) bytes += draft.requestBody.preview.length;
  if (draft.replyBody !== null && draft.replyBody.shared !== true) bytes += draft.replyBody.preview.length;
  for (const violation of draft.violations) bytes += 200 + 2 * (violation.at.length + violation.expected.length + violation.got.length + violation.text.length);
  for (const miss of draft.nearest) for (const reason of miss.because) bytes += 100 + 2 * reason.length;
  return bytes;
}

/** A preview that is a small slice of a large read is copied: it would keep the whole read alive. */
function withOwnPreviews(draft: ExchangeDraft): ExchangeDraft {
  const requestBody = draft.requestBody === null ? null : ownPreview(draft.requestBody);
  const replyBody = draft.replyBody === null ? null : ownPreview(draft.replyBody);
  return requestBody === draft.requestBody && replyBody === draft.replyBody ? draft : { ...draft, requestBody, replyBody };
}

function ownPreview(body: Captured): Captured {
  if (body.shared === true) return body;
  const held = body.preview.buffer.byteLength;
  if (body.preview.length <= previewBytes && (held <= slabBytes || held <= 2 * body.preview.length)) return body;
  const sha256 = body.sha256 === null && body.preview.length > previewBytes ? sha256Of(body.preview) : body.sha256;
  return { ...body, preview: Buffer.from(body.preview.subarray(0, previewBytes)), sha256 };
}
