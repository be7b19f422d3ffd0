import { printable } from '../../base/show.ts';
import type { Exchange } from '../../model/index.ts';
import type { RunVerdict, VerifyCheck } from '../run-verdict.ts';
import type { Account } from './account.ts';
import { counted, insteadWords, placeOf, requestWords, ruleWords, shortened } from './words.ts';

const mostRows = 50;
const mostLetters = 300;

/** `--summary`: the account as Markdown for the summary of a CI job. What came from requests shows as text, whatever it is. */
export function summaryReport({ verdict, relaxed }: Account): string {
  const { unmatched, violated, missed, checks, rules } = verdict;
  const called = rules.filter((rule) => rule.calls > 0);
  const failedChecks = checks.filter((check) => !check.passed);
  const sections = [
    `## Rehearsal: ${verdict.passed ? 'passed' : 'failed'}`,
    [
      counted(verdict.requests, 'request'),
      `${counted(called.length, 'rule')} of ${rules.length} called`,
      ...(checks.length > 0 ? [`${counted(checks.length - failedChecks.length, 'verification')} of ${checks.length} passed`] : []),
    ].join(' · '),
    ...section(`Requests that no rule matched (${unmatched.total})${allowed(relaxed.unmatched)}`, ['Request', 'Nearest rule', 'Why it did not match'], unmatched.exchanges.map(unmatchedRow), unmatched.total),
    ...section(`Requests that violated a rule (${violated.total})${allowed(relaxed.violations)}`, ['Request', 'Rule', 'Violations'], violated.exchanges.map(violatedRow), violated.total),
    ...section(`Required rules that were never called (${missed.length})${allowed(relaxed.required)}`, ['Rule', 'Where'], missed.map((rule) => [code(ruleWords(rule)), code(placeOf(rule))]), missed.length),
    ...section(`Verifications that failed (${failedChecks.length})${allowed(relaxed.verify)}`, ['Verification', 'Where', 'Got', 'What came instead'], failedChecks.map(checkRow), failedChecks.length),
    ...folded('Calls of each rule', section(null, ['Scenario', 'Rule', 'Calls', 'Violations'], called.map(ruleRow), called.length)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function allowed(isAllowed: boolean): string {
  return isAllowed ? ', allowed' : '';
}

function unmatchedRow(exchange: Exchange): readonly string[] {
  const [miss] = exchange.nearest;
  return [code(requestWords(exchange)), miss === undefined ? 'none' : `${code(ruleWords(miss))} ${code(placeOf(miss))}`, plain(miss?.because.join('; ') ?? exchange.note ?? '')];
}

function violatedRow(exchange: Exchange): readonly string[] {
  const { rule, violations } = exchange;
  return [code(requestWords(exchange)), rule === null ? 'none' : `${code(ruleWords(rule))} ${code(placeOf(rule))}`, plain(violations.map(({ text }) => text).join('; '))];
}

function checkRow(check: VerifyCheck): readonly string[] {
  return [code(check.text), code(placeOf(check)), plain(check.failure?.got ?? ''), plain(check.failure === null ? '' : insteadWords(check.failure).join(' | '))];
}

function ruleRow({ scenario, reference, calls, violations }: RunVerdict['rules'][number]): readonly string[] {
  return [code(scenario), code(ruleWords(reference)), String(calls), String(violations)];
}

/** A table under a heading; nothing when it would be empty. */
function section(title: string | null, columns: readonly string[], rows: readonly (readonly string[])[], total: number): readonly string[] {
  if (total === 0) return [];
  const shown = rows.slice(0, mostRows);
  const table = [columns, columns.map(() => '---'), ...shown].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const more = total - shown.length;
  return [...(title === null ? [] : [`### ${title}`]), ...(shown.length > 0 ? [table] : []), ...(more > 0 ? [`… and ${more} more`] : [])];
}

function folded(title: string, content: readonly string[]): readonly string[] {
  return content.length === 0 ? [] : [`<details><summary>${title}</summary>`, ...content, '</details>'];
}

function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}

/** Text that no Markdown reader takes for anything else: on one line, every letter with a meaning as an entity. */
function plain(text: string): string {
  return shortened(printable(text), mostLetters).replace(/[\\`*_{}[\]<>|&#~@$^]|:(?=\/\/)|(?<=www)\./gi, (letter) => `&#${letter.charCodeAt(0)};`);
}
