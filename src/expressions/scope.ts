import type { Mistake } from '../base/diagnostic.ts';
import type { Fixture } from '../model/index.ts';

/** What an expression may use at the place where it stands. */
export interface Scope {
  /** Scenario, route, rule and place: what random values depend on beside the seed and the call. */
  readonly label: string;
  /** Names beside the language's own, found in `facts.bound`: `status` and `reason` in `errors`, what `as` bound. */
  readonly bound?: readonly string[];
  /** Names of the language that this version does not serve yet; those of {@link notBuiltYet} unless given. */
  readonly notBuilt?: readonly string[];
  /** The fixture of this name, or why there is none. */
  fixture(name: string): Fixture | Mistake;
}

/** Names of the language that come with what a scenario remembers and with who may call. */
export const notBuiltYet: readonly string[] = ['state', 'vars', 'auth'];

/** A mistake in an expression, placed by letters of the text that was compiled. */
export interface ExpressionMistake extends Mistake {
  /** From the start of the text, from 0. */
  readonly offset: number;
  readonly length: number;
  /** Further mistakes of the same expression. */
  readonly further?: readonly ExpressionMistake[];
}
