import { need, type Needs, type Plan, type Route, type Rule, type Scenario, type Scheme } from '../model/index.ts';
import type { LiveRoute } from './live-route.ts';
import { RouteIndex } from './route-index.ts';
import { RuleIndex } from './rule-index.ts';

export type { LiveRoute, LiveRule } from './live-route.ts';

/** The scenarios that answer for one selection, one per root, and the index of their routes. */
export interface ActiveScenarios {
  readonly scenarios: readonly Scenario[];
  readonly index: RouteIndex;
  readonly routes: readonly LiveRoute[];
}

/** Separates the parts of a counter's key; cannot stand in a scenario's name or a route. */
const separator = '\n';

/** A plan made ready to serve. Indexes of selections are made when first asked for and kept, up to a bound. */
export class LivePlan {
  readonly plan: Plan;
  readonly #routes = new Map<string, readonly LiveRoute[]>();
  readonly #before = new Map<string, LiveRoute | null>();
  readonly #active = new Map<string, ActiveScenarios>();

  constructor(plan: Plan) {
    this.plan = plan;
    const counted = countedRoutes(plan);
    for (const scenario of plan.scenarios.values()) {
      // Rules tried ahead of the routes commonly ask for nobody, and still have to tell callers of the routes apart.
      const before = scenario.before && makeLive(scenario.before, scenario, counted, 0, schemesOf([scenario.before, ...scenario.routes].flatMap(({ rules }) => rules)));
      this.#before.set(scenario.name, before);
      this.#routes.set(scenario.name, scenario.routes.map((route) => makeLive(route, scenario, counted, before ? before.needs : 0, schemesOf(route.rules))));
    }
  }

  routesOf(scenario: string): readonly LiveRoute[] {
    return this.#routes.get(scenario) ?? [];
  }

  beforeOf(scenario: string): LiveRoute | null {
    return this.#before.get(scenario) ?? null;
  }

  /** `names`: the scenario for each root, in the order of `plan.roots`. */
  active(names: readonly string[]): ActiveScenarios {
    const key = names.join(separator);
    let active = this.#active.get(key);
    if (!active) {
      if (this.#active.size >= maxSelections) this.#active.delete(this.#active.keys().next().value!);
      const routes = names.flatMap((name) => this.routesOf(name));
      active = { scenarios: names.map((name) => this.plan.scenarios.get(name)!), index: new RouteIndex(routes), routes };
      this.#active.set(key, active);
    }
    return active;
  }

  /** Keys of counters whose route was changed, or is gone, since `previous`. */
  changedCounters(previous: LivePlan): ReadonlySet<string> {
    const changed = new Set<string>();
    const kept = new Set([...this.#all()].map((live) => live.counterKey));
    const now = new Map([...this.#all()].map((live) => [`${live.scenario.name}${separator}${live.counterKey}`, live.route.fingerprint]));
    for (const live of previous.#all()) {
      const fingerprint = now.get(`${live.scenario.name}${separator}${live.counterKey}`);
      if (!kept.has(live.counterKey) || (fingerprint !== undefined && fingerprint !== live.route.fingerprint)) changed.add(live.counterKey);
    }
    return changed;
  }

  *#all(): Iterable<LiveRoute> {
    for (const routes of this.#routes.values()) yield* routes;
    for (const before of this.#before.values()) if (before) yield before;
  }
}

/** How many combinations of selected scenarios are kept ready. */
const maxSelections = 256;

function makeLive(route: Route, scenario: Scenario, counted: ReadonlySet<string>, outerNeeds: Needs, schemes: readonly Scheme[]): LiveRoute {
  const counterKey = keyOf(route, scenario);
  return {
    route,
    scenario,
    counterKey,
    counted: counted.has(counterKey),
    needs: route.needs | outerNeeds,
    schemes,
    ruleIndex: new RuleIndex(route.rules),
    rules: route.rules.map((rule) => ({
      rule,
      reference: Object.freeze({ route: route.id, name: rule.name, file: rule.place.file, line: rule.place.line }),
      answersKey: `${counterKey}${separator}${route.fingerprint}${separator}${rule.index}`,
      calls: 0,
      meter: null,
      last: null,
    })),
  };
}

function schemesOf(rules: readonly Rule[]): readonly Scheme[] {
  return [...new Set(rules.flatMap(({ auth }) => (auth === null ? [] : [auth.scheme])))];
}

function countedRoutes(plan: Plan): ReadonlySet<string> {
  const counted = new Set<string>();
  for (const scenario of plan.scenarios.values()) {
    for (const route of scenario.before ? [scenario.before, ...scenario.routes] : scenario.routes) {
      if (route.needs & need.call) counted.add(keyOf(route, scenario));
    }
  }
  return counted;
}

function keyOf(route: Route, scenario: Scenario): string {
  return `${scenario.root}${separator}${route.id}`;
}
