import { html, useState } from '../htm.js';
import { announce } from '../shell/announce.js';
import { get, sendJson, withQuery } from '../shell/api.js';
import { Loading, Trouble } from '../shell/notices.js';
import { here } from '../shell/route.js';
import { asProblem, useLoaded, useRefresh } from '../shell/use-loaded.js';
import { useWatched } from '../shell/use-watched.js';
import { counted } from '../shell/words.js';
import { MistakeList } from './mistake-list.js';
import { ScenarioItem } from './scenario-item.js';

/** @typedef {import('../../server/control.ts').ScenarioItem} Scenario */
/** @typedef {import('../../server/control.ts').Reload} Reload */

/** What is loaded, what each variation does, and which one answers. @param {{ feed: import('../live/feed.js').Feed }} props */
export function ScenariosView({ feed }) {
  const asked = useWatched(here).query.get('session') ?? '';
  const [session, setSession] = useState(asked);
  const fits = session === '' || /^[A-Za-z0-9._-]{1,64}$/.test(session);
  const whose = fits ? session : '';
  const scenarios = useLoaded(async (signal) => /** @type {readonly Scenario[]} */ ((await get(withQuery('scenarios', { session: whose }), signal)).items), [whose]);
  const sessions = useLoaded(async (signal) => /** @type {readonly { id: string }[]} */ ((await get('sessions?limit=200', signal)).items), []);
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  const reload = useWatched(feed.reload);
  useRefresh(feed.changed, scenarios.reload);
  const select = async (/** @type {string} */ scenario) => {
    setProblem(null);
    try {
      await sendJson('PUT', 'scenarios/active', { scenario, ...(whose !== '' && { session: whose }) });
      announce(`${scenario} answers ${whose === '' ? 'everybody' : `the session ${whose}`} now.`);
      scenarios.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return html`
    <div class="page">
      <h1 tabindex="-1">Scenarios</h1>
      <p>A scenario says how the server answers. A variation takes the place of the scenario it varies, for everybody or for one session.</p>
      <${Whose} session=${session} fits=${fits} known=${sessions.value ?? []} onChange=${setSession} />
      <${Trouble} problem=${problem ?? scenarios.problem} />
      <${Unloaded} reload=${reload} scenarios=${scenarios.value} />
      ${scenarios.value === null
        ? scenarios.problem === null && html`<${Loading} what="the scenarios" />`
        : familiesOf(scenarios.value).map(({ root, members }) => html`
          <section key=${root} class="family" aria-labelledby=${`family-${root}`}>
            <h2 id=${`family-${root}`}>${root} <span class="faint">${counted(members.length - 1, 'variation')}</span></h2>
            <ul class="scenarios">${members.map(({ scenario, depth }) => html`<${ScenarioItem} key=${scenario.name} scenario=${scenario} depth=${depth} whose=${whose} onSelect=${fits ? select : null} />`)}</ul>
          </section>`)}
    </div>`;
}

/** @param {{ session: string, fits: boolean, known: readonly { id: string }[], onChange: (session: string) => void }} props */
function Whose({ session, fits, known, onChange }) {
  return html`
    <div class="field whose">
      <label for="whose">Select for the session</label>
      <input id="whose" type="search" list="sessions-known" placeholder="everybody" autocomplete="off" spellcheck=${false} value=${session} aria-describedby="whose-hint" aria-invalid=${!fits} onInput=${(/** @type {any} */ event) => onChange(event.target.value.trim())} />
      <datalist id="sessions-known">${known.map(({ id }) => html`<option key=${id} value=${id}></option>`)}</datalist>
      <p id="whose-hint" class=${fits ? 'faint' : 'notice trouble'}>${fits ? 'Leave it empty to select for everybody. A session may be one that nobody has used yet.' : 'A session is 1 to 64 of A-Z a-z 0-9 . _ -'}</p>
    </div>`;
}

/** Mistakes of files that have no scenario that serves. @param {{ reload: Reload | null, scenarios: readonly Scenario[] | null }} props */
function Unloaded({ reload, scenarios }) {
  if (reload === null || scenarios === null) return null;
  const shown = new Set(scenarios.flatMap(({ mistakes }) => mistakes.map(({ file }) => file)));
  const others = reload.mistakes.filter(({ file }) => !shown.has(file));
  if (others.length === 0) return null;
  return html`<section class="notice violation" aria-label="Files that could not be loaded"><p><strong>These files could not be loaded.</strong> What served before still serves.</p><${MistakeList} mistakes=${others} /></section>`;
}

/**
 * Each root with its variations below it, a variation of a variation below that one.
 * @param {readonly Scenario[]} all
 */
function familiesOf(all) {
  const names = new Set(all.map(({ name }) => name));
  /** @param {Scenario} scenario @param {number} depth @returns {{ scenario: Scenario, depth: number }[]} */
  const below = (scenario, depth) => [{ scenario, depth }, ...all.filter((one) => one.extends === scenario.name && one !== scenario).flatMap((one) => below(one, depth + 1))];
  return all.filter((one) => one.extends === null || !names.has(one.extends)).map((scenario) => ({ root: scenario.name, members: below(scenario, 0) }));
}
