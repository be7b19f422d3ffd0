import { settleDue } from '../engine/settle-due.ts';
import { unknownScenario } from '../engine/selection.ts';
import { MemoryDraft } from '../memory/index.ts';
import type { Collection, MemoryPlan } from '../model/index.ts';
import { MemoryWorld } from '../world/memory-world.ts';
import type { App } from './app.ts';
import type { Refused, RootMemory } from './control.ts';

/** What the scenarios of one root remember in a session, with changes that nobody else sees until they are committed. */
export interface SessionRoot {
  readonly root: string;
  readonly plan: MemoryPlan;
  readonly draft: MemoryDraft;
}

/**
 * What a session remembers as of now, by the scenarios that answer it: what its time has come to is carried out first. Of a session
 * that nobody has used it is the beginning, and there is still no such session.
 */
export function lookInto(app: App, session: string): readonly SessionRoot[] {
  const { serving, clock } = app;
  const world = serving.worlds.get(session) ?? new MemoryWorld(session, clock.now());
  const active = serving.active(null, null, world);
  const scenarios = 'unknown' in active ? [] : active.scenarios;
  settleDue(world, scenarios, clock.now(), app.dueFailed);
  return scenarios.flatMap(({ root, memory: plan }) => (plan === null ? [] : [{ root, plan, draft: new MemoryDraft(root, plan, world.memory(root)) }]));
}

/** Carries out what a draft of {@link lookInto} has changed, in the same tick. Makes the session when there is none. Throws WorldRefusal when there is no room. */
export function commitDraft(app: App, session: string, draft: MemoryDraft): void {
  const change = draft.changes();
  const world = app.serving.worlds.open(session, app.clock.now());
  if (change !== null && !world.commit(world.version, [change])) throw new Error('A session moved on within one tick');
  app.worldChanged();
}

/** The root that a scenario's name stands for. */
export function rootNamed(app: App, roots: readonly SessionRoot[], name: string): SessionRoot | Refused {
  const { plan } = app.serving.live;
  const scenario = plan.scenarios.get(name);
  if (!scenario) return { refused: 404, detail: unknownScenario(plan, name), scenarios: [...plan.scenarios.keys()].sort() };
  return roots.find(({ root }) => root === scenario.root) ?? { refused: 400, detail: `\`${name}\` remembers nothing: it declares no state, no variables and no collections` };
}

/** The collections that people see: those of schemes begin with `:`. */
export function visibleCollections({ collections }: MemoryPlan): readonly Collection[] {
  return [...collections.values()].filter(({ name }) => !name.startsWith(':'));
}

/** As a person sees it; null when there is nothing to see. */
export function shownMemory({ root, plan, draft }: SessionRoot): RootMemory | null {
  const collections = visibleCollections(plan);
  if (plan.state === null && collections.length === 0 && Object.keys(plan.vars).length === 0) return null;
  return {
    scenario: root,
    state: draft.state,
    vars: draft.vars,
    collections: collections.map(({ name }) => ({ name, rows: draft.table(name).size })),
    backups: collections.flatMap(({ name: collection }) => draft.backups(collection).map((name) => ({ name, collection, rows: draft.backup(name, collection)?.size ?? 0 }))),
  };
}
