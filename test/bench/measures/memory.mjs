import { get } from '../load.mjs';
import { listPath } from '../material.mjs';
import { residentBytes } from '../processes.mjs';

/** Resident memory when the journal has been full for long, and after 300,000 requests. */
export async function* memory(bench) {
  const server = await bench.product(bench.material.shipped);
  const { memoryRequests } = bench.settings;
  const send = (total) => bench.load.order('requests', { port: server.port, connections: 16, requests: [get(listPath)], total });
  await send(memoryRequests / 3);
  const full = residentBytes(server.pid) / 1e6;
  await send((memoryRequests * 2) / 3);
  const end = residentBytes(server.pid) / 1e6;
  yield {
    measure: `memory after ${memoryRequests.toLocaleString('en')} requests`, unit: 'MB', figure: end,
    beside: 'after a third of them', baseline: full, ratio: end / full, target: { ratio: 'most', value: 1.1 },
  };
  await server.stop();
}
