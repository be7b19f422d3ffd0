import { html } from '../htm.js';
import { isUnmatched } from '../live/filters.js';
import { Prose } from '../shell/prose.js';
import { counted } from '../shell/words.js';

/** Who answered, or why nobody did, and what was wrong with the request. @param {{ exchange: import('../../model/exchange.ts').FullExchange }} props */
export function Verdict({ exchange }) {
  const { rule, nearest, violations, fault, note } = exchange;
  return html`
    <section class="part" aria-labelledby="verdict-title">
      <h3 id="verdict-title">Verdict</h3>
      ${rule !== null
        ? html`<p>Answered by ${rule.name === null ? 'a rule' : html`the rule <strong>${rule.name}</strong>`} of <code>${rule.route}</code>, at <${Place} file=${rule.file} line=${rule.line} />.</p>`
        : html`<p>${isUnmatched(exchange) ? html`<strong>No rule matched.</strong>` : 'The server answered this by itself.'}</p>`}
      ${fault !== null && html`<p class="notice fault">Fault: <code>${fault}</code>. The reply was broken on purpose.</p>`}
      ${note !== null && html`<p class="notice"><${Prose} text=${note} /></p>`}
      ${violations.length > 0 && html`
        <div class="notice violation">
          <p><strong>${counted(violations.length, 'violation')} of what the rule expects</strong></p>
          <ul>${violations.map(({ text }, index) => html`<li key=${index}><${Prose} text=${text} /></li>`)}</ul>
        </div>`}
      ${nearest.length > 0 && html`
        <p>The nearest ${nearest.length === 1 ? 'rule' : 'rules'}, and why ${nearest.length === 1 ? 'it does' : 'they do'} not match:</p>
        <ol class="rules">${nearest.map((miss, index) => html`<${NearRule} key=${index} miss=${miss} />`)}</ol>`}
    </section>`;
}

/** @param {{ miss: import('../../model/exchange.ts').NearMiss, children?: unknown }} props */
export function NearRule({ miss, children }) {
  const { route, name, file, line, because } = miss;
  return html`
    <li>
      <p class="rule-line">${children} <code>${route}</code> ${name !== null && html`<strong>${name}</strong>`} <${Place} file=${file} line=${line} /></p>
      ${because.length > 0 && html`<ul>${because.map((reason, index) => html`<li key=${index}><${Prose} text=${reason} /></li>`)}</ul>`}
    </li>`;
}

/** @param {{ file: string, line: number, column?: number }} props */
export function Place({ file, line, column }) {
  return html`<code class="place">${file}:${line}${column === undefined ? '' : `:${column}`}</code>`;
}
