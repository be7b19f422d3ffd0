import { get } from '../load.mjs';
import { hundredThousandRows } from '../material.mjs';
import { cost, interleave, median, ratio } from '../rounds.mjs';

const connections = 16;
const batch = 1000;

/** A collection of 100,000 rows: reads by id beside a static reply of the same size, and rows inserted one by one and in batches. */
export async function* collections(bench) {
  const server = await bench.product(hundredThousandRows(bench.material), { body: '{"id":1}' }, bench.againstItself ? [] : ['--fixtures', bench.material.fixtures]);
  const { rounds, roundMs, warmRequests } = bench.settings;
  const loads = {
    static: Array.from({ length: 97 }, () => get('/static')),
    read: Array.from({ length: 97 }, (_, n) => get(`/rows/${1 + n * 1021}`)),
    insert: [post('/fresh', JSON.stringify({ name: 'row', size: 12 }))],
    inserts: [post('/fresh', JSON.stringify(Array.from({ length: batch }, (_, n) => ({ name: `row ${n}`, size: n }))))],
  };
  const send = (requests, until) => bench.load.order('requests', { port: server.port, connections, requests, ...until });
  for (const requests of [loads.static, loads.read]) await send(requests, { total: warmRequests });
  for (const requests of [loads.insert, loads.inserts]) await send(requests, { total: requests === loads.inserts ? 30 : warmRequests / 4 });
  const perCpuSecond = (requests, rows) => async () => {
    const { cpu, done } = await cost(server, () => send(requests, { forMs: roundMs }));
    return (done.answered * rows) / cpu;
  };
  const kinds = [perCpuSecond(loads.static, 1), perCpuSecond(loads.read, 1)];
  const [still, read] = await interleave(kinds, rounds, (measure) => measure());
  yield { measure: 'row by id, of 100,000', unit: 'requests / CPU s', figure: median(read), beside: 'static reply', baseline: median(still), ratio: ratio(read, still), target: { ratio: 'least', value: 0.5 } };
  // A tenth of the rounds: what is inserted stays.
  const few = Math.max(2, Math.round(rounds / 5));
  const [one, many] = await interleave([perCpuSecond(loads.insert, 1), perCpuSecond(loads.inserts, batch)], few, (measure) => measure());
  yield { measure: 'insert of one row', unit: 'rows / CPU s', figure: median(one) };
  yield { measure: 'insert of 1,000 rows at once', unit: 'rows / CPU s', figure: median(many), target: { figure: 'least', value: 20_000 } };
  await server.stop();
}

function post(path, body) {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nUser-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: keep-alive\r\n\r\n${body}`;
}
