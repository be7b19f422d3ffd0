import type { Plan, Row, StoredReport } from '../../src/model/index.ts';
import { createClock, type ClockChange } from '../../src/server/clock.ts';
import type { CollectionContent, CollectionSummary, Control, ControlEvent, ExplainRequest, Explanation, GivenRows, Refused, RouteItem, ScenarioItem, SessionDetails, StateChange } from '../../src/server/control.ts';
import { Metrics } from '../../src/server/metrics.ts';
import type { VerifyAnswer } from '../../src/verify/verify-calls.ts';
import { createJournal, type ExchangeDraft, type Journal } from '../../src/world/journal.ts';

/** A running server as the admin API sees it, without a server: the journal is the real one. */
export class FakeControl implements Control {
  readonly journal: Journal = createJournal({ capacity: 5000 });
  readonly selected: (readonly [string, string | null])[] = [];
  readonly resets: string[] = [];
  readonly explained: ExplainRequest[] = [];
  readonly stored: StoredReport[] = [];
  readonly counted = new Metrics();
  readonly listeners = new Set<(event: ControlEvent) => void>();
  readonly worlds: SessionDetails[] = [
    { id: 'default', lastUsedAt: '2026-01-01T00:00:00.000Z', selected: {}, scenarios: ['cleaner'], counters: [{ route: 'GET /tasks', scenario: 'cleaner', count: 3 }], memory: [] },
    {
      id: 'checkout', lastUsedAt: '2026-01-02T00:00:00.000Z', selected: { cleaner: 'cleaner-no-tasks' }, scenarios: ['cleaner-no-tasks'], counters: [],
      memory: [{ scenario: 'cleaner', state: 'idle', vars: { uploads: 2n ** 60n }, collections: [{ name: 'tasks', rows: 2 }], backups: [{ name: 'b', collection: 'tasks', rows: 1 }] }], state: 'idle', vars: { uploads: 2n ** 60n },
    },
  ];
  explanation: Explanation | string = {
    session: 'default', scenario: 'cleaner', route: 'GET /tasks', params: {}, rule: null, reason: 'No rule of GET /tasks matches', violations: [],
    tried: [{ route: 'GET /tasks', name: null, file: 'cleaner.yaml', line: 7, because: ['query `id`: expected 1, got 2'], matches: false }],
    nearest: [{ route: 'GET /tasks', name: null, file: 'cleaner.yaml', line: 7, because: ['query `id`: expected 1, got 2'] }],
  };
  pem: string | null = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  summary: string | null = 'Two open tasks';

  info() {
    return { version: '1.2.3', url: 'https://localhost:5000', httpUrl: null, startedAt: '2026-01-01T00:00:00.000Z', scenarios: ['cleaner'], caFile: '/certs/ca.pem' };
  }
  caPem() {
    return this.pem;
  }
  scenarios(session: string | null): readonly ScenarioItem[] {
    const mistake = { file: 'no.yaml', line: 3, column: 5, code: 'unknown-key', message: '`respnod` is not a key of a rule', expected: null, got: '`respnod`', fix: 'Did you mean `respond`?' };
    return [
      { name: 'cleaner', extends: null, summary: this.summary, file: 'cleaner.yaml', active: session !== 'checkout', mistakes: [] },
      { name: 'cleaner-no-tasks', extends: 'cleaner', summary: null, file: 'no.yaml', active: session === 'checkout', mistakes: [mistake] },
    ];
  }
  select(scenario: string, session: string | null) {
    if (!this.scenarios(null).some((item) => item.name === scenario)) return null;
    this.selected.push([scenario, session]);
    return { scenario, root: 'cleaner', session };
  }
  routes(session: string | null): readonly RouteItem[] {
    return [{ route: 'GET /tasks', method: 'GET', path: '/tasks', scenario: 'cleaner', active: session === null, file: 'cleaner.yaml', line: 6, calls: 2, rules: [{ name: null, file: 'cleaner.yaml', line: 7, calls: 2 }] }];
  }
  readonly reports = {
    list: (session: string | null) => this.stored.filter((report) => session === null || report.session === session),
    get: (id: string) => this.stored.find((report) => report.id === id) ?? null,
    zip: async (report: StoredReport) => (report.type === 'application/zip' ? (report.sizeBytes > 3 ? { entries: [{ name: 'a.txt', sizeBytes: 1 }] } : { problem: 'the archive is cut off' }) : null),
  };
  metrics() {
    return { ...this.counted, routes: this.counted.routes, rules: this.counted.rules, sessions: this.worlds.length, journalExchanges: this.journal.size };
  }
  sessions() {
    return this.worlds.map(({ id, lastUsedAt, selected }) => ({ id, lastUsedAt, selected }));
  }
  session(id: string) {
    return this.worlds.find((world) => world.id === id) ?? null;
  }
  resetSession(id: string) {
    this.resets.push(id);
    return this.worlds.some((world) => world.id === id);
  }
  explain(request: ExplainRequest) {
    this.explained.push(request);
    return this.explanation;
  }
  readonly machine = { now: Date.parse('2026-01-01T00:00:00Z') };
  readonly time = createClock(null, () => this.machine.now);
  readonly states: (readonly [string, StateChange])[] = [];
  readonly given: (readonly [string, string, string | null, GivenRows])[] = [];
  rows: readonly Row[] = [{ id: 1, name: 'vuln scan' }, { id: 2, name: 'disinfect, then "rest"' }, { id: 9007199254740993n, name: null }];
  refusal: Refused | null = null;
  readonly #summary: CollectionSummary = { name: 'tasks', scenario: 'cleaner', rows: 3, key: 'id' };

  setState(session: string, change: StateChange): SessionDetails | Refused {
    this.states.push([session, change]);
    return this.refusal ?? this.worlds[1]!;
  }
  collections() {
    return [this.#summary];
  }
  collection(_session: string, name: string): CollectionContent | Refused {
    const { rows } = this;
    const entries = () => rows.map((row): readonly [string, Row] => [String(row['id']), row]);
    return name === 'tasks' ? { ...this.#summary, rows: rows.length, entries, columns: ['id', 'name'] } : { refused: 404, detail: 'There is no collection', collections: ['tasks'] };
  }
  replaceRows(session: string, name: string, scenario: string | null, rows: GivenRows): CollectionSummary | Refused {
    this.given.push([session, name, scenario, rows]);
    return this.refusal ?? this.#summary;
  }
  resetRows(_session: string, name: string): CollectionSummary | Refused {
    return name === 'tasks' ? this.#summary : { refused: 404, detail: 'There is no collection', collections: ['tasks'] };
  }
  verifyAnswer: VerifyAnswer | Refused = { passed: true, failures: [] };
  readonly asked: unknown[] = [];
  readonly plan: Plan = { scenarios: new Map(), roots: [] };
  verify(question: unknown) {
    this.asked.push(question);
    return Promise.resolve(this.verifyAnswer);
  }
  usedRules() {
    return [];
  }
  clock() {
    return this.time.state();
  }
  setClock(change: ClockChange) {
    return this.time.change(change);
  }
  subscribe(listener: (event: ControlEvent) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  emit(event: ControlEvent) {
    for (const listener of this.listeners) listener(event);
  }
}

let lastId = 0;

/** An exchange of a plain GET, but for what is said. */
export function draft(parts: Partial<ExchangeDraft> = {}): ExchangeDraft {
  lastId += 1;
  const url = parts.url ?? '/tasks';
  return {
    id: `e${lastId}`, atMs: 1_767_225_600_000 + lastId, session: 'default', scenario: 'cleaner', method: 'GET', url, path: url.split('?', 1)[0]!, status: 200, durationMs: 1.23456,
    rule: { route: 'GET /tasks', name: 'list', file: 'scenarios/cleaner.yaml', line: 7 }, violations: [], nearest: [], fault: null, note: null,
    requestHeaders: ['Host', 'localhost:5000', 'Accept', '*/*'], requestBody: null, replyHeaders: ['Content-Type', 'application/json'], replyBody: null,
    ...parts,
  };
}

/** A body whose beginning is all of it. */
export function body(text: string | Buffer, type: string | null = 'application/json') {
  const preview = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  return { preview, sizeBytes: preview.length, sha256: null, type };
}
