import type { ExchangeDraft } from './exchange-draft.ts';

/** An exchange in the ring: with a number that grows from one to the next, and its bytes. */
export type Kept = readonly [draft: ExchangeDraft, number: number, bytes: number];

/**
 * The exchanges kept last, the oldest first. One that is like an earlier one in all but id, time and duration shares that one's
 * draft; what differs stands in lists side by side, so that to record it makes no garbage.
 */
export class ExchangeRing {
  readonly #capacity: number;
  readonly #drafts: (ExchangeDraft | undefined)[] = [];
  readonly #ids: string[] = [];
  readonly #times: number[] = [];
  readonly #durations: number[] = [];
  readonly #numbers: number[] = [];
  readonly #sizes: number[] = [];
  #oldest = 0;
  size = 0;
  bytes = 0;

  /** @param capacity exchanges kept at most */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isFull(): boolean {
    return this.size >= this.#capacity;
  }

  /** There must be room for one more. */
  push(draft: ExchangeDraft, id: string, atMs: number, durationMs: number, number: number, bytes: number): void {
    const slot = this.#slot(this.size);
    this.#drafts[slot] = draft;
    this.#ids[slot] = id;
    this.#times[slot] = atMs;
    this.#durations[slot] = durationMs;
    this.#numbers[slot] = number;
    this.#sizes[slot] = bytes;
    this.size += 1;
    this.bytes += bytes;
  }

  /** Lets the oldest go, and gives it or one that it is like. */
  shift(): ExchangeDraft {
    const draft = this.#drafts[this.#oldest]!;
    this.#drafts[this.#oldest] = undefined;
    this.bytes -= this.#sizes[this.#oldest]!;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
    this.size -= 1;
    return draft;
  }

  /** The n-th exchange, counted from the oldest. */
  at(index: number): ExchangeDraft {
    const slot = this.#slot(index);
    const draft = this.#drafts[slot]!;
    const id = this.#ids[slot]!;
    return draft.id === id ? draft : { ...draft, id, atMs: this.#times[slot]!, durationMs: this.#durations[slot]! };
  }

  /** The n-th exchange or one that it is like: good for all but id, time and duration. */
  alike(index: number): ExchangeDraft {
    return this.#drafts[this.#slot(index)]!;
  }

  numberAt(index: number): number {
    return this.#numbers[this.#slot(index)]!;
  }

  /** Puts another draft of the same exchange in its place. */
  replace(index: number, draft: ExchangeDraft, bytes: number): void {
    const slot = this.#slot(index);
    this.#drafts[slot] = draft;
    this.bytes += bytes - this.#sizes[slot]!;
    this.#sizes[slot] = bytes;
  }

  /** From the newest on: people ask for what they have just seen. */
  indexOf(id: string): number | null {
    for (let index = this.size - 1; index >= 0; index -= 1) if (this.#ids[this.#slot(index)] === id) return index;
    return null;
  }

  /** All of them, the oldest first. */
  all(): Kept[] {
    return Array.from({ length: this.size }, (_, index) => [this.at(index), this.numberAt(index), this.#sizes[this.#slot(index)]!] as const);
  }

  clear(): void {
    this.#drafts.length = this.#ids.length = this.#times.length = this.#durations.length = this.#numbers.length = this.#sizes.length = 0;
    this.#oldest = this.size = this.bytes = 0;
  }

  #slot(index: number): number {
    return (this.#oldest + index) % this.#capacity;
  }
}
