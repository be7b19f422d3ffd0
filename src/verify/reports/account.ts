import type { Relaxed, RunVerdict } from '../run-verdict.ts';

/** What a written account of a run is made from. */
export interface Account {
  readonly verdict: RunVerdict;
  /** What the run was allowed: shown, and no failure. */
  readonly relaxed: Relaxed;
  /** When the run began, milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly durationMs: number;
}
