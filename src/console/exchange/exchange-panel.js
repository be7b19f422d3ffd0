import { html, useLayoutEffect, useRef } from '../htm.js';
import { get, withQuery } from '../shell/api.js';
import { CopyButton } from '../shell/copy-button.js';
import { Loading, Trouble } from '../shell/notices.js';
import { linkTo } from '../shell/route.js';
import { useLoaded, useRefresh } from '../shell/use-loaded.js';
import { dayWords, durationWords, statusClass, statusWords } from '../shell/words.js';
import { Callbacks } from './callbacks.js';
import { curlLine } from './curl-line.js';
import { Message } from './message.js';
import { Parts } from './parts.js';
import { ruleYaml } from './rule-yaml.js';
import { Tried } from './tried.js';
import { Verdict } from './verdict.js';

/** @typedef {import('../../model/exchange.ts').FullExchange} FullExchange */

/** One exchange, in full. @param {{ id: string, feed: import('../live/feed.js').Feed, onClose: () => void }} props */
export function ExchangePanel({ id, feed, onClose }) {
  const exchange = useLoaded((signal) => get(`journal/${encodeURIComponent(id)}`, signal), [id]);
  const parts = useLoaded(async (signal) => (await get(withQuery('reports', { exchange: id, limit: 1000 }), signal)).items, [id]);
  useRefresh(feed.calledBack, exchange.reload);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const ready = exchange.value !== null || exchange.problem !== null;
  useLayoutEffect(() => {
    if (ready) heading.current?.focus();
  }, [ready]);
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return html`
    <section class="panel" aria-labelledby="exchange-title" onKeyDown=${onKey}>
      <div class="panel-bar"><p class="faint">Exchange <code>${id}</code></p><button type="button" onClick=${onClose}>Close<span class="unseen"> the exchange</span></button></div>
      ${exchange.value === null
        ? html`<h2 id="exchange-title" tabindex="-1" ref=${heading}>${exchange.problem === null ? 'Loading' : 'Not there'}</h2>${exchange.problem === null ? html`<${Loading} what="the exchange" />` : html`<${Trouble} problem=${exchange.problem} />`}`
        : html`<${Inside} exchange=${exchange.value} parts=${parts} heading=${heading} />`}
    </section>`;
}

/** @param {{ exchange: FullExchange, parts: import('../shell/use-loaded.js').Loaded<readonly import('./parts.js').Report[]>, heading: object }} props */
function Inside({ exchange, parts, heading }) {
  const { at, method, url, status, session, scenario, durationMs, request, reply } = exchange;
  const reports = parts.value ?? [];
  const blanked = JSON.stringify([url, request]).includes('[redacted]');
  return html`
    <h2 id="exchange-title" class="request-line" tabindex="-1" ref=${heading}><b class="method">${method}</b> ${url}</h2>
    <p class="outcome"><strong class=${`status ${statusClass(status)}`}>${statusWords(status)}</strong> after ${durationWords(durationMs)}, ${dayWords(at)}</p>
    <dl class="facts">
      <div><dt>Session</dt><dd><a href=${linkTo('sessions', session)}>${session}</a></dd></div>
      <div><dt>Scenario</dt><dd>${scenario === null ? 'none' : html`<a href="#/scenarios">${scenario}</a>`}</dd></div>
    </dl>
    <div class="actions">
      <${CopyButton} label="Copy as curl" what="the request as a curl line" text=${() => curlLine(exchange, reports, location.origin)} />
      <${CopyButton} label="Copy as rule" what="the exchange as a rule in YAML" text=${() => ruleYaml(exchange, reports)} />
    </div>
    ${blanked && html`<p class="faint">What is secret is not kept: put your own in the place of <code>[redacted]</code> in a copied line.</p>`}
    <${Verdict} exchange=${exchange} />
    <${Message} title="Request" message=${request} />
    <${Parts} parts=${parts} />
    <${Message} title="Reply" message=${reply} />
    <${Callbacks} attempts=${exchange.callbacks} />
    <${Tried} exchange=${exchange} />`;
}
