import type { ExchangeDraft, Needs, Route, Rule, RuleReference, Scenario, Scheme } from '../model/index.ts';
import type { RuleMeter } from './meter.ts';
import type { RuleIndex } from './rule-index.ts';

/** A rule as it serves: with the reference that the journal shares and the number of times it answered. */
export interface LiveRule {
  readonly rule: Rule;
  readonly reference: RuleReference;
  /** Counts the answers of this rule in a session; variations that inherit the rule share it. */
  readonly answersKey: string;
  /** Over all sessions since the program started, for the list of routes. */
  calls: number;
  /** What the server's metrics count it by; null until it answers. */
  meter: RuleMeter | null;
  /** The exchange that it answered last: while the like of it come again, the journal keeps what they share once. */
  last: LastExchange | null;
}

/** What the next exchange of a rule may have in common with the last. */
export interface LastExchange {
  /** As sent. */
  readonly url: string;
  /** As sent. */
  readonly headers: readonly string[];
  /** The answer, when it was one that was made at load, and the exchange as the journal keeps it. */
  readonly quick: { readonly answer: object; readonly kept: ExchangeDraft } | null;
}

/** A route as it serves. */
export interface LiveRoute {
  readonly route: Route;
  readonly scenario: Scenario;
  readonly rules: readonly LiveRule[];
  readonly ruleIndex: RuleIndex;
  /** By which `when` can tell who calls, before a rule has been chosen: those that its rules ask for, the first first. */
  readonly schemes: readonly Scheme[];
  /** Names the route's counters in a session's world: root and route, so that variations share them. */
  readonly counterKey: string;
  /** Whether any scenario of the root looks at the number of calls here. */
  readonly counted: boolean;
  /** Of this route and of the rules tried ahead of it. */
  readonly needs: Needs;
}
