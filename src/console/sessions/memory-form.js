import { html, useState } from '../htm.js';
import { announce } from '../shell/announce.js';
import { sendJson } from '../shell/api.js';
import { keepsNumbers } from '../shell/exact-json.js';
import { Trouble } from '../shell/notices.js';
import { asProblem } from '../shell/use-loaded.js';
import { cellText, cellValue } from './cells.js';

/**
 * State and variables of the scenarios of one root, to be changed.
 * @param {{ session: string, memory: import('../../server/control.ts').RootMemory, onSaved: () => void }} props
 */
export function MemoryForm({ session, memory, onSaved }) {
  const { scenario, state, vars, backups } = memory;
  const [typed, setTyped] = useState(/** @type {Readonly<Record<string, string>>} */ ({}));
  const [newState, setNewState] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  const names = Object.keys(vars);
  const changed = newState !== null || Object.keys(typed).length > 0;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const set = Object.fromEntries(Object.entries(typed).map(([name, text]) => [name, cellValue(text, vars[name])]));
    try {
      await sendJson('PUT', `sessions/${encodeURIComponent(session)}/state`, { scenario, ...(newState !== null && { state: newState }), ...(Object.keys(set).length > 0 && { vars: set }) });
      setTyped({});
      setNewState(null);
      setProblem(null);
      announce('Saved.');
      onSaved();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const undo = () => {
    setTyped({});
    setNewState(null);
    setProblem(null);
  };
  if (state === null && names.length === 0 && backups.length === 0) return null;
  const id = `memory-${scenario}`;
  return html`
    <section class="part" aria-labelledby=${id}>
      <h2 id=${id}>What <code>${scenario}</code> remembers</h2>
      <form onSubmit=${save}>
        <dl class="memory">
          ${state !== null && html`<div><dt><label for=${`${id}-state`}>State</label></dt><dd><input id=${`${id}-state`} value=${newState ?? state} spellcheck=${false} autocomplete="off" onInput=${(/** @type {any} */ event) => setNewState(event.target.value)} /></dd></div>`}
          ${names.map((name) => html`<div key=${name}><dt><label for=${`${id}-var-${name}`}>${name}</label></dt><dd><input id=${`${id}-var-${name}`} value=${typed[name] ?? cellText(vars[name])} disabled=${!keepsNumbers} spellcheck=${false} autocomplete="off" onInput=${(/** @type {any} */ event) => setTyped({ ...typed, [name]: event.target.value })} /></dd></div>`)}
        </dl>
        <${Trouble} problem=${problem} />
        ${changed && html`<div class="actions"><button type="submit" class="main">Save</button><button type="button" onClick=${undo}>Undo</button></div>`}
      </form>
      ${backups.length > 0 && html`<p class="faint">Backups: ${backups.map(({ name, collection, rows }) => `${name} (${collection}, ${rows} rows)`).join('; ')}</p>`}
    </section>`;
}
