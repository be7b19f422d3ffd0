import { html } from '../htm.js';
import { statusWords } from '../shell/words.js';

const mostOffered = 200;

/**
 * @param {{ filters: import('./filters.js').Filters, exchanges: readonly import('../../model/exchange.ts').Exchange[], onChange: (filters: import('./filters.js').Filters) => void }} props
 *   `exchanges`: all, so that what occurs in them can be chosen.
 */
export function FilterBar({ filters, exchanges, onChange }) {
  const set = (/** @type {Partial<import('./filters.js').Filters>} */ change) => onChange({ ...filters, ...change });
  const { sessions, statuses } = occurring(exchanges);
  if (/^\d+$/.test(filters.status)) statuses.add(Number(filters.status));
  return html`
    <form class="filters" role="search" aria-label="Filter exchanges" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <div class="field grows"><label for="filter-text">Route or text</label>
        <input id="filter-text" type="search" value=${filters.text} placeholder="POST /orders" autocomplete="off" spellcheck=${false} onInput=${(/** @type {any} */ event) => set({ text: event.target.value })} /></div>
      <div class="field"><label for="filter-session">Session</label>
        <input id="filter-session" type="search" list="sessions-seen" value=${filters.session} placeholder="any" autocomplete="off" spellcheck=${false} onInput=${(/** @type {any} */ event) => set({ session: event.target.value.trim() })} />
        <datalist id="sessions-seen">${sessions.map((id) => html`<option key=${id} value=${id}></option>`)}</datalist></div>
      <div class="field"><label for="filter-status">Status</label>
        <select id="filter-status" value=${filters.status} onChange=${(/** @type {any} */ event) => set({ status: event.target.value })}>
          <option value="">any</option>
          ${['2xx', '3xx', '4xx', '5xx'].map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
          <option value="none">no answer</option>
          ${[...statuses].sort((a, b) => a - b).map((one) => html`<option key=${one} value=${String(one)}>${statusWords(one)}</option>`)}
        </select></div>
      <div class="ticks">
      <label class="tick"><input type="checkbox" checked=${filters.unmatched} onChange=${(/** @type {any} */ event) => set({ unmatched: event.target.checked })} /> No rule matched</label>
      <label class="tick"><input type="checkbox" checked=${filters.violations} onChange=${(/** @type {any} */ event) => set({ violations: event.target.checked })} /> Violations</label>
      ${filters.handshakes && html`<label class="tick"><input type="checkbox" checked=${true} onChange=${() => set({ handshakes: false })} /> Broken handshakes</label>`}
      </div>
    </form>`;
}

/** @param {readonly import('../../model/exchange.ts').Exchange[]} exchanges */
function occurring(exchanges) {
  const sessions = new Set();
  const statuses = new Set();
  for (const { session, status } of exchanges) {
    if (sessions.size < mostOffered) sessions.add(session);
    if (status !== null) statuses.add(status);
  }
  return { sessions: /** @type {string[]} */ ([...sessions].sort()), statuses: /** @type {Set<number>} */ (statuses) };
}
