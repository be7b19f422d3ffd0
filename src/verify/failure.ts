import type { CallExpectation, ExpectedCount } from '../model/index.ts';
import type { Arrival, CallWatch } from './call-watch.ts';
import type { InsteadExchange } from './nearest-exchanges.ts';

/** What became of one expected call that did not come, came too often, or not in its order. */
export interface VerifyFailure {
  /** Index of the call in what was asked, from 0. */
  readonly call: number;
  /** `exactly once`, `after GET /tasks`. */
  readonly expected: string;
  readonly got: string;
  /** The whole sentence. */
  readonly text: string;
  /** What came instead: the nearest exchanges, at most 5, each with the reasons why it is not that call. */
  readonly instead: readonly InsteadExchange[];
}

/** A call with what was seen of it. */
export interface WatchedCall {
  readonly index: number;
  readonly call: CallExpectation;
  /** Whether it must have come after the call before it. */
  readonly ordered: boolean;
  readonly watch: CallWatch;
}

/** What came of calls: those that failed, and where in the order each was found. */
export interface CallsVerdict {
  readonly failures: readonly VerifyFailure[];
  /** Ids of the exchanges in which the calls were found, one after the other; those that were not are left out. */
  readonly order: readonly string[];
}

/** Judges calls once all exchanges have been seen. `dropped`: how many of a session's (null: of all) the journal has let go unseen. */
export function judgeCalls(calls: readonly WatchedCall[], dropped: (session: string | null) => number): CallsVerdict {
  const failures: VerifyFailure[] = [];
  const order: string[] = [];
  let before: { readonly call: CallExpectation; readonly arrival: Arrival } | null = null;
  for (const { index, call, ordered, watch } of calls) {
    const lost = dropped(call.session);
    const failure = countFailure(index, call, watch, lost);
    if (failure) failures.push(failure);
    if (!ordered) before = null;
    if (watch.fits === 0 || call.count.max === 0) continue;
    const found: Arrival | null = watch.firstAfter(before?.arrival.at ?? -Infinity);
    if (found === null) {
      if (!failure) failures.push(orderFailure(index, call, watch, before!, lost));
      continue;
    }
    order.push(found.id);
    before = { call, arrival: found };
  }
  return { failures, order };
}

function countFailure(index: number, { count, words }: CallExpectation, watch: CallWatch, lost: number): VerifyFailure | null {
  const { fits, unknown } = watch;
  const { min, max } = count;
  const isEnough = fits >= min;
  const isTooMuch = fits > max;
  const mayBeTooMuch = fits + unknown > max || (lost > 0 && max !== Infinity);
  if (isEnough && !isTooMuch && !mayBeTooMuch) return null;
  const doubts = isTooMuch ? [] : doubtsOf(watch, lost);
  const expected = countWords(count);
  const got = times(fits);
  return {
    call: index, expected, got,
    text: [`${words}: expected ${expected}, got ${got}`, ...doubts].join('; '),
    instead: isTooMuch || (max === 0 && fits > 0) ? watch.first : watch.nearest,
  };
}

/** Why the number that was seen may not be all. */
function doubtsOf({ unknown, unknownBecause }: CallWatch, lost: number): readonly string[] {
  return [
    ...(unknown === 0 ? [] : [`${unknown} more cannot be judged (${unknownBecause})`]),
    ...(lost === 0 ? [] : [`the journal has dropped ${lost} older ${lost === 1 ? 'exchange' : 'exchanges'}, among which there may have been more (\`--journal\` keeps more; \`DELETE /_rehearsal/journal\` begins anew)`]),
  ];
}

function orderFailure(index: number, call: CallExpectation, watch: CallWatch, before: { readonly call: CallExpectation; readonly arrival: Arrival }, lost: number): VerifyFailure {
  const expected = `after ${before.call.words}`;
  const got = watch.fits === 1 ? 'before it' : `${times(watch.fits)}, each before it`;
  const doubt = lost === 0 ? '' : `; the journal has dropped ${lost} older, among which the order may have been right`;
  return {
    call: index, expected, got,
    text: `${call.words}: expected ${expected} (${before.arrival.id}), got ${got}${doubt}`,
    instead: watch.first.map((exchange) => ({ ...exchange, because: [`order: came before ${before.arrival.id}`] })),
  };
}

/** `exactly once`, `at least 2 times`, `never`: completes "expected …". */
export function countWords({ min, max }: ExpectedCount): string {
  if (max === 0) return 'never';
  if (min === max) return min === 1 ? 'exactly once' : `exactly ${times(min)}`;
  if (max === Infinity) return min === 0 ? 'any number of times' : `at least ${times(min)}`;
  return min === 0 ? `at most ${times(max)}` : `${min} to ${max} times`;
}

function times(count: number): string {
  return count === 0 ? 'none' : count === 1 ? 'once' : `${count} times`;
}
