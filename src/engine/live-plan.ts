import { need, type Needs, type Plan, type Route, type Rule, type Scenario, type Scheme } from '../model/index.ts';
import type { LiveRoute, LiveRule } from './live-route.ts';
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

/** A plan made ready to serve. Scenarios and indexes of selections are made ready when first asked for, and kept: indexes up to a bound. */
export class LivePlan {
  readonly plan: Plan;
  readonly #counted: ReadonlySet<string>;
  readonly #scenarios = new Map<string, LiveScenario>();
  readonly #active = new Map<string, ActiveScenarios>();

  constructor(plan: Plan) {
    this.plan = plan;
    this.#counted = countedRoutes(plan);
  }

  routesOf(scenario: string): readonly LiveRoute[] {
    return this.#scenarioOf(scenario)?.routes ?? [];
  }

  beforeOf(scenario: string): LiveRoute | null {
    return this.#scenarioOf(scenario)?.before ?? null;
  }

  #scenarioOf(name: string): LiveScenario | null {
    const known = this.#scenarios.get(name);
    if (known) return known;
    const scenario = this.plan.scenarios.get(name);
    if (!scenario) return null;
    // Rules tried ahead of the routes commonly ask for nobody, and still have to tell callers of the routes apart.
    const before = scenario.before && makeLive(scenario.before, scenario, this.#counted, 0, schemesOf([scenario.before, ...scenario.routes].flatMap(({ rules }) => rules)));
    const routes = scenario.routes.map((route) => makeLive(route, scenario, this.#counted, before ? before.needs : 0, schemesOf(route.rules)));
    const live = { before, routes };
    this.#scenarios.set(name, live);
    return live;
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
    const now = new Map<string, string>();
    const kept = new Set<string>();
    for (const [scenario, route] of routesOf(this.plan)) {
      now.set(`${scenario.name}${separator}${keyOf(route, scenario)}`, route.fingerprint);
      kept.add(keyOf(route, scenario));
    }
    for (const [scenario, route] of routesOf(previous.plan)) {
      const key = keyOf(route, scenario);
      const fingerprint = now.get(`${scenario.name}${separator}${key}`);
      if (!kept.has(key) || (fingerprint !== undefined && fingerprint !== route.fingerprint)) changed.add(key);
    }
    return changed;
  }
}

interface LiveScenario {
  readonly before: LiveRoute | null;
  readonly routes: readonly LiveRoute[];
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
    rules: route.rules.map((rule) => makeLiveRule(rule, route, counterKey)),
  };
}

function makeLiveRule(rule: Rule, route: Route, counterKey: string): LiveRule {
  let answersKey: string | undefined;
  return {
    rule,
    reference: Object.freeze({ route: route.id, name: rule.name, file: rule.place.file, line: rule.place.line }),
    // Few rules have several replies to count, and those are asked for at every request.
    get answersKey() {
      return (answersKey ??= `${counterKey}${separator}${route.fingerprint}${separator}${rule.index}`);
    },
    calls: 0,
    meter: null,
    last: null,
  };
}

function schemesOf(rules: readonly Rule[]): readonly Scheme[] {
  return [...new Set(rules.flatMap(({ auth }) => (auth === null ? [] : [auth.scheme])))];
}

function countedRoutes(plan: Plan): ReadonlySet<string> {
  const counted = new Set<string>();
  for (const [scenario, route] of routesOf(plan)) if (route.needs & need.call) counted.add(keyOf(route, scenario));
  return counted;
}

/** Every route of every scenario, its rules of `before` among them. */
function* routesOf(plan: Plan): Iterable<readonly [Scenario, Route]> {
  for (const scenario of plan.scenarios.values()) {
    if (scenario.before) yield [scenario, scenario.before];
    for (const route of scenario.routes) yield [scenario, route];
  }
}

function keyOf(route: Route, scenario: Scenario): string {
  return `${scenario.root}${separator}${route.id}`;
}
