import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endpoint, type AdminReply, type Call, type Endpoint } from './endpoint.ts';
import { Refusal } from './refusal.ts';

/** The console's own files lie beside this code, as they are in the source and as the build copies them. */
const root = fileURLToPath(new URL('../console/', import.meta.url));

/** Where the page finds what it is made of. */
const at = '/_rehearsal/console/';

/** No inline script or style, nothing from elsewhere, no text that becomes markup (Trusted Types without a policy). */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };

/** `GET /_rehearsal/`: the console, for people. */
export const page: Endpoint = endpoint({
  method: 'get', path: '/', operation: 'page', summary: 'The console: a page for people.', open: true,
  answer: { status: 200, about: 'HTML.', content: { type: 'text/html', schema: { type: 'string' } } },
  handle: async () => file('index.html'),
});

const answer = { status: 200, about: 'The file.', content: { type: '*/*', schema: { type: 'string' } } } as const;

/** The scripts and styles of the page. They are no part of the API, and open: the page asks for the token itself. */
export const consoleFiles: readonly Endpoint[] = [
  endpoint({ method: 'get', path: '/console/{file}', operation: 'consoleFile', summary: 'A file of the console.', open: true, answer, handle: async ({ params }: Call) => file(params['file']!) }),
  endpoint({ method: 'get', path: '/console/{folder}/{file}', operation: 'consoleFileInFolder', summary: 'A file of the console.', open: true, answer, handle: async ({ params }: Call) => file(`${params['folder']!}/${params['file']!}`) }),
];

/** Read whole when the page is first asked for; a name from a request is looked up among them and is never a path. */
let files: Promise<ReadonlyMap<string, Buffer>> | null = null;

async function file(name: string): Promise<AdminReply> {
  files ??= readFiles();
  files.catch(() => (files = null));
  const bytes = (await files).get(name);
  if (bytes === undefined) throw new Refusal(404, 'The console has no such file');
  return { kind: 'bytes', type: types[extname(name)]!, bytes, headers: { 'Content-Security-Policy': policy } };
}

async function readFiles(): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || types[extname(entry.name)] === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(root.length).replaceAll('\\', '/'), await readFile(path));
  }
  // htm and preact in one file. The package does not export it by name to Node: it lies beside what it does.
  found.set('htm.js', await readFile(join(dirname(createRequire(import.meta.url).resolve('htm/preact')), 'standalone.module.js')));
  found.set('index.html', Buffer.from(withModules(found.get('index.html')!.toString('utf8'), [...found.keys()])));
  return found;
}

/** The browser is told of all modules at once: it would otherwise find them one import after the other. */
function withModules(html: string, names: readonly string[]): string {
  const links = names.filter((name) => name.endsWith('.js')).sort().map((name) => `  <link rel="modulepreload" href="${at}${name}">\n`);
  return html.replace('</head>', `${links.join('')}</head>`);
}
