import { html } from '../htm.js';
import { Place } from '../exchange/verdict.js';
import { Line } from '../shell/line.js';
import { linkTo } from '../shell/route.js';
import { counted } from '../shell/words.js';
import { routeLine } from './route-line.js';

/** More rules than this are shown when they are asked for. */
const mostShown = 5;

/** @param {{ route: import('./routes-view.js').Route, url: string }} props */
export function RouteItem({ route, url }) {
  const { method, path, calls, rules, active, scenario } = route;
  const list = html`<ul class="route-rules">${rules.map(({ name, file, line: at, calls: count }, index) => html`
    <li key=${index}><span>${name ?? `rule ${index + 1}`}</span> <${Place} file=${file} line=${at} /> <span class="faint">${rules.length === 1 ? '' : count === 0 ? 'never' : counted(count, 'call')}</span></li>`)}</ul>`;
  return html`
    <li class=${`route ${calls === 0 ? 'never' : ''}`}>
      <div class="route-head">
        <h3 class="request-line"><b class="method">${method}</b> ${path}</h3>
        ${calls === 0 ? html`<span class="mark unmatched">never called</span>` : html`<a class="calls" href=${linkTo('live', null, { text: route.route })}>${counted(calls, 'call')}</a>`}
        ${!active && html`<span class="mark note">not in use</span>`}
      </div>
      <${Line} text=${routeLine(route, url)} what=${`the curl line of ${route.route}`} />
      ${rules.length > mostShown ? html`<details><summary>${counted(rules.length, 'rule')}, ${rules.filter((rule) => rule.calls === 0).length} never called</summary>${list}</details>` : list}
      <span class="unseen">Scenario ${scenario}</span>
    </li>`;
}
