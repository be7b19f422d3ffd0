import type { Exchange, Plan, RuleReference } from '../model/index.ts';
import { countWords, judgeCalls, type VerifyFailure, type WatchedCall } from './failure.ts';
import { usesOf, type RuleUse } from './rule-uses.ts';
import { counted, requestWords, ruleWords } from './reports/words.ts';
import type { RunControl, RunTally, Tallied, WatchedList } from './run-tally.ts';

export type { VerifyFailure } from './failure.ts';
export type { RuleUse } from './rule-uses.ts';
export { tallyRun, type RunControl, type RunTally } from './run-tally.ts';

/** What lets a run pass all the same. */
export interface Relaxed {
  readonly unmatched: boolean;
  readonly violations: boolean;
  readonly required: boolean;
  readonly verify: boolean;
}

/** What became of one entry of a scenario's `verify`. */
export interface VerifyCheck {
  readonly scenario: string;
  readonly file: string;
  readonly line: number;
  /** `POST /xyz/api/cleaner/tasks/report exactly once`. */
  readonly text: string;
  readonly passed: boolean;
  /** Its `call` is the position of the entry in the list. */
  readonly failure: VerifyFailure | null;
}

export interface RunVerdict {
  readonly passed: boolean;
  readonly requests: number;
  readonly unmatched: { readonly total: number; readonly exchanges: readonly Exchange[] };
  readonly violated: { readonly total: number; readonly exchanges: readonly Exchange[] };
  /** Required rules that were never called. */
  readonly missed: readonly RuleReference[];
  readonly checks: readonly VerifyCheck[];
  /** Of the scenarios that took part; a rule that several share stands there once. */
  readonly rules: readonly RuleUse[];
  /** Why it failed: sentences. Empty when it passed. */
  readonly reasons: readonly string[];
}

/**
 * Judges a run that is over: of the scenarios that were active at the start, were selected or answered. A variation that nobody selected
 * is not judged. Rules and entries that scenarios share are judged once, over the calls to all of them.
 */
export async function judgeRun(control: RunControl, tally: RunTally, relax: Relaxed): Promise<RunVerdict> {
  await tally.settled();
  const scenarios = takingPart(control.plan, tally.scenarios);
  const rules = usesOf(control, tally, scenarios);
  const missed = rules.filter(({ required, calls }) => required && calls === 0).map(({ reference }) => reference);
  const checks = tally.lists.flatMap((list) => checksOf(list, scenarios, control.plan));
  const { requests, unmatched, violated } = tally;
  const failed = checks.flatMap(({ failure }) => failure ?? []);
  const reasons = [
    ...(relax.unmatched ? [] : ofExchanges(unmatched, 'that no rule matched')),
    ...(relax.violations ? [] : ofExchanges(violated, 'that violated a rule')),
    ...(relax.required ? [] : missed.map((rule) => `The required rule ${ruleWords(rule)} was never called`)),
    ...(relax.verify ? [] : failed.map(({ text }) => text)),
  ];
  return { passed: reasons.length === 0, requests, unmatched: snapshot(unmatched), violated: snapshot(violated), missed, checks, rules, reasons };
}

/** Those that are still there, roots first. */
function takingPart(plan: Plan, names: ReadonlySet<string>): readonly string[] {
  const present = [...plan.scenarios.keys()].filter((name) => names.has(name));
  return [...present.filter((name) => plan.roots.includes(name)), ...present.filter((name) => !plan.roots.includes(name))];
}

function snapshot({ total, exchanges }: Tallied): Tallied {
  return { total, exchanges: [...exchanges] };
}

function ofExchanges({ total, exchanges }: Tallied, what: string): readonly string[] {
  const [first] = exchanges;
  return first === undefined ? [] : [`There ${total === 1 ? 'was' : 'were'} ${counted(total, 'request')} ${what}: ${requestWords(first)}${total > 1 ? ', and others' : ''}`];
}

function checksOf({ file, byScenario, watchOf }: WatchedList, scenarios: readonly string[], plan: Plan): readonly VerifyCheck[] {
  const owner = scenarios.find((name) => byScenario.has(name));
  if (owner === undefined) return [];
  const scenario = [...byScenario.keys()].find((name) => plan.scenarios.get(name)?.file === file) ?? owner;
  const entries = byScenario.get(owner)!;
  const { failures } = judgeCalls(entries.map((entry): WatchedCall => ({ index: entry.index, call: entry.call, ordered: entry.ordered, watch: watchOf(entry) })), () => 0);
  return entries.map(({ index, place, call, ordered }): VerifyCheck => {
    const failure = failures.find((one) => one.call === index) ?? null;
    return { scenario, file, line: place.line, text: `${call.words} ${countWords(call.count)}${ordered ? ', after the one before it' : ''}`, passed: failure === null, failure };
  });
}
