import { html, useState } from '../htm.js';
import { get } from '../shell/api.js';
import { Empty, Loading, Trouble } from '../shell/notices.js';
import { useLoaded, useRefresh } from '../shell/use-loaded.js';
import { counted } from '../shell/words.js';
import { RouteItem } from './route-item.js';

/** @typedef {import('../../server/control.ts').RouteItem} Route */

/** The API as partners see it. @param {{ feed: import('../live/feed.js').Feed }} props */
export function RoutesView({ feed }) {
  const loaded = useLoaded(async (signal) => {
    const [routes, health] = await Promise.all([get('routes', signal), get('health', signal)]);
    return { routes: /** @type {readonly Route[]} */ (routes.items), url: String(health.url) };
  }, []);
  const [text, setText] = useState('');
  const [uncalled, setUncalled] = useState(false);
  const [every, setEvery] = useState(false);
  useRefresh(feed.exchanged, loaded.reload);
  useRefresh(feed.changed, loaded.reload);
  const known = (loaded.value?.routes ?? []).filter(({ active }) => every || active);
  const words = text.trim().toLowerCase();
  const shown = known.filter((route) => (!uncalled || route.calls === 0) && (words === '' || `${route.route} ${route.scenario}`.toLowerCase().includes(words)));
  const never = known.filter(({ calls }) => calls === 0).length;
  return html`
    <div class="page">
      <h1 tabindex="-1">Routes</h1>
      <p>The API as partners see it. Calls are counted over all sessions since the server started.</p>
      <form class="filters" role="search" aria-label="Filter routes" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
        <div class="field grows"><label for="route-text">Route or scenario</label><input id="route-text" type="search" value=${text} placeholder="GET /orders" autocomplete="off" spellcheck=${false} onInput=${(/** @type {any} */ event) => setText(event.target.value)} /></div>
        <label class="tick"><input type="checkbox" checked=${uncalled} onChange=${(/** @type {any} */ event) => setUncalled(event.target.checked)} /> Never called</label>
        <label class="tick"><input type="checkbox" checked=${every} onChange=${(/** @type {any} */ event) => setEvery(event.target.checked)} /> Also of scenarios not in use</label>
      </form>
      <${Trouble} problem=${loaded.problem} />
      ${loaded.value === null ? loaded.problem === null && html`<${Loading} what="the routes" />` : html`
        <p class="summary"><strong>${counted(known.length, 'route')}</strong>${never > 0 ? `, ${never.toLocaleString('en')} never called` : known.length > 0 ? ', each called at least once' : ''}${shown.length === known.length ? '' : `; ${shown.length.toLocaleString('en')} shown`}</p>
        ${shown.length === 0 ? html`<${Empty}><p>No route passes the filters.</p><//>` : groupsOf(shown).map(({ scenario, routes }) => html`
          <section key=${scenario} class="part" aria-labelledby=${`routes-${scenario}`}>
            <h2 id=${`routes-${scenario}`}>${scenario}</h2>
            <ul class="routes">${routes.map((route) => html`<${RouteItem} key=${route.route} route=${route} url=${loaded.value?.url ?? ''} />`)}</ul>
          </section>`)}`}
    </div>`;
}

/** @param {readonly Route[]} routes */
function groupsOf(routes) {
  /** @type {Map<string, Route[]>} */
  const groups = new Map();
  for (const route of routes) groups.set(route.scenario, [...(groups.get(route.scenario) ?? []), route]);
  return [...groups].map(([scenario, own]) => ({ scenario, routes: own }));
}
