import type { Exchange, Plan, Rule, RuleReference, VerifyEntry } from '../model/index.ts';
import { isUnmatched, type Journal } from '../world/journal.ts';
import { CallWatch } from './call-watch.ts';
import { Heads, isRequest } from './differences.ts';
import { latestUploads, type ReportList } from './uploads-of.ts';
import { arrivalOf } from './verify-calls.ts';

/** A rule as it serves: where it stands, and how often it was used since its plan was taken over. */
export interface UsedRule {
  readonly scenario: string;
  readonly rule: Rule;
  /** The same object as in the exchanges that it answered. */
  readonly reference: RuleReference;
  readonly calls: number;
}

/** What a run is judged on: the running server, as far as it is looked at here. */
export interface RunControl {
  readonly plan: Plan;
  readonly journal: Pick<Journal, 'subscribe' | 'find'>;
  readonly reports: ReportList;
  info(): { readonly scenarios: readonly string[] };
  usedRules(): Iterable<UsedRule>;
  subscribe(listener: (event: { readonly name: string; readonly data: unknown }) => void): () => void;
}

/** Exchanges of one sort: how many there were in all, and the first of them. */
export interface Tallied {
  readonly total: number;
  readonly exchanges: readonly Exchange[];
}

/** The `verify` of one file, as far as exchanges have been seen. */
export interface WatchedList {
  readonly file: string;
  /** Of each scenario that has the list, its own or inherited. */
  readonly byScenario: ReadonlyMap<string, readonly VerifyEntry[]>;
  watchOf(entry: VerifyEntry): CallWatch;
}

/** What came during a run, counted as it came: the journal may have let it go by the end. */
export interface RunTally {
  /** Nothing more is counted. */
  stop(): void;
  readonly requests: number;
  readonly unmatched: Tallied;
  readonly violated: Tallied;
  /** Scenarios that were active for everybody at the start, were selected, or answered. */
  readonly scenarios: ReadonlySet<string>;
  /** By rule: answers, and those with violations. */
  readonly rules: ReadonlyMap<RuleReference, { readonly calls: number; readonly violations: number }>;
  readonly lists: readonly WatchedList[];
  /** Resolves when all that came has been looked at. */
  settled(): Promise<void>;
}

/** Counts everything from now on. */
export function tallyRun(control: RunControl): RunTally {
  return new Tally(control);
}

/** Exchanges of a sort that are kept. */
const mostKept = 1_000;
/** Exchanges whose uploads wait to be looked at. */
const mostWaiting = 1_000;

class Tally implements RunTally {
  requests = 0;
  readonly unmatched = new Bounded();
  readonly violated = new Bounded();
  readonly scenarios: Set<string>;
  readonly rules = new Map<RuleReference, { calls: number; violations: number }>();
  readonly #control: RunControl;
  readonly #stops: readonly (() => void)[];
  readonly #watches = new Map<string, CallWatch>();
  readonly #uploads: ReturnType<typeof latestUploads>;
  #plan: Plan;
  #heads: Heads;
  #lists: readonly WatchedList[];
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(control: RunControl) {
    this.#control = control;
    this.#uploads = latestUploads(control.reports);
    this.scenarios = new Set(control.info().scenarios);
    this.#plan = control.plan;
    this.#heads = new Heads(this.#plan);
    this.#lists = this.#listsOf(this.#plan);
    this.#stops = [
      control.journal.subscribe((exchange) => this.#count(exchange)),
      control.subscribe(({ name, data }) => {
        if (name === 'selection') this.scenarios.add((data as { readonly scenario: string }).scenario);
      }),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  get lists(): readonly WatchedList[] {
    this.#follow();
    return this.#lists;
  }

  async settled(): Promise<void> {
    await this.#work;
  }

  #count(exchange: Exchange): void {
    const { rule, scenario, violations } = exchange;
    if (isRequest(exchange)) this.requests += 1;
    if (scenario !== null) this.scenarios.add(scenario);
    if (rule !== null) {
      const known = this.rules.get(rule);
      if (!known) this.rules.set(rule, { calls: 1, violations: violations.length > 0 ? 1 : 0 });
      else {
        known.calls += 1;
        if (violations.length > 0) known.violations += 1;
      }
    }
    if (isUnmatched(exchange)) this.unmatched.add(exchange);
    if (violations.length > 0) this.violated.add(exchange);
    this.#watch(exchange);
  }

  #watch({ id, scenario }: Exchange): void {
    this.#follow();
    if (this.#lists.length === 0) return;
    const draft = this.#control.journal.find(id);
    if (draft === null) return;
    const at = arrivalOf(id).number;
    for (const list of this.#lists) {
      // What no scenario answered is everybody's.
      const entries = scenario === null ? list.byScenario.values().next().value : list.byScenario.get(scenario);
      for (const entry of entries ?? []) {
        const watch = list.watchOf(entry);
        if (this.#waiting >= mostWaiting) watch.cannotJudge('more uploads came at once than are looked at');
        else this.#await(watch.see(draft, at, entry.call, this.#heads, this.#uploads), watch);
      }
    }
  }

  #await(work: Promise<void> | void, watch: CallWatch): void {
    if (!work) return;
    this.#waiting += 1;
    const done = work.catch((error: unknown) => watch.cannotJudge(error instanceof Error ? error.message : String(error))).then(() => void (this.#waiting -= 1));
    this.#work = Promise.all([this.#work, done]).then(() => undefined);
  }

  /** After an edit of the scenarios, what was seen of the entries that are still there holds. */
  #follow(): void {
    const { plan } = this.#control;
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.#heads = new Heads(plan);
    this.#lists = this.#listsOf(plan);
  }

  #listsOf(plan: Plan): readonly WatchedList[] {
    const byFile = new Map<string, Map<string, readonly VerifyEntry[]>>();
    for (const { name, verify } of plan.scenarios.values()) {
      const file = verify[0]?.place.file;
      if (file !== undefined) byFile.set(file, (byFile.get(file) ?? new Map<string, readonly VerifyEntry[]>()).set(name, verify));
    }
    return [...byFile].map(([file, byScenario]) => ({ file, byScenario, watchOf: ({ index, fingerprint }) => this.#watchOf(`${file}\n${index}\n${fingerprint}`) }));
  }

  #watchOf(key: string): CallWatch {
    let watch = this.#watches.get(key);
    if (!watch) this.#watches.set(key, (watch = new CallWatch()));
    return watch;
  }
}

class Bounded implements Tallied {
  total = 0;
  readonly exchanges: Exchange[] = [];

  add(exchange: Exchange): void {
    this.total += 1;
    if (this.exchanges.length < mostKept) this.exchanges.push(exchange);
  }
}
