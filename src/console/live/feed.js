import { announce } from '../shell/announce.js';
import { access, get, Problem, send, withQuery } from '../shell/api.js';
import { watched } from '../shell/watched.js';
import { ExchangeStore, mostExchanges } from './exchange-store.js';
import { readEvents } from './read-events.js';

/**
 * What the page hears from the server.
 * @typedef {object} Feed
 * @property {ExchangeStore} store
 * @property {import('../shell/watched.js').Watched<'connecting' | 'connected' | 'lost'>} state
 * @property {import('../shell/watched.js').Watched<{ readonly session: string } | null>} exchanged The exchange that came last.
 * @property {import('../shell/watched.js').Watched<number>} changed Counts up when scenarios, selections or the clock have changed.
 * @property {import('../shell/watched.js').Watched<number>} calledBack Counts up when a callback was tried.
 * @property {import('../shell/watched.js').Watched<import('../../server/control.ts').Reload | null>} reload The last one.
 */

const firstPage = 200;
const furtherPages = 1000;
const soonestMs = 500;
const latestMs = 8000;

/** Listens to the server for as long as the page is open; what came before or was missed is fetched from the journal. @returns {Feed} */
export function startFeed() {
  /** @type {Feed} */
  const feed = { store: new ExchangeStore(), state: watched(/** @type {'connecting' | 'connected' | 'lost'} */ ('connecting')), exchanged: watched(/** @type {{ readonly session: string } | null} */ (null)), changed: watched(0), calledBack: watched(0), reload: watched(/** @type {import('../../server/control.ts').Reload | null} */ (null)) };
  void follow(feed);
  return feed;
}

/** @param {Feed} feed */
async function follow(feed) {
  let startedAt = null;
  let waitMs = soonestMs;
  for (;;) {
    try {
      const health = await get('health');
      const answer = await send('events');
      if (answer.body === null) throw new Problem(0, 'The server tells nothing');
      // Another run begins its numbers again: what it calls e1 is not what was e1.
      if (startedAt !== null && startedAt !== health.startedAt) feed.store.forget();
      startedAt = health.startedAt;
      if (feed.state.value === 'lost') announce('Connected to the server again.');
      feed.state.set('connected');
      feed.changed.set(feed.changed.value + 1);
      waitMs = soonestMs;
      fillGap(feed);
      await readEvents(answer.body, (event) => take(feed, event));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        await granted();
        continue;
      }
    }
    if (feed.state.value === 'connected') announce('The connection to the server is lost. Trying again.');
    feed.state.set('lost');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(latestMs, waitMs * 2);
  }
}

/** Resolves when a token was good. */
function granted() {
  return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    const stop = access.subscribe(() => {
      if (access.value !== 'granted') return;
      stop();
      resolve();
    });
  });
}

/** @param {Feed} feed @param {import('./read-events.js').ServerEvent} event */
function take(feed, { name, data }) {
  switch (name) {
    case 'exchange':
      feed.store.add(data);
      feed.exchanged.set(data);
      break;
    case 'missed': fillGap(feed); break;
    case 'callback': feed.calledBack.set(feed.calledBack.value + 1); break;
    default:
      if (name === 'reload') feed.reload.set(data);
      feed.changed.set(feed.changed.value + 1);
  }
}

/**
 * Fetches what lies between the newest exchange that is known and those that come from now on. Gaps that open meanwhile are
 * filled after it.
 * @param {Feed} feed
 */
function fillGap({ store }) {
  const waiting = gaps.get(store);
  if (waiting !== undefined) {
    waiting.place ??= store.end;
    return;
  }
  const gap = { place: /** @type {number | null} */ (store.end) };
  gaps.set(store, gap);
  const fill = async () => {
    while (gap.place !== null) {
      const { place } = gap;
      gap.place = null;
      await fillFrom(store, place);
    }
  };
  // What was lost with its connection is fetched again when there is another.
  fill().catch(() => undefined).finally(() => gaps.delete(store));
}

/** @type {WeakMap<ExchangeStore, { place: number | null }>} */
const gaps = new WeakMap();

/** @param {ExchangeStore} store @param {number} place */
async function fillFrom(store, place) {
  const known = store.idsBefore(place);
  /** @type {import('./exchange-store.js').Exchange[]} */
  let journal = [];
  /** @type {string | null} */
  let after = null;
  for (let limit = firstPage; journal.length < mostExchanges; limit = furtherPages) {
    const page = await get(withQuery('journal', { after, limit }));
    /** @type {readonly import('./exchange-store.js').Exchange[]} */
    const items = page.items;
    journal = [...items.toReversed(), ...journal];
    store.mend(place, journal);
    after = page.next;
    if (after === null || items.some(({ id }) => known.has(id))) return;
  }
}
