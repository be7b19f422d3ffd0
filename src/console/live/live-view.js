import { html, useEffect, useMemo, useRef, useState } from '../htm.js';
import { announce } from '../shell/announce.js';
import { Empty } from '../shell/notices.js';
import { go, here, linkTo } from '../shell/route.js';
import { counted } from '../shell/words.js';
import { useWatched } from '../shell/use-watched.js';
import { ExchangePanel } from '../exchange/exchange-panel.js';
import { ExchangeList } from './exchange-list.js';
import { FilterBar } from './filter-bar.js';
import { FilteredList, filterOf, isHandshake, noFilters, readFilters, writeFilters } from './filters.js';

/** @typedef {import('../../model/exchange.ts').Exchange} Exchange */

/** Exchanges as they happen, and one of them opened. @param {{ feed: import('./feed.js').Feed }} props */
export function LiveView({ feed }) {
  const route = useWatched(here);
  const search = route.query.toString();
  const filters = useMemo(() => readFilters(new URLSearchParams(search)), [search]);
  const [paused, setPaused] = useState(false);
  const [away, setAway] = useState(false);
  const all = useStore(feed.store);
  const list = useMemo(() => new FilteredList(feed.store, filterOf(filters)), [feed.store, filters]);
  const now = list.update();
  const broken = all.reduce((sum, exchange) => sum + Number(isHandshake(exchange)), 0);
  const { shown, waiting, release } = useHold(now, { paused, away }, list);
  const returnTo = useRef(/** @type {string | null} */ (null));
  const linkOf = (/** @type {string | null} */ id) => linkTo('live', id, writeFilters(filters));

  useAnnouncedCount(search, shown.length);
  const change = (/** @type {import('./filters.js').Filters} */ next) => go(linkTo('live', route.id, writeFilters(next)), { replace: true });
  const pause = () => {
    setPaused(!paused);
    announce(paused ? 'The list goes on.' : 'The list is paused.');
    if (paused) release();
  };
  const close = () => {
    returnTo.current = route.id;
    go(linkOf(null));
  };
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  const showNewest = () => {
    setPaused(false);
    release();
    // The button goes, and must not take the focus with it.
    title.current?.focus();
  };
  return html`
    <div class=${`live ${route.id === null ? '' : 'with-panel'}`}>
      <section class="live-list" aria-labelledby="live-title">
        <div class="live-bar">
          <h1 id="live-title" tabindex="-1" ref=${title}>Live</h1>
          <p class="faint counts">${search === '' ? counted(shown.length, 'exchange') : `${shown.length.toLocaleString('en')} of ${counted(all.length, 'exchange')}`}${broken > 0 && !filters.handshakes && html`, ${counted(broken, 'broken handshake')} hidden <button type="button" class="quiet" onClick=${() => change({ ...filters, handshakes: true })}>Show<span class="unseen"> broken handshakes</span></button>`}</p>
          <button type="button" aria-pressed=${paused} onClick=${pause}>${paused ? 'Go on' : 'Pause'}</button>
        </div>
        <${FilterBar} filters=${filters} exchanges=${all} onChange=${change} />
        ${waiting > 0 && html`<button type="button" class="arrivals" onClick=${showNewest}>${counted(waiting, 'new exchange')}: show ${waiting === 1 ? 'it' : 'them'}</button>`}
        ${shown.length === 0 ? html`<${Nothing} filtered=${search !== ''} onClear=${() => change(noFilters)} />` : html`<${ExchangeList} key=${release.turn} exchanges=${shown} opened=${route.id} linkOf=${linkOf} onAway=${setAway} returnTo=${returnTo} />`}
      </section>
      ${route.id !== null && html`<${ExchangePanel} key=${route.id} id=${route.id} feed=${feed} onClose=${close} />`}
    </div>`;
}

/** All that is kept; drawn again when it changes. @param {import('./exchange-store.js').ExchangeStore} store */
function useStore(store) {
  const [, draw] = useState(0);
  useEffect(() => store.subscribe(() => draw((turn) => turn + 1)), [store]);
  return store.items;
}

/**
 * While the visitor reads, the list stands still, and what has come since is counted.
 * @param {readonly Exchange[]} now
 * @param {{ paused: boolean, away: boolean }} why
 * @param {FilteredList} list Another one begins anew.
 */
function useHold(now, { paused, away }, list) {
  const kept = useRef({ list, shown: now, end: list.store.end });
  const turn = useRef(0);
  const [, draw] = useState(0);
  if (!(paused || (away && kept.current.shown.length > 0)) || kept.current.list !== list) kept.current = { list, shown: now, end: list.store.end };
  const { shown } = kept.current;
  const newest = shown.at(-1);
  const waiting = newest === undefined ? now.length - shown.length : shown === now ? 0 : now.length - 1 - now.lastIndexOf(newest);
  const release = Object.assign(() => {
    kept.current = { list, shown: now, end: list.store.end };
    turn.current += 1;
    draw(turn.current);
  }, { turn: turn.current });
  return { shown, waiting: Math.max(0, waiting), release };
}

/** Tells how many pass, once the visitor has stopped choosing. @param {string} search @param {number} count */
function useAnnouncedCount(search, count) {
  const latest = useRef(count);
  latest.current = count;
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => announce(`${counted(latest.current, 'exchange')} shown.`), 800);
    return () => clearTimeout(timer);
  }, [search]);
}

/** @param {{ filtered: boolean, onClear: () => void }} props */
function Nothing({ filtered, onClear }) {
  return filtered
    ? html`<${Empty}><p>No exchange passes the filters.</p><p><button type="button" onClick=${onClear}>Show all</button></p><//>`
    : html`<${Empty}><p>Nothing has come in yet.</p><p>Send a request to this server, and it stands here at once. <a href="#/start">Start here</a> has a first one to paste.</p><//>`;
}
