import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { decide, type Decision } from '../../src/engine/decide.ts';
import { LivePlan, type LiveRoute } from '../../src/engine/live-plan.ts';
import type { PassContext } from '../../src/engine/pass-facts.ts';
import { openFixtures } from '../../src/files/fixtures.ts';
import type { Answer, ExampleRequest, Request, Route } from '../../src/model/index.ts';
import { loadScenarios, type ScenarioInput } from '../../src/scenario/index.ts';
import { parseRouteKey } from '../../src/scenario/route-key.ts';
import { MemoryWorld } from '../../src/world/memory-world.ts';
import { makeRequest } from '../support/facts.ts';

export const context: PassContext = { session: 'default', nowMs: 1_000_000, seed: 1, report: () => null, certificate: () => null, prepared: (key) => { throw new Error(`Work was asked for: ${key}`); } };

/** Scenarios as objects, ready to serve. */
export async function livePlan(...scenarios: readonly ScenarioInput[]): Promise<LivePlan> {
  const sources = scenarios.map((value, index) => ({ file: `scenario object ${index + 1}`, value }));
  const { plan, diagnostics } = await loadScenarios(sources, { fixtures: openFixtures('/nowhere'), strict: false });
  if (!plan) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return new LivePlan(plan);
}

/** One scenario with its routes in one world, asked without a server. */
export class Rehearsing {
  readonly live: LivePlan;
  readonly world = new MemoryWorld('default', 0);
  readonly #name: string;

  private constructor(live: LivePlan, name: string) {
    this.live = live;
    this.#name = name;
  }

  static async of(scenario: Omit<ScenarioInput, 'scenario'>): Promise<Rehearsing> {
    return new Rehearsing(await livePlan({ scenario: 'one', ...scenario }), 'one');
  }

  route(id: string): LiveRoute {
    const route = this.live.routesOf(this.#name).find((one) => one.route.id === id);
    if (!route) throw new Error(`no route ${id}`);
    return route;
  }

  /** Decides and changes nothing. */
  decide(id: string | null, example: ExampleRequest | Request = {}, given: Partial<PassContext> = {}): Decision {
    const request = 'segments' in example ? example : makeRequest(id === null ? example : { url: id.slice(id.indexOf(' ') + 1), method: id.slice(0, id.indexOf(' ')), ...example });
    return decide(id === null ? null : this.route(id), this.live.beforeOf(this.#name), request, this.world, { ...context, ...given });
  }

  /** Decides and commits, as the pass does; the text of the answer, or what it came to. */
  async ask(id: string, example: ExampleRequest = {}, given: Partial<PassContext> = {}): Promise<string> {
    const decision = this.decide(id, example, given);
    this.world.commit(this.world.version, decision.changes);
    if (decision.kind !== 'reply') return decision.kind;
    return textOf(decision.reply.fixed ?? (await decision.reply.render(decision.facts)));
  }
}

function textOf(answer: Answer): string {
  return answer.body.kind === 'bytes' ? answer.body.bytes.toString() : String(answer.status);
}

/** A route of an index: as a scenario would have it, without rules. */
export function bareRoute(id: string): LiveRoute {
  const key = parseRouteKey(id, (mistake) => {
    throw new Error(mistake.message);
  })!;
  const route: Route = { id, method: key.method, segments: key.segments, rules: [], counters: [], needs: 0, place: { file: 'x', line: 1, column: 1 }, fingerprint: id };
  return { route, rules: [] } as unknown as LiveRoute;
}
