import { html, useState } from '../htm.js';
import { announce } from './announce.js';
import { address, send, token } from './api.js';
import { asProblem } from './use-loaded.js';

/**
 * Saves what the admin API has. A plain link where it can be; where a token must be sent, the page fetches it first.
 * @param {{ path: string, name: string, label?: string }} props
 */
export function SaveLink({ path, name, label = 'Save' }) {
  const [busy, setBusy] = useState(false);
  const hidden = html`<span class="unseen"> ${name}</span>`;
  if (token.get() === null) return html`<a href=${address(path)} download=${fileName(name)}>${label}${hidden}</a>`;
  const save = async () => {
    setBusy(true);
    try {
      const url = URL.createObjectURL(await (await send(path)).blob());
      const link = Object.assign(document.createElement('a'), { href: url, download: fileName(name) });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      announce(asProblem(error).message);
    }
    setBusy(false);
  };
  return html`<button type="button" class="quiet" disabled=${busy} onClick=${save}>${label}${hidden}</button>`;
}

/** A name as sent has no folder here. @param {string} name */
function fileName(name) {
  return name.replace(/^.*[/\\]/s, '') || 'file';
}
