import { existsSync, readFileSync } from 'node:fs';

/** The version of this program, as its package names it: above the sources, above what is built of them, and above its chunks. */
export function version(): string {
  const manifest = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  return manifest ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : 'unknown';
}
