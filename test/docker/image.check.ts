import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { environmentOf, isIgnored, lastOf, readDockerfile, root, type Stage, type Step } from './dockerfile.ts';

/*
 * The steps of the Dockerfile, carried out without an engine: each stage has a folder in the place of `/`, gets what
 * `.dockerignore` lets through and nothing else, and is entered with the image's variables and nothing else.
 */
const sandbox = mkdtempSync(join(tmpdir(), 'rehearsal-image-'));
const stages = readDockerfile();
const image = stages.at(-1)!;
const folderOf = (stage: Stage): string => join(sandbox, stage.name ?? 'final');
const home = join(folderOf(image), lastOf(image, 'WORKDIR').text);
/** Where Node and npm are, and what cannot be done without being root. */
const path = [join(sandbox, 'shims'), dirname(process.execPath), '/usr/bin', '/bin'].join(':');

let server: ChildProcess;
let log = '';

beforeAll(async () => {
  mkdirSync(join(sandbox, 'shims'));
  writeFileSync(join(sandbox, 'shims/chown'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  for (const stage of stages) await carryOut(stage);
});
afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill('SIGKILL');
    await once(server, 'close');
  }
  rmSync(sandbox, { recursive: true, force: true });
});

async function carryOut(stage: Stage): Promise<void> {
  const base = folderOf(stage);
  let cwd = base;
  for (const folder of ['usr/local/bin', 'tmp']) mkdirSync(join(base, folder), { recursive: true });
  for (const step of stage.steps) {
    if (step.instruction === 'WORKDIR') mkdirSync((cwd = join(base, step.text)), { recursive: true });
    if (step.instruction === 'COPY') copy(step, base, cwd);
    if (step.instruction === 'RUN') await runToEnd('/bin/sh', ['-e', '-c', rebased(step.text, base)], cwd, { PATH: path, HOME: process.env['HOME']! });
  }
}

function copy({ flags, words }: Step, base: string, cwd: string): void {
  const from = flags['from'] === undefined ? root : join(sandbox, flags['from']);
  const target = words.at(-1)!;
  for (const source of words.slice(0, -1)) {
    const to = target.startsWith('/') ? join(base, target) : resolve(cwd, target);
    const filter = (file: string): boolean => from !== root || !isIgnored(relative(root, file));
    const into = statSync(join(from, source)).isFile() && (target.endsWith('/') || existsSync(to));
    cpSync(join(from, source), into ? join(to, basename(source)) : to, { recursive: true, filter, verbatimSymlinks: true });
  }
}

/** Paths from the root of the image, as they are here. */
function rebased(text: string, base: string): string {
  return text.replace(/(^|\s)\/(?=\w)/g, `$1${base}/`);
}

async function runToEnd(file: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.at(-1)} ended with ${code}:\n${output.slice(-4000)}`);
}

/** The variables of a container: those of the image, and what its user gives. */
function environment(given: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.fromEntries(Object.entries(environmentOf(image)).map(([name, value]) => [name, rebased(value, folderOf(image))]));
  return { PATH: `${join(folderOf(image), 'usr/local/bin')}:${path}`, ...own, REHEARSAL_PORT: '0', ...given };
}

/** Starts the container's one process. */
function start(given: Readonly<Record<string, string>>): void {
  const [command, ...args] = [...lastOf(image, 'ENTRYPOINT').words, ...lastOf(image, 'CMD').words];
  log = '';
  server = spawn(command!, args, { cwd: home, env: environment(given), stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [server.stdout!, server.stderr!]) stream.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
}

/** What the health check says now: 0 for well. */
async function health(): Promise<number | null> {
  const [command, ...args] = lastOf(image, 'HEALTHCHECK').words;
  const child = spawn(command!, args, { cwd: home, env: environment({}), stdio: 'ignore' });
  return ((await once(child, 'close')) as [number | null])[0];
}

async function becomesWell(): Promise<void> {
  for (let attempt = 0; (await health()) !== 0; attempt += 1) {
    if (attempt === 50 || server.exitCode !== null) throw new Error(`it never became well:\n${log}`);
    await delay(200);
  }
}

function get(name: string, target: string, headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; text: string }> {
  const { port } = JSON.parse(readFileSync(join(folderOf(image), 'tmp/rehearsal.json'), 'utf8')) as { port: number };
  const ca = readFileSync(join(home, 'certs/rehearsal-ca.pem'));
  return new Promise((done, fail) => {
    request({ host: '127.0.0.1', port, path: target, ca, servername: name, headers: { Host: `${name}:5000`, ...headers }, agent: false }, async (answer) => done({ status: answer.statusCode!, text: (await answer.toArray()).join('') })).on('error', fail).end();
  });
}

test('the image holds what serving needs, and nothing else', () => {
  const app = join(folderOf(image), 'app');
  expect(readdirSync(app).sort()).toEqual(['dist', 'node_modules', 'package.json']);
  expect(readdirSync(home).sort()).toEqual(['certs', 'data', 'fixtures', 'scenarios']);
  expect([readdirSync(join(home, 'certs')), readdirSync(join(home, 'data'))]).toEqual([[], []]);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
  for (const name of Object.keys(dependencies!)) expect([name, existsSync(join(app, 'node_modules', name))]).toEqual([name, true]);
  for (const name of Object.keys(devDependencies!)) expect([name, existsSync(join(app, 'node_modules', name))]).toEqual([name, false]);
  const bytes = readdirSync(app, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  expect(bytes).toBeLessThan(80_000_000);
});

test('it is not well before it runs, becomes well, and serves beside an admin API that is off', async () => {
  expect(await health()).toBe(1);
  start({});
  await becomesWell();
  expect(log).toContain('the admin API is off (0.0.0.0 can be reached from other machines: give --admin-token TOKEN to turn it on)');
  expect(JSON.parse((await get('localhost', '/xyz/api/cleaner/tasks')).text)).toMatchObject({ tasks: [{ id: 1 }, { id: 2 }] });
  expect((await get('localhost', '/_rehearsal/health')).status).toBe(404);
});

test('it ends on SIGTERM, as `docker stop` sends it, and is not well any more', async () => {
  server.kill('SIGTERM');
  expect(await once(server, 'close')).toEqual([0, null]);
  expect(await health()).toBe(1);
  expect(existsSync(join(home, 'data/journal.ndjson'))).toBe(true);
});

const asService = { REHEARSAL_SAN: 'rehearsal', REHEARSAL_ADMIN_TOKEN: 'sesame' };

test('with a name and a token it serves the other services of a compose file', async () => {
  start(asService);
  await becomesWell();
  expect((await get('rehearsal', '/xyz/api/cleaner/tasks')).status).toBe(200);
  expect((await get('rehearsal', '/_rehearsal/health')).status).toBe(200);
  expect((await get('rehearsal', '/_rehearsal/journal')).status).toBe(401);
  expect((await get('rehearsal', '/_rehearsal/journal', { Authorization: 'Bearer sesame' })).status).toBe(200);
});

test('a new container with the same volumes has the same CA', async () => {
  const ca = readFileSync(join(home, 'certs/rehearsal-ca.pem'), 'utf8');
  server.kill('SIGTERM');
  await once(server, 'close');
  rmSync(join(folderOf(image), 'tmp/rehearsal.json'));
  start(asService);
  await becomesWell();
  expect(readFileSync(join(home, 'certs/rehearsal-ca.pem'), 'utf8')).toBe(ca);
  expect((await get('rehearsal', '/xyz/api/cleaner/tasks')).status).toBe(200);
});
