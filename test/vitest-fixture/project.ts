import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../support/rehearsal.ts';

const root = join(import.meta.dirname, '../..');
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };

/** What vitest made of the files of a project. */
export interface Run {
  readonly code: number | null;
  /** Test to `passed`, `failed` or `skipped`. */
  readonly tests: Readonly<Record<string, string>>;
  /** Everything it printed, without colours. */
  readonly text: string;
}

/** A project of somebody else's, in which this package is installed as it is published: these files and no others. */
export async function runVitest(files: Readonly<Record<string, string>>, args: readonly string[] = []): Promise<Run> {
  const folder = temporaryFolder('vitest');
  const modules = join(folder, 'node_modules');
  for (const name of [...Object.keys(dependencies), 'vitest']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of ['package.json', 'dist']) cpSync(join(root, name), join(modules, 'rehearsal', name), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { VITEST: _own, NODE_EXTRA_CA_CERTS: _ca, ...env } = process.env;
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', '--outputFile.json=results.json', ...args], { cwd: folder, env: { ...env, NO_COLOR: '1', CI: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const { testResults } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as { testResults: readonly { assertionResults: readonly { title: string; status: string }[] }[] };
  const tests = Object.fromEntries(testResults.flatMap(({ assertionResults }) => assertionResults.map(({ title, status }) => [title, status])));
  return { code, tests, text };
}
