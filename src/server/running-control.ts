import { publishedMistake, type Diagnostic, type PublishedMistake } from '../base/diagnostic.ts';
import type { LiveRoute } from '../engine/live-plan.ts';
import type { ReportStore } from '../files/reports.ts';
import type { Plan } from '../model/index.ts';
import type { UsedRule } from '../verify/run-tally.ts';
import { uploadsByExchange } from '../verify/uploads-of.ts';
import type { VerifyAnswer } from '../verify/verify-calls.ts';
import type { Journal } from '../world/journal.ts';
import type { MemoryWorld } from '../world/memory-world.ts';
import { defaultSession } from '../world/worlds.ts';
import type { CollectionContent, CollectionSummary, Control, ControlEvent, ExplainRequest, Explanation, GivenRows, Refused, Reports, RootMemory, RouteItem, ScenarioItem, Selection, ServerInfo, ServerMetrics, SessionDetails, SessionSummary, StateChange } from './control.ts';
import type { App } from './app.ts';
import type { ClockChange, ClockState } from './clock.ts';
import { explain } from './explain.ts';
import { lookInto, shownMemory } from './look-into.ts';
import { listCollections, openCollection, replaceRows, resetRows } from './session-collections.ts';
import { setState } from './set-state.ts';

/** The running server as the admin API, the console and the library see it. */
export class RunningControl implements Control {
  readonly journal: Journal;
  readonly reports: Reports;
  readonly #app: App;
  readonly #info: () => ServerInfo;
  readonly #caPem: () => string | null;
  readonly #listeners = new Set<(event: ControlEvent) => void>();
  readonly #onChange: () => void;
  readonly #onClock: () => void;
  readonly #onReset: (session: string) => void;

  /** `onClock` hears when the server's time was frozen, set or let go, `onReset` of sessions that were taken back to their beginning. */
  constructor(app: App, options: { info: () => ServerInfo; caPem: () => string | null; onChange: () => void; onClock: () => void; onReset: (session: string) => void }) {
    this.#app = app;
    this.#info = options.info;
    this.#caPem = options.caPem;
    this.#onChange = options.onChange;
    this.#onClock = options.onClock;
    this.#onReset = options.onReset;
    this.journal = app.journal;
    this.reports = reportsOf(app.reports);
  }

  info(): ServerInfo {
    return { ...this.#info(), scenarios: this.#activeNames(null) };
  }

  caPem(): string | null {
    return this.#caPem();
  }

  scenarios(session: string | null): readonly ScenarioItem[] {
    const { serving } = this.#app;
    const active = new Set(this.#activeNames(session));
    const items = [...serving.live.plan.scenarios.values()].map((scenario): ScenarioItem => ({
      name: scenario.name, extends: scenario.extends, summary: scenario.summary, file: scenario.file, active: active.has(scenario.name),
      mistakes: mistakesOf(serving.diagnostics, scenario.file),
    }));
    return items.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  select(scenario: string, session: string | null): Selection | null {
    const { serving, clock } = this.#app;
    const world = session === null ? null : serving.worlds.open(session, clock.now());
    if (!serving.select(scenario, world)) return null;
    const selection: Selection = { scenario, root: serving.live.plan.scenarios.get(scenario)!.root, session };
    this.emit({ name: 'selection', data: selection });
    this.#onChange();
    return selection;
  }

  routes(session: string | null): readonly RouteItem[] {
    const { live } = this.#app.serving;
    const active = new Set(this.#activeNames(session));
    return [...live.plan.scenarios.keys()].sort().flatMap((name) => live.routesOf(name).map((route) => routeItem(route, active.has(name))));
  }

  metrics(): ServerMetrics {
    const { metrics, serving, journal } = this.#app;
    let sessions = 0;
    for (const _ of serving.worlds.all()) sessions += 1;
    const { routes, rules, unmatched, receivedBytes, sentBytes } = metrics;
    return { routes, rules, unmatched, receivedBytes, sentBytes, sessions, journalExchanges: journal.size };
  }

  sessions(): readonly SessionSummary[] {
    const { serving, clock } = this.#app;
    serving.worlds.sweep(clock.now());
    return [...serving.worlds.all()].map(summaryOf);
  }

  session(id: string): SessionDetails | null {
    const { serving, clock } = this.#app;
    // That of clients that name none is always there.
    const world = serving.worlds.get(id) ?? (id === defaultSession ? serving.worlds.open(id, clock.now()) : null);
    if (!world) return null;
    const counters = Object.entries(world.counters()).flatMap(([key, count]) => {
      const [scenario = '', route = '', ...apart] = key.split('\n');
      return apart.length === 0 ? [{ scenario, route, count }] : [];
    });
    const memory = lookInto(this.#app, id).flatMap((root) => shownMemory(root) ?? []);
    return { ...summaryOf(world), scenarios: this.#activeNames(id), counters, memory, ...onlyOnes(memory) };
  }

  setState(session: string, change: StateChange): SessionDetails | Refused {
    return setState(this.#app, session, change) ?? this.session(session)!;
  }

  collections(session: string): readonly CollectionSummary[] {
    return listCollections(this.#app, session);
  }

  collection(session: string, name: string, scenario: string | null): CollectionContent | Refused {
    return openCollection(this.#app, session, name, scenario);
  }

  replaceRows(session: string, name: string, scenario: string | null, rows: GivenRows): CollectionSummary | Refused {
    return replaceRows(this.#app, session, name, scenario, rows);
  }

  resetRows(session: string, name: string, scenario: string | null): CollectionSummary | Refused {
    return resetRows(this.#app, session, name, scenario);
  }

  clock(): ClockState {
    return this.#app.clock.state();
  }

  setClock(change: ClockChange): ClockState | null {
    const state = this.#app.clock.change(change);
    if (state === null) return null;
    this.#onClock();
    this.emit({ name: 'clock', data: state });
    return state;
  }

  async resetSession(id: string): Promise<boolean> {
    const known = this.#app.serving.worlds.delete(id);
    this.#onReset(id);
    const forgotten = this.journal.clear(id);
    const reports = this.#app.reports.list({ session: id }).length;
    await this.#app.reports.removeSession(id);
    this.#onChange();
    return known || forgotten > 0 || reports > 0;
  }

  explain(request: ExplainRequest): Promise<Explanation | string> {
    return explain(this.#app, request);
  }

  async verify(question: unknown): Promise<VerifyAnswer | Refused> {
    const { verifyCalls } = await import('../verify/verify-calls.ts');
    const answer = await verifyCalls(question, { plan: this.plan, journal: this.journal, uploads: uploadsByExchange(this.reports) });
    return 'passed' in answer ? answer : { refused: 400, detail: `What is asked has ${answer.length === 1 ? 'a mistake' : 'mistakes'}: ${answer.slice(0, 10).join(' ')}` };
  }

  get plan(): Plan {
    return this.#app.serving.live.plan;
  }

  *usedRules(): Iterable<UsedRule> {
    const { live } = this.#app.serving;
    for (const scenario of live.plan.scenarios.keys()) {
      const before = live.beforeOf(scenario);
      for (const route of before === null ? live.routesOf(scenario) : [before, ...live.routesOf(scenario)]) {
        for (const { rule, reference, calls } of route.rules) yield { scenario, rule, reference, calls };
      }
    }
  }

  subscribe(listener: (event: ControlEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells everybody who listens. */
  emit(event: ControlEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #activeNames(session: string | null): readonly string[] {
    const { serving } = this.#app;
    const active = serving.active(null, null, session === null ? null : serving.worlds.get(session));
    return 'unknown' in active ? [] : active.scenarios.map((scenario) => scenario.name);
  }
}

function mistakesOf(diagnostics: readonly Diagnostic[], file: string): readonly PublishedMistake[] {
  return diagnostics.filter((diagnostic) => diagnostic.file === file).map(publishedMistake);
}

function routeItem(live: LiveRoute, active: boolean): RouteItem {
  const { route, scenario, rules } = live;
  return {
    route: route.id, method: route.method, path: route.id.slice(route.id.indexOf(' ') + 1), scenario: scenario.name, active, file: route.place.file, line: route.place.line,
    calls: rules.reduce((sum, rule) => sum + rule.calls, 0),
    rules: rules.map((rule) => ({ name: rule.rule.name, file: rule.reference.file, line: rule.reference.line, calls: rule.calls })),
  };
}

/** State and variables of the one root that has them, to be had without looking for the root. */
function onlyOnes(memory: readonly RootMemory[]): Pick<SessionDetails, 'state' | 'vars'> {
  const states = memory.flatMap(({ state }) => state ?? []);
  const vars = memory.flatMap((one) => (Object.keys(one.vars).length > 0 ? [one.vars] : []));
  return { ...(states.length === 1 && { state: states[0]! }), ...(vars.length === 1 && { vars: vars[0]! }) };
}

function summaryOf(world: MemoryWorld): SessionSummary {
  return { id: world.session, lastUsedAt: new Date(world.lastUsedMs).toISOString(), selected: Object.fromEntries(world.selected) };
}

function reportsOf(store: ReportStore): Reports {
  return {
    list: (session) => store.list({ session: session ?? undefined }).toReversed(),
    get: (id) => store.get(id),
    async zip(report) {
      return store.entries(report.id);
    },
  };
}
