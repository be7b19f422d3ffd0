import { html, useLayoutEffect, useRef, useState } from '../htm.js';
import { announce } from './announce.js';
import { access, send, token } from './api.js';
import { useWatched } from './use-watched.js';

/** Asks for the token that the server was started with. */
export function TokenForm() {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const wrong = useWatched(access) === 'token-wrong';
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.focus(), []);
  const enter = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (typed.trim() === '') return;
    setBusy(true);
    token.set(typed.trim());
    // Whatever else it says, `access` knows of it.
    const well = await send('scenarios').then(() => true, () => false);
    if (well) return;
    setBusy(false);
    announce('This is not the token.');
    field.current?.select();
  };
  return html`
    <section class="page narrow">
      <h1 tabindex="-1">This server asks for a token</h1>
      <p>It was started with <code>--admin-token</code>. The page keeps the token for this tab only, and sends it to this server only.</p>
      <form onSubmit=${enter} class="stack">
        <label for="token">Token</label>
        <input id="token" ref=${field} type="password" autocomplete="off" spellcheck=${false} value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} aria-describedby=${wrong ? 'token-wrong' : undefined} aria-invalid=${wrong} />
        ${wrong && html`<p id="token-wrong" class="notice trouble">This is not the token that the server was started with.</p>`}
        <div><button type="submit" class="main" disabled=${busy}>Go on</button></div>
      </form>
      <p>Without it there is <a href="#/start">Start here</a>: the address, the certificate, and how clients are told to trust it.</p>
    </section>`;
}
