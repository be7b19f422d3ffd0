import type { Facts, ReceivedBody, Request } from '../model/index.ts';

const nothing: ReadonlyMap<string, readonly string[]> = new Map();
const body: ReceivedBody = { present: false, mediaType: null, sizeBytes: 0, sha256: '', bytes: null, text: null, json: undefined, form: null, parts: null, report: null };
const request: Request = { id: '', method: 'GET', url: '/', prefix: '', path: '/', segments: [''], query: nothing, headers: nothing, cookies: nothing, body };

/** Stands in for a request while what no request can change is worked out at load. */
export const noFacts: Facts = Object.freeze<Facts>({
  request, params: Object.freeze({}), session: 'default', now: 0, call: 1, violations: [], bound: Object.freeze({}),
  count: () => ({ count: 1, resetMs: 0 }),
  random: (label) => { throw new Error(`Randomness was asked for at load: ${label}`); },
  report: () => null,
  bind: () => undefined,
  memory: { plan: { state: null, states: null, vars: {}, collections: new Map() }, state: null, vars: Object.freeze({}), table: (name) => { throw new Error(`A collection was asked for at load: ${name}`); }, backups: () => [], backup: () => null },
  caller: null,
  certificate: null,
  seed: 0,
  prepared: (key) => { throw new Error(`Work was asked for at load: ${key}`); },
});
