import { html, useLayoutEffect, useRef, useState } from '../htm.js';
import { cellText, cellValue } from './cells.js';

/** @typedef {import('./collection-rows.js').Row} Row */

/**
 * A row of a table while it is edited: Enter saves, Escape leaves it as it was.
 * @param {{ columns: readonly string[], row: Row, samples: readonly Row[], rowKey: string, onSave: (row: Row) => Promise<void>, onLeave: () => void }} props
 *   `samples`: the other rows, by which a column knows whether it holds text.
 */
export function RowEditor({ columns, row, samples, rowKey, onSave, onLeave }) {
  const [typed, setTyped] = useState(/** @type {Readonly<Record<string, string>>} */ ({}));
  const [busy, setBusy] = useState(false);
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));
  // Before anybody can have gone to another field.
  useLayoutEffect(() => first.current?.focus(), []);
  const save = async () => {
    setBusy(true);
    const changed = Object.entries(typed).map(([column, text]) => /** @type {const} */ ([column, cellValue(text, row[column] ?? sampleOf(samples, column))]));
    await onSave({ ...row, ...Object.fromEntries(changed.filter(([, value]) => value !== undefined)) });
    setBusy(false);
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) void save();
    else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
  };
  return html`
    <tr class="edited" onKeyDown=${onKey}>
      ${columns.map((column, index) => html`<td key=${column}><input ref=${index === 0 ? first : undefined} aria-label=${`${column} of ${rowKey}`} value=${typed[column] ?? cellText(row[column])} spellcheck=${false} autocomplete="off" onInput=${(/** @type {any} */ event) => setTyped({ ...typed, [column]: event.target.value })} /></td>`)}
      <td class="row-actions"><button type="button" class="main" disabled=${busy} onClick=${save}>Save</button> <button type="button" onClick=${onLeave}>Leave</button></td>
    </tr>`;
}

/** A value of the column, where the row has none: text stays text. @param {readonly Row[]} samples @param {string} column */
function sampleOf(samples, column) {
  const found = samples.find((row) => row[column] !== null && row[column] !== undefined)?.[column];
  return typeof found === 'string' ? found : undefined;
}
