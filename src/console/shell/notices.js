import { html } from '../htm.js';
import { Prose } from './prose.js';

/** What went wrong, said at once. @param {{ problem: { message: string } | null }} props */
export function Trouble({ problem }) {
  return problem === null ? null : html`<p class="notice trouble" role="alert"><strong>That did not work.</strong> <${Prose} text=${problem.message} /></p>`;
}

/** Nothing to show, and what would change that. @param {{ children: unknown }} props */
export function Empty({ children }) {
  return html`<div class="empty">${children}</div>`;
}

/** @param {{ what: string }} props */
export function Loading({ what }) {
  return html`<p class="faint">Loading ${what}…</p>`;
}
