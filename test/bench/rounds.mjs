import { cpuSeconds } from './processes.mjs';

/**
 * Measures each server in turn, back and forth (A B C, C B A …), so that what slows the machine down for a while meets
 * all of them alike. Resolves with one list of figures per server, in the servers' order.
 */
export async function interleave(servers, rounds, measure) {
  const figures = servers.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = servers.map((_, index) => (round % 2 ? servers.length - 1 - index : index));
    for (const index of order) figures[index].push(await measure(servers[index]));
  }
  return figures;
}

/** What `work` cost the server in seconds of processor time, and what it resolved with. */
export async function cost(server, work) {
  const before = cpuSeconds(server.pid);
  const done = await work();
  return { cpu: cpuSeconds(server.pid) - before, done };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The middle of the ratios of figures taken one after the other, which noise moves less than the ratio of the middles. */
export function ratio(figures, baseline) {
  return median(figures.map((figure, round) => figure / baseline[round]));
}
