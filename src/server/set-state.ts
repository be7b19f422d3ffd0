import { didYouMean } from '../base/nearest.ts';
import type { App } from './app.ts';
import type { Refused, StateChange } from './control.ts';
import { commitDraft, lookInto, rootNamed, type SessionRoot } from './look-into.ts';

/** Sets the state and variables of a session. Null when it is done. Throws WorldRefusal when there is no room. */
export function setState(app: App, session: string, change: StateChange): Refused | null {
  const roots = lookInto(app, session);
  const chosen = change.scenario === null ? onlyRoot(roots, change) : rootNamed(app, roots, change.scenario);
  if ('refused' in chosen) return chosen;
  const mistakes = [...stateMistakes(chosen, change.state), ...varMistakes(chosen, change.vars ?? {})];
  if (mistakes.length > 0) return { refused: 400, detail: mistakes.join('; ') };
  const { draft } = chosen;
  if (change.state !== null) draft.move(change.state);
  for (const [name, value] of Object.entries(change.vars ?? {})) draft.set(name, value);
  commitDraft(app, session, draft);
  return null;
}

/** The only root that has all that is to be set. When none has, the only one where it can be meant, so that its mistakes are told. */
function onlyRoot(roots: readonly SessionRoot[], { state, vars }: StateChange): SessionRoot | Refused {
  const names = Object.keys(vars ?? {});
  const possible = roots.filter(({ plan }) => (state === null || plan.state !== null) && (names.length === 0 || Object.keys(plan.vars).length > 0));
  const fitting = possible.filter(({ plan }) => names.every((name) => Object.hasOwn(plan.vars, name)));
  const left = fitting.length > 0 ? fitting : possible;
  if (left.length === 1) return left[0]!;
  const wanted = [...(state === null ? [] : ['a state']), ...(names.length === 0 ? [] : ['variables'])].join(' and ');
  if (left.length === 0) return { refused: 400, detail: `None of the scenarios that answer here has ${wanted}` };
  const scenarios = left.map(({ root }) => root);
  return { refused: 400, detail: `More than one scenario has ${wanted}. Say which with \`scenario\`: ${scenarios.join(', ')}`, scenarios };
}

function stateMistakes({ root, plan }: SessionRoot, state: string | null): readonly string[] {
  if (state === null || plan.states?.has(state)) return [];
  if (plan.state === null) return [`\`state\`: \`${root}\` has no state`];
  return plan.states === null ? [] : [`\`state\`: ${unknown(root, 'state', state, [...plan.states])}`];
}

function varMistakes({ root, plan }: SessionRoot, vars: Readonly<Record<string, unknown>>): readonly string[] {
  const known = Object.keys(plan.vars);
  return Object.keys(vars).filter((name) => !Object.hasOwn(plan.vars, name)).slice(0, 10).map((name) => `\`vars\`: ${unknown(root, 'variable', name, known)}`);
}

/** How many names a message lists. */
const mostNames = 20;

function unknown(root: string, what: 'state' | 'variable', name: string, known: readonly string[]): string {
  const hint = didYouMean(name, known);
  const list = known.length === 0 ? ' There are none' : ` There are: ${known.slice(0, mostNames).join(', ')}${known.length > mostNames ? ', …' : ''}`;
  return `\`${root}\` has no ${what} \`${name.slice(0, 64)}\`.${hint ? ` ${hint}` : ''}${list}`;
}
