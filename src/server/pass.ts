import type { IncomingMessage, ServerResponse } from 'node:http';
import { unknownScenario } from '../engine/selection.ts';
import type { ActiveScenarios, LivePlan, LiveRoute } from '../engine/live-plan.ts';
import type { PassContext } from '../engine/pass-facts.ts';
import { PreparedWork } from '../engine/prepared-work.ts';
import { splitPath, type RequestHead } from '../engine/read-request.ts';
import type { Found } from '../engine/route-index.ts';
import type { ClientCertificate, StoredReport } from '../model/index.ts';
import type { MemoryWorld } from '../world/memory-world.ts';
import { defaultSession } from '../world/worlds.ts';
import type { App } from './app.ts';
import { clientCertificateOf } from './client-certificate.ts';
import type { Problem } from './problem.ts';
import { readHead, type Head } from './read-head.ts';

/** One request on its way through: what is known of it by its head, and what deciding may ask of the server. */
export class Pass implements PassContext, RequestHead {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly nowMs: number;
  readonly startMs: number;
  readonly head: Head;
  readonly session: string;
  readonly seed: number;
  readonly world: MemoryWorld;
  /** The plan at the time of arrival: a reload in the middle of an upload does not change what answers it. */
  readonly live: LivePlan;
  readonly active: ActiveScenarios;
  readonly found: Found;
  /** Rules tried ahead of the route, and of an unmatched path under a scenario's base. */
  readonly ahead: LiveRoute | null;
  readonly method: string;
  readonly url: string;
  readonly prefix: string;
  readonly rawHeaders: readonly string[];
  readonly segments: readonly string[] | undefined;
  readonly #reports: App['reports'];
  #prepared: PreparedWork | null = null;

  constructor(app: App, arrival: Arrival, head: Head, session: string, nowMs: number, world: MemoryWorld, active: ActiveScenarios, found: Found, ahead: LiveRoute | null, segments: readonly string[] | undefined) {
    const { request } = arrival;
    this.id = arrival.id;
    this.request = request;
    this.response = arrival.response;
    this.nowMs = nowMs;
    this.startMs = arrival.startMs;
    this.head = head;
    this.session = session;
    this.seed = app.seed;
    this.world = world;
    this.live = app.serving.live;
    this.active = active;
    this.found = found;
    this.ahead = ahead;
    this.method = request.method!;
    this.url = head.address.url;
    this.prefix = head.address.prefix;
    this.rawHeaders = request.rawHeaders;
    this.segments = segments;
    this.#reports = app.reports;
  }

  report(idOrSha256: string): StoredReport | null {
    return this.#reports.find(idOrSha256, this.session);
  }

  certificate(): ClientCertificate | null {
    return clientCertificateOf(this.request.socket);
  }

  prepared<T>(key: string, make: () => Promise<T>): T {
    return (this.#prepared ??= new PreparedWork()).get(key, make);
  }
}

/** A request as it arrives. */
export interface Arrival {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startMs: number;
}

/** A request turned away before a world or a route was found for it. */
export interface TurnedAway {
  readonly problem: Problem;
  readonly session: string;
}

/** Head first: whose world it is, which scenarios answer there, and the route. */
export function beginPass(app: App, arrival: Arrival): Pass | TurnedAway {
  const { request } = arrival;
  const head = readHead(request);
  if ('reason' in head) return { problem: { status: 400, detail: head.reason, ...(head.ambiguous && { headers: ['Connection', 'close'] }) }, session: defaultSession };
  const session = head.session ?? defaultSession;
  const nowMs = app.clock.now();
  const { serving } = app;
  const { live } = serving;
  const named = head.scenario ?? head.address.scenario;
  if (named !== null && !live.plan.scenarios.has(named)) return { problem: unknown(live, named), session };
  const world = serving.worlds.open(session, nowMs, arrival.startMs);
  const active = serving.active(head.scenario, head.address.scenario, world);
  if ('unknown' in active) return { problem: unknown(live, active.unknown), session };
  const { path } = head.address;
  const method = request.method!;
  let found: Found | null = active.index.quick(method, path);
  let segments: readonly string[] | undefined;
  if (found === null) {
    const split = splitPath(path);
    if (!Array.isArray(split)) return { problem: { status: 400, detail: split.reason }, session };
    segments = split;
    found = active.index.find(method, split);
  }
  const owner = found.kind === 'route' ? found.route.scenario : scenarioOver(active, path);
  return new Pass(app, arrival, head, session, nowMs, world, active, found, owner ? live.beforeOf(owner.name) : null, segments);
}

/** The scenario with the longest `base` that the path stands under. */
export function scenarioOver(active: ActiveScenarios, path: string): ActiveScenarios['scenarios'][number] | null {
  let best: ActiveScenarios['scenarios'][number] | null = null;
  for (const scenario of active.scenarios) {
    const under = scenario.base === '' || path === scenario.base || path.startsWith(`${scenario.base}/`);
    if (under && (best === null || scenario.base.length > best.base.length)) best = scenario;
  }
  return best;
}

function unknown(live: LivePlan, name: string): Problem {
  return { status: 404, detail: unknownScenario(live.plan, name), more: { scenarios: [...live.plan.scenarios.keys()].sort() } };
}
