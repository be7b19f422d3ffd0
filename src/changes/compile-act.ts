import { need, type Act, type Compiler, type Needs, type Reply } from '../model/index.ts';
import { compileAfter } from './after.ts';
import { kindKeysOf, type ChangeValue, type DoValue } from './do-shape.ts';
import { changeKinds } from './kinds.ts';
import { done, failureOf } from './outcome.ts';

/** The name by which a reply under `orElse` finds what went wrong. */
const failureName = 'failure';

/**
 * What stands under `do`, made to run: changes in order, each seeing what those before it did. The first that cannot be made ends
 * them, and none holds. Names that changes bind are known to what is compiled afterwards.
 */
export function compileAct(value: DoValue, compiler: Compiler): Act {
  const acts = isList(value) ? value.flatMap((change, index) => compileChanges(change, compiler.at(index))) : compileChanges(value, compiler);
  const [only] = acts;
  if (acts.length === 1) return only!;
  return {
    needs: acts.reduce<Needs>((sum, { needs }) => sum | needs, need.nothing),
    run(facts, draft) {
      for (const act of acts) {
        const outcome = act.run(facts, draft);
        if (outcome.kind !== 'done') return outcome;
      }
      return done;
    },
  };
}

/** The changes of one map, in the order in which they stand there. */
function compileChanges(change: ChangeValue, compiler: Compiler): readonly Act[] {
  const after = change.after === undefined ? null : compileAfter(change.after, compiler.at('after'));
  // Before the change itself: what it binds is not there when it failed.
  const reply = change.orElse === undefined ? null : compiler.at('orElse').withNames([failureName]).reply(change.orElse);
  return kindKeysOf(change).map((key) => {
    const act = changeKinds.find((one) => one.key === key)!.compile((change as Readonly<Record<string, unknown>>)[key], compiler.at(key), { after });
    return reply === null ? act : answering(act, reply);
  });
}

/** The change with a reply for when it cannot be made. */
function answering(act: Act, reply: Reply): Act {
  return {
    needs: act.needs | reply.needs,
    run(facts, draft) {
      const outcome = act.run(facts, draft);
      if (outcome.kind !== 'undone') return outcome;
      facts.bind(failureName, failureOf(outcome.problem));
      return { ...outcome, reply };
    },
  };
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
