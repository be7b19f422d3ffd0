import { didYouMean } from '../base/nearest.ts';
import type { Plan } from '../model/index.ts';

/** Ways to select a scenario, the first that names one of a root winning. */
export interface Selections {
  readonly header: string | null;
  readonly prefix: string | null;
  /** Root to scenario. */
  readonly session: ReadonlyMap<string, string> | null;
  readonly everybody: ReadonlyMap<string, string>;
  /** Names given by `--scenario`. */
  readonly start: readonly string[];
}

/** The scenario that answers for each root, in the order of `plan.roots`; or the name that no scenario has. */
export function selectScenarios(plan: Plan, selections: Selections): readonly string[] | { readonly unknown: string } {
  const direct = new Map<string, string>();
  for (const name of [selections.prefix, selections.header]) {
    if (name === null) continue;
    const scenario = plan.scenarios.get(name);
    if (!scenario) return { unknown: name };
    direct.set(scenario.root, name);
  }
  return plan.roots.map((root) => direct.get(root) ?? known(plan, root, selections.session) ?? known(plan, root, selections.everybody) ?? started(plan, root, selections.start) ?? root);
}

/** "There is no scenario `x`. There are: …" */
export function unknownScenario(plan: Plan, name: string): string {
  const names = [...plan.scenarios.keys()].sort();
  const hint = didYouMean(name, names);
  return `There is no scenario \`${name}\`.${hint ? ` ${hint}` : ''} There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}`;
}

function known(plan: Plan, root: string, selected: ReadonlyMap<string, string> | null): string | undefined {
  const name = selected?.get(root);
  return name !== undefined && plan.scenarios.get(name)?.root === root ? name : undefined;
}

/** A name given at start whose file a reload has taken away selects nothing. */
function started(plan: Plan, root: string, names: readonly string[]): string | undefined {
  return names.findLast((name) => plan.scenarios.get(name)?.root === root);
}
