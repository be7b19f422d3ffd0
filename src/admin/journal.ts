import { defaultSession } from '../world/worlds.ts';
import { defaultLimit, maxLimit } from '../world/journal.ts';
import { endpoint, json, jsonAnswer, type Endpoint } from './endpoint.ts';
import { afterParameter, flagParameter, limitParameter, sessionParameter, textParameter, type Parameter } from './query.ts';
import { Refusal } from './refusal.ts';
import { listOf, ref } from './schemas.ts';

const statusParameter: Parameter<string> = {
  about: 'A status, a class of them, or `none` for exchanges that ended without one.', expected: 'a status such as `404`, a class such as `4xx`, or `none`',
  schema: { type: 'string', pattern: '^([1-9][0-9][0-9]|[1-5][xX][xX]|none)$' },
  read: (text) => (/^(?:[1-9]\d\d|[1-5]xx|none)$/i.test(text) ? text.toLowerCase() : undefined),
};

const filter = {
  session: sessionParameter('Only this session; without it, all.'),
  status: statusParameter,
  path: textParameter('Only this path; `*` stands for anything.'),
  rule: textParameter('Only what this rule answered: its name, its route, or its file:line.'),
  unmatched: flagParameter('Only requests that no rule answered; `false`: only others.'),
  violations: flagParameter('Only exchanges with violations; `false`: only others.'),
  after: afterParameter,
  limit: limitParameter(maxLimit, defaultLimit),
};

/** `*` in the place of a session: all of them. */
const everySession = '*';
const sessionOrAll: Parameter<string> = {
  ...sessionParameter('Whose exchanges; without it, those of `default`. `*`: all.'),
  schema: { type: 'string', pattern: '^([A-Za-z0-9._-]{1,64}|\\*)$' },
  read: (text) => (text === everySession ? text : filter.session.read(text)),
};

export const journal: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/journal', operation: 'listExchanges', summary: 'Exchanges, newest first.', parameters: filter,
    answer: jsonAnswer('A page of them.', listOf('Exchange')),
    handle({ control }, query) {
      const page = control.journal.list(query);
      if (page === null) throw new Refusal(400, `\`after\`: expected the \`next\` of the page before, or the id of an exchange that is still kept, got \`${query.after}\``);
      return json(page);
    },
  }),
  endpoint({
    method: 'delete', path: '/journal', operation: 'clearJournal', summary: 'Forgets the exchanges of a session.', parameters: { session: sessionOrAll },
    answer: { status: 204, about: 'Forgotten.', content: null },
    handle({ control }, { session = defaultSession }) {
      control.journal.clear(session === everySession ? null : session);
      return { kind: 'nothing' };
    },
  }),
  endpoint({
    method: 'get', path: '/journal/{id}', operation: 'getExchange', summary: 'One exchange: request, reply, the rule or the nearest ones, violations.',
    pathParameters: { id: { about: 'The `id` of an exchange, as in the header `Rehearsal-Exchange`.', schema: { type: 'string' } } },
    answer: jsonAnswer('The exchange in full.', ref('FullExchange')),
    refusals: { 404: 'There is no such exchange, or no longer.' },
    async handle({ control, params }) {
      const exchange = await control.journal.get(params['id']!);
      if (exchange === null) throw new Refusal(404, `The journal has no exchange \`${params['id']!.slice(0, 100)}\`. It may have been dropped: the oldest go when the journal is full (\`--journal\`)`);
      return json(exchange);
    },
  }),
];
