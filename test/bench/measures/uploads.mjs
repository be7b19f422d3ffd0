import fs from 'node:fs';
import path from 'node:path';
import { multipart } from '../load.mjs';
import { reportPath } from '../material.mjs';
import { forgetPeak, peakBytes, residentBytes } from '../processes.mjs';
import { cost, interleave, median, ratio } from '../rounds.mjs';
import { startBaseline } from '../servers.mjs';

const small = 100 * 1024;
const gib = 2 ** 30;
const connections = 8;
/** The target of 2,000 a second where it was set: there a server that throws everything away took 10,200. */
const shareOfSink = 0.196;

/** Reports of 100 KiB, hashed and on disk, in the run's temporary folder and under --data. */
export async function* smallUploads(bench) {
  const { head, tail } = multipart(reportPath, small);
  const content = Buffer.alloc(small, 'The report of a scan. ');
  const request = Buffer.concat([Buffer.from(head, 'latin1'), content, Buffer.from(tail, 'latin1')]).toString('base64');
  const servers = await uploadServers(bench, ['--data'], ['sink', 'multer', 'express + multer']);
  const { rounds, roundMs, warmUploads } = bench.settings;
  const send = (server, until) => bench.load.order('requests', { port: server.port, connections, requests: [request], base64: true, ...until });
  for (const server of servers) await send(server, { total: warmUploads });
  const figures = await interleave(servers, rounds, async (server) => {
    const { cpu, done } = await cost(server, () => send(server, { forMs: roundMs }));
    empty(server.folder);
    return done.answered / cpu;
  });
  const unit = 'uploads / CPU s';
  for (const [index, measured] of [[0, 'upload of 100 KiB'], [1, 'upload of 100 KiB, --data']]) {
    const row = { measure: measured, unit, figure: median(figures[index]) };
    yield { ...row, beside: 'express + multer', baseline: median(figures[4]), ratio: ratio(figures[index], figures[4]), target: { figure: 'least', value: 2000 } };
    yield { ...row, beside: 'multer, no hash', baseline: median(figures[3]), ratio: ratio(figures[index], figures[3]) };
    yield { ...row, beside: 'thrown away', baseline: median(figures[2]), ratio: ratio(figures[index], figures[2]), target: { ratio: 'least', value: shareOfSink } };
  }
  await stop(servers);
}

/** One report of 1 GiB: processor time and how far the server's memory grows meanwhile. */
export async function* largeUploads(bench) {
  const { large } = bench.settings;
  const shown = `${large / gib} GiB`;
  const { head, tail } = multipart(reportPath, large);
  const servers = await uploadServers(bench, [], ['express + multer']);
  const warm = multipart(reportPath, small);
  for (const server of servers) await bench.load.order('upload', { port: server.port, ...warm, sizeBytes: small });
  const before = servers.map((server) => residentBytes(server.pid));
  for (const server of servers) forgetPeak(server.pid);
  const figures = await interleave(servers, bench.settings.largeUploads, async (server) => {
    const { cpu } = await cost(server, () => bench.load.order('upload', { port: server.port, head, tail, sizeBytes: large }));
    empty(server.folder);
    return (cpu * gib) / large;
  });
  const growth = servers.map((server, index) => peakBytes(server.pid) - before[index]);
  const beside = 'express + multer';
  yield { measure: `upload of ${shown}`, unit: 'CPU s / GiB', figure: median(figures[0]), beside, baseline: median(figures[1]), ratio: ratio(figures[0], figures[1]) };
  yield {
    measure: `upload of ${shown}, memory`, unit: 'MB of growth', figure: growth[0] / 1e6,
    beside, baseline: growth[1] / 1e6, ratio: growth[0] / growth[1], target: { figure: 'most', value: 60 },
  };
  await stop(servers);
}

/** Rehearsal without and, if asked, with --data; then the baselines, each with a folder of its own. */
async function uploadServers(bench, more, kinds) {
  const folder = (name) => {
    const made = path.join(bench.material.folder, `uploads-${name}`);
    fs.mkdirSync(made, { recursive: true });
    return made;
  };
  const standIn = { kind: 'multer', folder: folder('stand-in') };
  const servers = [{ ...(await bench.product(bench.material.shipped, standIn)), folder: null }];
  if (more.length > 0) servers.push(await bench.product(bench.material.shipped, standIn, ['--data', folder('data')]));
  for (const kind of kinds) servers.push({ ...(await startBaseline(bench.material, kind, { folder: folder(kind) })), folder: folder(kind) });
  return servers;
}

/** What a baseline has kept is thrown away between rounds; Rehearsal's reports go with its run. */
function empty(folder) {
  for (const name of folder ? fs.readdirSync(folder) : []) fs.rmSync(path.join(folder, name), { force: true });
}

async function stop(servers) {
  await Promise.all(servers.map((server) => server.stop()));
  for (const server of servers) empty(server.folder);
}
