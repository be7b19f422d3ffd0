import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

const running = new Set();

/**
 * Starts a child that the run measures or measures with, on one core where the system can pin it. It ends with the
 * run, whichever way the run ends: on Linux the kernel sees to it even after `kill -9`.
 */
export function startChild(core, command, args, options) {
  const [first, ...rest] = [...wrapper(core), command, ...args];
  const child = spawn(first, rest, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends one child by its id: asked first, made to after five seconds. */
export async function endChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(impatience);
}

export async function endAllChildren() {
  await Promise.all([...running].map(endChild));
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Seconds of processor time that a process has used since it began, in all its threads, in user and kernel mode. */
export function cpuSeconds(pid) {
  try {
    let nanoseconds = 0;
    for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]);
    }
    return nanoseconds / 1e9;
  } catch {
    return cpuSecondsByTicks(pid);
  }
}

function cpuSecondsByTicks(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    const shown = spawnSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'latin1' }).stdout.trim();
    const [clock, days = '0'] = shown.split('-').reverse();
    return Number(days) * 86_400 + clock.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
  }
}

/** Resident memory of a process now, in bytes. */
export function residentBytes(pid) {
  return memoryField(pid, 'VmRSS') ?? Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'latin1' }).stdout) * 1024;
}

/** Starts the peak of a process's memory over from what it holds now. */
export function forgetPeak(pid) {
  try {
    fs.writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Where there is no such file the peak is that of the whole run, which is only stricter.
  }
}

/** The most memory that a process has held since `forgetPeak`, in bytes. */
export function peakBytes(pid) {
  return memoryField(pid, 'VmHWM') ?? residentBytes(pid);
}

function memoryField(pid, name) {
  try {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'));
    return found ? Number(found[1]) * 1024 : null;
  } catch {
    return null;
  }
}

const tools = new Map();
function has(tool, ...args) {
  if (!tools.has(tool)) tools.set(tool, spawnSync(tool, args, { stdio: 'ignore' }).status === 0);
  return tools.get(tool);
}

/** Whether each process can be kept on one core: the servers on core 0, the load on core 1. */
export function canPin() {
  return os.availableParallelism() > 1 && has('taskset', '-c', '1', 'true');
}

function wrapper(core) {
  const pinned = canPin() ? ['taskset', '-c', String(core)] : [];
  const bound = has('setpriv', '--pdeathsig', 'KILL', 'true') ? ['setpriv', '--pdeathsig', 'KILL'] : [];
  return [...pinned, ...bound];
}
