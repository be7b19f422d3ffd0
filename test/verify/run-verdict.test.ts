import { describe, expect, test } from 'vitest';
import { loadAdmin } from '../../src/admin/load-admin.ts';
import { LivePlan, type LiveRule } from '../../src/engine/live-plan.ts';
import { buildZip } from '../../src/replies/zip-archive.ts';
import { defaultSettings } from '../../src/server/settings.ts';
import { startServer, type RunningServer } from '../../src/server/start.ts';
import { judgeRun, tallyRun, type Relaxed, type RunControl, type RunTally, type RunVerdict } from '../../src/verify/run-verdict.ts';
import { createJournal, type ExchangeDraft, type Journal } from '../../src/world/journal.ts';
import { draft } from '../admin/fake-control.ts';
import { planOf } from '../scenario/load.ts';
import { whenTestsEnd } from '../support/cleanup.ts';
import { ask, multipart } from '../support/client.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const strictly: Relaxed = { unmatched: false, violations: false, required: false, verify: false };

const cleaner = `
scenario: cleaner
verify:
  - { route: GET /tasks, count: { min: 1 } }
  - { route: POST /report, count: 1, order: true }
before:
  - { name: note, required: true, do: { add: { seen: 1 } } }
vars: { seen: 0 }
routes:
  GET /tasks: { required: true, respond: { json: [] } }
  POST /report:
    - { name: too large, required: true, when: { raw: { size: { min: 1 MB } } }, respond: { status: 413 } }
    - { name: taken }
`;
const empty = 'scenario: cleaner-empty\nextends: cleaner\nroutes:\n  GET /more: { name: more, required: true }\n';
const other = 'scenario: cleaner-other\nextends: cleaner\nverify: [ { route: GET /tasks, count: 0 } ]\n';

/** A run without a server: what a pass would record is recorded here. */
class Run implements RunControl {
  readonly journal: Journal;
  readonly reports = { list: () => [], zip: async () => null };
  readonly listeners = new Set<(event: { readonly name: string; readonly data: unknown }) => void>();
  live: LivePlan;
  active: readonly string[] = ['cleaner'];
  readonly tally: RunTally;
  #last = 0;

  private constructor(live: LivePlan, capacity: number) {
    this.live = live;
    this.journal = createJournal({ capacity });
    this.tally = tallyRun(this);
  }

  static async of(texts: readonly string[] = [cleaner, empty, other], capacity = 1000): Promise<Run> {
    return new Run(new LivePlan(await planOf(...texts)), capacity);
  }

  get plan() {
    return this.live.plan;
  }
  info() {
    return { scenarios: this.active };
  }
  *usedRules() {
    for (const scenario of this.plan.scenarios.keys()) {
      for (const route of [this.live.beforeOf(scenario)!, ...this.live.routesOf(scenario)]) for (const { rule, reference, calls } of route?.rules ?? []) yield { scenario, rule, reference, calls };
    }
  }
  subscribe(listener: (event: { readonly name: string; readonly data: unknown }) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  select(scenario: string) {
    for (const listener of this.listeners) listener({ name: 'selection', data: { scenario, root: 'cleaner', session: null } });
  }

  rule(route: string, index = 0, scenario = 'cleaner'): LiveRule {
    return this.live.routesOf(scenario).find((one) => one.route.id === route)!.rules[index]!;
  }

  call(route: string, parts: Partial<ExchangeDraft> & { readonly index?: number } = {}): void {
    const { index = route === 'POST /report' ? 1 : 0, scenario = 'cleaner', ...rest } = parts;
    const [method, url] = route.split(' ') as [string, string];
    const passing = this.live.beforeOf(scenario!)?.rules[0];
    if (passing) passing.calls += 1;
    this.journal.record(draft({ id: `e${(this.#last += 1)}`, method, url, scenario, rule: this.rule(route, index, scenario!).reference, ...rest }));
  }

  async verdict(relaxed: Partial<Relaxed> = {}): Promise<RunVerdict> {
    this.tally.stop();
    return judgeRun(this, this.tally, { ...strictly, ...relaxed });
  }
}

const well = (run: Run): void => {
  run.call('GET /tasks');
  run.call('POST /report', { index: 0, status: 413 });
};

describe('a run', () => {
  test('passes when every required rule was called and all that is to be verified came', async () => {
    const run = await Run.of();
    well(run);
    const verdict = await run.verdict();
    expect(verdict).toMatchObject({ passed: true, requests: 2, reasons: [], missed: [], unmatched: { total: 0 }, violated: { total: 0 } });
    expect(verdict.rules.map(({ reference: { route, name }, calls }) => [route, name, calls])).toEqual([['before', 'note', 2], ['GET /tasks', null, 1], ['POST /report', 'too large', 1], ['POST /report', 'taken', 0]]);
    expect(verdict.checks.map(({ text, file, line, passed }) => [text, file, line, passed])).toEqual([['GET /tasks at least once', 'a.yaml', 4, true], ['POST /report exactly once, after the one before it', 'a.yaml', 5, true]]);
  });

  test('fails when a required rule was never called, also one that only lets requests pass', async () => {
    const verdict = await (await Run.of()).verdict({ verify: true });
    expect(verdict.passed).toBe(false);
    expect(verdict.missed.map(({ route, name, file, line }) => [route, name, file, line])).toEqual([['before', 'note', 'a.yaml', 7], ['GET /tasks', null, 'a.yaml', 10], ['POST /report', 'too large', 'a.yaml', 12]]);
    expect(verdict.reasons).toEqual(['The required rule before · note was never called', 'The required rule GET /tasks was never called', 'The required rule POST /report · too large was never called']);
  });

  test('fails for requests that no rule matched and for violations, with the exchanges', async () => {
    const run = await Run.of();
    well(run);
    const violation = { at: 'query.id', expected: '1', got: '2', text: 'query `id`: expected 1, got 2' };
    run.call('GET /tasks', { violations: [violation], session: 'bob' });
    run.journal.record(draft({ id: 'u1', url: '/nowhere', status: 404, rule: null, scenario: null }));
    run.journal.record(draft({ id: 't1', method: 'TLS', url: '//example.com', status: null, rule: null, scenario: null }));
    const verdict = await run.verdict();
    expect(verdict).toMatchObject({ passed: false, requests: 4, unmatched: { total: 1, exchanges: [{ id: 'u1' }] }, violated: { total: 1, exchanges: [{ id: 'e3', violations: [violation] }] } });
    expect(verdict.reasons).toEqual(['There was 1 request that no rule matched: GET /nowhere, answered 404', 'There was 1 request that violated a rule: GET /tasks, answered 200, session bob']);
    expect(verdict.rules.find(({ reference }) => reference.route === 'GET /tasks')).toMatchObject({ calls: 2, violations: 1 });
  });

  test('passes with what it is told to let pass, and still shows it', async () => {
    const run = await Run.of();
    run.journal.record(draft({ id: 'u1', url: '/nowhere', status: 404, rule: null, scenario: null, violations: [] }));
    const verdict = await run.verdict({ unmatched: true, violations: true, required: true, verify: true });
    expect(verdict).toMatchObject({ passed: true, reasons: [], unmatched: { total: 1 } });
    expect(verdict.missed).toHaveLength(3);
    expect(verdict.checks.filter(({ passed }) => !passed)).toHaveLength(2);
  });

  test('counts everything though the journal keeps little, and keeps so many exchanges at most', async () => {
    const run = await Run.of([cleaner], 3);
    well(run);
    for (let index = 0; index < 1200; index += 1) run.call('GET /tasks', { violations: [{ at: '', expected: '', got: '', text: '' }] });
    const verdict = await run.verdict({ violations: true });
    expect(verdict).toMatchObject({ passed: true, requests: 1202, violated: { total: 1200 } });
    expect(verdict.violated.exchanges).toHaveLength(1000);
    expect(verdict.rules.find(({ reference }) => reference.route === 'GET /tasks')!.calls).toBe(1201);
  });

  test('counts nothing before its beginning and nothing after its end', async () => {
    const run = await Run.of();
    well(run);
    run.tally.stop();
    run.call('POST /report');
    expect((await run.verdict()).requests).toBe(2);
  });
});

describe('variations in a run', () => {
  test('one that nobody selected is not judged; one that was is, by selection or by an answer', async () => {
    const none = await Run.of();
    well(none);
    expect((await none.verdict()).missed).toEqual([]);
    const selected = await Run.of();
    well(selected);
    selected.select('cleaner-empty');
    expect((await selected.verdict()).missed).toMatchObject([{ route: 'GET /more', name: 'more' }]);
    const answered = await Run.of();
    well(answered);
    answered.call('GET /more', { scenario: 'cleaner-empty' });
    expect(await answered.verdict()).toMatchObject({ passed: true, missed: [] });
  });

  test('a rule that they inherit is one rule, called through any of them', async () => {
    const run = await Run.of();
    for (const route of ['GET /tasks', 'GET /more']) run.call(route, { scenario: 'cleaner-empty' });
    run.call('POST /report', { scenario: 'cleaner-empty', index: 0 });
    const verdict = await run.verdict();
    expect(verdict).toMatchObject({ passed: true, missed: [] });
    expect(verdict.rules.map(({ scenario, calls }) => [scenario, calls])).toEqual([['cleaner', 3], ['cleaner', 1], ['cleaner', 1], ['cleaner', 0], ['cleaner-empty', 1]]);
  });

  test('a `verify` of their own is judged on their own calls, an inherited one on the calls to all that have it', async () => {
    const run = await Run.of();
    well(run);
    run.call('GET /tasks', { scenario: 'cleaner-empty' });
    run.call('POST /report', { scenario: 'cleaner-empty' });
    run.call('POST /report', { scenario: 'cleaner-other' });
    const verdict = await run.verdict({ required: true });
    expect(verdict.checks.map(({ scenario, file, text, passed, failure }) => [scenario, file, text, passed, failure?.got])).toEqual([
      ['cleaner', 'a.yaml', 'GET /tasks at least once', true, undefined],
      ['cleaner', 'a.yaml', 'POST /report exactly once, after the one before it', false, '2 times'],
      ['cleaner-other', 'c.yaml', 'GET /tasks never', true, undefined],
    ]);
    expect(verdict.reasons).toEqual(['POST /report: expected exactly once, got 2 times']);
  });
});

describe('`verify` of a scenario', () => {
  test('fails with what came instead, at the line where it stands', async () => {
    const run = await Run.of();
    run.call('GET /tasks');
    const { checks } = await run.verdict();
    expect(checks[1]).toMatchObject({ file: 'a.yaml', line: 5, passed: false, failure: { call: 1, expected: 'exactly once', got: 'none', text: 'POST /report: expected exactly once, got none', instead: [{ id: 'e1', because: ['method: expected POST, got GET', 'path: expected `/report`, got `/tasks`'] }] } });
  });

  test('fails when the order is not that of the list', async () => {
    const run = await Run.of();
    run.call('POST /report', { index: 0 });
    run.call('GET /tasks');
    const { reasons } = await run.verdict();
    expect(reasons).toEqual(['POST /report: expected after GET /tasks (e2), got before it']);
  });

  test('goes on counting over an edit of the scenarios that leaves the entry as it was', async () => {
    const run = await Run.of();
    run.call('POST /report', { index: 0 });
    run.live = new LivePlan(await planOf(cleaner.replace('GET /tasks, count: { min: 1 }', 'GET /tasks, count: 1'), empty, other));
    run.call('GET /tasks');
    run.call('POST /report');
    const verdict = await run.verdict();
    expect(verdict.checks.map(({ text, failure }) => [text, failure?.got])).toEqual([['GET /tasks exactly once', undefined], ['POST /report exactly once, after the one before it', '2 times']]);
    expect(verdict.rules.map(({ reference, calls }) => [reference.name, calls])).toEqual([['note', 2], [null, 1], ['too large', 1], ['taken', 1]]);
  });
});

describe('a run against a server', () => {
  async function start(scenario: object): Promise<RunningServer> {
    const server = await startServer({ ...defaultSettings, port: 0, watch: false, certs: temporaryFolder('certs'), paths: [], objects: [scenario as never] }, { loadAdmin, write: () => undefined });
    whenTestsEnd(() => server.close());
    return server;
  }

  test('is judged after the server has closed, what was in its uploads included', async () => {
    const server = await start({
      scenario: 'cleaner',
      verify: [
        { route: 'POST /report', match: { multipart: { file: { filename: { endsWith: '.zip' }, size: { min: '100 kB' }, zip: { has: ['report.csv'] } }, note: 'all clean' } }, count: 1 },
        { match: { multipart: { file: { zip: { has: ['other.csv'] } } } }, count: 0 },
        { match: { multipart: { late: { present: true } } }, count: 1 },
      ],
      routes: { 'POST /report': {} },
    });
    const tally = tallyRun(server.control);
    const { url, certificates: { caPem: ca } } = server;
    const noise = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251));
    const content = await buildZip(new Map([['report.csv', Buffer.from('id\n1\n')], ['noise.bin', noise]]));
    expect((await ask({ url, ca }, '/report', multipart({ note: 'all clean', file: { filename: 'report.zip', content, type: 'application/zip' }, late: 'x' }))).status).toBe(204);
    await server.close();
    tally.stop();
    const { checks } = await judgeRun(server.control, tally, strictly);
    expect(checks.map(({ passed, failure }) => [passed, failure?.text])).toEqual([
      [true, undefined], [true, undefined],
      [false, expect.stringContaining('1 more cannot be judged (its part `late` may stand beyond the first 64 KiB of the body)')],
    ]);
  });
});
