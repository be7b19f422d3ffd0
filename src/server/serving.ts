import type { Diagnostic } from '../base/diagnostic.ts';
import { LivePlan, type ActiveScenarios } from '../engine/live-plan.ts';
import { selectScenarios } from '../engine/selection.ts';
import type { Plan, World } from '../model/index.ts';
import type { Worlds } from '../world/worlds.ts';

/** What serves at present: the plan, who has selected what, and the mistakes of a broken edit that has not been taken over. */
export class Serving {
  readonly worlds: Worlds;
  readonly #start: readonly string[];
  #live: LivePlan;
  #everybody: ActiveScenarios | null = null;
  /** Mistakes of the files as they stand now; empty when what serves is what is written. */
  diagnostics: readonly Diagnostic[] = [];

  constructor(plan: Plan, worlds: Worlds, start: readonly string[]) {
    this.#live = new LivePlan(plan);
    this.worlds = worlds;
    this.#start = start;
  }

  get live(): LivePlan {
    return this.#live;
  }

  /** Takes over a new plan between two requests: sessions keep everything but the counters of changed routes. */
  swap(plan: Plan): void {
    const next = new LivePlan(plan);
    this.worlds.forget(next.changedCounters(this.#live));
    this.#live = next;
    this.#everybody = null;
    this.diagnostics = [];
  }

  /** The scenarios that answer this request, or the name that none has. */
  active(header: string | null, prefix: string | null, world: Pick<World, 'selected'> | null): ActiveScenarios | { readonly unknown: string } {
    if (header === null && prefix === null && (world === null || world.selected.size === 0)) return (this.#everybody ??= this.#select(null, null, null) as ActiveScenarios);
    return this.#select(header, prefix, world?.selected ?? null);
  }

  /** Selects a scenario for one session, or for everybody. False when there is none of that name. */
  select(name: string, session: { readonly selected: Map<string, string> } | null): boolean {
    const scenario = this.#live.plan.scenarios.get(name);
    if (!scenario) return false;
    (session ? session.selected : this.worlds.everybody).set(scenario.root, name);
    this.#everybody = null;
    return true;
  }

  #select(header: string | null, prefix: string | null, session: ReadonlyMap<string, string> | null): ActiveScenarios | { readonly unknown: string } {
    const { plan } = this.#live;
    const names = selectScenarios(plan, { header, prefix, session, everybody: this.worlds.everybody, start: this.#start });
    return 'unknown' in names ? names : this.#live.active(names);
  }
}
