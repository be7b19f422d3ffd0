import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChild, startChild } from './processes.mjs';

const serverCore = 0;
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const baseline = fileURLToPath(new URL('./baseline.mjs', import.meta.url));
let started = 0;

/**
 * A server under measurement: `{ name, pid, port, stop() }`.
 * `rehearsal` is given a scenario path and further options of `start`.
 */
export async function startRehearsal(material, scenarioPath, options = [], name = 'rehearsal') {
  const readyFile = path.join(material.folder, `ready-${++started}.json`);
  const { child, log } = launch(material, rehearsalCommand(material, scenarioPath, ['--port', '0', '--ready-file', readyFile, ...options]));
  const ready = await until(child, log, () => (fs.existsSync(readyFile) ? JSON.parse(fs.readFileSync(readyFile, 'utf8')) : null));
  return { name, pid: child.pid, port: ready.port, stop: () => endChild(child) };
}

/** One of the servers of `baseline.mjs`, by its kind. */
export async function startBaseline(material, kind, options = {}, name = kind) {
  const { child, log } = launch(material, baselineCommand(material, kind, options));
  const port = await until(child, log, () => /^ready (\d+)$/m.exec(fs.readFileSync(log, 'utf8'))?.[1]);
  return { name, pid: child.pid, port: Number(port), stop: () => endChild(child) };
}

export function rehearsalCommand(material, scenarioPath, options) {
  if (!fs.existsSync(main)) throw new Error('There is no build: run `npm run build` first, or `npm run bench`, which does both.');
  return [main, 'start', scenarioPath, '--fixtures', material.fixtures, '--certs', material.certs, '--quiet', ...options];
}

export function baselineCommand(material, kind, options) {
  return [baseline, JSON.stringify({ kind, cert: material.cert, key: material.key, ...options })];
}

/** Starts `node` with these arguments on the servers' core; what it prints goes to a log beside the material. */
export function launch(material, args) {
  const log = path.join(material.folder, `server-${++started}.log`);
  const out = fs.openSync(log, 'a');
  const child = startChild(serverCore, process.execPath, args, { stdio: ['ignore', out, out], env: plainEnvironment() });
  fs.closeSync(out);
  return { child, log };
}

/** A port that was free a moment ago, for a server whose address must be known before it runs. */
export async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Waits until `look` finds something; a server that ends before that is an error with its last words. */
async function until(child, log, look) {
  for (let waited = 0; waited < 60_000; waited += 10) {
    const found = look();
    if (found) return found;
    if (child.exitCode !== null || child.signalCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await endChild(child);
  throw new Error(`A server did not start:\n${fs.readFileSync(log, 'utf8').slice(-2000)}`);
}

/** Node reads all certificates that the second names before the first line of any program: for a system's bundle that takes as long as the rest of Node's own start. */
const ofNode = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** The environment without what would change a server's settings or slow down its start. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('REHEARSAL_') && !ofNode.includes(name)));
}
