import { headersOf } from '../headers.mjs';
import { get } from '../load.mjs';
import { download } from '../material.mjs';
import { forgetPeak, peakBytes, residentBytes } from '../processes.mjs';
import { cost, interleave, median, ratio } from '../rounds.mjs';
import { startBaseline } from '../servers.mjs';
import { requestsPerCpuSecond } from './list.mjs';

const gib = 2 ** 30;

/** Files of 10 KiB: requests per CPU second, beside a node stream and beside a file in memory. */
export async function* smallDownloads(bench) {
  const servers = await downloadServers(bench, 10 * 1024, ['stream', 'memory']);
  const figures = await interleave(servers, bench.settings.rounds, (server) => requestsPerCpuSecond(bench, server, 16, [get('/file')]));
  const row = { measure: 'download of 10 KiB', unit: 'requests / CPU s', figure: median(figures[0]) };
  yield { ...row, beside: 'node stream', baseline: median(figures[1]), ratio: ratio(figures[0], figures[1]), target: { ratio: 'least', value: 3 } };
  yield { ...row, beside: 'from memory', baseline: median(figures[2]), ratio: ratio(figures[0], figures[2]) };
  await Promise.all(servers.map((server) => server.stop()));
}

/** Files of 10 MiB: processor time per GiB, beside a node stream. */
export async function* middleDownloads(bench) {
  const size = 10 * 2 ** 20;
  const servers = await downloadServers(bench, size, ['stream']);
  const measure = (server) => cpuPerGib(bench, server, bench.settings.middleDownloads, size);
  for (const server of servers) await measure(server);
  const figures = await interleave(servers, bench.settings.rounds, measure);
  yield {
    measure: 'download of 10 MiB', unit: 'CPU s / GiB', figure: median(figures[0]),
    beside: 'node stream', baseline: median(figures[1]), ratio: ratio(figures[0], figures[1]), target: { ratio: 'most', value: 0.85 },
  };
  await Promise.all(servers.map((server) => server.stop()));
}

/** A file of 1 GiB: processor time, and how far the server's memory grows meanwhile. */
export async function* largeDownloads(bench) {
  const { large } = bench.settings;
  const shown = `${large / gib} GiB`;
  const servers = await downloadServers(bench, large, ['stream']);
  const before = servers.map((server) => residentBytes(server.pid));
  for (const server of servers) forgetPeak(server.pid);
  for (const server of servers) await cpuPerGib(bench, server, 1, large);
  const figures = await interleave(servers, bench.settings.largeDownloads, (server) => cpuPerGib(bench, server, 1, large));
  const growth = servers.map((server, index) => peakBytes(server.pid) - before[index]);
  yield {
    measure: `download of ${shown}`, unit: 'CPU s / GiB', figure: median(figures[0]),
    beside: 'node stream', baseline: median(figures[1]), ratio: ratio(figures[0], figures[1]), target: { ratio: 'most', value: 0.85 },
  };
  yield {
    measure: `download of ${shown}, memory`, unit: 'MB of growth', figure: growth[0] / 1e6,
    beside: 'node stream', baseline: growth[1] / 1e6, ratio: growth[0] / growth[1], target: { figure: 'most', value: 60 },
  };
  await Promise.all(servers.map((server) => server.stop()));
}

async function downloadServers(bench, sizeBytes, kinds) {
  const { file, scenario } = download(bench.material, sizeBytes);
  const product = await bench.product(scenario, { kind: 'stream', file });
  const headers = await headersOf(product.port, '/file', bench.material.trust);
  const servers = [product];
  for (const kind of kinds) servers.push(await startBaseline(bench.material, kind, { file, headers }));
  if (sizeBytes < 2 ** 20) for (const server of servers) await bench.warm(server, [get('/file')]);
  return servers;
}

async function cpuPerGib({ load }, server, total, sizeBytes) {
  const { cpu, done } = await cost(server, () => load.order('requests', { port: server.port, connections: 1, requests: [get('/file')], total }));
  if (done.bodyBytes !== total * sizeBytes) throw new Error(`${server.name} sent ${done.bodyBytes} bytes instead of ${total * sizeBytes}.`);
  return (cpu * gib) / done.bodyBytes;
}
