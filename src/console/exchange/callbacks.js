import { html } from '../htm.js';
import { dayWords, durationWords, statusClass, statusWords } from '../shell/words.js';

/** What was sent because of an exchange. @param {{ attempts: readonly import('../../model/exchange.ts').CallbackAttempt[] }} props */
export function Callbacks({ attempts }) {
  if (attempts.length === 0) return null;
  return html`
    <section class="part" aria-labelledby="callbacks-title">
      <h3 id="callbacks-title">Callbacks</h3>
      <ol class="rules">${attempts.map(({ at, method, url, attempt, status, error, durationMs }, index) => html`
        <li key=${index}><p class="rule-line"><code>${method} ${url}</code> <span class=${`status ${statusClass(status)}`}>${statusWords(status)}</span> <span class="faint">try ${attempt}, ${dayWords(at)}, ${durationWords(durationMs)}</span></p>${error !== null && html`<p>${error}</p>`}</li>`)}</ol>
    </section>`;
}
