import { html, useState } from '../htm.js';
import { announce } from '../shell/announce.js';
import { get, Problem, remove, withQuery } from '../shell/api.js';
import { CopyButton } from '../shell/copy-button.js';
import { SureButton } from '../shell/sure-button.js';
import { Empty, Loading, Trouble } from '../shell/notices.js';
import { linkTo } from '../shell/route.js';
import { asProblem, useLoaded, useRefresh } from '../shell/use-loaded.js';
import { dayWords } from '../shell/words.js';
import { ReportItem } from '../exchange/parts.js';
import { CollectionTable } from './collection-table.js';
import { MemoryForm } from './memory-form.js';

/** @typedef {import('../../server/control.ts').SessionDetails} Details */
/** @typedef {import('../../server/control.ts').CollectionSummary} Collection */

/** @param {string} id @param {AbortSignal} signal */
async function load(id, signal) {
  const [details, collections, reports, health] = await Promise.all([
    // Of a session that nobody has used there are its collections, and nothing else.
    get(`sessions/${encodeURIComponent(id)}`, signal).catch((error) => (error instanceof Problem && error.status === 404 ? null : Promise.reject(error))),
    get(withQuery('collections', { session: id }), signal),
    get(withQuery('reports', { session: id, limit: 100 }), signal),
    get('health', signal),
  ]);
  return { details: /** @type {Details | null} */ (details), collections: /** @type {readonly Collection[]} */ (collections.items), reports, url: String(health.url) };
}

/** What one session remembers. @param {{ id: string, feed: import('../live/feed.js').Feed }} props */
export function SessionPage({ id, feed }) {
  const session = useLoaded((signal) => load(id, signal), [id]);
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  useRefresh(feed.exchanged, session.reload, () => feed.exchanged.value?.session === id);
  useRefresh(feed.changed, session.reload);
  const reset = async () => {
    try {
      await remove(`sessions/${encodeURIComponent(id)}`);
      feed.store.forget((exchange) => exchange.session === id);
      setProblem(null);
      announce(`The session ${id} is at its beginning.`);
      session.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return html`
    <div class="page">
      <p><a href="#/sessions">All sessions</a></p>
      <h1 tabindex="-1">Session ${id}</h1>
      <${Trouble} problem=${problem ?? session.problem} />
      ${session.value === null ? session.problem === null && html`<${Loading} what="the session" />` : html`<${Inside} id=${id} session=${session.value} reload=${session.reload} changes=${feed} reset=${reset} />`}
    </div>`;
}

/** @param {{ id: string, session: Awaited<ReturnType<typeof load>>, reload: () => void, changes: import('../live/feed.js').Feed, reset: () => void }} props */
function Inside({ id, session: { details, collections, reports, url }, reload, changes, reset }) {
  const base = id === 'default' ? url : `${url}/@:${id}`;
  return html`
    <dl class="facts">
      <div><dt>Base URL for its client</dt><dd><code>${base}</code> <${CopyButton} quiet=${true} label="Copy" what="the base URL" text=${base} /></dd></div>
      <div><dt>Last used</dt><dd>${details === null ? 'never' : dayWords(details.lastUsedAt)}</dd></div>
      ${details !== null && html`<div><dt>Answered by</dt><dd>${details.scenarios.join(', ')}</dd></div>`}
    </dl>
    <div class="actions">
      <a class="button" href=${linkTo('live', null, { session: id })}>Its exchanges</a>
      <a class="button" href=${linkTo('scenarios', null, id === 'default' ? {} : { session: id })}>Select a scenario for it</a>
      <${SureButton} label="Reset the session" question="Everything it remembers goes, its exchanges and uploads too." onSure=${reset} />
    </div>
    ${details !== null && details.memory.map((memory) => html`<${MemoryForm} key=${memory.scenario} session=${id} memory=${memory} onSaved=${reload} />`)}
    ${collections.map((collection) => html`<${CollectionTable} key=${`${collection.scenario} ${collection.name}`} session=${id} collection=${collection} feed=${changes} onChanged=${reload} />`)}
    ${details !== null && details.counters.length > 0 && html`<${Counters} counters=${details.counters} />`}
    <section class="part" aria-labelledby="reports-title">
      <h2 id="reports-title">Uploaded files</h2>
      ${reports.items.length === 0 ? html`<p class="faint">None.</p>` : html`
        <ul class="reports">${reports.items.map((/** @type {import('../exchange/parts.js').Report} */ report) => html`<${ReportItem} key=${report.id} report=${report} />`)}</ul>
        ${reports.total > reports.items.length && html`<p class="faint">The newest ${reports.items.length} of ${reports.total}.</p>`}`}
    </section>
    ${details === null && collections.length === 0 && html`<${Empty}><p>Nobody has used this session yet.</p><//>`}`;
}

/** @param {{ counters: Details['counters'] }} props */
function Counters({ counters }) {
  return html`
    <section class="part" aria-labelledby="counters-title">
      <h2 id="counters-title">Requests counted</h2>
      <div class="scrolls" tabindex="0" role="region" aria-label="Requests counted">
      <table class="rows"><thead><tr><th scope="col">Route</th><th scope="col">Scenario</th><th scope="col" class="number">Requests</th></tr></thead>
        <tbody>${counters.map(({ route, scenario, count }) => html`<tr key=${`${scenario} ${route}`}><th scope="row"><code>${route}</code></th><td>${scenario}</td><td class="number">${count}</td></tr>`)}</tbody></table></div>
    </section>`;
}
