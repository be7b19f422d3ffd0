import { createHash } from 'node:crypto';
import type { Control } from '../server/control.ts';
import { endpoint, type Endpoint } from './endpoint.ts';

const style = 'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.25rem 1rem .25rem 0}code{font-family:ui-monospace,monospace}';
const styleHash = createHash('sha256').update(style).digest('base64');

/** The page at `/_rehearsal`: where the server is, how to trust it, what it plays. No script. */
export const page: Endpoint = endpoint({
  method: 'get', path: '/', operation: 'page', summary: 'A page for people.', open: true,
  answer: { status: 200, about: 'HTML.', content: { type: 'text/html', schema: { type: 'string' } } },
  handle({ control, trusted }) {
    return {
      kind: 'bytes', type: 'text/html; charset=utf-8', bytes: Buffer.from(render(control, trusted), 'utf8'),
      headers: { 'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'` },
    };
  },
});

const links = [['journal', 'the last exchanges'], ['scenarios', 'what is loaded'], ['routes', 'routes and rules'], ['reports', 'uploaded files'], ['sessions', "clients' worlds"], ['health', 'whether it is well'], ['openapi.json', 'this API, described']] as const;

function render(control: Control, trusted: boolean): string {
  const { url, httpUrl, version } = control.info();
  const ca = control.caPem() === null ? '' : '<p>Clients trust it by its CA: <a href="/_rehearsal/ca.pem">ca.pem</a>. <code>rehearsal trust</code> shows how each client is told.</p>';
  const plain = httpUrl === null ? '' : `, and <code>${escape(httpUrl)}</code> without TLS`;
  const inside = trusted
    ? `<h2>Scenarios</h2>${table(control)}<h2>Look into</h2><ul>${links.map(([path, about]) => `<li><a href="/_rehearsal/${path}">${path}</a>: ${about}</li>`).join('')}</ul>`
    : '<p>The rest needs the token that the server was started with: <code>Authorization: Bearer TOKEN</code>.</p>';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Rehearsal</title><style>${style}</style></head><body><h1>Rehearsal ${escape(version)}</h1><p>Base URL: <code>${escape(url)}</code>${plain}</p>${ca}${inside}</body></html>\n`;
}

function table(control: Control): string {
  const rows = control.scenarios(null).map(({ name, summary, file, active, mistakes }) => {
    const state = `${active ? 'active' : ''}${mistakes.length > 0 ? ` ${mistakes.length} mistakes` : ''}`.trim();
    return `<tr><td><code>${escape(name)}</code></td><td>${escape(state)}</td><td>${escape(summary ?? '')}</td><td><code>${escape(file)}</code></td></tr>`;
  });
  return `<table><thead><tr><th>name</th><th></th><th>summary</th><th>file</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
