import { perform } from '../memory/index.ts';
import type { Act, Draft, Facts, Needs, Operation } from '../model/index.ts';
import type { Value } from '../replies/value.ts';
import { done, isRefusal, undone, type Refusal } from './outcome.ts';

/** A change that comes to an operation on what the scenario remembers. */
export interface OperationStep {
  readonly needs: Needs;
  /** The operation for this request, or why there is none. */
  make(facts: Facts, draft: Draft): Operation | Refusal;
  /** Binds what the operation gave. */
  keep?(value: unknown, facts: Facts): void;
}

/** Binds what an operation gave by the name under `as`, if there is one. */
export function binding(as: string | undefined): (value: unknown, facts: Facts) => void {
  return (value, facts) => {
    if (as !== undefined) facts.bind(as, value);
  };
}

/** Carries the operation out at once, or leaves it with the session until its time, as `after` among the options says. */
export function operationAct(step: OperationStep, options: Readonly<Record<string, unknown>>): Act {
  const after = (options['after'] ?? null) as Value<number> | null;
  return {
    needs: step.needs | (after?.needs ?? 0),
    run(facts, draft) {
      const operation = step.make(facts, draft);
      if (isRefusal(operation)) return undone(operation);
      if (after) {
        draft.later(facts.now + after.get(facts), operation);
        return done;
      }
      const performed = perform(operation, draft);
      if (performed.kind === 'failed') return undone(performed);
      step.keep?.(performed.value, facts);
      return done;
    },
  };
}
