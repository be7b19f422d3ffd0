import { html, useLayoutEffect, useRef, useState } from '../htm.js';

/**
 * A button for what cannot be taken back: asks first, in its own place.
 * @param {{ label: string, question: string, onSure: () => void, quiet?: boolean, what?: string }} props
 */
export function SureButton({ label, question, onSure, quiet = false, what }) {
  const [asking, setAsking] = useState(false);
  const first = useRef(/** @type {HTMLElement | null} */ (null));
  const no = useRef(/** @type {HTMLElement | null} */ (null));
  const was = useRef(false);
  useLayoutEffect(() => {
    if (asking) no.current?.focus();
    else if (was.current) first.current?.focus();
    was.current = asking;
  }, [asking]);
  const hidden = what !== undefined && html`<span class="unseen"> ${what}</span>`;
  if (!asking) return html`<button type="button" ref=${first} class=${quiet ? 'quiet' : ''} onClick=${() => setAsking(true)}>${label}${hidden}</button>`;
  return html`
    <span class="sure" role="group" aria-label=${question} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && setAsking(false)}>
      <span>${question}</span>
      <button type="button" class="danger" onClick=${() => { setAsking(false); onSure(); }}>${label}${hidden}</button>
      <button type="button" ref=${no} onClick=${() => setAsking(false)}>Keep</button>
    </span>`;
}
