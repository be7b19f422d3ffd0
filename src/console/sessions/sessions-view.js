import { html } from '../htm.js';
import { get } from '../shell/api.js';
import { Empty, Loading, Trouble } from '../shell/notices.js';
import { here, linkTo } from '../shell/route.js';
import { useLoaded, useRefresh } from '../shell/use-loaded.js';
import { useWatched } from '../shell/use-watched.js';
import { counted, dayWords } from '../shell/words.js';
import { SessionPage } from './session-page.js';

/** @typedef {import('../../server/control.ts').SessionSummary} Session */

/** Clients' own worlds. @param {{ feed: import('../live/feed.js').Feed }} props */
export function SessionsView({ feed }) {
  const { id } = useWatched(here);
  return id === null ? html`<${SessionList} feed=${feed} />` : html`<${SessionPage} key=${id} id=${id} feed=${feed} />`;
}

/** As many as one page of the admin API has. */
const shown = 1000;

/** @param {{ feed: import('../live/feed.js').Feed }} props */
function SessionList({ feed }) {
  const list = useLoaded(async (signal) => /** @type {{ items: readonly Session[], total: number }} */ (await get(`sessions?limit=${shown}`, signal)), []);
  useRefresh(feed.exchanged, list.reload);
  useRefresh(feed.changed, list.reload);
  return html`
    <div class="page">
      <h1 tabindex="-1">Sessions</h1>
      <p>A session is one client's own world: what it stores, what it has selected, its requests and uploads. A client that names none is in the session <code>default</code>.</p>
      <${Trouble} problem=${list.problem} />
      ${list.value === null
        ? list.problem === null && html`<${Loading} what="the sessions" />`
        : list.value.items.length === 0
          ? html`<${Empty}><p>Nobody has used the server yet.</p><p><a href=${linkTo('sessions', 'default')}>Look at the session <code>default</code> as it begins</a></p><//>`
          : html`
            <div class="scrolls" tabindex="0" role="region" aria-label="Sessions">
            <table class="rows"><caption class="faint">${counted(list.value.total, 'session')}, the last used first${list.value.total > shown ? `; ${shown} are shown` : ''}</caption>
              <thead><tr><th scope="col">Session</th><th scope="col">Last used</th><th scope="col">Selected for it</th></tr></thead>
              <tbody>${list.value.items.map(({ id, lastUsedAt, selected }) => html`
                <tr key=${id}><th scope="row"><a href=${linkTo('sessions', id)}>${id}</a></th><td class="keeps">${dayWords(lastUsedAt)}</td><td>${Object.values(selected).join(', ') || html`<span class="faint">nothing</span>`}</td></tr>`)}</tbody>
            </table></div>`}
    </div>`;
}
