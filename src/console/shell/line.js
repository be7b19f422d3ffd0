import { html } from '../htm.js';
import { CopyButton } from './copy-button.js';

/** Something to be pasted elsewhere. @param {{ text: string, what: string }} props */
export function Line({ text, what }) {
  return html`<div class="command"><pre tabindex="0" role="region" aria-label=${what}>${text}</pre><${CopyButton} quiet=${true} label="Copy" what=${what} text=${text} /></div>`;
}
