import { describe, expect, test } from 'vitest';
import type { Exchange, RuleReference } from '../../src/model/index.ts';
import type { Account } from '../../src/verify/reports/account.ts';
import { jsonReport } from '../../src/verify/reports/json.ts';
import { junitReport } from '../../src/verify/reports/junit.ts';
import { summaryReport } from '../../src/verify/reports/summary.ts';
import type { Relaxed, RunVerdict } from '../../src/verify/run-verdict.ts';
import { childrenOf, readXml, schemaMistakes } from './junit-schema.ts';

const strict: Relaxed = { unmatched: false, violations: false, required: false, verify: false };
const everything: Relaxed = { unmatched: true, violations: true, required: true, verify: true };

const rule = (route: string, line: number, name: string | null = null): RuleReference => ({ route, name, file: 'scenarios/a.yaml', line });
const list = rule('GET /tasks', 4);
const report = rule('POST /report', 8, 'too large');
const first = rule('GET /jobs', 12);
const second = rule('GET /jobs', 14);

function exchange(given: Partial<Exchange>): Exchange {
  return { id: 'e1', at: '2026-11-21T12:00:00.000Z', session: 'default', scenario: null, method: 'GET', url: '/', status: 404, durationMs: 1.25, rule: null, violations: [], nearest: [], fault: null, note: null, ...given };
}

const unmatched = exchange({ method: 'POST', url: '/reprot?id=1', session: 'checkout', nearest: [{ ...list, because: ['path: expected /tasks, got /reprot', 'method: expected GET, got POST'] }] });
const violated = exchange({ id: 'e2', method: 'POST', url: '/report', status: 200, durationMs: 2500, rule: report, scenario: 'a', violations: [{ at: 'multipart.file.size', expected: 'at most 20 MB', got: '25 MB', text: 'part `file` size: expected at most 20 MB, got 25 MB' }] });

const failed: RunVerdict = {
  passed: false, requests: 7,
  unmatched: { total: 1, exchanges: [unmatched] },
  violated: { total: 1, exchanges: [violated] },
  missed: [list],
  checks: [
    { scenario: 'a', file: 'scenarios/a.yaml', line: 20, text: 'POST /report 1 time', passed: true, failure: null },
    { scenario: 'a', file: 'scenarios/a.yaml', line: 21, text: 'GET /jobs 2 times', passed: false, failure: { call: 1, expected: 'exactly 2', got: '1', text: 'GET /jobs, exactly 2: expected exactly 2, got 1', instead: [{ id: 'e9', method: 'GET', url: '/job', status: 404, because: ['path: expected /jobs, got /job'] }] } },
  ],
  rules: [
    { reference: list, scenario: 'a', required: true, calls: 0, violations: 0 },
    { reference: report, scenario: 'a', required: false, calls: 3, violations: 1 },
    { reference: first, scenario: 'a', required: false, calls: 1, violations: 0 },
    { reference: second, scenario: 'a', required: false, calls: 0, violations: 0 },
  ],
  reasons: ['one', 'two'],
};
const passed: RunVerdict = { passed: true, requests: 1, unmatched: { total: 0, exchanges: [] }, violated: { total: 0, exchanges: [] }, missed: [], checks: [], rules: [{ reference: first, scenario: 'a', required: true, calls: 1, violations: 0 }], reasons: [] };
const nothing: RunVerdict = { ...passed, requests: 0, rules: [] };

const account = (verdict: RunVerdict, relaxed = strict): Account => ({ verdict, relaxed, startedAtMs: Date.UTC(2026, 10, 21, 12), durationMs: 61_234 });
const junit = (verdict: RunVerdict, relaxed = strict) => readXml(junitReport(account(verdict, relaxed)));

function cases(verdict: RunVerdict, relaxed = strict): Record<string, string> {
  return Object.fromEntries([...junit(verdict, relaxed).getElementsByTagName('testcase')].map((one) => [`${one.getAttribute('classname')}: ${one.getAttribute('name')}`, childrenOf(one).map((child) => `${child.tagName} ${child.getAttribute('message') ?? ''}${child.textContent}`).join('')]));
}

/** What a client may put into a request, and a person into a scenario. */
const hostile = '</failure><script>alert(1)</script> & "x" \'y\' ]]> \u0000\u0008\u001b[31m\ud800 \ufffe | ** `code` <img src=x> [a](http://b) @team #1 \r\n# head';
const hostileVerdict: RunVerdict = {
  ...failed,
  unmatched: { total: 1, exchanges: [{ ...unmatched, url: hostile, note: hostile, nearest: [{ ...list, name: hostile, because: [hostile] }] }] },
  violated: { total: 1, exchanges: [{ ...violated, violations: [{ at: hostile, expected: hostile, got: hostile, text: hostile }] }] },
  checks: [{ scenario: hostile, file: hostile, line: 1, text: hostile, passed: false, failure: { call: 0, expected: hostile, got: hostile, text: hostile, instead: [{ id: 'e', method: 'GET', url: hostile, status: null, because: [hostile] }] } }],
  rules: [...failed.rules, { reference: { ...report, name: hostile }, scenario: hostile, required: true, calls: 1, violations: 1 }],
};

describe('the account as JUnit XML', () => {
  test.each([['failed', failed, strict], ['allowed', failed, everything], ['passed', passed, strict], ['empty', nothing, strict], ['hostile', hostileVerdict, strict], ['hostile and allowed', hostileVerdict, everything]])('is valid against the schema of Jenkins, its counts right, when the run %s', (_how, verdict, relaxed) => {
    expect(schemaMistakes(junit(verdict, relaxed))).toEqual([]);
  });

  test('has a case for each rule, each verification and each request that no rule matched', () => {
    expect(Object.keys(cases(failed))).toEqual(['a: GET /tasks', 'a: POST /report · too large', 'a: GET /jobs · rule 1', 'a: GET /jobs · rule 2', 'a: verify POST /report 1 time', 'a: verify GET /jobs 2 times', 'unmatched: POST /reprot?id=1']);
  });

  test('passes a rule that was called, and skips one that nobody called and nobody required', () => {
    const { 'a: GET /jobs · rule 1': called, 'a: GET /jobs · rule 2': idle } = cases(failed);
    expect([called, idle]).toEqual(['', 'skipped never called']);
  });

  test('tells of a violation the request, what was expected and what came, and where the rule stands', () => {
    expect(cases(failed)['a: POST /report · too large']).toBe('failure 1 request violated what the rule expects: part `file` size: expected at most 20 MB, got 25 MBRule: POST /report · too large (scenarios/a.yaml:8)\nRequest: POST /report, answered 200\n  part `file` size: expected at most 20 MB, got 25 MB\n');
  });

  test('tells of a required rule that was never called which requests came near', () => {
    expect(cases(failed)['a: GET /tasks']).toContain('The rule is required and was never called');
    expect(cases(failed)['a: GET /tasks']).toContain('Nearly: POST /reprot?id=1, answered 404, session checkout: path: expected /tasks, got /reprot; method: expected GET, got POST');
  });

  test('tells of a request that no rule matched the nearest rules and why each did not', () => {
    expect(cases(failed)['unmatched: POST /reprot?id=1']).toContain('Request: POST /reprot?id=1, answered 404, session checkout\nNearest: GET /tasks (scenarios/a.yaml:4): path: expected /tasks, got /reprot; method: expected GET, got POST');
  });

  test('tells of a verification what came instead', () => {
    expect(cases(failed)['a: verify GET /jobs 2 times']).toContain('Verification: GET /jobs 2 times (scenarios/a.yaml:21)\nExpected: exactly 2\nGot: 1\nInstead: GET /job, answered 404: path: expected /jobs, got /job\n');
  });

  test('gives times in seconds: of the run, and of a case those of its requests', () => {
    const root = junit(failed);
    expect(root.getAttribute('time')).toBe('61.234');
    const [one] = [...root.getElementsByTagName('testcase')].filter((each) => each.getAttribute('name') === 'POST /report · too large');
    expect(one!.getAttribute('time')).toBe('2.500');
    expect(root.getElementsByTagName('testsuite')[0]!.getAttribute('timestamp')).toBe('2026-11-21T12:00:00');
  });

  test('fails nothing that the run was allowed, and still tells of it', () => {
    expect(junit(failed, everything).getAttribute('failures')).toBe('0');
    expect(cases(failed, everything)['unmatched: POST /reprot?id=1']).toMatch(/^system-out Allowed: No rule matched POST \/reprot/);
    expect(junit(failed, { ...everything, violations: false }).getAttribute('failures')).toBe('1');
  });

  test('counts the requests beyond those that the journal still has', () => {
    const many = { ...failed, unmatched: { total: 40, exchanges: [unmatched] } };
    expect(cases(many)['unmatched: further requests']).toContain('No rule matched 39 further requests');
  });

  test('shows what came as text: no markup gets through, letters that XML forbids are left out', () => {
    const xml = junitReport(account(hostileVerdict));
    expect(xml).not.toContain('<script');
    expect(xml).not.toContain('\u001b');
    expect(junit(hostileVerdict).getElementsByTagName('script')).toHaveLength(0);
  });
});

describe('the account as JSON', () => {
  test('is the verdict with the version of the form', () => {
    expect(JSON.parse(jsonReport(failed))).toEqual({ version: 1, ...failed });
  });
});

describe('the account as Markdown', () => {
  const rendered = (text: string): string => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

  test('says at the top how it went, and in one line how much there was', () => {
    expect(summaryReport(account(failed)).split('\n').slice(0, 3)).toEqual(['## Rehearsal: failed', '', '7 requests · 2 rules of 4 called · 1 verification of 2 passed']);
    expect(summaryReport(account(passed)).split('\n')[0]).toBe('## Rehearsal: passed');
  });

  test('has a table for each thing that went wrong, with the place of the rule and why', () => {
    const text = rendered(summaryReport(account(failed)));
    expect(text).toContain('### Requests that no rule matched (1)\n\n| Request | Nearest rule | Why it did not match |\n| --- | --- | --- |\n| <code>POST /reprot?id=1, answered 404, session checkout</code> | <code>GET /tasks</code> <code>scenarios/a.yaml:4</code> | path: expected /tasks, got /reprot; method: expected GET, got POST |');
    expect(text).toContain('| <code>POST /report, answered 200</code> | <code>POST /report · too large</code> <code>scenarios/a.yaml:8</code> | part `file` size: expected at most 20 MB, got 25 MB |');
    expect(text).toContain('### Required rules that were never called (1)');
    expect(text).toContain('| <code>GET /jobs 2 times</code> | <code>scenarios/a.yaml:21</code> | 1 | GET /job, answered 404: path: expected /jobs, got /job |');
  });

  test('of a run that went well has the calls of each rule alone', () => {
    expect(summaryReport(account(passed)).match(/^###? .*|<summary>.*/gm)).toEqual(['## Rehearsal: passed', '<summary>Calls of each rule</summary>']);
  });

  test('says what was allowed', () => {
    expect(summaryReport(account({ ...failed, passed: true }, everything))).toContain('### Requests that no rule matched (1), allowed');
  });

  test('shows what came as text: every row stays one line of as many cells, no markup gets through', () => {
    const text = summaryReport(account(hostileVerdict));
    for (const line of text.split('\n').filter((one) => one.startsWith('|'))) expect(line.match(/\|/g)!.length).toBeLessThanOrEqual(5);
    expect(text.replace(/<\/?(code|details|summary)>|\|/g, '')).not.toMatch(/[<>`*[\]@\u0000-\u0009\u000b-\u001f]/);
    expect(text.split('\n').filter((line) => line.startsWith('#')).every((line) => /^##+ [A-Z]/.test(line))).toBe(true);
  });

  test('shows 50 rows of a table at most, and counts the rest', () => {
    const exchanges = Array.from({ length: 80 }, (_, index) => ({ ...unmatched, url: `/${index}` }));
    const text = summaryReport(account({ ...failed, unmatched: { total: 120, exchanges } }));
    expect(text).toContain('… and 70 more');
    expect(text.match(/^\| <code>POST /gm)).toHaveLength(51);
  });
});
