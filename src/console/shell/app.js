import { html, useErrorBoundary, useLayoutEffect, useRef } from '../htm.js';
import { LiveView } from '../live/live-view.js';
import { RoutesView } from '../routes/routes-view.js';
import { ScenariosView } from '../scenarios/scenarios-view.js';
import { SessionsView } from '../sessions/sessions-view.js';
import { StartView } from '../start/start-view.js';
import { Announcer } from './announce.js';
import { access, token } from './api.js';
import { here } from './route.js';
import { TokenForm } from './token-form.js';
import { useWatched } from './use-watched.js';

/** @typedef {{ name: string, title: string, view: (props: { feed: import('../live/feed.js').Feed }) => unknown, open?: boolean }} Place */

/** @type {readonly Place[]} */
const places = [
  { name: 'live', title: 'Live', view: LiveView },
  { name: 'scenarios', title: 'Scenarios', view: ScenariosView },
  { name: 'sessions', title: 'Sessions', view: SessionsView },
  { name: 'routes', title: 'Routes', view: RoutesView },
  { name: 'start', title: 'Start here', view: StartView, open: true },
];

/** The whole page: where one can go, how the connection stands, and the view that is open. @param {{ feed: import('../live/feed.js').Feed }} props */
export function App({ feed }) {
  const route = useWatched(here);
  const allowed = useWatched(access);
  const place = places.find(({ name }) => name === route.view) ?? places[0];
  const asks = !place?.open && (allowed === 'token-missing' || allowed === 'token-wrong');
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    document.title = `${asks ? 'Token' : place?.title} · Rehearsal`;
  }, [place, asks]);
  useFreshFocus(main, place?.name ?? '', asks);
  const skip = (/** @type {Event} */ event) => {
    event.preventDefault();
    main.current?.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="top">
      <p class="brand">Rehearsal</p>
      <nav aria-label="Views">
        <ul>${places.map(({ name, title }) => html`<li key=${name}><a href=${`#/${name}`} aria-current=${place?.name === name ? 'page' : undefined}>${title}</a></li>`)}</ul>
      </nav>
      <${Connection} feed=${feed} asks=${allowed === 'token-missing' || allowed === 'token-wrong'} />
    </header>
    <main id="main" tabindex="-1" ref=${main} class=${place?.name === 'live' && !asks ? 'fills' : ''}>
      ${asks ? html`<${TokenForm} />` : html`<${Guarded} key=${place?.name} view=${place?.view} feed=${feed} />`}
    </main>
    <${Announcer} />`;
}

/** A view that fails takes nothing else with it. @param {{ view: any, feed: import('../live/feed.js').Feed }} props */
function Guarded({ view: View, feed }) {
  const [error, tryAgain] = useErrorBoundary();
  if (error === undefined) return html`<${View} feed=${feed} />`;
  return html`<div class="page narrow"><h1 tabindex="-1">This view has failed</h1><p class="notice trouble" role="alert">${error instanceof Error ? error.message : String(error)}</p><p><button type="button" onClick=${tryAgain}>Try again</button></p></div>`;
}

/** Who opens another view begins at its heading. @param {{ current: HTMLElement | null }} main @param {string} name @param {boolean} asks */
function useFreshFocus(main, name, asks) {
  const first = useRef(true);
  useLayoutEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    if (!asks) main.current?.querySelector('h1')?.focus();
  }, [name, asks]);
}

const states = { connecting: 'Connecting', connected: 'Connected', lost: 'Not connected' };

/** @param {{ feed: import('../live/feed.js').Feed, asks: boolean }} props */
function Connection({ feed, asks }) {
  const state = useWatched(feed.state);
  const forget = () => {
    token.set(null);
    location.reload();
  };
  const word = asks ? 'Token needed' : states[state];
  return html`
    <p class=${`connection ${asks ? 'lost' : state}`}><span class="dot" aria-hidden="true"></span><span>${word}</span></p>
    ${token.get() !== null && !asks && html`<button type="button" class="quiet" onClick=${forget}>Forget the token</button>`}`;
}
