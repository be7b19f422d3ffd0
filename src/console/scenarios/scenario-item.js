import { html } from '../htm.js';
import { counted } from '../shell/words.js';
import { MistakeList } from './mistake-list.js';

/**
 * @param {{ scenario: import('./scenarios-view.js').Scenario, depth: number, whose: string, onSelect: ((name: string) => void) | null }} props
 *   `whose`: the session that is selected for; empty: everybody.
 */
export function ScenarioItem({ scenario, depth, whose, onSelect }) {
  const { name, summary, file, active, mistakes } = scenario;
  const forWhom = whose === '' ? 'everybody' : `the session ${whose}`;
  return html`
    <li class=${`scenario ${active ? 'active' : ''}`} style=${{ marginInlineStart: `${Math.min(depth, 4) * 1.25}rem` }}>
      <div class="scenario-head">
        <div class="scenario-words">
          <p class="scenario-name"><strong>${name}</strong> <code class="faint">${file}</code>${mistakes.length > 0 && html` <span class="mark violation">${counted(mistakes.length, 'mistake')}</span>`}</p>
          <p>${summary ?? html`<span class="faint">No summary.</span>`}</p>
        </div>
        <button type="button" aria-pressed=${active} disabled=${onSelect === null} onClick=${() => !active && onSelect?.(name)}>${active ? 'In use' : 'Use'}<span class="unseen"> ${name} for ${forWhom}</span></button>
      </div>
      ${mistakes.length > 0 && html`<div class="notice violation"><p><strong>The file has mistakes.</strong> The last good text still serves.</p><${MistakeList} mistakes=${mistakes} /></div>`}
    </li>`;
}
