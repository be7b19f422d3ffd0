import { cost, interleave, median, ratio } from '../rounds.mjs';
import { startBaseline } from '../servers.mjs';

/** Full TLS handshakes, each on a connection of its own that asks for nothing. */
export async function* handshakes(bench) {
  const servers = [await bench.product(bench.material.shipped), await startBaseline(bench.material, 'https', {}, 'node:https')];
  const measure = async (server) => {
    const { cpu, done } = await cost(server, () => bench.load.order('handshakes', { port: server.port, connections: 8, forMs: bench.settings.roundMs }));
    return done.made / cpu;
  };
  for (const server of servers) await measure(server);
  const figures = await interleave(servers, bench.settings.rounds, measure);
  yield {
    measure: 'TLS handshakes', unit: 'handshakes / CPU s', figure: median(figures[0]),
    beside: 'node:https', baseline: median(figures[1]), ratio: ratio(figures[0], figures[1]),
  };
  await Promise.all(servers.map((server) => server.stop()));
}
