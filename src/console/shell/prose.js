import { html } from '../htm.js';

/** A sentence of the server's in which backticks mark what is code. It is text all the same, whatever stands in it. @param {{ text: string }} props */
export function Prose({ text }) {
  return text.split(/`([^`]*)`/).map((piece, index) => (index % 2 === 1 ? html`<code key=${index}>${piece}</code>` : piece));
}
