import { noBody, readRequest, splitPath } from '../engine/read-request.ts';
import { decide, type Decision } from '../engine/decide.ts';
import { isSessionId, readAddress } from '../engine/address.ts';
import type { ActiveScenarios, LiveRoute, LiveRule } from '../engine/live-plan.ts';
import { nearestRoutes, nearestRules } from '../engine/nearest-misses.ts';
import { PassFacts, type PassContext } from '../engine/pass-facts.ts';
import { PreparedWork } from '../engine/prepared-work.ts';
import { settleDue } from '../engine/settle-due.ts';
import type { Found } from '../engine/route-index.ts';
import { unknownScenario } from '../engine/selection.ts';
import { ExpressionFailure, MalformedBody, need, Suspended, type NearMiss, type ReceivedBody, type Request, type World } from '../model/index.ts';
import { MemoryWorld } from '../world/memory-world.ts';
import { defaultSession } from '../world/worlds.ts';
import type { App } from './app.ts';
import type { ExplainRequest, Explanation, TriedRule } from './control.ts';
import { scenarioOver } from './pass.ts';
import { sessionDispute } from './read-head.ts';
import { messageOf } from './receive/message-of.ts';
import { receiveBody } from './receive/receive-body.ts';
import { ClientGone, Refusal } from './receive/refusal.ts';

/** Which rule would answer a request, and why the others would not. Nothing is counted, kept or recorded. */
export async function explain(app: App, given: ExplainRequest): Promise<Explanation | string> {
  // Bytes beyond ASCII never stand bare on the wire; a person who types a URL writes them so.
  const address = readAddress(given.url.replace(/[^\x00-\x7f]+/gu, encodeURIComponent));
  if (typeof address === 'string') return address;
  const segments = splitPath(address.path);
  if (!Array.isArray(segments)) return segments.reason;
  const scenario = given.headers.get('rehearsal-scenario')?.[0] ?? null;
  const header = given.headers.get('rehearsal-session')?.[0] ?? null;
  const dispute = sessionDispute(header, address);
  if (dispute !== null) return dispute;
  const session = header ?? address.session ?? defaultSession;
  if (!isSessionId(session)) return 'A session is 1 to 64 of A-Z a-z 0-9 . _ -';
  const { live, worlds } = app.serving;
  const world: World = worlds.get(session) ?? new MemoryWorld(session, app.clock.now());
  const named = [scenario, address.scenario].find((name) => name !== null && !live.plan.scenarios.has(name));
  if (named) return unknownScenario(live.plan, named);
  const active = app.serving.active(scenario, address.scenario, world);
  if ('unknown' in active) return unknownScenario(live.plan, active.unknown);

  const scratch = `:explained:${(explained += 1)}`;
  try {
    const body = await bodyOf(app, given, scratch);
    const addressed: Addressed = { session, world, active, segments, url: address.url, path: address.path, prepared: new PreparedWork() };
    settleDue(world, active.scenarios, app.clock.now(), app.dueFailed);
    return await explainReceived(app, given, addressed, body);
  } catch (error) {
    if (error instanceof Refusal || error instanceof ClientGone) return error.message;
    throw error;
  } finally {
    await app.reports.removeSession(scratch);
  }
}

/** Uploads of an explained request are kept for the time of the explanation, each in a session of its own that no client can name. */
let explained = 0;

interface Addressed {
  readonly session: string;
  readonly world: World;
  readonly active: ActiveScenarios;
  readonly segments: readonly string[];
  readonly url: string;
  readonly path: string;
  readonly prepared: PreparedWork;
}

/** What the decision has to wait for is awaited, and everything looked at again. */
async function explainReceived(app: App, given: ExplainRequest, addressed: Addressed, body: ReceivedBody): Promise<Explanation> {
  for (;;) {
    try {
      return explainAtOnce(app, given, addressed, body);
    } catch (error) {
      if (!(error instanceof Suspended)) throw error;
      await error.work;
    }
  }
}

function explainAtOnce(app: App, given: ExplainRequest, { session, world, active, segments, url, path, prepared }: Addressed, body: ReceivedBody): Explanation {
  const { live } = app.serving;
  const method = given.method.toUpperCase();
  const request = readRequest({ id: 'explained', method, url, rawHeaders: rawHeadersOf(given), segments }, body);
  const context: PassContext = { session, nowMs: app.clock.now(), seed: app.seed, report: (idOrSha256) => app.reports.find(idOrSha256, session), certificate: () => null, prepared: (key, make) => prepared.get(key, make) };
  const found = active.index.find(method, segments);
  const route = found.kind === 'route' ? found.route : null;
  const owner = route?.scenario ?? scenarioOver(active, path);
  const ahead = owner && live.beforeOf(owner.name);
  const decision = decide(route, ahead, request, world, context);
  const answering = 'live' in decision ? decision.live : null;
  const nearest = decision.kind !== 'no-rule' ? [] : route ? nearestRules(route, request, world, context) : nearestRoutes(found.kind === 'other-methods' ? found.routes : active.routes, request, world, context);
  const answeredAhead = ahead !== null && answering !== null && ahead.rules.includes(answering);
  return {
    session,
    scenario: owner?.name ?? null,
    route: route?.route.id ?? null,
    params: route ? new PassFacts(request, route, world, context).params : {},
    rule: answering?.reference ?? null,
    reason: reasonOf(decision, found, method, path),
    violations: 'violations' in decision ? decision.violations : [],
    tried: [...(ahead ? tried(ahead, answering, request, world, context) : []), ...(route && !answeredAhead ? tried(route, answering, request, world, context) : [])],
    nearest,
  };
}

async function bodyOf(app: App, given: ExplainRequest, scratch: string): Promise<ReceivedBody> {
  if (given.body === null || given.body.length === 0) return noBody;
  const message = messageOf(given.body, rawHeadersOf(given));
  const needs = need.body | need.partText | need.zipEntries;
  return (await receiveBody(message, { needs, limits: app.limits, reports: app.reports, previews: null, exchange: 'explained', session: scratch })).body;
}

function rawHeadersOf(given: ExplainRequest): readonly string[] {
  return [...given.headers].flatMap(([name, values]) => values.flatMap((value) => [name, value]));
}

/** Rules in the order in which they are tried, up to the one that answers. */
function tried(route: LiveRoute, answering: LiveRule | null, request: Request, world: World, context: PassContext): readonly TriedRule[] {
  const facts = new PassFacts(request, route, world, context).choosing();
  const last = answering ? route.rules.indexOf(answering) : -1;
  return (last < 0 ? route.rules : route.rules.slice(0, last + 1)).slice(0, maxTried).map((live) => {
    const because = reasonsAgainst(live, facts);
    const { route: id, name, file, line } = live.reference;
    return { route: id, name, file, line, because, matches: because.length === 0 };
  });
}

/** How many rules an explanation lists. */
const maxTried = 1000;

function reasonsAgainst(live: LiveRule, facts: PassFacts): NearMiss['because'] {
  try {
    return live.rule.when?.explain(facts).map((mismatch) => mismatch.text) ?? [];
  } catch (error) {
    if (error instanceof MalformedBody || error instanceof ExpressionFailure) return [error.message];
    throw error;
  }
}

function reasonOf(decision: Decision, found: Found, method: string, path: string): string {
  switch (decision.kind) {
    case 'reply': return `${decision.live.reference.name ?? 'The rule'} at ${decision.live.reference.file}:${decision.live.reference.line} answers`;
    case 'refused': return `The rule at ${decision.live.reference.file}:${decision.live.reference.line} refuses it with ${decision.status}, since it is strict`;
    case 'denied': return `The rule at ${decision.live.reference.file}:${decision.live.reference.line} refuses the caller with ${decision.denial.status}: ${decision.denial.detail}`;
    case 'undone': return `The changes of the rule at ${decision.live.reference.file}:${decision.live.reference.line} cannot be made: ${decision.problem.detail}`;
    case 'malformed': return decision.reason;
    case 'failed': return decision.failure.message;
    case 'no-rule':
      if (found.kind === 'route') return `No rule of ${found.route.route.id} matches`;
      return found.kind === 'none' ? `No route matches ${method} ${path}` : `${path} does not answer ${method}`;
  }
}
