import { ExpressionFailure, MalformedBody, type Matcher, type Mismatch, type ReceivedBody, type RecordedMatch, type Segment } from '../model/index.ts';
import type { ExchangeDraft } from '../world/journal.ts';
import { redacted } from '../world/redact-text.ts';
import { NotKept } from './not-kept.ts';
import { RecordedFacts } from './recorded-facts.ts';
import type { RecordedParts } from './recorded-parts.ts';
import { redactedOf } from './redactions.ts';

/** Whether a recorded request satisfies matchers, as far as what is kept of it tells. */
export type MatchVerdict =
  | { readonly kind: 'fits' }
  | { readonly kind: 'differs'; readonly mismatches: readonly Difference[] }
  | { readonly kind: 'unknown'; readonly because: string };

export type Difference = Pick<Mismatch, 'at' | 'text' | 'nearness'>;

/** One mismatch of what is really there decides, whatever else is not kept. */
export function judgeMatch({ matchers, asks }: RecordedMatch, draft: ExchangeDraft, body: ReceivedBody, parts: RecordedParts | null, segments: readonly Segment[] | null): MatchVerdict {
  const facts = new RecordedFacts(draft, body, segments);
  const mismatches: Difference[] = [];
  let unknown = redactedOf(asks, draft) ?? missingPart(asks.parts, parts);
  for (const matcher of matchers) {
    try {
      mismatches.push(...explained(matcher, facts));
    } catch (error) {
      if (!(error instanceof NotKept)) throw error;
      unknown ??= error.message;
    }
  }
  const real = unknown === null ? mismatches : mismatches.filter((one) => isCertain(one, parts));
  if (real.length > 0) return { kind: 'differs', mismatches: real };
  return unknown === null ? { kind: 'fits' } : { kind: 'unknown', because: unknown };
}

function explained(matcher: Matcher, facts: RecordedFacts): readonly Difference[] {
  try {
    return matcher.holds(facts) ? [] : matcher.explain(facts);
  } catch (error) {
    if (error instanceof MalformedBody || error instanceof ExpressionFailure) return [{ at: 'body', text: error.message, nearness: 0 }];
    throw error;
  }
}

/** A part that is asked for and is not among those known may be among the others. */
function missingPart(names: ReadonlySet<string>, parts: RecordedParts | null): string | null {
  if (parts === null || parts.isWhole) return null;
  const missing = [...names].find((name) => !parts.parts.some((part) => part.name === name));
  return missing === undefined ? null : `its part \`${missing}\` may stand beyond the first 64 KiB of the body`;
}

/** Whether a mismatch is one of what is there, also where something is not kept: an expression, a choice and the body as a whole may have looked at that. */
function isCertain({ at, text }: Difference, parts: RecordedParts | null): boolean {
  if (/^(?:if|body|any|not)$|^cookies\b/.test(at) || text.includes(redacted)) return false;
  return parts === null || parts.isWhole || !/^part `[^`]*`: got /.test(text);
}
