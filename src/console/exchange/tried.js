import { html } from '../htm.js';
import { sendJson } from '../shell/api.js';
import { Loading, Trouble } from '../shell/notices.js';
import { Prose } from '../shell/prose.js';
import { useLoaded } from '../shell/use-loaded.js';
import { isWhole } from './kept-body.js';
import { NearRule } from './verdict.js';

/** Every rule that is tried for such a request, in order. @param {{ exchange: import('../../model/exchange.ts').FullExchange }} props */
export function Tried({ exchange }) {
  const told = useLoaded(() => sendJson('POST', 'explain', questionOf(exchange)), [exchange.id]);
  return html`
    <section class="part" aria-labelledby="tried-title">
      <h3 id="tried-title">Rules tried</h3>
      <p class="faint">Asked again now: as the scenarios and the session <em>${exchange.session}</em> stand at this moment.${isWhole(exchange.request.body) ? '' : ' Only the beginning of the body is kept, so what rules say of the body may differ.'}</p>
      ${told.value === null ? (told.problem === null ? html`<${Loading} what="the rules" />` : html`<${Trouble} problem=${told.problem} />`) : html`<${Told} told=${told.value} />`}
    </section>`;
}

/** @param {{ told: import('../../server/control.ts').Explanation }} props */
function Told({ told }) {
  return html`
    <p><${Prose} text=${told.reason.replace(/[.]?$/, '.')} /></p>
    ${told.tried.length > 0 && html`<ol class="rules">${told.tried.map((rule, index) => html`
      <${NearRule} key=${index} miss=${rule}><span class=${`mark ${rule.matches ? 'match' : 'miss'}`}>${rule.matches ? 'matches' : 'does not match'}</span><//>`)}</ol>`}`;
}

/** Framing is of the connection that was, not of the request. */
const left = new Set(['content-length', 'transfer-encoding', 'connection', 'expect', 'keep-alive', 'upgrade', 'te', 'trailer']);

/** @param {import('../../model/exchange.ts').FullExchange} exchange */
function questionOf({ method, url, session, request }) {
  const headers = Object.entries(request.headers).filter(([name]) => !left.has(name)).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const named = session === 'default' || /^\/@[^/:]*:/.test(url) || Object.hasOwn(request.headers, 'rehearsal-session');
  const { text, base64 } = request.body;
  return { method, url, headers: named ? headers : [...headers, ['rehearsal-session', session]], ...(text !== null ? { body: text } : base64 !== null ? { bodyBase64: base64 } : {}) };
}
