import { show } from '../base/show.ts';
import { pathDistance } from '../engine/path-distance.ts';
import { splitPath } from '../engine/read-request.ts';
import type { CallExpectation, ExpectedRoute, Plan, Route, Segment } from '../model/index.ts';
import { pathFits } from '../scenario/known-routes.ts';
import type { ExchangeDraft } from '../world/journal.ts';
import { defaultSession } from '../world/worlds.ts';

/** How an exchange differs from the calls that are meant, by what a look at its head tells. */
export interface HeadDifference {
  /** Empty: in nothing. */
  readonly because: readonly string[];
  /** The smaller, the nearer. Infinite: of no interest. */
  readonly distance: number;
}

const same: HeadDifference = { because: [], distance: 0 };
const noRequest: HeadDifference = { because: ['no request came'], distance: Infinity };
const mostRemembered = 2_000;

/** Whether a request came at all: broken handshakes (`TLS`) and what is no HTTP are in the journal too. */
export function isRequest({ method }: Pick<ExchangeDraft, 'method'>): boolean {
  return method !== '' && method !== 'TLS';
}

/** Compares exchanges with what calls name: route, rule, status, session. */
export class Heads {
  readonly #routes: ReadonlyMap<string, Pick<Route, 'id' | 'method' | 'segments'>>;
  /** Between a route that is meant and a request line, both as text. */
  readonly #between = new Map<string, HeadDifference>();

  constructor(plan: Plan) {
    this.#routes = new Map([...plan.scenarios.values()].flatMap((scenario) => scenario.routes.map((route) => [route.id, route])));
  }

  compare(call: CallExpectation, draft: ExchangeDraft): HeadDifference {
    if (!isRequest(draft)) return noRequest;
    const { route, rule, status, session } = call;
    const way = route === null ? same : this.#route(route, draft);
    const because = [...way.because];
    let { distance } = way;
    if (rule !== null && draft.rule?.name !== rule) {
      because.push(`rule: expected ${show(rule)}, got ${draft.rule === null ? 'none' : draft.rule.name === null ? 'one without a name' : show(draft.rule.name)}`);
      distance += 2;
    }
    if (status !== null && (draft.status === null || !status.passes(draft.status))) {
      because.push(`status: expected ${status.expected}, got ${draft.status ?? 'none'}`);
      distance += 1;
    }
    if (session !== null && draft.session !== session) {
      because.push(`session: expected ${session}, got ${draft.session}`);
      // A client that names no session is a likely slip; those of other clients are beside the point.
      distance += draft.session === defaultSession ? 1_000 : Infinity;
    }
    return because.length === 0 ? same : { because, distance };
  }

  isOf(route: ExpectedRoute, draft: ExchangeDraft): boolean {
    return this.#route(route, draft).because.length === 0;
  }

  /** Segments of the route that an exchange is a call of; null when it is of none. */
  segmentsOf(call: CallExpectation, draft: ExchangeDraft): readonly Segment[] | null {
    const answered = draft.rule === null ? undefined : this.#routes.get(draft.rule.route);
    return answered?.segments ?? call.route?.segments ?? null;
  }

  #route(route: ExpectedRoute, draft: ExchangeDraft): HeadDifference {
    if (draft.rule?.route === route.id) return same;
    const key = `${route.id}\n${draft.method} ${draft.path}\n${draft.rule?.route ?? ''}`;
    const known = this.#between.get(key);
    if (known) return known;
    const difference = this.#compareRoute(route, draft);
    if (this.#between.size < mostRemembered) this.#between.set(key, difference);
    return difference;
  }

  #compareRoute(route: ExpectedRoute, draft: ExchangeDraft): HeadDifference {
    const came = splitPath(draft.path);
    if (!Array.isArray(came)) return { because: [`path: expected \`${route.id.slice(route.id.indexOf(' ') + 1)}\`, got ${show(draft.path)}`], distance: 100 };
    const method = takes(route.method, draft.method) ? [] : [`method: expected ${route.method}, got ${draft.method || 'none'}`];
    const path = pathDistance(came, route);
    if (path.distance === 0 && method.length === 0) {
      const other = this.#otherRoute(route, draft, came);
      return other === null ? same : { because: [`route: expected \`${route.id}\`, got \`${other}\``], distance: 3 };
    }
    return { because: [...method, ...(path.text === '' ? [] : [path.text])], distance: path.distance * 10 + method.length * 15 };
  }

  /** The route that has a request which this one, by its `{name}`s, could have as well. What names no value is a call to whatever answered. */
  #otherRoute(route: ExpectedRoute, draft: ExchangeDraft, came: readonly string[]): string | null {
    if (route.segments.every(({ kind }) => kind === 'literal')) return null;
    if (draft.rule !== null && draft.rule.route !== 'before') return draft.rule.route;
    const nearer = [...this.#routes.values()].find((other) => other.id !== route.id && takes(other.method, draft.method) && pathFits(came, other.segments) && isNearer(other.segments, route.segments));
    return nearer?.id ?? null;
  }
}

/** HEAD counts as GET. */
function takes(wanted: string, came: string): boolean {
  return wanted === 'ANY' || wanted === came || (wanted === 'GET' && came === 'HEAD');
}

const order = { literal: 0, param: 1, rest: 2 };

/** Whether one route goes before another for paths that both take: the first segment in which they differ in kind decides. */
function isNearer(one: readonly Segment[], other: readonly Segment[]): boolean {
  for (let index = 0; index < one.length && index < other.length; index += 1) {
    const by = order[one[index]!.kind] - order[other[index]!.kind];
    if (by !== 0) return by < 0;
  }
  return false;
}
