import { printable } from '../base/show.ts';
import type { Exchange } from '../model/index.ts';
import { counted, insteadWords, nearestWords, placeOf, requestWords, ruleWords, shortened } from '../verify/reports/words.ts';
import type { Relaxed, RunVerdict, VerifyCheck } from '../verify/run-verdict.ts';

const mostLines = 20;
const mostLetters = 400;

/** What a person reads at the terminal when the command has ended: one line when all went well, otherwise each reason with its place. `quiet`: only what went wrong. */
export function accountLines(verdict: RunVerdict, { relaxed, quiet }: { readonly relaxed: Relaxed; readonly quiet: boolean }): readonly string[] {
  const kinds = shortcomings(verdict, relaxed);
  const allowed = kinds.filter((kind) => kind.allowed).map(({ words }) => `${words} (allowed)`);
  const requests = counted(verdict.requests, 'request');
  if (verdict.passed) {
    const checks = verdict.checks.length > 0 ? [counted(verdict.checks.length, 'verification')] : [];
    return quiet ? [] : [`rehearsal: passed: ${[requests, ...checks, ...allowed].join(', ')}`];
  }
  const failures = kinds.filter((kind) => !kind.allowed);
  return [`rehearsal: failed: ${[...failures.map(({ words }) => words), `of ${requests}`, ...allowed].join(', ')}`, ...bounded(failures.flatMap((kind) => kind.lines()))];
}

interface Shortcoming {
  readonly words: string;
  readonly allowed: boolean;
  lines(): readonly string[];
}

function shortcomings({ unmatched, violated, missed, checks }: RunVerdict, relaxed: Relaxed): readonly Shortcoming[] {
  const failed = checks.filter((check) => !check.passed);
  const kinds: readonly (Shortcoming & { readonly total: number })[] = [
    { total: unmatched.total, words: `${counted(unmatched.total, 'request')} that no rule matched`, allowed: relaxed.unmatched, lines: () => unmatched.exchanges.map(unmatchedLine) },
    { total: violated.total, words: `${counted(violated.total, 'request')} that violated a rule`, allowed: relaxed.violations, lines: () => violated.exchanges.flatMap(violationLines) },
    { total: missed.length, words: `${counted(missed.length, 'required rule')} never called`, allowed: relaxed.required, lines: () => missed.map((rule) => `${placeOf(rule)} ${ruleWords(rule)}: required, and never called`) },
    { total: failed.length, words: `${counted(failed.length, 'verification')} not met`, allowed: relaxed.verify, lines: () => failed.map(checkLine) },
  ];
  return kinds.filter(({ total }) => total > 0);
}

function unmatchedLine(exchange: Exchange): string {
  const [miss] = exchange.nearest;
  return `${requestWords(exchange)}: ${miss === undefined ? (exchange.note ?? 'no rule matched') : `no rule matched; nearest ${nearestWords(miss)}`}`;
}

function violationLines(exchange: Exchange): readonly string[] {
  const place = exchange.rule === null ? '' : `${placeOf(exchange.rule)} `;
  return exchange.violations.map(({ text }) => `${place}${requestWords(exchange)}: ${text}`);
}

function checkLine(check: VerifyCheck): string {
  const [instead] = check.failure === null ? [] : insteadWords(check.failure);
  return `${placeOf(check)} verify: ${check.failure?.text ?? check.text}${instead === undefined ? '' : `; instead ${instead}`}`;
}

/** Equal lines once, with how often; the last says how many there are beyond the bound. */
function bounded(lines: readonly string[]): readonly string[] {
  const times = new Map<string, number>();
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1);
  const told = [...times].map(([line, count]) => `  ${shortened(printable(line), mostLetters)}${count > 1 ? ` (${count} times)` : ''}`);
  return told.length <= mostLines ? told : [...told.slice(0, mostLines - 1), `  … and ${told.length - mostLines + 1} more (--json FILE has them)`];
}
