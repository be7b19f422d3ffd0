import { endpoint, json, jsonAnswer, type Endpoint } from './endpoint.ts';
import { granted } from './refusal.ts';
import { ref } from './schemas.ts';

export const verify: readonly Endpoint[] = [
  endpoint({
    method: 'post', path: '/verify', operation: 'verify', summary: 'Whether clients made these calls: how often, in which order. Judged on what the journal keeps; changes nothing.', body: ref('Verify'),
    answer: jsonAnswer('What became of them: `passed`, or for each call that failed what came instead.', ref('Verified')), refusals: { 400: 'The body is not of this form, or names a route or a rule that is not there.' },
    async handle({ control, body }) {
      return json(granted(await control.verify(body)));
    },
  }),
];
