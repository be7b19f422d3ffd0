import type { ActProblem, Change, Denial, ExpressionFailure, Reply, Violation } from '../model/index.ts';
import type { LiveRule } from './live-plan.ts';
import type { PassFacts } from './pass-facts.ts';

/** What a request at a route comes to: data alone, nothing has been changed yet. */
export type Decision = Verdict & Aside;

type Verdict =
  | {
      readonly kind: 'reply';
      readonly live: LiveRule;
      readonly reply: Reply;
      readonly facts: PassFacts;
      readonly violations: readonly Violation[];
      /** The key under which the reply is kept, when the rule has `once` and the request a value for it. */
      readonly once: string | null;
      readonly headers: readonly string[];
      /** Of `changes`, what the rule's own `do` makes: it does not hold when the reply cannot be made. Null: nothing. */
      readonly own: Change | null;
      /** Whether the rule's callbacks follow: not when its reply is given again, nor when its changes were undone. */
      readonly callsBack: boolean;
    }
  /** The rule asks who calls, and the request does not show it. */
  | { readonly kind: 'denied'; readonly live: LiveRule; readonly denial: Denial; readonly facts: PassFacts }
  /** A change of the rule cannot be made, and the rule has no reply for that. */
  | { readonly kind: 'undone'; readonly live: LiveRule; readonly problem: ActProblem; readonly facts: PassFacts; readonly violations: readonly Violation[] }
  /** A strict rule whose `expect` the request does not meet. */
  | { readonly kind: 'refused'; readonly live: LiveRule; readonly status: 400 | 413 | 415 | 422; readonly facts: PassFacts; readonly violations: readonly Violation[] }
  /** The route is there, and none of its rules holds. */
  | { readonly kind: 'no-rule' }
  /** A body that is not what its media type says. */
  | { readonly kind: 'malformed'; readonly reason: string; readonly expected: string }
  /** An expression that failed in a matcher, a change or under `by`, or in the reply to changes. */
  | { readonly kind: 'failed'; readonly live: LiveRule | null; readonly failure: ExpressionFailure; readonly violations: readonly Violation[] };

/** What a request brings about beside its answer. */
export interface Aside {
  /** To be committed to the session's world, all or none. */
  changes: readonly Change[];
  /** Rules tried ahead that held and let the request go on. */
  passed: readonly LiveRule[];
  /** The sum of their delays. */
  pauseMs: number;
}

/** What is gathered while the rules are tried. */
export interface Trying extends Aside {
  /** The rule at hand, for an expression that fails. */
  live: LiveRule | null;
  /** The rate limits that the rules tried ahead tell of, for a route that has none of its own. */
  headers: readonly string[];
}

const noHeaders: readonly string[] = [];
const noChanges: readonly Change[] = [];
const noRules: readonly LiveRule[] = [];

export function nothingTried(): Trying {
  return { changes: noChanges, passed: noRules, pauseMs: 0, live: null, headers: noHeaders };
}

/** A verdict with what has been gathered: every decision but the usual one is put together here. */
export function decided<V extends Verdict>(verdict: V, { changes, passed, pauseMs }: Aside): V & Aside {
  return { ...verdict, changes, passed, pauseMs };
}
