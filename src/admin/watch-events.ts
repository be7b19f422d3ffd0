import { endpoint, type Endpoint } from './endpoint.ts';
import type { EventStreams } from './events.ts';
import { sessionParameter } from './query.ts';

/** `GET /events`. */
export function watchEvents(streams: EventStreams): Endpoint {
  return endpoint({
    method: 'get', path: '/events', operation: 'watchEvents',
    summary: 'Server-sent events: `exchange` (an Exchange), `callback` (a Callback), `selection` (a Selection), `reload` (a Reload), `clock` (a Clock), and `missed` with a `count` when the reader was too slow.',
    parameters: { session: sessionParameter('Only the exchanges, callbacks and selections of this session, and what concerns everybody.') },
    answer: { status: 200, about: 'A stream without end.', content: { type: 'text/event-stream', schema: { type: 'string' } } },
    refusals: { 503: 'Too many listen already.' },
    handle({ request, response }, { session }) {
      response.statusCode = 200;
      response.setHeader('Content-Type', 'text/event-stream');
      response.setHeader('X-Accel-Buffering', 'no');
      if (request.method === 'HEAD') response.end();
      else streams.connect(response, session ?? null);
      return { kind: 'own' };
    },
  });
}
