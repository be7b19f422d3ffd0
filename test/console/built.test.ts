import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask } from '../support/client.ts';
import { startProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const source = join(import.meta.dirname, '../../src/console');

it('the program as it is built carries every file of the console', async () => {
  const cwd = temporaryFolder('built-console');
  mkdirSync(join(cwd, 'scenarios'));
  writeFileSync(join(cwd, 'scenarios', 'empty.yaml'), 'scenario: empty\nroutes: {}\n');
  const program = await startProgram(['--no-watch'], { cwd });
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')).filter((name) => /\.(?:js|css|svg)$/.test(name));
  expect(names.length).toBeGreaterThan(30);
  for (const name of ['htm.js', ...names]) expect([name, (await ask(program, `/_rehearsal/console/${name}`)).status]).toEqual([name, 200]);
  expect((await ask(program, '/_rehearsal/')).text).toContain('<link rel="modulepreload" href="/_rehearsal/console/htm.js">');
});
