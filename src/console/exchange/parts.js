import { html } from '../htm.js';
import { Trouble } from '../shell/notices.js';
import { counted, sizeWords } from '../shell/words.js';
import { SaveLink } from '../shell/save-link.js';

/** @typedef {{ id: string, exchange: string, session: string, part: string | null, filename: string | null, type: string, sizeBytes: number, sha256: string, at: string, entries: readonly { name: string, sizeBytes: number }[] | null, problem: string | null }} Report */

/** The files that came with a request. @param {{ parts: import('../shell/use-loaded.js').Loaded<readonly Report[]> }} props */
export function Parts({ parts }) {
  const reports = parts.value ?? [];
  if (reports.length === 0) return parts.problem === null ? null : html`<${Trouble} problem=${parts.problem} />`;
  return html`
    <section class="part" aria-labelledby="parts-title">
      <h3 id="parts-title">Uploaded ${reports.length === 1 ? 'file' : 'files'}</h3>
      <ul class="reports">${reports.map((report) => html`<${ReportItem} key=${report.id} report=${report} />`)}</ul>
    </section>`;
}

/** @param {{ report: Report }} props */
export function ReportItem({ report }) {
  const { id, part, filename, type, sizeBytes, sha256, entries, problem } = report;
  return html`
    <li>
      <p class="report-line"><strong class="filename">${filename ?? 'the body itself'}</strong> <span class="faint">${part === null ? '' : html`part <code>${part}</code>, `}${type}, ${sizeWords(sizeBytes)}</span> <${SaveLink} path=${`reports/${encodeURIComponent(id)}/content`} name=${filename ?? id} /></p>
      <p class="faint hash">SHA-256 <code>${sha256}</code></p>
      ${problem !== null && html`<p class="notice violation">This archive cannot be read: ${problem}</p>`}
      ${entries !== null && html`<${Entries} entries=${entries} />`}
    </li>`;
}

/** @param {{ entries: readonly { name: string, sizeBytes: number }[] }} props */
function Entries({ entries }) {
  return html`
    <details open=${entries.length <= 20}>
      <summary>${counted(entries.length, 'entry', 'entries')} in the archive</summary>
      <table class="entries"><thead><tr><th scope="col">Entry</th><th scope="col" class="number">Size</th></tr></thead>
        <tbody>${entries.map(({ name, sizeBytes }, index) => html`<tr key=${index}><td>${name}</td><td class="number">${sizeWords(sizeBytes)}</td></tr>`)}</tbody></table>
    </details>`;
}
