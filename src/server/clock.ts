/** The server's time, as rules and the journal see it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The machine's time, or a time that stands still: with `--clock` a run repeats exactly. */
export function createClock(frozenAtMs: number | null): Clock {
  return frozenAtMs === null ? { now: Date.now } : { now: () => frozenAtMs };
}
