/**
 * `npm run bench`: this server beside a bare node:https server and a bare Express one, each on the same core, fed from
 * another. Prints one table and keeps it as JSON.
 *
 *   --only NAME       only the measures whose name contains this (repeatable): list routes rules small-downloads
 *                     middle-downloads large-downloads small-uploads large-uploads collections handshakes startup memory
 *   --quick           under a minute, with rougher figures
 *   --json FILE       where the table is kept (bench-results.json)
 *   --against-itself  puts a bare server in Rehearsal's place: what is then not 1.00 is noise
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { startLoad } from './load.mjs';
import { gather, listBody, shareCertificate } from './material.mjs';
import { collections } from './measures/collections.mjs';
import { handshakes } from './measures/handshakes.mjs';
import { list } from './measures/list.mjs';
import { largeDownloads, middleDownloads, smallDownloads } from './measures/downloads.mjs';
import { routes, rules } from './measures/many.mjs';
import { memory } from './measures/memory.mjs';
import { startup } from './measures/startup.mjs';
import { largeUploads, smallUploads } from './measures/uploads.mjs';
import { canPin, endAllChildren } from './processes.mjs';
import { startBaseline, startRehearsal } from './servers.mjs';
import { met, table } from './table.mjs';

const measures = {
  list, routes, rules, 'small-downloads': smallDownloads, 'middle-downloads': middleDownloads, 'large-downloads': largeDownloads,
  'small-uploads': smallUploads, 'large-uploads': largeUploads, collections, handshakes, startup, memory,
};
const gib = 2 ** 30;
const full = {
  rounds: 15, roundMs: 300, warmRequests: 15_000, warmUploads: 800, starts: 15, middleDownloads: 25,
  large: gib, largeDownloads: 5, largeUploads: 3, memoryRequests: 300_000,
};
const quick = {
  rounds: 3, roundMs: 200, warmRequests: 6000, warmUploads: 150, starts: 3, middleDownloads: 10,
  large: gib / 4, largeDownloads: 1, largeUploads: 1, memoryRequests: 90_000,
};

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    json: { type: 'string', default: 'bench-results.json' },
    'against-itself': { type: 'boolean', default: false },
  },
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
await run();

async function run() {
  const material = await gather();
  process.once('exit', material.discard);
  const load = startLoad(material);
  const bench = prepare(material, load);
  const rows = [];
  try {
    if (!bench.againstItself) await makeCertificates(bench);
    for (const [name, measure] of chosen()) {
      process.stderr.write(`${name} …\n`);
      rows.push(...(await measured(name, measure, bench)));
    }
  } finally {
    await endAllChildren();
  }
  report(rows);
}

function prepare(material, load) {
  const settings = flags.quick ? quick : full;
  const againstItself = flags['against-itself'];
  return {
    material,
    load,
    settings,
    againstItself,
    /** Starts Rehearsal, or with --against-itself the baseline that does the same work. */
    product(scenario, { kind = 'https', ...standIn } = {}, options = []) {
      if (againstItself) return startBaseline(material, kind, { body: listBody, headers: ['Content-Type', 'application/json'], ...standIn }, 'stand-in');
      return startRehearsal(material, scenario, options);
    },
    /** Runs a server until its code is compiled and its journal is full, so that no measure pays for that. */
    async warm(server, requests) {
      await load.order('requests', { port: server.port, connections: 16, requests, total: settings.warmRequests });
    },
  };
}

/** Rehearsal makes its certificates at its first start; the baselines then use the same. */
async function makeCertificates(bench) {
  const server = await bench.product(bench.material.shipped);
  await server.stop();
  shareCertificate(bench.material);
}

function chosen() {
  const all = Object.entries(measures);
  const found = flags.only.length === 0 ? all : all.filter(([name]) => flags.only.some((wanted) => name.includes(wanted)));
  if (found.length === 0) throw new Error(`No measure is called that. There are: ${Object.keys(measures).join(', ')}`);
  return found;
}

/** The rows of one measure. One that fails becomes a row of its own, and the others still run. */
async function measured(name, measure, bench) {
  const rows = [];
  try {
    for await (const row of measure(bench)) rows.push({ name, ...row });
  } catch (error) {
    rows.push({ name, measure: name, unit: `failed: ${error.message.split('\n').slice(0, 4).join(' ')}`, figure: NaN, target: { figure: 'least', value: 0 } });
    process.stderr.write(`${error.stack}\n`);
  }
  return rows;
}

function report(rows) {
  const machine = { node: process.version, processor: os.cpus()[0]?.model ?? 'unknown', cores: os.availableParallelism(), pinned: canPin() };
  console.log(`\n${flags['against-itself'] ? 'a bare server' : 'rehearsal'} on Node ${machine.node.slice(1)}, ${machine.processor}, one core${machine.pinned ? '' : ' (not pinned)'}${flags.quick ? ', quick' : ''}\n`);
  console.log(table(rows));
  const kept = { at: new Date().toISOString(), machine, quick: flags.quick, againstItself: flags['against-itself'], rows: rows.map((row) => ({ ...row, met: met(row) })) };
  fs.writeFileSync(flags.json, `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`\nKept as ${flags.json}.`);
}
