import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';

it.each([
  ['changed', (folder: string) => writeFileSync(join(folder, 'a.yaml'), 'scenario: a\nroutes:\n  GET /: { respond: { text: new } }\n')],
  ['replaced by another', (folder: string) => { rmSync(join(folder, 'a.yaml')); writeFileSync(join(folder, 'b.yaml'), 'scenario: b\nroutes:\n  GET /: { respond: { text: new } }\n'); }],
])('a file that is %s in the moment in which the server starts is not missed', async (_what, edit) => {
  const folder = join(temporaryFolder('moment'), 'scenarios');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.yaml'), 'scenario: a\nroutes:\n  GET /: { respond: { text: old } }\n');
  const server = await rehearse({ scenarios: folder, fixtures: join(folder, '../fixtures'), watch: true });
  edit(folder);
  await expect.poll(async () => (await ask(server, '/')).text, { timeout: 5000 }).toBe('new');
});

it('a server that has just started tells no reload when nothing was edited', async () => {
  const folder = temporaryFolder('quiet');
  writeFileSync(join(folder, 'a.yaml'), 'scenario: a\nroutes:\n  GET /: { respond: { text: old } }\n');
  const lines: string[] = [];
  const server = await rehearse({ scenarios: folder, watch: true, write: (line) => lines.push(line) });
  expect((await ask(server, '/')).text).toBe('old');
  await server.close();
  expect(lines).toEqual([]);
});
