import { html, useMemo, useRef, useState } from '../htm.js';
import { announce } from '../shell/announce.js';
import { keepsNumbers } from '../shell/exact-json.js';
import { Loading, Trouble } from '../shell/notices.js';
import { SaveLink } from '../shell/save-link.js';
import { SureButton } from '../shell/sure-button.js';
import { asProblem, useLoaded, useRefresh } from '../shell/use-loaded.js';
import { counted } from '../shell/words.js';
import { cellClass, cellText } from './cells.js';
import { rowsOf } from './collection-rows.js';
import { RowEditor } from './row-editor.js';

/** @typedef {import('./collection-rows.js').Row} Row */

const pageRows = 25;
/** Tables with more rows are fetched again when the page is drawn anew, not at each request. */
const mostRefreshed = 2000;

/**
 * A collection as a table that can be edited and reset.
 * @param {{ session: string, collection: import('../../server/control.ts').CollectionSummary, feed: import('../live/feed.js').Feed, onChanged: () => void }} props
 */
export function CollectionTable({ session, collection, feed, onChanged }) {
  const { name, scenario, key } = collection;
  const access = useMemo(() => rowsOf(session, collection), [session, name, scenario, key]);
  const rows = useLoaded(access.all, [access]);
  const [page, setPage] = useState(0);
  const [edited, setEdited] = useState(/** @type {string | null | undefined} */ (undefined));
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useRefresh(feed.exchanged, rows.reload, () => feed.exchanged.value?.session === session && (rows.value?.length ?? 0) <= mostRefreshed);
  useRefresh(feed.changed, rows.reload);

  const attempt = async (/** @type {() => Promise<void>} */ change, /** @type {string} */ done) => {
    try {
      await change();
      setProblem(null);
      setEdited(undefined);
      announce(done);
      rows.reload();
      onChanged();
      place.current?.focus();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const list = rows.value ?? [];
  const pages = Math.max(1, Math.ceil(list.length / pageRows));
  const at = Math.min(page, pages - 1);
  const shown = list.slice(at * pageRows, (at + 1) * pageRows);
  const columns = useMemo(() => columnsOf(list, key), [rows.value, key]);
  const save = (/** @type {string | null} */ rowKey) => (/** @type {Row} */ row) => attempt(() => access.put(rowKey, row), rowKey === null ? 'The row was added.' : 'The row was saved.');
  const id = `rows-${scenario}-${name}`;
  return html`
    <section class="part" aria-labelledby=${id}>
      <h2 id=${id} tabindex="-1" ref=${place}>${name} <span class="faint">${counted(list.length, 'row')} of <code>${scenario}</code></span></h2>
      <div class="actions">
        <button type="button" disabled=${!keepsNumbers} onClick=${() => setEdited(null)}>Add a row<span class="unseen"> to ${name}</span></button>
        <${SureButton} label="Reset" what=${name} question="Its first rows come back." onSure=${() => attempt(access.reset, `${name} has its first rows again.`)} />
        <${SaveLink} path=${access.csvPath} name=${`${name}.csv`} label="Save as CSV" />
      </div>
      <${Trouble} problem=${problem ?? rows.problem} />
      ${problem !== null && 'more' in problem && html`<${RowErrors} errors=${/** @type {any} */ (problem).more.errors} />`}
      ${rows.value === null ? rows.problem === null && html`<${Loading} what="the rows" />` : (list.length > 0 || edited === null) && html`
        <div class="scrolls" tabindex="0" role="region" aria-label=${`Rows of ${name}`}>
          <table class="rows">
            <thead><tr>${columns.map((column) => html`<th key=${column} scope="col">${column}</th>`)}<th scope="col"><span class="unseen">Change</span></th></tr></thead>
            <tbody>
              ${edited === null && html`<${RowEditor} columns=${columns} row=${{}} samples=${list} rowKey="new row" onSave=${save(null)} onLeave=${() => setEdited(undefined)} />`}
              ${shown.map((row) => {
                const rowKey = access.keyOf(row);
                return rowKey === edited
                  ? html`<${RowEditor} key=${rowKey} columns=${columns} row=${row} samples=${list} rowKey=${cellText(row[key])} onSave=${save(rowKey)} onLeave=${() => setEdited(undefined)} />`
                  : html`<${PlainRow} key=${rowKey} row=${row} columns=${columns} name=${cellText(row[key])} onEdit=${() => setEdited(rowKey)} onRemove=${() => attempt(() => access.take(rowKey), 'The row was removed.')} />`;
              })}
            </tbody>
          </table>
        </div>`}
      ${pages > 1 && html`<${Pages} at=${at} pages=${pages} name=${name} onChange=${setPage} />`}
    </section>`;
}

/** @param {{ row: Row, columns: readonly string[], name: string, onEdit: () => void, onRemove: () => void }} props */
function PlainRow({ row, columns, name, onEdit, onRemove }) {
  return html`
    <tr>
      ${columns.map((column) => html`<td key=${column} class=${cellClass(row[column])}>${row[column] === null ? 'null' : cellText(row[column])}</td>`)}
      <td class="row-actions"><button type="button" class="quiet" disabled=${!keepsNumbers} onClick=${onEdit}>Edit<span class="unseen"> row ${name}</span></button> <${SureButton} quiet=${true} label="Remove" what=${`row ${name}`} question="Sure?" onSure=${onRemove} /></td>
    </tr>`;
}

/** @param {{ at: number, pages: number, name: string, onChange: (page: number) => void }} props */
function Pages({ at, pages, name, onChange }) {
  return html`
    <nav class="actions" aria-label=${`Pages of ${name}`}>
      <button type="button" disabled=${at === 0} onClick=${() => onChange(at - 1)}>Back</button>
      <span>Page ${at + 1} of ${pages}</span>
      <button type="button" disabled=${at === pages - 1} onClick=${() => onChange(at + 1)}>Next</button>
    </nav>`;
}

/** What is wrong with each row that was sent. @param {{ errors: unknown }} props */
function RowErrors({ errors }) {
  if (!Array.isArray(errors) || errors.length === 0) return null;
  return html`<ul class="notice violation">${errors.slice(0, 20).map((error, index) => html`<li key=${index}>${[error.field, error.message].filter(Boolean).map(String).join(': ')}</li>`)}</ul>`;
}

/** The key first, then in the order in which the rows have them. @param {readonly Row[]} rows @param {string} key */
function columnsOf(rows, key) {
  const names = new Set([key]);
  for (const row of rows.slice(0, 1000)) for (const name of Object.keys(row)) names.add(name);
  return [...names].slice(0, 100);
}
