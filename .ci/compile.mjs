// Keeps, beside the chunks that every start loads, what V8 has made of them by the time a server has answered (src/load-compiled.cjs).
// It holds for this version of Node only. A build without it is no worse for it, but for the time that a start takes.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

const require = createRequire(import.meta.url);
const { compiledName, loadScript, sealed } = require('../dist/load-compiled.cjs');
const root = join(import.meta.dirname, '..');
const chunks = join(root, 'dist/chunks');
setTimeout(() => giveUp('no server answered within 30 s'), 30_000);

try {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-build-'));
  process.once('exit', () => {
    process.chdir(root);
    rmSync(folder, { recursive: true, force: true });
  });
  const scripts = readdirSync(chunks).filter((name) => /^(?:words|core)-.*\.cjs$/.test(name)).map((name) => join(chunks, name)).map((file) => [file, loadScript(file)]);
  await serve(folder);
  // V8 takes back only what it made under the flags that it has: the server has set this one (src/cli/young-generation.ts), a start has not.
  setFlagsFromString('--semi-space-growth-factor=2');
  for (const [file, script] of scripts) writeWhole(compiledName(file), sealed(script.createCachedData()));
  process.exit(0);
} catch (error) {
  giveUp(error.message);
}

/** Starts a server in this process and asks it. What the builder has set for servers of theirs, a data folder say, is not for this one. */
async function serve(folder) {
  for (const name of Object.keys(process.env)) if (name.startsWith('REHEARSAL_')) delete process.env[name];
  process.chdir(folder);
  const readyFile = join(folder, 'ready.json');
  process.argv.splice(2, Infinity, 'start', join(root, 'scenarios'), '--fixtures', join(root, 'fixtures'), '--certs', join(folder, 'certs'), '--port', '0', '--quiet', '--ready-file', readyFile);
  require('../dist/cli/main.js');
  const { port, caFile } = await contentOf(readyFile);
  const ca = readFileSync(caFile);
  for (const path of ['/xyz/api/cleaner/tasks', '/nowhere']) await answered(get({ port, path, ca, agent: false }));
}

async function contentOf(readyFile) {
  for (;;) {
    try {
      return JSON.parse(readFileSync(readyFile, 'utf8'));
    } catch {
      if (process.exitCode) throw new Error('the server did not start');
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
  }
}

async function answered(request) {
  const [response] = await once(request, 'response');
  await once(response.resume(), 'end');
}

/** What stands there is whole, whatever happens to this process. */
function writeWhole(file, bytes) {
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}

function giveUp(reason) {
  process.stderr.write(`Starts will take longer than they could: ${reason}\n`);
  process.exit(0);
}
