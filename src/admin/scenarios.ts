import { didYouMean } from '../base/nearest.ts';
import { endpoint, json, jsonAnswer, type Endpoint } from './endpoint.ts';
import { readFields } from './fields.ts';
import { sessionParameter } from './query.ts';
import { Refusal } from './refusal.ts';
import { listOf, ref } from './schemas.ts';

const forSession = { session: sessionParameter('Whose selections `active` goes by; without it, those for everybody.') };

/** What is loaded, what is selected, and the routes. */
export const scenarios: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/scenarios', operation: 'listScenarios', summary: 'The scenarios that are loaded.', parameters: forSession,
    answer: jsonAnswer('All of them, by name.', listOf('Scenario')),
    handle({ control }, { session }) {
      const items = control.scenarios(session ?? null);
      return json({ items, total: items.length, next: null });
    },
  }),
  endpoint({
    method: 'put', path: '/scenarios/active', operation: 'selectScenario', summary: 'Selects a scenario, for everybody or for one session.', body: ref('Select'),
    answer: jsonAnswer('Selected.', ref('Selection')),
    refusals: { 400: 'The body is not of this form.', 404: 'No scenario has this name; the answer lists those there are.' },
    handle({ control, body }) {
      const { scenario, session = null } = readFields(body, { scenario: 'name', session: 'session or null' }, ['scenario']);
      const selection = control.select(scenario!, session);
      if (selection !== null) return json(selection);
      const names = control.scenarios(null).map((item) => item.name);
      const hint = didYouMean(scenario!, names);
      throw new Refusal(404, `There is no scenario \`${scenario}\`.${hint ? ` ${hint}` : ''} There are: ${names.join(', ')}`, { more: { scenarios: names } });
    },
  }),
  endpoint({
    method: 'get', path: '/routes', operation: 'listRoutes', summary: 'Routes and their rules: where each is written, how often each answered.', parameters: forSession,
    answer: jsonAnswer('Of all scenarios, active or not.', listOf('Route')),
    handle({ control }, { session }) {
      const items = control.routes(session ?? null);
      return json({ items, total: items.length, next: null });
    },
  }),
];
