import { html } from '../htm.js';
import { useWatched } from './use-watched.js';
import { watched } from './watched.js';

/** What a screen reader is told: results of what the visitor did, and trouble. Never the stream of exchanges. */
const said = watched('');

/** @param {string} text */
export function announce(text) {
  // The same words again are told again: an invisible space makes them other words.
  said.set(said.value === text ? `${text}\u00a0` : text);
}

export function Announcer() {
  return html`<p role="status" class="unseen">${useWatched(said)}</p>`;
}
