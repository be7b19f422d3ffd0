import { watched } from './watched.js';
import { parseExact } from './exact-json.js';

/** The admin API, wherever this page was served from. */
const root = new URL('../..', import.meta.url);

/**
 * What stands between the visitor and the admin API: nothing, or a token that is missing or wrong.
 * @type {import('./watched.js').Watched<'unknown' | 'granted' | 'token-missing' | 'token-wrong'>}
 */
export const access = watched('unknown');

const storedAs = 'rehearsal-token';

/** For this tab alone, until it is closed. */
export const token = {
  get: () => sessionStorage.getItem(storedAs),
  /** @param {string | null} value */
  set(value) {
    if (value === null) sessionStorage.removeItem(storedAs);
    else sessionStorage.setItem(storedAs, value);
  },
};

/** An answer that is none: what is wrong, and how to mend it. */
export class Problem extends Error {
  /**
   * @param {number} status 0: there was no answer.
   * @param {string} detail
   * @param {Readonly<Record<string, unknown>>} [more]
   */
  constructor(status, detail, more = {}) {
    super(detail);
    this.status = status;
    /** Further members of the problem document. */
    this.more = more;
  }
}

/** What is answered without a token, and so tells nothing of it. */
const needNone = /^(?:health|trust)\b/;

/** @typedef {{ method?: string, body?: string, type?: string, signal?: AbortSignal }} Call */

/**
 * Sends a request to the admin API. Throws Problem.
 * @param {string} path Below `/_rehearsal/`, with its query.
 * @param {Call} [call]
 * @returns {Promise<Response>}
 */
export async function send(path, { method = 'GET', body, type = 'application/json', signal } = {}) {
  const held = token.get();
  const headers = { 'Rehearsal-Admin': '1', ...(body !== undefined && { 'Content-Type': type }), ...(held !== null && { Authorization: `Bearer ${held}` }) };
  const answer = await fetch(new URL(path, root), { method, headers, ...(body !== undefined && { body }), ...(signal && { signal }) }).catch((error) => {
    throw signal?.aborted ? error : new Problem(0, 'The server does not answer. It may have been stopped.');
  });
  if (answer.status === 401) {
    access.set(held === null ? 'token-missing' : 'token-wrong');
    token.set(null);
  } else if (!needNone.test(path)) access.set('granted');
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/** @param {Response} answer */
async function problemOf(answer) {
  const text = await answer.text().catch(() => '');
  try {
    const { detail, ...more } = JSON.parse(text);
    return new Problem(answer.status, String(detail), more);
  } catch {
    return new Problem(answer.status, `The server answered ${answer.status}.`);
  }
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function get(path, signal) {
  return parseExact(await (await send(path, { ...(signal && { signal }) })).text());
}

/**
 * Sends JSON and gives what came back.
 * @param {'PUT' | 'POST'} method
 * @param {string} path
 * @param {unknown} value
 * @returns {Promise<any>}
 */
export async function sendJson(method, path, value) {
  return parseExact(await (await send(path, { method, body: JSON.stringify(value) })).text());
}

/** @param {string} path */
export async function remove(path) {
  await send(path, { method: 'DELETE' });
}

/**
 * `path?a=1&b=2`; what is null or empty is left out.
 * @param {string} path
 * @param {Readonly<Record<string, string | number | null | undefined>>} query
 */
export function withQuery(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** @param {string} path Of something that may be opened or saved without a token. */
export function address(path) {
  return new URL(path, root).href;
}
