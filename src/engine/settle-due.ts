import { MemoryDraft, perform } from '../memory/index.ts';
import { ExpressionFailure, type MemoryPlan, type Operation, type Scenario, type World } from '../model/index.ts';

/** An operation whose time came and that could not be carried out: a row that is gone, a key that is taken by now. */
export interface DueFailure {
  readonly session: string;
  readonly root: string;
  readonly operation: Operation;
  readonly detail: string;
}

/** How many operations one request may find due: what has piled up beyond that is carried out by the next ones. */
const mostAtOnce = 10_000;

/**
 * Carries out what a session's time has come to, in the order in which it fell due: before anything looks into the session, so
 * that state, variables and rows are what they should be at `nowMs`. `scenarios`: those that are active for the session.
 */
export function settleDue(world: World, scenarios: readonly Scenario[], nowMs: number, onFailure?: (failure: DueFailure) => void): void {
  for (let count = 0; count < mostAtOnce; count += 1) {
    const due = world.takeDue(nowMs);
    if (due === null) return;
    const plan = scenarios.find(({ root }) => root === due.root)?.memory;
    if (!plan) continue;
    const detail = carryOut(world, due.root, plan, due.pending.operation);
    if (detail !== null) onFailure?.({ session: world.session, root: due.root, operation: due.pending.operation, detail });
  }
}

/** Null when it worked. */
function carryOut(world: World, root: string, plan: MemoryPlan, operation: Operation): string | null {
  const draft = new MemoryDraft(root, plan, world.memory(root), true);
  try {
    const performed = perform(operation, draft);
    if (performed.kind === 'failed') return performed.detail;
  } catch (error) {
    if (error instanceof ExpressionFailure) return error.message;
    throw error;
  }
  const change = draft.changes();
  if (change) world.commit(world.version, [change]);
  return null;
}
