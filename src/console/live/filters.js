/** @typedef {import('../../model/exchange.ts').Exchange} Exchange */

/**
 * Which exchanges are shown. Empty text: any.
 * @typedef {object} Filters
 * @property {string} session
 * @property {string} status `404`, `4xx` or `none`.
 * @property {string} text Stands somewhere in method, URL, route or name of the rule.
 * @property {boolean} unmatched
 * @property {boolean} violations
 * @property {boolean} handshakes Broken TLS handshakes too: a browser whose visitor has clicked a warning away makes one for each of its requests.
 */

/** @type {Filters} */
export const noFilters = { session: '', status: '', text: '', unmatched: false, violations: false, handshakes: false };

/** @param {URLSearchParams} query @returns {Filters} */
export function readFilters(query) {
  const text = (/** @type {string} */ name) => query.get(name) ?? '';
  return { session: text('session'), status: text('status'), text: text('text'), unmatched: query.has('unmatched'), violations: query.has('violations'), handshakes: query.has('handshakes') };
}

/** @param {Filters} filters */
export function writeFilters(filters) {
  const query = new URLSearchParams();
  for (const name of /** @type {const} */ (['session', 'status', 'text'])) if (filters[name] !== '') query.set(name, filters[name]);
  for (const name of /** @type {const} */ (['unmatched', 'violations', 'handshakes'])) if (filters[name]) query.set(name, '1');
  return query;
}

/** Whether no rule was found for the request, as the admin API has it. @param {Exchange} exchange */
export function isUnmatched({ rule, status, nearest }) {
  return rule === null && status !== null && (nearest.length > 0 || status === 404 || status === 405);
}

/** A connection on which no request came. @param {Exchange} exchange */
export function isHandshake({ method, status, rule }) {
  return method === 'TLS' && status === null && rule === null;
}

/** @param {Filters} filters @returns {(exchange: Exchange) => boolean} */
export function filterOf({ session, status, text, unmatched, violations, handshakes }) {
  const words = text.trim().toLowerCase();
  return (exchange) =>
    (handshakes || !isHandshake(exchange)) &&
    (session === '' || exchange.session === session) &&
    (status === '' || fitsStatus(exchange.status, status)) &&
    (!unmatched || isUnmatched(exchange)) &&
    (!violations || exchange.violations.length > 0) &&
    (words === '' || holdsText(exchange, words));
}

/** @param {number | null} status @param {string} wanted */
function fitsStatus(status, wanted) {
  if (status === null) return wanted === 'none';
  const text = String(status);
  return text === wanted || (wanted.endsWith('xx') && text[0] === wanted[0]);
}

/** @param {Exchange} exchange @param {string} words */
function holdsText({ method, url, rule }, words) {
  return `${method} ${url}`.toLowerCase().includes(words) || (rule !== null && `${rule.route} ${rule.name ?? ''}`.toLowerCase().includes(words));
}

/** Follows a store and keeps what passes, the oldest first. */
export class FilteredList {
  /** @type {Exchange[]} */
  #shown = [];
  #generation = -1;
  #seen = 0;

  /** @param {import('./exchange-store.js').ExchangeStore} store @param {(exchange: Exchange) => boolean} passes */
  constructor(store, passes) {
    this.store = store;
    this.passes = passes;
  }

  /** What passes now: another list whenever there is something new. @returns {readonly Exchange[]} */
  update() {
    const { items, generation, end } = this.store;
    if (generation !== this.#generation) {
      this.#shown = items.filter(this.passes);
      this.#generation = generation;
    } else if (end !== this.#seen) {
      const fresh = items.slice(items.length - (end - this.#seen)).filter(this.passes);
      if (fresh.length > 0) this.#shown = [...this.#shown, ...fresh];
    }
    this.#seen = end;
    return this.#shown;
  }
}
