import { formatSize } from '../base/units.ts';
import type { JsonSchema } from '../shapes/index.ts';
import { endpoint, json, jsonAnswer, type Content, type Endpoint } from './endpoint.ts';
import { ref, schemas } from './schemas.ts';

/** `GET /openapi.json`: these endpoints and itself, in OpenAPI 3.1. */
export function describe(endpoints: readonly Endpoint[]): Endpoint {
  const self: Endpoint = endpoint({
    method: 'get', path: '/openapi.json', operation: 'describe', summary: 'This description.',
    answer: jsonAnswer('OpenAPI 3.1.', { type: 'object' }),
    handle: ({ control }) => json(document([...endpoints, self], control.info().version, `${control.info().url}/_rehearsal`)),
  });
  return self;
}

function document(endpoints: readonly Endpoint[], version: string, url: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of endpoints) (paths[one.path] ??= {})[one.method] = operation(one);
  return {
    openapi: '3.1.0',
    info: { title: 'Rehearsal admin API', version, description: 'Look into a running server and steer it. Errors are application/problem+json (RFC 9457).' },
    servers: [{ url }],
    security: [{ token: [] }, {}],
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Needed when the server was started with `--admin-token`.' } },
    },
  };
}

function operation(one: Endpoint): JsonSchema {
  const path = Object.entries(one.pathParameters).map(([name, { about, schema }]) => ({ name, in: 'path', required: true, description: about, schema }));
  const query = Object.entries(one.parameters).map(([name, { about, schema }]) => ({ name, in: 'query', required: false, description: about, schema }));
  return {
    operationId: one.operation,
    summary: one.summary,
    ...(one.open && { security: [] }),
    ...(path.length + query.length > 0 && { parameters: [...path, ...query] }),
    ...(one.body && { requestBody: { required: true, content: { 'application/json': { schema: one.body }, ...(one.csv && { 'text/csv': { schema: { type: 'string' } } }) } } }),
    responses: { [one.answer.status]: answer(one), ...refusals(one) },
  };
}

function answer({ answer: { about, content, otherwise } }: Endpoint): JsonSchema {
  const all = [content, otherwise].filter((one): one is Content => one !== null && one !== undefined);
  return { description: about, ...(all.length > 0 && { content: Object.fromEntries(all.map(({ type, schema }) => [type, { schema }])) }) };
}

function refusals(one: Endpoint): Record<string, unknown> {
  const reasons: Record<number, string> = { 400: 'The query has a mistake.', 403: 'The request comes from a page of another site.', 421: 'The Host is not that of this server.', ...one.refusals };
  if (!one.open) reasons[401] = 'The token is missing or wrong.';
  if (one.body) reasons[413] = `The body is over ${formatSize(one.mostBodyBytes)}.`;
  if (one.method !== 'get') reasons[415] = 'Neither `Content-Type: application/json` nor the header `Rehearsal-Admin`.';
  return Object.fromEntries(Object.entries(reasons).map(([status, about]) => [status, { description: about, content: { 'application/problem+json': { schema: ref('Problem') } } }]));
}
