import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { whenTestsEnd } from './cleanup.ts';

const main = join(import.meta.dirname, '../../dist/cli/main.js');

/** What a finished command said. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command, run as its user runs it. */
export async function runProgram(args: readonly string[], options: { cwd?: string; env?: Record<string, string>; input?: string } = {}): Promise<Finished> {
  const program = launch(args, options);
  const [code] = (await once(program.child, 'close')) as [number | null];
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

/** The content of a ready file. */
export interface Ready {
  readonly url: string;
  readonly httpUrl: string | null;
  readonly consoleUrl: string | null;
  readonly adminUrl: string | null;
  readonly port: number;
  readonly caFile: string;
  readonly pid: number;
  readonly scenarios: readonly string[];
}

export interface Started {
  readonly child: ChildProcess;
  readonly ready: Ready;
  /** PEM text of the CA. */
  readonly ca: string;
  readonly url: string;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code once it has ended. */
  ended(): Promise<number | null>;
}

/** `rehearsal start` on a free port. Resolves when the ready file is there; ended when the test file ends. */
export async function startProgram(args: readonly string[], options: { cwd: string; env?: Record<string, string> }): Promise<Started> {
  const file = join(options.cwd, 'ready.json');
  rmSync(file, { force: true });
  const program = launch(['start', ...args, '--port', '0', '--ready-file', file], options);
  const ended = once(program.child, 'close').then(([code]) => code as number | null);
  whenTestsEnd(async () => {
    if (program.child.exitCode === null && program.child.signalCode === null) program.child.kill('SIGKILL');
    await ended;
  });
  await Promise.race([appears(file), ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${program.stderr()}`)))]);
  const ready = JSON.parse(readFileSync(file, 'utf8')) as Ready;
  return { child: program.child, ready, ca: readFileSync(ready.caFile, 'utf8'), url: ready.url, stdout: program.stdout, stderr: program.stderr, ended: () => ended };
}

/** Starts the command; what it says is gathered. */
export function launch(args: readonly string[], options: { cwd?: string; env?: Record<string, string>; input?: string }): { child: ChildProcess; stdout(): string; stderr(): string } {
  const env = { ...process.env, ...options.env, NO_COLOR: '1' };
  const child = spawn(process.execPath, [main, ...args], { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(options.input);
  return { child, stdout: () => stdout, stderr: () => stderr };
}

function appears(file: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dirname(file), () => {
      if (existsSync(file)) done();
    });
    const done = (): void => {
      watcher.close();
      resolve();
    };
    if (existsSync(file)) done();
  });
}

/** Resolves once `holds` does; looks again whenever the child says something. */
export function says(started: Started, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      started.child.stdout?.off('data', look);
      started.child.stderr?.off('data', look);
      resolve();
    };
    started.child.stdout?.on('data', look);
    started.child.stderr?.on('data', look);
    look();
  });
}
