import type { Exchange } from '../../model/index.ts';
import type { RunVerdict, VerifyCheck } from '../run-verdict.ts';
import type { Account } from './account.ts';
import { counted, insteadWords, nearestWords, placeOf, requestLine, requestWords, ruleWords, shortened } from './words.ts';
import { element, xmlText } from './xml.ts';

type RunRule = RunVerdict['rules'][number];

/** Why a case did not pass. `allowed`: an option of the run lets it pass all the same. */
interface Shortcoming {
  readonly type: 'violation' | 'required' | 'verify' | 'unmatched';
  readonly allowed: boolean;
  readonly message: string;
  readonly lines: readonly string[];
}

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly timeMs: number;
  readonly outcome: 'passed' | 'skipped' | Shortcoming;
}

/** Exchanges told of one rule, lines of one failure, letters of one text. */
const mostExchanges = 20;
const mostLetters = 8_000;

/**
 * `--junit`: the account as JUnit XML, valid against the schema that Jenkins holds it to (junit-10.xsd of its xUnit plugin): each
 * rule that could be called, each verification and each request that no rule matched is a case. Times are in seconds.
 */
export function junitReport(account: Account): string {
  const { verdict, startedAtMs, durationMs } = account;
  const suites: readonly (readonly [string, readonly Case[]])[] = [
    ['rules', ruleCases(account)],
    ['verify', verdict.checks.map((check) => checkCase(check, account))],
    ['requests that no rule matched', unmatchedCases(account)],
  ];
  const all = suites.flatMap(([, cases]) => cases);
  const timestamp = new Date(startedAtMs).toISOString().slice(0, 19);
  const children = suites.filter(([, cases], index) => index === 0 || cases.length > 0)
    .map(([name, cases]) => `\n  ${element('testsuite', { name, ...counts(cases), skipped: cases.filter(isSkipped).length, time: seconds(sumOf(cases)), timestamp }, lines(cases.map(caseElement), '  '))}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'rehearsal run', ...counts(all), time: seconds(durationMs) }, [...children, '\n'])}\n`;
}

function counts(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors', number> {
  return { tests: cases.length, failures: cases.filter(({ outcome }) => typeof outcome === 'object' && !outcome.allowed).length, errors: 0 };
}

function isSkipped({ outcome }: Case): boolean {
  return outcome === 'skipped';
}

function sumOf(cases: readonly Case[]): number {
  return cases.reduce((sum, { timeMs }) => sum + timeMs, 0);
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}

function lines(elements: readonly string[], indent: string): readonly string[] {
  return elements.length === 0 ? [] : [...elements.map((one) => `\n${indent}  ${one}`), `\n${indent}`];
}

function caseElement({ classname, name, timeMs, outcome }: Case): string {
  const attributes = { name, classname, time: seconds(timeMs) };
  if (outcome === 'passed') return element('testcase', attributes);
  if (outcome === 'skipped') return element('testcase', attributes, [element('skipped', { message: 'never called' })]);
  const text = shortened(outcome.lines.join('\n'), mostLetters);
  const told = outcome.allowed
    ? element('system-out', {}, [xmlText(`Allowed: ${outcome.message}\n${text}\n`)])
    : element('failure', { type: outcome.type, message: shortened(outcome.message, 500) }, [xmlText(`${text}\n`)]);
  return element('testcase', attributes, [told]);
}

function ruleCases(account: Account): readonly Case[] {
  const { rules, violated } = account.verdict;
  const violations = new Map<string, Exchange[]>();
  for (const exchange of violated.exchanges) if (exchange.rule !== null) gather(violations, placeOf(exchange.rule), exchange);
  const ofRoutes = new Map<string, string[]>();
  for (const { scenario, reference } of rules) gather(ofRoutes, `${scenario} ${reference.route}`, placeOf(reference));
  return rules.map((rule) => {
    const exchanges = violations.get(placeOf(rule.reference)) ?? [];
    const name = nameOf(rule, ofRoutes.get(`${rule.scenario} ${rule.reference.route}`)!);
    return { classname: rule.scenario, name, timeMs: exchanges.reduce((sum, one) => sum + one.durationMs, 0), outcome: outcomeOf(rule, exchanges, account) };
  });
}

function gather<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** A rule without a name goes by its number among those of its route, where there are several. */
function nameOf({ reference }: RunRule, ofRoute: readonly string[]): string {
  if (reference.name !== null) return ruleWords(reference);
  return ofRoute.length === 1 ? reference.route : `${reference.route} · rule ${ofRoute.indexOf(placeOf(reference)) + 1}`;
}

function outcomeOf({ reference, required, calls, violations }: RunRule, exchanges: readonly Exchange[], { verdict, relaxed }: Account): Case['outcome'] {
  const rule = `Rule: ${ruleWords(reference)} (${placeOf(reference)})`;
  if (violations > 0) {
    const told = exchanges.slice(0, mostExchanges);
    const first = told[0]?.violations[0]?.text;
    return {
      type: 'violation', allowed: relaxed.violations,
      message: `${counted(violations, 'request')} violated what the rule expects${first === undefined ? '' : `: ${first}`}`,
      lines: [rule, ...told.flatMap((exchange) => [`Request: ${requestWords(exchange)}`, ...exchange.violations.map((one) => `  ${one.text}`)]), ...andMore(violations - told.length)],
    };
  }
  if (calls > 0) return 'passed';
  if (!required) return 'skipped';
  const near = verdict.unmatched.exchanges.flatMap((exchange) => exchange.nearest.filter((miss) => placeOf(miss) === placeOf(reference)).map((miss) => `Nearly: ${requestWords(exchange)}: ${miss.because.join('; ')}`));
  return { type: 'required', allowed: relaxed.required, message: 'The rule is required and was never called', lines: [rule, 'Expected: at least one call', 'Came: none', ...near.slice(0, mostExchanges)] };
}

function checkCase({ scenario, file, line, text, passed, failure }: VerifyCheck, { relaxed }: Account): Case {
  const why = failure === null ? [] : [`Expected: ${failure.expected}`, `Got: ${failure.got}`, ...insteadWords(failure).map((words) => `Instead: ${words}`)];
  const outcome: Case['outcome'] = passed ? 'passed' : { type: 'verify', allowed: relaxed.verify, message: failure?.text ?? text, lines: [`Verification: ${text} (${placeOf({ file, line })})`, ...why] };
  return { classname: scenario, name: `verify ${text}`, timeMs: 0, outcome };
}

function unmatchedCases({ verdict: { unmatched }, relaxed }: Account): readonly Case[] {
  const cases = unmatched.exchanges.map((exchange): Case => ({
    classname: 'unmatched', name: requestLine(exchange), timeMs: exchange.durationMs,
    outcome: {
      type: 'unmatched', allowed: relaxed.unmatched, message: `No rule matched ${requestLine(exchange)}`,
      lines: [`Request: ${requestWords(exchange)}`, ...(exchange.note === null ? [] : [exchange.note]), ...exchange.nearest.map((miss) => `Nearest: ${nearestWords(miss)}`)],
    },
  }));
  const more = unmatched.total - cases.length;
  if (more <= 0) return cases;
  return [...cases, { classname: 'unmatched', name: 'further requests', timeMs: 0, outcome: { type: 'unmatched', allowed: relaxed.unmatched, message: `No rule matched ${counted(more, 'further request')}`, lines: andMore(more) } }];
}

function andMore(count: number): readonly string[] {
  return count > 0 ? [`… and ${counted(count, 'further request')}`] : [];
}
