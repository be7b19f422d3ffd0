import type { Change, Count, Counter, Facts, Random, Request, StoredReport, Violation, WorldView } from '../model/index.ts';
import type { LiveRoute } from './live-plan.ts';
import { seededRandom } from './seeded-random.ts';

/** What one pass knows beside the request: injected, so that deciding reads no clock and draws no randomness of its own. */
export interface PassContext {
  readonly session: string;
  readonly nowMs: number;
  readonly seed: number;
  /** Uploaded parts by id or SHA-256, of this session. */
  report(idOrSha256: string): StoredReport | null;
}

const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);
const nothingBound: Readonly<Record<string, unknown>> = Object.freeze({});

/** The facts of one request at one route. Counters are read from the world's view; nothing is changed. */
export class PassFacts implements Facts {
  readonly request: Request;
  violations: readonly Violation[] = [];
  readonly bound: Readonly<Record<string, unknown>>;
  /** Read when the pass begins: it stays what it was while the reply is rendered, after the world has moved on. */
  readonly call: number;
  readonly #live: LiveRoute | null;
  readonly #view: WorldView;
  readonly #context: PassContext;
  #params: Readonly<Record<string, string>> | null = null;
  #keys: Map<string, string> | null = null;

  /** `live` is null for a request that no route takes: it counts as the first call and has no parameters. */
  constructor(request: Request, live: LiveRoute | null, view: WorldView, context: PassContext, bound = nothingBound) {
    this.request = request;
    this.bound = bound;
    this.#live = live;
    this.#view = view;
    this.#context = context;
    this.call = live?.counted ? view.count(live.counterKey) + 1 : 1;
  }

  get params(): Readonly<Record<string, string>> {
    return (this.#params ??= this.#live ? paramsOf(this.#live, this.request) : noParams);
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
