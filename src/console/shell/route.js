import { watched } from './watched.js';

/**
 * Where the visitor is: `#/live/e12?status=4xx`.
 * @typedef {{ readonly view: string, readonly id: string | null, readonly query: URLSearchParams }} Route
 */

/** @param {string} hash @returns {Route} */
export function readHash(hash) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [view = '', ...rest] = path.split('/');
  return { view, id: rest.length > 0 && rest[0] !== '' ? decoded(rest.join('/')) : null, query: new URLSearchParams(query) };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} view
 * @param {string | null} [id]
 * @param {URLSearchParams | Readonly<Record<string, string>>} [query]
 */
export function linkTo(view, id = null, query = {}) {
  const search = new URLSearchParams(query).toString();
  return `#/${view}${id === null ? '' : `/${encodeURIComponent(id)}`}${search === '' ? '' : `?${search}`}`;
}

/** @type {import('./watched.js').Watched<Route>} */
export const here = watched(readHash(typeof location === 'undefined' ? '' : location.hash));

/**
 * Goes there; `replace` leaves no step to go back to.
 * @param {string} hash
 * @param {{ replace?: boolean }} [how]
 */
export function go(hash, { replace = false } = {}) {
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  here.set(readHash(hash));
}

/** To be called once: the address bar leads the page. */
export function followAddress() {
  addEventListener('hashchange', () => here.set(readHash(location.hash)));
}
