import { latestMs, withinYears } from '../base/iso-time.ts';

/** The server's time, as rules and the journal see it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A time that can be frozen, set and advanced while the server runs. */
export interface SettableClock extends Clock {
  state(): ClockState;
  /** Null, and nothing has changed, when the time would be beyond the years 1 to 9999. */
  change(change: ClockChange): ClockState | null;
}

/** As the admin API tells it. */
export interface ClockState {
  /** ISO 8601. */
  readonly now: string;
  /** Whether it stands still. */
  readonly frozen: boolean;
  /** What the server's time is ahead of the machine's. */
  readonly offsetMs: number;
}

export interface ClockChange {
  readonly to: ClockTarget;
  /** Whether it stands still from now on; null: as before. */
  readonly frozen: boolean | null;
}

/** The time that a change leads to. */
export type ClockTarget =
  | { readonly kind: 'present' }
  | { readonly kind: 'at'; readonly ms: number }
  | { readonly kind: 'later'; readonly byMs: number }
  | { readonly kind: 'machine' };

/** The machine's time, or a time that stands still: with `--clock` a run repeats exactly. `machine`: the machine's, milliseconds since the epoch. */
export function createClock(frozenAtMs: number | null, machine: () => number = Date.now): SettableClock {
  let frozenMs = frozenAtMs;
  let aheadMs = 0;
  const now = (): number => frozenMs ?? Math.min(latestMs, machine() + aheadMs);
  const stateAt = (nowMs: number): ClockState => ({ now: new Date(nowMs).toISOString(), frozen: frozenMs !== null, offsetMs: frozenMs === null ? aheadMs : frozenMs - machine() });
  return {
    now,
    state: () => stateAt(now()),
    change({ to, frozen }) {
      const machineMs = machine();
      const targetMs = target(to, frozenMs ?? Math.min(latestMs, machineMs + aheadMs), machineMs);
      if (withinYears(targetMs) === null) return null;
      frozenMs = (frozen ?? frozenMs !== null) ? targetMs : null;
      aheadMs = targetMs - machineMs;
      return stateAt(targetMs);
    },
  };
}

function target(to: ClockTarget, presentMs: number, machineMs: number): number {
  switch (to.kind) {
    case 'present': return presentMs;
    case 'at': return to.ms;
    case 'later': return presentMs + to.byMs;
    case 'machine': return machineMs;
  }
}
