import { nearest } from '../base/nearest.ts';
import { need, type Caller } from '../model/index.ts';
import type { Code } from './code.ts';
import { closed, open, value } from './name-code.ts';
import { Rows } from './rows.ts';
import type { Run } from './run.ts';

/** `state`: null where the scenario has none. */
export const state: Code = { ...value('any', ({ memory }) => memory.state), orNull: 'text' };

/** `vars`. `declared`: the names that the scenario declares; one that is nearly one of them is a slip, any other is missing and so null. */
export function vars(declared?: readonly string[]): Code {
  const code = open(need.nothing, 'any', ({ memory }) => memory.vars, ({ facts }, name) => own(facts.memory.vars, name));
  if (declared === undefined) return code;
  const { named, computed } = code.fields!;
  return { ...code, fields: { names: declared, named: (name) => (declared.includes(name) || nearest(name, declared) === null ? named(name) : null), ...(computed && { computed }) } };
}

/** `auth`: who calls. */
export const auth: Code = closed({
  subject: { ...value('any', ({ caller }) => caller?.subject ?? null), orNull: 'text' },
  claims: open(need.nothing, 'any', ({ caller }) => claimsOf(caller), ({ facts }, name) => own(claimsOf(facts.caller), name)),
  scope: value('list', ({ caller }) => caller?.scope ?? noScope),
  scheme: { ...value('any', ({ caller }) => caller?.scheme ?? null), orNull: 'text' },
});

const noScope: readonly string[] = [];
const noClaims: Caller['claims'] = Object.freeze(Object.create(null) as Caller['claims']);

function claimsOf(caller: Caller | null): Caller['claims'] {
  return caller === null ? noClaims : caller.claims;
}

function own(map: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** A collection by its name: the list of its rows, which is made only where an expression needs it whole. */
export function collection(name: string): Code {
  const rows = (run: Run): Rows => new Rows(run.facts.memory.table(name), run);
  return { kind: 'list', needs: need.nothing, fixed: false, run: (run) => rows(run).list(), has: () => true, rows };
}
