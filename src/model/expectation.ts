import type { Place } from '../base/place.ts';
import type { Matcher } from './matcher.ts';
import type { Segment } from './segment.ts';

/** A call that clients are to have made, or not to: judged afterwards, on what the journal keeps. */
export interface CallExpectation {
  /** Null: at any route. */
  readonly route: ExpectedRoute | null;
  /** The name of the rule that answered; null: any, or none. */
  readonly rule: string | null;
  readonly session: string | null;
  readonly status: StatusTest | null;
  readonly match: RecordedMatch | null;
  readonly count: ExpectedCount;
  /** What is counted, to begin a sentence: "POST /tasks/report with the status 201". */
  readonly words: string;
}

export interface ExpectedRoute {
  /** METHOD, space, base and path: as a route's id, or with a value in the place of each `{name}`. */
  readonly id: string;
  readonly method: string;
  readonly segments: readonly Segment[];
}

export interface StatusTest {
  /** Completes "expected …". */
  readonly expected: string;
  passes(status: number): boolean;
}

/** Both inclusive. `max` is Infinity where there is no upper bound. */
export interface ExpectedCount {
  readonly min: number;
  readonly max: number;
}

/** Matchers of a recorded request. Each is judged by itself: one that fails decides, also where another cannot be judged. */
export interface RecordedMatch {
  readonly matchers: readonly Matcher[];
  readonly asks: RecordedAsks;
}

/** What matchers want to know of values that the journal may have redacted: those of which only the presence is asked are left out. */
export interface RecordedAsks {
  /** Lower case. */
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  /** Names of form and JSON values, at any depth. */
  readonly body: ReadonlySet<string>;
  /** Names of parts, their presence included. */
  readonly parts: ReadonlySet<string>;
  /** Sources of expressions and JSONPaths: what they name, they ask for. */
  readonly sources: readonly string[];
  /** Whether the body is looked at as text. */
  readonly wholeBody: boolean;
}

/** One entry of a scenario's `verify`. */
export interface VerifyEntry {
  /** Position in the list, from 0: variations that inherit the list share its positions. */
  readonly index: number;
  /** Changes when anything in its text does. */
  readonly fingerprint: string;
  readonly place: Place;
  readonly call: CallExpectation;
  /** Whether it must come after the entry before it. */
  readonly ordered: boolean;
}
