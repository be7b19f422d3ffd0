import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startOptions, variableOf } from '../../src/cli/start-options.ts';
import { temporaryFolder } from '../support/rehearsal.ts';
import { lastOf, readDockerfile, root } from './dockerfile.ts';

/** An example of the README, which shows the file as it is. */
const example = (name: string): any => parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

describe('the compose example', () => {
  const { services, volumes } = example('compose.yaml');
  const image = readDockerfile().at(-1)!;

  test('builds this image and keeps its volumes', () => {
    expect(services.rehearsal.build).toBe('.');
    const mounts = (services.rehearsal.volumes as string[]).map((mount) => mount.split(':'));
    const workdir = lastOf(image, 'WORKDIR').text;
    for (const path of lastOf(image, 'VOLUME').words) expect(mounts.some(([name = '', target]) => target === path && name in volumes)).toBe(true);
    for (const name of ['scenarios', 'fixtures']) expect(mounts).toContainEqual([`./${name}`, `${workdir}/${name}`, 'ro']);
    expect(services.rehearsal.ports).toEqual([`127.0.0.1:5000:${lastOf(image, 'EXPOSE').text}`]);
  });

  test('sets variables that there are, and a certificate for the name by which its client calls', () => {
    const { environment } = services.rehearsal;
    expect(Object.keys(environment).filter((name) => !startOptions.map(variableOf).includes(name))).toEqual([]);
    expect(new URL(services.client.environment.PARTNER_URL).hostname).toBe(environment.REHEARSAL_SAN);
    expect(services).toHaveProperty(environment.REHEARSAL_SAN);
  });

  test('starts its client once the server is well, and gives it the CA', () => {
    expect(services.client.depends_on).toEqual({ rehearsal: { condition: 'service_healthy' }, ca: { condition: 'service_completed_successfully' } });
    expect(services.client.image).toBe(image.image);
    expect(services.client.environment.NODE_EXTRA_CA_CERTS).toBe('/ca/rehearsal-ca.pem');
  });

  test("shows its client the CA's certificate, and never its key", () => {
    expect(services.client.volumes).toEqual(['ca:/ca:ro']);
    expect(services.ca.volumes).toEqual(['certs:/certs:ro', 'ca:/ca']);
    expect(services.ca.command).toEqual(['cp', '/certs/rehearsal-ca.pem', '/ca/']);
    expect(Object.keys(volumes)).toContain('ca');
  });
});

/** What a step prints, and how it ends, in a project that has this package among its own. */
describe('the steps of the pipelines', () => {
  const folder = temporaryFolder('pipelines');
  const summary = join(folder, 'summary.md');
  beforeAll(() => {
    cpSync(join(root, 'scenarios/cleaner'), join(folder, 'scenarios/cleaner'), { recursive: true });
    cpSync(join(root, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
    // What `npx` and `npm` would find here, without the second that each takes to look.
    mkdirSync(join(folder, 'bin'));
    symlinkSync(join(root, 'dist/cli/main.js'), join(folder, 'bin/rehearsal'));
    for (const [name, script] of [['npx', 'exec "$@"'], ['npm', '[ "$*" = test ] && exec node test.mjs']]) writeFileSync(join(folder, 'bin', name!), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'test.mjs'), "const { tasks } = await (await fetch(`${process.env.REHEARSAL_URL}/xyz/api/cleaner/tasks`)).json();\nconsole.log(`${tasks.length} tasks`);\n");
  });

  const { steps } = example('github.yml').jobs.test as { steps: readonly { run?: string; uses?: string }[] };
  const { script, artifacts } = example('gitlab-ci.yml').test as { script: readonly string[]; artifacts: { reports: { junit: string } } };
  const commands = [...steps.flatMap(({ run }) => run ?? []), ...script].map((line) => line.replace(/ #.*$/, ''));

  test('are installing, checking, and running the tests beside a server', () => {
    expect([...new Set(commands.map((line) => /^npm ci|^npx rehearsal \w+/.exec(line)?.[0]))]).toEqual(['npm ci', 'npx rehearsal check', 'npx rehearsal run']);
    expect(steps.flatMap(({ uses }) => uses ?? []).filter((action) => !/^actions\/[\w-]+@v\d+$/.test(action))).toEqual([]);
    expect(artifacts.reports.junit).toBe('rehearsal.xml');
  });

  test.each([...new Set(commands)].filter((line) => line !== 'npm ci'))('%s', async (line) => {
    const { NODE_EXTRA_CA_CERTS: _ca, ...env } = process.env;
    const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
      execFile('/bin/sh', ['-e', '-c', line], { cwd: folder, env: { ...env, PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:${env['PATH']}`, GITHUB_STEP_SUMMARY: summary }, timeout: 25_000 }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }));
    });
    expect(code, output).toBe(0);
    if (!line.includes(' run ')) return;
    expect(output).toContain('2 tasks');
    expect(readFileSync(join(folder, 'rehearsal.xml'), 'utf8')).toContain('<testsuite');
    if (line.includes('--summary')) expect(existsSync(summary)).toBe(true);
  });
});
