import { html, useState } from '../htm.js';
import { CopyButton } from '../shell/copy-button.js';
import { indented } from '../shell/exact-json.js';
import { sizeWords } from '../shell/words.js';
import { isWhole, keptBytes } from './kept-body.js';

/** More than this is shown when it is asked for: a browser takes long to lay out a long text. */
const shownLetters = 20_000;

/** A request or a reply: its headers and its body. @param {{ title: string, message: import('../../model/exchange.ts').RecordedMessage }} props */
export function Message({ title, message }) {
  const id = `${title.toLowerCase()}-title`;
  const headers = Object.entries(message.headers).flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: one })));
  return html`
    <section class="part" aria-labelledby=${id}>
      <h3 id=${id}>${title}</h3>
      ${headers.length === 0 ? html`<p class="faint">No headers.</p>` : html`
        <table class="headers"><caption class="unseen">Headers of the ${title.toLowerCase()}</caption>
          <thead class="unseen"><tr><th scope="col">Header</th><th scope="col">Value</th></tr></thead>
          <tbody>${headers.map(({ name, value }, index) => html`<tr key=${index}><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody>
        </table>`}
      <${Body} title=${title} body=${message.body} />
    </section>`;
}

/** @param {{ title: string, body: import('../../model/exchange.ts').RecordedBody }} props */
function Body({ title, body }) {
  const { text, base64, sizeBytes, sha256 } = body;
  const [plain, setPlain] = useState(false);
  const [all, setAll] = useState(false);
  if (sizeBytes === 0 && text === null && base64 === null) return html`<p class="faint">No body.</p>`;
  const json = text === null ? null : indented(text);
  const full = plain || json === null ? (text ?? hexLines(base64 ?? '')) : json;
  const cut = !all && full.length > shownLetters;
  const name = `body of the ${title.toLowerCase()}`;
  const shown = html`<pre class=${`body ${text === null ? 'hex' : ''}`} tabindex="0" role="region" aria-label=${name}>${cut ? full.slice(0, shownLetters) : full}</pre>`;
  return html`
    <div class="body-bar">
      <span class="faint">Body, ${sizeWords(sizeBytes)}${text === null ? ', not text' : ''}${isWhole(body) ? '' : `, the first ${sizeWords(keptBytes(text, base64))} are kept`}</span>
      ${json !== null && json !== text && html`<button type="button" class="quiet" aria-pressed=${plain} onClick=${() => setPlain(!plain)}>As it came<span class="unseen">: ${name}</span></button>`}
      <${CopyButton} quiet=${true} label="Copy" what=${`the ${name}`} text=${text ?? base64 ?? ''} />
    </div>
    ${text === null ? html`<details><summary>Show the bytes<span class="unseen"> of the ${name}</span></summary>${shown}</details>` : shown}
    ${cut && html`<p><button type="button" onClick=${() => setAll(true)}>Show all ${full.length.toLocaleString('en')} letters</button></p>`}
    <p class="faint hash">SHA-256 <code>${sha256}</code></p>`;
}

/** Bytes as people look at them: place, hexadecimal, letters. @param {string} base64 */
function hexLines(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')}`);
  }
  return lines.join('\n');
}
