import { html, useEffect, useLayoutEffect, useRef, useState } from '../htm.js';
import { go } from '../shell/route.js';
import { ExchangeRow } from './exchange-row.js';

/** @typedef {import('../../model/exchange.ts').Exchange} Exchange */

/** Narrower than this, a row takes two lines. Both numbers are said in views.css too. */
const narrowPx = 620;
const rowPx = { wide: 30, narrow: 50 };
/** Rows beyond the edges, for quick scrolling. */
const spare = 8;

/**
 * Exchanges, the newest first. Only the rows that are seen are there, however many there are.
 * @param {{ exchanges: readonly Exchange[], opened: string | null, linkOf: (id: string) => string, onAway: (away: boolean) => void, returnTo: { current: string | null } }} props
 *   `exchanges`: the oldest first. `onAway`: whether the visitor has left the top or has a row in hand, so that the list must stand still.
 *   `returnTo`: the exchange whose row takes the focus once it is shown.
 */
export function ExchangeList({ exchanges, opened, linkOf, onAway, returnTo }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [{ top, height, narrow }, setView] = useState({ top: 0, height: 600, narrow: false });
  const [active, setActive] = useState(0);
  const wanted = useRef(false);
  const row = narrow ? rowPx.narrow : rowPx.wide;
  const count = exchanges.length;
  const current = Math.min(active, Math.max(0, count - 1));

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight, narrow: element.clientWidth < narrowPx });
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  const away = top > row;
  const [held, setHeld] = useState(false);
  useEffect(() => onAway(away || held), [away, held]);

  useLayoutEffect(() => {
    if (returnTo.current !== null) {
      const at = exchanges.findIndex(({ id }) => id === returnTo.current);
      returnTo.current = null;
      if (at >= 0) reach(count - 1 - at);
    } else if (wanted.current) {
      wanted.current = false;
      box.current?.querySelector(`[data-at="${current}"]`)?.querySelector('a')?.focus({ preventScroll: true });
    }
  });

  /** Moves the focus to a row that may not be there yet. @param {number} index */
  const reach = (index) => {
    const element = box.current;
    const next = Math.max(0, Math.min(count - 1, index));
    if (element === null || count === 0) return;
    if (next * row < element.scrollTop) element.scrollTop = next * row;
    else if ((next + 1) * row > element.scrollTop + element.clientHeight) element.scrollTop = (next + 1) * row - element.clientHeight;
    wanted.current = true;
    setView((now) => ({ ...now, top: element.scrollTop }));
    setActive(next);
  };

  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: Math.floor(height / row), PageUp: -Math.floor(height / row), Home: -Infinity, End: Infinity };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    reach(current + step);
  };

  const from = Math.max(0, Math.floor(top / row) - spare);
  const to = Math.min(count, Math.ceil((top + height) / row) + spare);
  const rows = [];
  for (let index = from; index < to; index += 1) {
    const exchange = exchanges[count - 1 - index];
    if (exchange !== undefined) rows.push(html`<${ExchangeRow} key=${exchange.id} exchange=${exchange} index=${index} top=${index * row} opened=${exchange.id === opened} inTurn=${index === current} href=${linkOf(exchange.id)} />`);
  }
  return html`
    <div class=${`exchanges ${narrow ? 'two-lines' : ''}`} role="table" aria-label="Exchanges, the newest first" aria-rowcount=${count + 1}>
      <div role="rowgroup" class="exchange-head"><div role="row" aria-rowindex="1" class="exchange-row">
        <span role="columnheader">Time</span><span role="columnheader">Request</span><span role="columnheader">Status</span><span role="columnheader">Notes</span><span role="columnheader">Session</span><span role="columnheader">Rule</span><span role="columnheader" class="number">Took</span>
      </div></div>
      <div role="rowgroup" class="exchange-box" ref=${box} onKeyDown=${onKey} onClick=${openRow}
        onFocusIn=${(/** @type {any} */ event) => { setHeld(true); setActive(Number(event.target.closest('[data-at]')?.dataset.at ?? 0)); }}
        onFocusOut=${(/** @type {any} */ event) => { if (!box.current?.contains(event.relatedTarget)) setHeld(false); }}>
        <div class="exchange-room" role="presentation" style=${{ height: `${count * row}px` }}>${rows}</div>
      </div>
    </div>`;
}

/** A click anywhere in a row opens it; the link in it is for the keyboard, and for tabs of their own. @param {any} event */
function openRow(event) {
  if (event.defaultPrevented || event.target.closest('a') || String(getSelection() ?? '') !== '') return;
  const href = event.target.closest('[data-at]')?.querySelector('a')?.getAttribute('href');
  if (href) go(href);
}
