import type { Facts, ReceivedBody, Request } from '../model/index.ts';

const nothing: ReadonlyMap<string, readonly string[]> = new Map();
const body: ReceivedBody = { present: false, mediaType: null, sizeBytes: 0, sha256: '', bytes: null, text: null, json: undefined, form: null, parts: null, report: null };
const request: Request = { id: '', method: 'GET', url: '/', path: '/', segments: [''], query: nothing, headers: nothing, cookies: nothing, body };

/** Stands in for a request while what no request can change is worked out at load. */
export const noFacts: Facts = Object.freeze<Facts>({
  request, params: Object.freeze({}), session: 'default', now: 0, call: 1, violations: [], bound: Object.freeze({}),
  count: () => ({ count: 1, resetMs: 0 }),
  random: (label) => { throw new Error(`Randomness was asked for at load: ${label}`); },
  report: () => null,
});
