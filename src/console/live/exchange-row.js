import { html } from '../htm.js';
import { durationWords, statusClass, statusWords, timeWords } from '../shell/words.js';
import { isHandshake, isUnmatched } from './filters.js';

/**
 * One exchange of the list.
 * @param {{ exchange: import('../../model/exchange.ts').Exchange, index: number, top: number, opened: boolean, inTurn: boolean, href: string }} props
 *   `index`: from the newest, 0. `inTurn`: it is the one that Tab reaches.
 */
export function ExchangeRow({ exchange, index, top, opened, inTurn, href }) {
  const { at, method, url, status, session, rule, durationMs } = exchange;
  return html`
    <div role="row" aria-rowindex=${index + 2} data-at=${index} class=${`exchange-row ${opened ? 'opened' : ''} ${index % 2 === 1 ? 'odd' : ''}`} style=${{ transform: `translateY(${top}px)` }}>
      <span role="cell" class="time">${timeWords(at)}</span>
      <span role="cell" class="request"><a href=${href} tabindex=${inTurn ? 0 : -1} aria-current=${opened ? 'true' : undefined}><b class="method">${method}</b> ${withoutPrefix(url)}</a></span>
      <span role="cell" class=${`status ${statusClass(status)}`} title=${statusWords(status)}>${status ?? 'no answer'}</span>
      <span role="cell" class="marks">${marksOf(exchange).map(({ kind, text }) => html`<span key=${text} class=${`mark ${kind}`}>${text}</span>`)}</span>
      <span role="cell" class="session">${session}</span>
      <span role="cell" class="rule">${rule === null ? '' : (rule.name ?? `${rule.file.replace(/^.*\//, '')}:${rule.line}`)}</span>
      <span role="cell" class="number took">${durationWords(durationMs)}</span>
    </div>`;
}

/** The prefix tells scenario and session, which stand beside it. @param {string} url */
function withoutPrefix(url) {
  return url.replace(/^\/@[^/?#]*(?=[/?#]|$)/, '') || '/';
}

/** What a person should not miss. @param {import('../../model/exchange.ts').Exchange} exchange */
export function marksOf(exchange) {
  const marks = [];
  if (isHandshake(exchange)) return [{ kind: 'fault', text: 'no handshake' }];
  if (isUnmatched(exchange)) marks.push({ kind: 'unmatched', text: 'no rule' });
  if (exchange.violations.length > 0) marks.push({ kind: 'violation', text: exchange.violations.length === 1 ? '1 violation' : `${exchange.violations.length} violations` });
  if (exchange.fault !== null) marks.push({ kind: 'fault', text: `fault: ${exchange.fault}` });
  else if (exchange.note !== null) marks.push({ kind: 'note', text: 'note' });
  return marks;
}
