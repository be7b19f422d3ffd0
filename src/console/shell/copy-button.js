import { html, useEffect, useState } from '../htm.js';
import { announce } from './announce.js';

/**
 * A button that puts text on the clipboard, and says so.
 * @param {{ text: string | (() => string | Promise<string>), label: string, what?: string, quiet?: boolean }} props
 *   `what`: what is copied, for those who do not see what stands beside the button. `quiet`: it stands beside what it copies.
 */
export function CopyButton({ text, label, what, quiet = false }) {
  const [state, setState] = useState(/** @type {'' | 'done' | 'failed'} */ (''));
  useEffect(() => {
    if (state === '') return undefined;
    const timer = setTimeout(() => setState(''), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setState('done');
      announce(`Copied${what === undefined ? '' : ` ${what}`}.`);
    } catch {
      setState('failed');
      announce('The browser does not let this page copy. Select the text instead.');
    }
  };
  return html`<button type="button" class=${quiet ? 'quiet' : ''} onClick=${copy}>${state === 'done' ? 'Copied' : state === 'failed' ? 'Not copied' : label}${what !== undefined && html`<span class="unseen"> ${what}</span>`}</button>`;
}
