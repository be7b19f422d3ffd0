import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EnvironmentProblem, errorCode } from '../base/problems.ts';
import { cannotWrite } from './keep.ts';

const pollMs = 20;
/** Making certificates takes a fraction of a second: who holds the lock this long is gone. */
const staleMs = 15_000;
const patienceMs = 30_000;

/**
 * Does the work while no other process that starts on this folder does the same. The lock is a file that names its
 * holder; one whose holder is gone is taken over. Throws EnvironmentProblem.
 */
export async function underLock<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const file = join(dir, '.rehearsal.lock');
  const until = performance.now() + patienceMs;
  while (!(await take(file, dir))) {
    if (await isStale(file)) await remove(file);
    else if (performance.now() > until) throw new EnvironmentProblem(`${file} is held by another process`, 'Delete it if no other server is starting on this folder.');
    else await wait(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, dir: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${process.pid} ${hostname()}`);
    await handle.close();
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false;
    throw cannotWrite(dir, error);
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(file), readFile(file, 'utf8')]);
    const [pid = '', host = ''] = text.split(' ');
    return Date.now() - mtimeMs > staleMs || (host === hostname() && !isAlive(Number(pid)));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** By way of another name, so that of two who find it stale only one removes it. */
async function remove(file: string): Promise<void> {
  const aside = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  await rename(file, aside).catch(() => {});
  await rm(aside, { force: true });
}
