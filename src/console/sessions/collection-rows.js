import { get, remove, send, withQuery } from '../shell/api.js';
import { oneLine } from '../shell/exact-json.js';

/** @typedef {Readonly<Record<string, unknown>>} Row */

const pageRows = 10_000;

/**
 * The rows of one collection of one session, through the admin API, which knows whole collections only.
 * @param {string} session
 * @param {import('../../server/control.ts').CollectionSummary} collection
 */
export function rowsOf(session, { name, scenario, key }) {
  const path = (/** @type {Readonly<Record<string, string | number | null>>} */ more = {}) => withQuery(`collections/${encodeURIComponent(name)}`, { session, scenario, ...more });

  /** @param {AbortSignal} [signal] */
  async function all(signal) {
    /** @type {Row[]} */
    const rows = [];
    /** @type {string | null} */
    let after = null;
    do {
      const page = await get(path({ after, limit: pageRows }), signal);
      rows.push(...page.items);
      after = page.next;
    } while (after !== null);
    return /** @type {readonly Row[]} */ (rows);
  }

  /** What clients have changed since the page was drawn stays: the change is made to the rows as they are now. @param {(rows: readonly Row[]) => readonly Row[]} change */
  async function edit(change) {
    await send(path(), { method: 'PUT', body: JSON.stringify(change(await all())) });
  }

  /** @param {Row} row */
  const keyOf = (row) => oneLine(row[key]);

  return {
    all,
    keyOf,
    /** Puts a row in the place of the one with this key; without a key, behind all. @param {string | null} at @param {Row} row */
    put: (at, row) => edit((rows) => {
      if (at === null) return [...rows, row];
      if (!rows.some((one) => keyOf(one) === at)) throw new Error('The row is no longer there: a client has removed it.');
      return rows.map((one) => (keyOf(one) === at ? row : one));
    }),
    /** @param {string} at */
    take: (at) => edit((rows) => rows.filter((one) => keyOf(one) !== at)),
    reset: () => remove(path()),
    csvPath: path({ format: 'csv' }),
  };
}
