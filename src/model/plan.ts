import type { Diagnostic } from '../base/diagnostic.ts';
import type { Place } from '../base/place.ts';
import type { Answer, Reply } from './answer.ts';
import type { Counter, Expression, Facts, Needs } from './facts.ts';
import type { Act, Scheme } from './auth.ts';
import type { Callback } from './callback.ts';
import type { VerifyEntry } from './expectation.ts';
import type { Matcher } from './matcher.ts';
import type { MemoryPlan } from './memory.ts';
import type { Segment } from './segment.ts';

/** A rule, compiled. */
export interface Rule {
  /** Position in its route, from 0. */
  readonly index: number;
  readonly name: string | null;
  readonly place: Place;
  /** Null: always. */
  readonly when: Matcher | null;
  readonly expect: Matcher | null;
  readonly strict: boolean;
  /** At least one; of several, the n-th answer of this rule gives the n-th. A rule of `before` without `respond` has none. */
  readonly replies: readonly Reply[];
  readonly repeat: 'last' | 'cycle';
  /** A delay of a `before` rule that goes on, ms drawn per call; null elsewhere. */
  readonly pause: ((facts: Facts) => number) | null;
  readonly once: Expression | null;
  /** Who may call; null: everybody. */
  readonly auth: { readonly scheme: Scheme; readonly scope: readonly string[] } | null;
  /** What it does to what the scenario remembers; null: nothing. */
  readonly act: Act | null;
  readonly callbacks: readonly Callback[];
  /** A run in which it was never called fails. */
  readonly required: boolean;
  /** Of `when`, `expect`, `once` and all replies. */
  readonly needs: Needs;
}

/** METHOD and path with the rules that answer there. */
export interface Route {
  /** METHOD, space, base and path as written: `GET /xyz/api/cleaner/tasks`. */
  readonly id: string;
  /** Upper case, or `ANY`. */
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly rules: readonly Rule[];
  readonly counters: readonly Counter[];
  readonly needs: Needs;
  readonly place: Place;
  /** Changes when anything in the route's text changes: its counters then start over. */
  readonly fingerprint: string;
}

/** Bodies for the server's own errors. `status`, `reason` and `violations` are at hand in them. */
export interface ErrorReplies {
  /** The reply for a status, or null for the server's problem+json. `facts` have `status` and `reason` bound, and the violations. */
  render(problem: ProblemFacts, facts: Facts): Answer | Promise<Answer> | null;
}

export interface ProblemFacts {
  readonly status: number;
  readonly reason: string;
  readonly violations: readonly { readonly at: string; readonly expected: string; readonly got: string; readonly text: string }[];
}

/** One scenario, resolved with its parents and compiled. */
export interface Scenario {
  readonly name: string;
  readonly extends: string | null;
  /** The scenario at the end of the `extends` chain; itself for a root. */
  readonly root: string;
  readonly summary: string | null;
  readonly file: string;
  readonly base: string;
  /** Tried ahead of every route under `base`. Their counters count the session's requests. */
  readonly before: Route | null;
  readonly routes: readonly Route[];
  readonly errors: ErrorReplies | null;
  /** What it remembers; null: nothing. */
  readonly memory: MemoryPlan | null;
  readonly schemes: readonly Scheme[];
  /** What clients are to have done when a run ends. */
  readonly verify: readonly VerifyEntry[];
}

/** Everything that serves: made whole, swapped in only when it has no mistakes. */
export interface Plan {
  readonly scenarios: ReadonlyMap<string, Scenario>;
  /** Names of those that extend nothing, sorted. */
  readonly roots: readonly string[];
}

/** What became of a set of scenario files. */
export interface Loaded {
  /** Null when there are mistakes. */
  readonly plan: Plan | null;
  readonly diagnostics: readonly Diagnostic[];
}
