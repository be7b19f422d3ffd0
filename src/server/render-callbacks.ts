import { ExpressionFailure, MalformedBody, type Callback, type CallbackRequest } from '../model/index.ts';
import type { PassFacts } from '../engine/pass-facts.ts';
import type { Outcome } from './record.ts';

/** How the note begins that tells of a callback which cannot be filled. */
export const notMade = 'The callback was not made';

/** The callbacks of a rule, filled in the tick of the decision. One that cannot be filled is told in the journal and not made; the reply goes out all the same. */
export function renderCallbacks(callbacks: readonly Callback[], facts: PassFacts, outcome: Pick<Outcome, 'note'>): readonly CallbackRequest[] {
  return callbacks.flatMap((callback): readonly CallbackRequest[] => {
    try {
      return [callback.render(facts)];
    } catch (error) {
      if (!(error instanceof ExpressionFailure) && !(error instanceof MalformedBody)) throw error;
      outcome.note = `${notMade}: ${error.message}`;
      return [];
    }
  });
}
