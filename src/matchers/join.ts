import { printable } from '../base/show.ts';
import { ExpressionFailure, MalformedBody, need, type Facts, type Matcher, type Mismatch } from '../model/index.ts';
import { mismatchInWords } from './mismatch.ts';

/** Holds always. */
export const always: Matcher = { needs: need.nothing, leaves: 0, pins: [], holds: () => true, explain: () => [] };

/**
 * All must hold. `explain` keeps the order given; `holds` asks the cheap ones first. `stages`, where names are bound, has a number for
 * each: those of a lower one are asked before it.
 */
export function joinMatchers(matchers: readonly Matcher[], stages: readonly number[] | null = null): Matcher {
  if (matchers.length === 0) return always;
  if (matchers.length === 1) return matchers[0]!;
  const stageOf = new Map(stages?.map((stage, index) => [matchers[index]!, stage]));
  const order = matchers.toSorted((a, b) => (stageOf.get(a) ?? 0) - (stageOf.get(b) ?? 0) || costOf(a) - costOf(b));
  return {
    needs: matchers.reduce<number>((needs, matcher) => needs | matcher.needs, need.nothing),
    leaves: matchers.reduce((leaves, matcher) => leaves + matcher.leaves, 0),
    pins: matchers.flatMap((matcher) => matcher.pins),
    holds(facts) {
      for (let index = 0; index < order.length; index += 1) if (!order[index]!.holds(facts)) return false;
      return true;
    },
    explain: (facts) => explainAll(matchers, stages && order, facts),
  };
}

/** Nothing to be worked out first, then what counts, then what reads the body. */
function costOf(matcher: Matcher): number {
  return (matcher.needs & need.zipEntries ? 8 : 0) + (matcher.needs & need.partText ? 4 : 0) + (matcher.needs & need.body ? 2 : 0) + (matcher.needs & need.call ? 1 : 0);
}

/**
 * A body that cannot be read, or an expression that fails, is one mismatch among others where others fail too. Alone it
 * is thrown: then it is all that stands in the way.
 */
function explainAll(written: readonly Matcher[], staged: readonly Matcher[] | null, facts: Facts): readonly Mismatch[] {
  let failure: MalformedBody | ExpressionFailure | null = null;
  const found = new Map<Matcher, readonly Mismatch[]>();
  let others = 0;
  for (const matcher of staged ?? written) {
    try {
      const mismatches = matcher.explain(facts);
      others += mismatches.length;
      found.set(matcher, mismatches);
    } catch (error) {
      if (!(error instanceof MalformedBody) && !(error instanceof ExpressionFailure)) throw error;
      // What comes after a row that was not found has nothing to look at.
      if (staged && others > 0 && error instanceof ExpressionFailure) continue;
      if (!failure || failure.message !== error.message) found.set(matcher, [unreadable(error)]);
      failure ??= error;
    }
  }
  if (failure && others === 0) throw failure;
  return written.flatMap((matcher) => found.get(matcher) ?? []);
}

/** The mismatch that an unreadable body or a failing expression is. */
export function unreadable(error: MalformedBody | ExpressionFailure): Mismatch {
  if (error instanceof ExpressionFailure) return mismatchInWords('if', printable(error.message), 'a value', error.reason);
  return { ...mismatchInWords('body', printable(error.message), `well-formed ${error.expected}`, 'what is not'), malformed: error };
}
