import { isNumeric, type Json } from '../base/json.ts';
import { isSessionId } from '../engine/address.ts';
import type { StateChange } from '../server/control.ts';
import { gotWords } from '../shapes/index.ts';
import { defaultLimit, maxLimit } from '../world/journal.ts';
import { endpoint, json, jsonAnswer, type Call, type Endpoint } from './endpoint.ts';
import { refuseMistakes, requireMap, unknownKeys } from './fields.ts';
import { pageOf } from './page-of.ts';
import { afterParameter, limitParameter, sessionSchema } from './query.ts';
import { granted, Refusal } from './refusal.ts';
import { listOf, ref } from './schemas.ts';

const pathParameters = { id: { about: 'The id of a session.', schema: sessionSchema } };
const malformed = { 400: 'This cannot be the id of a session.' };
const noRoom = { 507: 'There is no room, or the disk takes nothing; nothing was changed.' };

export const sessions: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/sessions', operation: 'listSessions', summary: 'The sessions there are, the last used first.',
    parameters: { after: afterParameter, limit: limitParameter(maxLimit, defaultLimit) },
    answer: jsonAnswer('A page of them.', listOf('Session')),
    handle({ control }, query) {
      const all = control.sessions().toSorted((a, b) => (a.lastUsedAt < b.lastUsedAt ? 1 : a.lastUsedAt > b.lastUsedAt ? -1 : a.id < b.id ? -1 : 1));
      return json(pageOf(all, query));
    },
  }),
  endpoint({
    method: 'get', path: '/sessions/{id}', operation: 'getSession', summary: "A client's own world.", pathParameters,
    answer: jsonAnswer('What it remembers.', ref('SessionDetails')), refusals: { ...malformed, ...noRoom, 404: 'Nobody has used this session yet.' },
    handle(call) {
      const id = checkedId(call);
      const session = call.control.session(id);
      if (session === null) throw new Refusal(404, `Nobody has used the session \`${id}\` yet. \`GET /_rehearsal/sessions\` lists those there are`);
      return json(session);
    },
  }),
  endpoint({
    method: 'put', path: '/sessions/{id}/state', operation: 'setSessionState', summary: "Sets the state and variables of a client's own world; moves that wait for their time are dropped by another state.", pathParameters, body: ref('SetState'),
    answer: jsonAnswer('What it remembers from now on.', ref('SessionDetails')),
    refusals: { 400: 'The body is not of this form, names a state or variable that the scenario does not have, or could mean several scenarios.', 404: 'No scenario has this name; the answer lists those there are.', ...noRoom },
    handle: (call) => json(granted(call.control.setState(checkedId(call), readStateChange(call.body)))),
  }),
  endpoint({
    method: 'delete', path: '/sessions/{id}', operation: 'resetSession', summary: 'Takes a session back to its beginning. One that nobody has used is there already.', pathParameters,
    answer: { status: 204, about: 'It is at its beginning.', content: null }, refusals: { ...malformed, ...noRoom },
    async handle(call) {
      await call.control.resetSession(checkedId(call));
      return { kind: 'nothing' };
    },
  }),
];

function checkedId({ params }: Call): string {
  const id = params['id']!;
  if (!isSessionId(id)) throw new Refusal(400, `${JSON.stringify(id.slice(0, 80))} cannot be the id of a session: it is 1 to 64 of A-Z a-z 0-9 . _ -`);
  return id;
}

function readStateChange(body: unknown): StateChange {
  const given = requireMap(body);
  const mistakes = unknownKeys(given, ['state', 'vars', 'scenario']);
  const { vars } = given;
  const state = readName('state', given, mistakes);
  const scenario = readName('scenario', given, mistakes);
  if (vars !== undefined && (typeof vars !== 'object' || vars === null || Array.isArray(vars) || isNumeric(vars))) mistakes.push(`\`vars\`: expected a map of names to values, got ${gotWords(vars)}`);
  if (given['state'] === undefined && vars === undefined) mistakes.push('`state` or `vars` is missing');
  refuseMistakes(mistakes);
  return { state, vars: (vars as Readonly<Record<string, Json>> | undefined) ?? null, scenario };
}

function readName(key: string, given: Readonly<Record<string, unknown>>, mistakes: string[]): string | null {
  const name = given[key];
  if (name === undefined) return null;
  if (typeof name === 'string' && name !== '' && name.length <= 200) return name;
  mistakes.push(`\`${key}\`: expected text, got ${gotWords(name)}`);
  return null;
}
