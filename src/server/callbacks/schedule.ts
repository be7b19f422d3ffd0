/** What a schedule needs of time. */
export interface Time {
  readonly clock: { now(): number };
  /** Resolves after the time on the machine's clock, or as soon as the signal is given. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** No timer of Node's holds longer. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Things that wait for a time on the server's clock, the earliest first, of equal ones the first that was added. A clock that stands
 * still lets nothing out until it is moved.
 */
export class Schedule<T> {
  readonly #time: Time;
  readonly #onDue: (item: T) => void;
  #waiting: { readonly dueMs: number; readonly item: T }[] = [];
  #alarm: AbortController | null = null;

  constructor(time: Time, onDue: (item: T) => void) {
    this.#time = time;
    this.#onDue = onDue;
  }

  add(dueMs: number, item: T): void {
    const after = this.#waiting.findLastIndex((one) => one.dueMs <= dueMs);
    this.#waiting.splice(after + 1, 0, { dueMs, item });
    if (after === -1) this.look();
  }

  /** Lets out what is due, and sets the alarm for what comes next. To be called when the clock has been set, advanced or let go. */
  look(): void {
    this.#alarm?.abort();
    this.#alarm = null;
    const now = this.#time.clock.now();
    while (this.#waiting.length > 0 && this.#waiting[0]!.dueMs <= now) this.#onDue(this.#waiting.shift()!.item);
    const [first] = this.#waiting;
    if (first) void this.#sleep(Math.min(Math.ceil(first.dueMs - now), longestTimerMs), now);
  }

  async #sleep(ms: number, since: number): Promise<void> {
    const alarm = new AbortController();
    this.#alarm = alarm;
    await this.#time.wait(ms, alarm.signal);
    if (alarm.signal.aborted) return;
    if (this.#time.clock.now() !== since) return this.look();
    // The clock stands still, and whoever moves it calls `look`; or a busy loop let the timer off early, so it is set again.
    await this.#sleep(Math.min(ms * 2, longestTimerMs), since);
  }

  /** Forgets what waits and is meant, and gives it. */
  drop(isMeant: (item: T) => boolean = () => true): readonly T[] {
    const dropped = this.#waiting.filter(({ item }) => isMeant(item));
    this.#waiting = this.#waiting.filter(({ item }) => !isMeant(item));
    if (this.#waiting.length === 0) {
      this.#alarm?.abort();
      this.#alarm = null;
    }
    return dropped.map(({ item }) => item);
  }
}
