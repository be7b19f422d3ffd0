import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';

const scenario = (version: number, extra = ''): string => `scenario: live\nroutes:\n  GET /version: { respond: { text: version ${version} } }\n  GET /count: { respond: { text: '\${{ call }}' } }\n${extra}`;

test('edits are taken over under load without losing a request, and a broken one leaves the last good one serving', async () => {
  const folder = temporaryFolder('reload');
  mkdirSync(join(folder, 'scenarios'));
  const file = join(folder, 'scenarios/live.yaml');
  writeFileSync(file, scenario(1));
  const lines: string[] = [];
  let onLine: () => void = () => undefined;
  const heard = (holds: () => boolean): Promise<void> => new Promise((resolve) => {
    onLine = () => holds() && resolve();
    onLine();
  });
  const server = await rehearse({ scenarios: join(folder, 'scenarios'), fixtures: join(folder, 'fixtures'), watch: true, write: (line) => { lines.push(line); onLine(); } });
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: server.ca });
  let going = true;
  let answered = 0;
  const seen = new Set<string>();
  const load = Array.from({ length: 8 }, async () => {
    while (going) {
      const answer = await ask(server, '/version', { agent });
      if (answer.status !== 200) throw new Error(`lost a request: ${answer.status}`);
      seen.add(answer.text);
      answered += 1;
    }
  });
  expect((await ask(server, '/count')).text).toBe('1');

  for (const version of [2, 3, 4]) {
    const reloads = (): number => lines.filter((line) => line.includes('reloaded')).length;
    const before = reloads();
    writeFileSync(file, scenario(version));
    await heard(() => reloads() > before);
    expect(lines).toContainEqual(expect.stringMatching(/^Scenarios reloaded: changed \S+\/scenarios\/live\.yaml\n$/));
    expect((await ask(server, '/version')).text).toBe(`version ${version}`);
  }
  expect((await ask(server, '/count')).text).toBe('2');

  writeFileSync(file, scenario(5, '  GET /broken: { respnod: {} }\n'));
  await heard(() => lines.some((line) => line.includes('keep serving')));
  expect((await ask(server, '/version')).text).toBe('version 4');
  const mistaken = lines.find((line) => line.includes('respnod'));
  expect(mistaken).toMatch(/live\.yaml:5:18 /);
  const listed = (await ask(server, '/_rehearsal/scenarios')).json();
  expect(listed.items[0].mistakes[0]).toMatchObject({ line: 5, column: 18, fix: expect.stringContaining('respond') });
  expect(Object.keys(listed.items[0].mistakes[0])).toEqual(['file', 'line', 'column', 'code', 'message', 'expected', 'got', 'fix']);

  writeFileSync(file, scenario(6, '  GET /mended: { respond: { text: well } }\n'));
  await heard(() => lines.at(-1)!.includes('reloaded'));
  expect((await ask(server, '/version')).text).toBe('version 6');
  expect((await ask(server, '/_rehearsal/scenarios')).json().items[0].mistakes).toEqual([]);
  going = false;
  await Promise.all(load);
  agent.destroy();
  expect(answered).toBeGreaterThan(20);
  expect(seen.has('version 6')).toBe(true);
}, 30_000);

test('a fixture that is edited as soon as the server answers is not missed', async () => {
  const folder = temporaryFolder('reload');
  mkdirSync(join(folder, 'fixtures'));
  mkdirSync(join(folder, 'scenarios'));
  writeFileSync(join(folder, 'fixtures/a.txt'), 'first');
  writeFileSync(join(folder, 'scenarios/live.yaml'), 'scenario: live\nroutes:\n  GET /file: { respond: { file: a.txt } }\n');
  let onReload: () => void = () => undefined;
  const reloaded = new Promise<void>((resolve) => (onReload = resolve));
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
    if (line.includes('reloaded')) onReload();
  };
  const server = await rehearse({ scenarios: join(folder, 'scenarios'), fixtures: join(folder, 'fixtures'), watch: true, write });
  expect((await ask(server, '/file')).text).toBe('first');
  writeFileSync(join(folder, 'fixtures/a.txt'), 'second');
  await reloaded;
  expect(lines).toContain('Scenarios reloaded: fixtures\n');
  expect((await ask(server, '/file')).text).toBe('second');
});
