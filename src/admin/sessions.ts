import { isSessionId } from '../engine/address.ts';
import { defaultLimit, maxLimit } from '../world/journal.ts';
import { endpoint, json, jsonAnswer, type Call, type Endpoint } from './endpoint.ts';
import { pageOf } from './page-of.ts';
import { afterParameter, limitParameter, sessionSchema } from './query.ts';
import { Refusal } from './refusal.ts';
import { listOf, ref } from './schemas.ts';

const pathParameters = { id: { about: 'The id of a session.', schema: sessionSchema } };
const malformed = { 400: 'This cannot be the id of a session.' };

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
    answer: jsonAnswer('What it remembers.', ref('SessionDetails')), refusals: { ...malformed, 404: 'Nobody has used this session yet.' },
    handle(call) {
      const id = checkedId(call);
      const session = call.control.session(id);
      if (session === null) throw new Refusal(404, `Nobody has used the session \`${id}\` yet. \`GET /_rehearsal/sessions\` lists those there are`);
      return json(session);
    },
  }),
  endpoint({
    method: 'delete', path: '/sessions/{id}', operation: 'resetSession', summary: 'Takes a session back to its beginning. One that nobody has used is there already.', pathParameters,
    answer: { status: 204, about: 'It is at its beginning.', content: null }, refusals: malformed,
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
