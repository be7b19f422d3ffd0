import type { IncomingMessage, ServerResponse } from 'node:http';
import { unknownScenario } from '../engine/selection.ts';
import { splitPath, type RequestHead } from '../engine/read-request.ts';
import type { ActiveScenarios, LivePlan, LiveRoute } from '../engine/live-plan.ts';
import type { Found } from '../engine/route-index.ts';
import type { MemoryWorld } from '../world/memory-world.ts';
import { defaultSession } from '../world/worlds.ts';
import type { App } from './app.ts';
import type { Problem } from './problem.ts';
import { readHead, type Head } from './read-head.ts';

/** One request on its way through: what is known of it by its head. */
export interface Pass {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly atMs: number;
  readonly startMs: number;
  readonly head: Head;
  readonly session: string;
  readonly world: MemoryWorld;
  /** The plan at the time of arrival: a reload in the middle of an upload does not change what answers it. */
  readonly live: LivePlan;
  readonly active: ActiveScenarios;
  readonly found: Found;
  /** Rules tried ahead of the route, and of an unmatched path under a scenario's base. */
  readonly ahead: LiveRoute | null;
  readonly requestHead: RequestHead;
}

/** A request turned away before a world or a route was found for it. */
export interface TurnedAway {
  readonly problem: Problem;
  readonly session: string;
}

/** Head first: whose world it is, which scenarios answer there, and the route. */
export function beginPass(app: App, request: IncomingMessage, response: ServerResponse, id: string, startMs: number): Pass | TurnedAway {
  const head = readHead(request);
  if ('reason' in head) return { problem: { status: 400, detail: head.reason, ...(head.ambiguous && { headers: ['Connection', 'close'] }) }, session: defaultSession };
  const session = head.session ?? defaultSession;
  const atMs = app.clock.now();
  const { serving } = app;
  const { live } = serving;
  const named = head.scenario ?? head.address.scenario;
  if (named !== null && !live.plan.scenarios.has(named)) return { problem: unknown(live, named), session };
  const world = serving.worlds.open(session, atMs);
  const active = serving.active(head.scenario, head.address.scenario, world);
  if ('unknown' in active) return { problem: unknown(live, active.unknown), session };
  const { path } = head.address;
  const method = request.method ?? 'GET';
  const quick = active.index.quick(method, path);
  let segments: readonly string[] | undefined;
  let found: Found;
  if (quick) found = { kind: 'route', route: quick };
  else {
    const split = splitPath(path);
    if (!Array.isArray(split)) return { problem: { status: 400, detail: split.reason }, session };
    segments = split;
    found = active.index.find(method, split);
  }
  const owner = found.kind === 'route' ? found.route.scenario : scenarioOver(active, path);
  return {
    id, request, response, atMs, startMs, head, session, world, live, active, found,
    ahead: owner ? live.beforeOf(owner.name) : null,
    requestHead: { id, method, url: head.address.url, rawHeaders: request.rawHeaders, segments },
  };
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
