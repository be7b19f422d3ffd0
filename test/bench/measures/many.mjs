import { get } from '../load.mjs';
import { listPath, manyRoutes, manyRules } from '../material.mjs';
import { interleave, median, ratio } from '../rounds.mjs';
import { requestsPerCpuSecond } from './list.mjs';

const counts = [10, 1000, 10_000];
const connections = 16;

/** The task list with 10, 1,000 and 10,000 other routes, the requests spread over them. */
export async function* routes(bench) {
  yield* byCount(bench, 'other routes', manyRoutes, (n) => `/xyz/api/cleaner/other/${n}/tasks`);
}

/** The same with as many rules on one route, told apart by a query value. */
export async function* rules(bench) {
  yield* byCount(bench, 'rules on one route', manyRules, (n) => `${listPath}?id=${n}`);
}

async function* byCount(bench, what, make, path) {
  const servers = [];
  for (const count of counts) servers.push({ ...(await bench.product(make(bench.material, count))), requests: spread(count).map((n) => get(path(n))) });
  for (const server of servers) await bench.warm(server, server.requests);
  const figures = await interleave(servers, bench.settings.rounds, (server) => requestsPerCpuSecond(bench, server, connections, server.requests));
  for (const [index, count] of counts.entries()) {
    const row = { measure: `task list, ${count.toLocaleString('en')} ${what}`, unit: 'requests / CPU s', figure: median(figures[index]) };
    if (index === 0) yield row;
    else yield { ...row, beside: `10 ${what}`, baseline: median(figures[0]), ratio: ratio(figures[index], figures[0]), target: { ratio: 'least', value: 0.95 } };
  }
  await Promise.all(servers.map((server) => server.stop()));
}

/** Ten of `count` numbers, evenly spread, first and last among them: as many for each count, so that only the number of the others differs. */
function spread(count) {
  return Array.from({ length: 10 }, (_, n) => Math.round((n * (count - 1)) / 9));
}
