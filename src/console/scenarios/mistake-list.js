import { html } from '../htm.js';
import { Place } from '../exchange/verdict.js';
import { Prose } from '../shell/prose.js';

/** Mistakes of scenario files, each with its place and how it is mended. @param {{ mistakes: readonly import('../../base/diagnostic.ts').PublishedMistake[] }} props */
export function MistakeList({ mistakes }) {
  return html`
    <ol class="mistakes">${mistakes.map(({ file, line, column, message, expected, got, fix }, index) => html`
      <li key=${index}>
        <p><${Place} file=${file} line=${line} column=${column} /> <${Prose} text=${message} /></p>
        ${(expected || got) && html`<p class="faint">${expected && html`<span>Expected <${Prose} text=${expected} />. </span>`}${got && html`<span>Got <${Prose} text=${got} />.</span>`}</p>`}
        ${fix && html`<p><${Prose} text=${fix} /></p>`}
      </li>`)}</ol>`;
}
