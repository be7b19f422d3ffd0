import { recipes } from '../certs/recipes.ts';
import { endpoint, json, type Endpoint } from './endpoint.ts';
import type { Parameter } from './query.ts';

const platforms = ['linux', 'darwin', 'win32'] as const;
type Platform = (typeof platforms)[number];

const platform: Parameter<Platform> = {
  about: "The client's system.", expected: '`linux`, `darwin` or `win32`', schema: { enum: platforms, default: 'linux' },
  read: (text) => platforms.find((one) => one === text),
};

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const way = { type: 'object', properties: { title: text, effect: { enum: ['adds', 'replaces'], description: 'To the public roots, or them.' }, kind: { enum: ['shell', 'code', 'steps'] }, lines: texts }, required: ['title', 'effect', 'kind', 'lines'], additionalProperties: false } as const;
const recipe = { type: 'object', properties: { id: text, client: text, ways: { type: 'array', items: way }, cautions: texts }, required: ['id', 'client', 'ways', 'cautions'], additionalProperties: false } as const;

/** The name that `/ca.pem` is saved under. */
const saved = 'rehearsal-ca.pem';

/** `GET /trust`: what `rehearsal trust` tells, for somebody who has only downloaded the certificate. */
export const trust: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/trust', operation: 'trustRecipes', summary: 'How each kind of client is told of the CA, once `ca.pem` is saved as `rehearsal-ca.pem` in the folder in which the client runs.', open: true,
    parameters: { platform },
    answer: { status: 200, about: 'A recipe for each kind of client.', content: { type: 'application/json', schema: { type: 'object', properties: { items: { type: 'array', items: recipe }, total: { type: 'integer' }, next: { type: 'null' } }, required: ['items', 'total', 'next'], additionalProperties: false } } },
    handle({ control }, query) {
      const facts = { caFile: saved, bundleFile: saved, url: control.info().url, platform: query.platform ?? 'linux' };
      const items = recipes(facts).map(({ id, client, ways, cautions }) => ({ id, client, ways, cautions }));
      return json({ items, total: items.length, next: null });
    },
  }),
];
