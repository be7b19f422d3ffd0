import { html, useState } from '../htm.js';
import { get } from '../shell/api.js';
import { Prose } from '../shell/prose.js';
import { Loading, Trouble } from '../shell/notices.js';
import { Line } from '../shell/line.js';
import { useLoaded } from '../shell/use-loaded.js';

/** @typedef {{ title: string, effect: 'adds' | 'replaces', kind: 'shell' | 'code' | 'steps', lines: readonly string[] }} Way */
/** @typedef {{ id: string, client: string, ways: readonly Way[], cautions: readonly string[] }} Recipe */

const systems = [{ id: 'linux', title: 'Linux' }, { id: 'darwin', title: 'macOS' }, { id: 'win32', title: 'Windows' }];

/** How the visitor's client is told of the CA, on the visitor's system. */
export function TrustRecipes() {
  const [system, setSystem] = useState(ownSystem);
  const [client, setClient] = useState('curl');
  const recipes = useLoaded(async (signal) => /** @type {readonly Recipe[]} */ ((await get(`trust?platform=${system}`, signal)).items), [system]);
  const recipe = recipes.value?.find(({ id }) => id === client) ?? recipes.value?.[0];
  return html`
    <div class="filters">
      <div class="field"><label for="trust-client">Your client</label>
        <select id="trust-client" value=${client} onChange=${(/** @type {any} */ event) => setClient(event.target.value)}>${(recipes.value ?? []).map(({ id, client: title }) => html`<option key=${id} value=${id}>${title}</option>`)}</select></div>
      <div class="field"><label for="trust-system">Your system</label>
        <select id="trust-system" value=${system} onChange=${(/** @type {any} */ event) => setSystem(event.target.value)}>${systems.map(({ id, title }) => html`<option key=${id} value=${id}>${title}</option>`)}</select></div>
    </div>
    <${Trouble} problem=${recipes.problem} />
    ${recipe === undefined ? recipes.problem === null && html`<${Loading} what="the recipes" />` : html`
      <p>In the folder in which the certificate was saved:</p>
      ${recipe.ways.map((way) => html`<${WayItem} key=${`${recipe.id} ${way.title}`} way=${way} client=${recipe.client} />`)}
      ${recipe.cautions.map((caution) => html`<p key=${caution} class="faint"><${Prose} text=${caution} /></p>`)}`}`;
}

/** @param {{ way: Way, client: string }} props */
function WayItem({ way: { title, effect, kind, lines }, client }) {
  return html`
    <h3>${title} <span class="faint">${effect === 'adds' ? 'adds to the public authorities' : 'replaces the public authorities'}</span></h3>
    ${kind === 'steps' ? lines.map((line) => html`<p key=${line}><${Prose} text=${line} /></p>`) : html`<${Line} text=${lines.join('\n')} what=${`the lines for ${client}, ${title}`} />`}`;
}

function ownSystem() {
  const words = navigator.userAgent;
  return /Windows/.test(words) ? 'win32' : /Mac OS|iPhone|iPad/.test(words) ? 'darwin' : 'linux';
}
