import { headersOf } from '../headers.mjs';
import { get } from '../load.mjs';
import { listBody, listPath } from '../material.mjs';
import { cost, interleave, median, ratio } from '../rounds.mjs';
import { startBaseline } from '../servers.mjs';

/** Requests that one second of the server's processor time answers; servers must be warm. */
export async function requestsPerCpuSecond({ load, settings }, server, connections, requests) {
  const { cpu, done } = await cost(server, () => load.order('requests', { port: server.port, connections, requests, forMs: settings.roundMs }));
  return done.answered / cpu;
}

/** The task list at 1, 16 and 64 connections, beside bare node:https and bare Express with the same bytes and headers. */
export async function* list(bench) {
  const product = await bench.product(bench.material.shipped);
  const headers = await headersOf(product.port, listPath, bench.material.trust);
  const servers = [
    product,
    await startBaseline(bench.material, 'https', { headers, body: listBody }, 'node:https'),
    await startBaseline(bench.material, 'express', { headers, body: listBody, path: listPath }),
  ];
  for (const server of servers) await bench.warm(server, [get(listPath)]);
  for (const connections of [1, 16, 64]) {
    const figures = await interleave(servers, bench.settings.rounds, (server) => requestsPerCpuSecond(bench, server, connections, [get(listPath)]));
    const measure = `task list, ${connections} connection${connections > 1 ? 's' : ''}`;
    const row = { measure, unit: 'requests / CPU s', figure: median(figures[0]) };
    yield { ...row, beside: 'node:https', baseline: median(figures[1]), ratio: ratio(figures[0], figures[1]), target: { ratio: 'least', value: 0.9 } };
    yield { ...row, beside: 'express', baseline: median(figures[2]), ratio: ratio(figures[0], figures[2]) };
  }
  await Promise.all(servers.map((server) => server.stop()));
}
