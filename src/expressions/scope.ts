import type { Mistake } from '../base/diagnostic.ts';
import type { Fixture, Held } from '../model/index.ts';

/** What an expression may use at the place where it stands. */
export interface Scope {
  /** Scenario, route, rule and place: what random values depend on beside the seed and the call. */
  readonly label: string;
  /** Names beside the language's own, found in `facts.bound`: `status` and `reason` in `errors`, what `as` bound. */
  readonly bound?: readonly string[];
  /** What some of these hold, where that is known. */
  readonly held?: ReadonlyMap<string, Held | null>;
  /** Collections of the scenario: each name is the list of its rows. */
  readonly collections?: readonly string[];
  /** Variables of the scenario; undefined: not known, so any name may be one. */
  readonly vars?: readonly string[];
  /** The fixture of this name, or why there is none. */
  fixture(name: string): Fixture | Mistake;
}

/** A mistake in an expression, placed by letters of the text that was compiled. */
export interface ExpressionMistake extends Mistake {
  /** From the start of the text, from 0. */
  readonly offset: number;
  readonly length: number;
  /** Further mistakes of the same expression. */
  readonly further?: readonly ExpressionMistake[];
}
