import { MemoryDraft } from '../memory/index.ts';
import type { Caller, Change, ClientCertificate, Count, Counter, Draft, Facts, MemoryPlan, Random, Request, Scenario, StoredReport, Violation, WorldView } from '../model/index.ts';
import type { LiveRoute } from './live-plan.ts';
import { seededRandom } from './seeded-random.ts';

/** What one pass knows beside the request: injected, so that deciding reads no clock and draws no randomness of its own. */
export interface PassContext {
  readonly session: string;
  readonly nowMs: number;
  readonly seed: number;
  /** Uploaded parts by id or SHA-256, of this session. */
  report(idOrSha256: string): StoredReport | null;
  /** What the client showed of itself in the handshake. */
  certificate(): ClientCertificate | null;
  /** See {@link Facts.prepared}: kept over all decisions of one pass. */
  prepared<T>(key: string, make: () => Promise<T>): T;
}

const noViolations: readonly Violation[] = [];
const noScope: readonly string[] = [];
const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);
const nothingBound: Readonly<Record<string, unknown>> = Object.freeze({});
const nothingRemembered: MemoryPlan = { state: null, states: null, vars: {}, collections: new Map() };

/** The facts of one request at one route. Counters are read from the world's view; nothing is changed. */
export class PassFacts implements Facts {
  readonly request: Request;
  violations: readonly Violation[] = noViolations;
  bound: Readonly<Record<string, unknown>>;
  /** Read when the pass begins: it stays what it was while the reply is rendered, after the world has moved on. */
  readonly call: number;
  readonly #live: LiveRoute | null;
  readonly #view: WorldView;
  readonly #context: PassContext;
  #params: Readonly<Record<string, string>> | null = null;
  #keys: Map<string, string> | null = null;
  #memory: Draft | null;
  readonly #scenario: Scenario | null;
  /** Whom the chosen rule, or one before it, has let in. */
  #caller: Caller | null = null;
  /** While no rule has been chosen: whom the schemes of the route would let in; undefined until a matcher asks. */
  #likely: Caller | null | undefined;
  #choosing = false;

  /**
   * `live` is null for a request that no route takes: it counts as the first call and has no parameters, and `scenario` is the one
   * whose errors answer it. `before`: the facts of the rules tried ahead, whose changes and caller hold for the route as well.
   */
  constructor(request: Request, live: LiveRoute | null, view: WorldView, context: PassContext, before: PassFacts | null = null, scenario: Scenario | null = null) {
    this.request = request;
    this.bound = nothingBound;
    this.#scenario = live === null ? scenario : live.scenario;
    this.#memory = before === null ? null : before.#memory;
    if (before !== null) this.#caller = before.#caller;
    this.#live = live;
    this.#view = view;
    this.#context = context;
    this.call = live?.counted ? view.count(live.counterKey) + 1 : 1;
  }

  get params(): Readonly<Record<string, string>> {
    return (this.#params ??= this.#live ? paramsOf(this.#live, this.request) : noParams);
  }

  get memory(): Draft {
    return (this.#memory ??= this.#draftOver(null));
  }

  /** The changes so far; null while nothing has been looked at or changed. */
  get draftSoFar(): Draft | null {
    return this.#memory;
  }

  /** A draft for the changes of one rule, over those of the rules before it. */
  beginDraft(): Draft {
    const before = this.#memory;
    return (this.#memory = this.#draftOver(before?.changes() ? before : null));
  }

  /** The changes of a rule are undone: what its reply sees is what was there before it. */
  goBackTo(before: Draft | null): void {
    this.#memory = before;
  }

  /** The changes are the session's own from now on: what follows is read there. */
  committed(): void {
    this.#memory = null;
  }

  #draftOver(before: Draft | null): Draft {
    const scenario = this.#scenario;
    const root = scenario === null ? '' : scenario.root;
    return new MemoryDraft(root, scenario?.memory ?? nothingRemembered, before ?? this.#view.memory(root));
  }

  /** Binds a name for the rest of the rule. */
  bind(name: string, value: unknown): void {
    if (this.bound === nothingBound) this.bound = Object.create(null) as Record<string, unknown>;
    (this.bound as Record<string, unknown>)[name] = value;
  }

  /** What a rule that does not answer has bound is nobody's. */
  unbind(): void {
    if (this.bound !== nothingBound) this.bound = nothingBound;
  }

  /**
   * Who calls. While rules are tried nobody has been asked yet, so `when` and what counters are kept apart by see whom a scheme of
   * the route would let in. May then throw Suspended.
   */
  get caller(): Caller | null {
    if (this.#caller !== null || !this.#choosing) return this.#caller;
    return (this.#likely === undefined ? (this.#likely = this.#wouldLetIn()) : this.#likely);
  }

  set caller(caller: Caller | null) {
    this.#caller = caller;
  }

  /** From here on matchers are asked whether rules apply. */
  choosing(): this {
    this.#choosing = true;
    return this;
  }

  /** A rule applies: from here on only whom it asks for is known. */
  chosen(): void {
    this.#choosing = false;
  }

  #wouldLetIn(): Caller | null {
    for (const scheme of this.#live?.schemes ?? []) {
      const verdict = scheme.check(this, noScope);
      if (verdict.kind === 'allowed') return verdict.caller;
    }
    return null;
  }

  get certificate(): ClientCertificate | null {
    return this.#context.certificate();
  }

  get seed(): number {
    return this.#context.seed;
  }

  prepared<T>(key: string, make: () => Promise<T>): T {
    return this.#context.prepared(key, make);
  }

  get session(): string {
    return this.#context.session;
  }

  get now(): number {
    return this.#context.nowMs;
  }

  count(counter: Counter): Count {
    const key = this.#keyOf(counter);
    if (counter.windowMs === null) return { count: this.#view.count(key) + 1, resetMs: 0 };
    return this.#view.window(key, counter.windowMs, this.#context.nowMs, counter.limit ?? 1);
  }

  random(label: string): Random {
    return seededRandom(`${this.#context.seed}|${label}|${this.call}`);
  }

  report(idOrSha256: string): StoredReport | null {
    return this.#context.report(idOrSha256);
  }

  /** The counters of the route, each advanced by this request. May throw what an expression under `by` throws. */
  changes(): readonly Change[] {
    const live = this.#live;
    if (!live) return [];
    const changes: Change[] = live.counted ? [{ kind: 'count', key: live.counterKey }] : [];
    for (const counter of live.route.counters) {
      const key = this.#keyOf(counter);
      if (counter.windowMs !== null) changes.push({ kind: 'window', key, atMs: this.#context.nowMs, windowMs: counter.windowMs });
      else if (key !== live.counterKey) changes.push({ kind: 'count', key });
    }
    return changes;
  }

  #keyOf(counter: Counter): string {
    const counterKey = this.#live?.counterKey ?? '';
    if (counter.by === null && counter.windowMs === null) return counterKey;
    const keys = (this.#keys ??= new Map<string, string>());
    let key = keys.get(counter.id);
    if (key === undefined) {
      key = `${counterKey}\n${counter.id}${counter.by ? `\n${keyText(counter.by.evaluate(this))}` : ''}`;
      keys.set(counter.id, key);
    }
    return key;
  }
}

/** A value that counts are kept apart by, as part of a key: short, on one line. */
export function keyText(value: unknown): string {
  const text = typeof value === 'string' ? value : String(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)));
  return text.length <= 512 ? text : `${text.slice(0, 480)}#${seededRandom(text).bytes(16).toString('hex')}`;
}

function paramsOf(live: LiveRoute, request: Request): Readonly<Record<string, string>> {
  const { segments } = live.route;
  if (segments.every((segment) => segment.kind === 'literal')) return noParams;
  const params: Record<string, string> = Object.create(null);
  segments.forEach((segment, index) => {
    if (segment.kind === 'param') params[segment.name] = request.segments[index] ?? '';
    else if (segment.kind === 'rest') params['**'] = request.segments.slice(index).join('/');
  });
  return params;
}
