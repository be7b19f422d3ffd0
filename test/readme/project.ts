import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { says, startProgram, type Finished, type Started } from '../support/program.ts';
import { root } from './page.ts';

/** A folder as a reader of the page has it, with the server that its first command starts. */
export interface Project {
  readonly folder: string;
  readonly server: Started;
  /** Runs a block of commands as one script, in the folder. */
  run(script: string): Promise<Finished>;
  /** A server in the foreground, as one command starts it: on a free port, and stopped once it is ready. */
  start(command: string): Promise<Finished>;
  /** Writes a file of the page; resolves when the server has taken an edited scenario over, or has refused it. */
  write(name: string, text: string): Promise<void>;
  /** Ends the server and takes the folder away. */
  close(): Promise<void>;
}

const blockMs = 20_000;

export async function openProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-readme-'));
  for (const name of ['scenarios', 'fixtures']) cpSync(join(root, name), join(folder, name), { recursive: true });
  const shims = writeShims(folder);
  const server = await startProgram([], { cwd: folder });
  rmSync(join(folder, 'ready.json'));
  const here = (text: string): string => text.replaceAll('localhost:5000', `localhost:${server.ready.port}`);
  // A client that runs for a moment only need not be compiled well.
  const env = { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC', PATH: `${shims}:${process.env['PATH']}`, NO_COLOR: '1', CURL_CA_BUNDLE: '', REQUESTS_CA_BUNDLE: '', SSL_CERT_FILE: '', NODE_EXTRA_CA_CERTS: '' };
  return {
    folder, server,
    run: (script) => shell(here(script), folder, env),
    start: (command) => startAndStop(command, folder, env),
    async write(name, text) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const heard = reloads(server);
      // Moved into its place, so that the server sees one whole edit.
      writeFileSync(`${folder}/written`, `${here(text)}\n`);
      renameSync(`${folder}/written`, path);
      if (name.startsWith('scenarios/')) await says(server, () => reloads(server) > heard);
    },
    async close() {
      server.child.kill('SIGTERM');
      await server.ended();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function reloads(server: Started): number {
  return [...server.stderr().matchAll(/^(?:Scenarios reloaded|\d+ mistakes?: the last good)/gm)].length;
}

/** What the page calls `npx rehearsal`, `npx vitest` and `npm start` is what stands in this folder, without a registry. */
function writeShims(folder: string): string {
  const bin = join(folder, '.bin');
  const modules = join(folder, 'node_modules');
  mkdirSync(bin);
  mkdirSync(modules);
  symlinkSync(root, join(modules, 'rehearsal'));
  symlinkSync(join(root, 'node_modules/vitest'), join(modules, 'vitest'));
  const node = JSON.stringify(process.execPath);
  const main = `exec ${node} ${JSON.stringify(join(root, 'dist/cli/main.js'))}`;
  const scripts = {
    npx: `case "$1" in\n  rehearsal) shift; ${main} "$@" ;;\n  vitest) shift; exec ${node} node_modules/vitest/vitest.mjs "$@" ;;\nesac\nexit 127\n`,
    npm: `[ "$1 $2" = "start --" ] || exit 127\nshift 2\n${main} start "$@"\n`,
    node: `exec ${node} "$@"\n`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

async function shell(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  const child = spawn('/bin/sh', ['-e', '-c', script], { cwd, env: { ...withoutEmpty(env) }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), blockMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, stdout, stderr };
}

/** The environment, without what a build machine may have set for trust: the page says what is needed. */
function withoutEmpty(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = { ...process.env, ...env };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

async function startAndStop(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  const ready = join(cwd, 'started.json');
  rmSync(ready, { force: true });
  // The flag wins over the variable and the file, whatever the command of the page says of the port.
  const script = `${/^\w+=/.test(command) ? 'exec env ' : 'exec '}${command} --port 0 --ready-file started.json`;
  const child = spawn('/bin/sh', ['-c', script], { cwd, env: withoutEmpty(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const closed = once(child, 'close') as Promise<[number | null]>;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (stdout.includes('is ready at') && existsSync(ready)) process.kill((JSON.parse(readFileSync(ready, 'utf8')) as { pid: number }).pid, 'SIGTERM');
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), blockMs);
  const [code] = await closed;
  clearTimeout(timer);
  return { code, stdout, stderr };
}
