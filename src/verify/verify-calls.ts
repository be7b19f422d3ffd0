import { setImmediate as others } from 'node:timers/promises';
import { formatMistake } from '../base/diagnostic.ts';
import type { Plan } from '../model/index.ts';
import { compileQuestion, type Question } from '../scenario/compile-question.ts';
import type { ExchangeDraft, Journal } from '../world/journal.ts';
import { CallWatch, type Uploads } from './call-watch.ts';
import { Heads } from './differences.ts';
import { judgeCalls, type VerifyFailure, type WatchedCall } from './failure.ts';

/** What `POST /verify` answers. */
export interface VerifyAnswer {
  readonly passed: boolean;
  readonly failures: readonly VerifyFailure[];
  /** When an order was asked for: ids of the exchanges in which the calls were found, one after the other. */
  readonly order?: readonly string[];
}

/** What calls are judged on. */
export interface Records {
  readonly plan: Plan;
  readonly journal: Pick<Journal, 'kept' | 'dropped'>;
  readonly uploads: Uploads;
}

/** So many exchanges are looked at before others have their turn. */
const atOnce = 200;

/** Judges calls on what the journal keeps. A question with mistakes gives them instead, each as a sentence. */
export async function verifyCalls(given: unknown, { plan, journal, uploads }: Records): Promise<VerifyAnswer | readonly string[]> {
  const question = await compileQuestion(given, plan);
  if (!('calls' in question)) return question;
  const exchanges = inOrderOfArrival(journal.kept());
  const heads = new Heads(plan);
  const unknown = unknownNames(question, exchanges, heads);
  if (unknown.length > 0) return unknown;
  const calls = question.calls.map(({ call }, index): WatchedCall => ({ index, call, ordered: question.ordered && index > 0, watch: new CallWatch() }));
  let seen = 0;
  for (const [at, exchange] of exchanges.entries()) {
    for (const { call, watch } of calls) {
      const waiting = watch.see(exchange, at, call, heads, uploads);
      if (waiting) await waiting;
      if ((seen += 1) % atOnce === 0) await others();
    }
  }
  const { failures, order } = judgeCalls(calls, (session) => journal.dropped(session));
  return { passed: failures.length === 0, failures, ...(question.ordered && { order }) };
}

/** A route or a rule that nothing has is a slip, not a call that did not come: unless an exchange has it, from before an edit of the scenarios. */
function unknownNames({ calls }: Question, exchanges: readonly ExchangeDraft[], heads: Heads): readonly string[] {
  return calls.flatMap(({ call, unknownRoute, unknownRule }, index) => {
    const said: string[] = [];
    if (unknownRoute && !exchanges.some((one) => heads.isOf(call.route!, one))) said.push(`\`calls[${index}].route\`: ${formatMistake(unknownRoute)}`);
    if (unknownRule && !exchanges.some((one) => one.rule?.name === call.rule)) said.push(`\`calls[${index}].rule\`: ${formatMistake(unknownRule)}`);
    return said;
  });
}

/** The journal has them in the order in which they ended; ids are given when they arrive. Those of earlier runs come first. */
function inOrderOfArrival(kept: readonly ExchangeDraft[]): readonly ExchangeDraft[] {
  const runs = new Map<string, number>();
  const places = new Map(kept.map(({ id }): [string, readonly [number, number]] => {
    const { run, number } = arrivalOf(id);
    if (!runs.has(run)) runs.set(run, runs.size);
    return [id, [runs.get(run)!, number]];
  }));
  return kept.toSorted((a, b) => {
    const [one, other] = [places.get(a.id)!, places.get(b.id)!];
    return one[0] - other[0] || one[1] - other[1];
  });
}

/** What an id tells of when its exchange arrived: the run, and the number in it. */
export function arrivalOf(id: string): { readonly run: string; readonly number: number } {
  const digits = /\d*$/.exec(id)![0];
  return { run: id.slice(0, id.length - digits.length), number: Number(digits) };
}
