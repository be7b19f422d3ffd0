import { html, useState } from '../htm.js';
import { address, get, Problem, send } from '../shell/api.js';
import { Line } from '../shell/line.js';
import { Prose } from '../shell/prose.js';
import { Loading, Trouble } from '../shell/notices.js';
import { useLoaded } from '../shell/use-loaded.js';
import { routeLine } from '../routes/route-line.js';
import { fingerprintOf } from './fingerprint.js';
import { TrustRecipes } from './trust-recipes.js';

/** Where the server is, whom to trust, and a first request. */
export function StartView() {
  const health = useLoaded((signal) => get('health', signal), []);
  const ca = useLoaded(async (signal) => {
    const pem = await (await send('ca.pem', { signal })).text();
    return { fingerprint: await fingerprintOf(pem) };
  }, []);
  const url = health.value === null ? '' : String(health.value.url);
  return html`
    <div class="page">
      <h1 tabindex="-1">Start here</h1>
      <p>This server plays the partner's API. Point your client at it, let the client trust its certificate, and watch what happens under <a href="#/live">Live</a>.</p>
      <${Trouble} problem=${health.problem} />
      ${health.value === null ? health.problem === null && html`<${Loading} what="the address" />` : html`
        <ol class="steps">
          <li><h2>The address</h2>
            <p>Give this to your client as the base URL of the partner:</p>
            <${Line} text=${url} what="the base URL" />
            ${!url.startsWith(location.origin) && html`<p class="faint">You have opened this page at <code>${location.origin}</code>, which reaches the same server.</p>`}
            <p>For a world of your own, which no other client sees, put a name of your choice behind it:</p>
            <${Line} text=${`${url}/@:my-tests`} what="the base URL of a session" />
          </li>
          <li><h2>The certificate</h2>${ca.problem instanceof Problem && ca.problem.status === 404
            ? html`<p><${Prose} text=${`${ca.problem.message}.`} /></p>`
            : html`<p>The server has a certificate authority (CA) of its own, made on its machine. Save its certificate:</p>
              <p><a class="button main" href=${address('ca.pem')} download="rehearsal-ca.pem">Download rehearsal-ca.pem</a></p>
              ${ca.value !== null && html`<p class="faint hash">SHA-256 fingerprint <code>${ca.value.fingerprint}</code><br />The command <code>rehearsal trust</code> shows the same one.</p>`}`}
          </li>
          ${ca.value !== null && html`<li><h2>Trust</h2><${TrustRecipes} /></li>`}
          <li><h2>A first request</h2><${FirstRequest} url=${url} /></li>
        </ol>`}
    </div>`;
}

/** @param {{ url: string }} props */
function FirstRequest({ url }) {
  const [shown] = useState(url);
  const routes = useLoaded(async (signal) => /** @type {readonly import('../../server/control.ts').RouteItem[]} */ ((await get('routes', signal)).items), []);
  const first = (routes.value ?? []).find(({ active, method, path }) => active && method === 'GET' && !/[{*]/.test(path)) ?? { method: 'GET', path: '/', scenario: '', active: true };
  return html`
    <p>In the folder in which the certificate was saved:</p>
    <${Line} text=${routeLine(first, shown)} what="the first request" />
    <p>${routes.value === null ? 'All other routes stand under' : `${first.path === '/' ? 'All' : 'All other'} routes stand under`} <a href="#/routes">Routes</a>, each with a line of its own.</p>`;
}
