import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, multipart } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';
import { openRaw } from './raw.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const hasDescriptors = existsSync('/proc/self/fd');
const descriptors = (): number => readdirSync('/proc/self/fd').length;
const heapBytes = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Asks `count` times over one connection, many requests on their way at once. */
async function flood(server: Rehearsal, count: number, head: (index: number) => string): Promise<void> {
  const socket = await openRaw(server);
  let answered = 0;
  let rest = '';
  for (let from = 0; from < count; from += 100) {
    const batch = Array.from({ length: Math.min(100, count - from) }, (_, index) => `${head(from + index)}\r\n\r\n`).join('');
    const wanted = from + Math.min(100, count - from);
    await new Promise<void>((done, fail) => {
      const take = (chunk: Buffer): void => {
        rest += chunk.toString('latin1');
        const parts = rest.split('HTTP/1.1 200 OK');
        answered += parts.length - 1;
        rest = parts.at(-1)!.slice(-20);
        if (answered < wanted) return;
        socket.off('data', take).off('close', fail);
        done();
      };
      socket.on('data', take).once('close', () => fail(new Error(`closed after ${answered}`)));
      socket.write(batch);
    });
    socket.removeAllListeners('close');
  }
  socket.destroy();
}

describe('Bounds', () => {
  it('memory is flat under 20,000 requests once the journal is full, sessions and counters on', async () => {
    const server = await rehearse({ journal: 500, maxSessions: 100, scenarios: { scenario: 'load', routes: {
      'GET /fixed': { respond: { json: { tasks: [1, 2, 3] } } },
      'GET /made': [{ when: { call: { equals: 0x7fffffff, by: 'query.n' } }, respond: {} }, { when: { rate: { over: 10_000, per: '1 h' } }, respond: { text: 'many' } }, { respond: { json: { n: '${{ query.n }}', id: '${{ uuid() }}' } } }],
    } } });
    const head = (index: number): string => `GET ${index % 3 ? '/fixed' : `/@:s${index % 300}/made?n=${index}`} HTTP/1.1\r\nHost: localhost`;
    await flood(server, 5000, head);
    const before = heapBytes();
    await flood(server, 20_000, (index) => head(index + 5000));
    expect(heapBytes() - before).toBeLessThan(12_000_000);
    expect(server.journal({ limit: 1 }).total).toBe(500);
    expect((await ask(server, '/_rehearsal/sessions')).json().total).toBeLessThanOrEqual(101);
  }, 60_000);

  it.skipIf(!hasDescriptors)('descriptors and files are flat after 1,000 broken-off transfers, up and down', async () => {
    const folder = temporaryFolder('broken-off');
    const fixtures = temporaryFolder('fixtures');
    writeFileSync(join(fixtures, 'large.bin'), Buffer.alloc(8_000_000));
    const server = await rehearse({ data: folder, fixtures, scenarios: { scenario: 'transfers', routes: {
      'POST /report': { respond: { json: { ok: true } } }, 'GET /file': { respond: { file: 'large.bin' } }, 'GET /made': { respond: { bytes: '1 GiB' } }, 'GET /slow': { respond: { bytes: '10 MB', throttle: '10 kB/s' } },
      'GET /hang': { respond: { text: 'x', fault: 'hang' } }, 'GET /events': { respond: { sse: true, stream: [{ text: 'a' }, { text: 'b', delay: '1 h' }] } }, 'GET /late': { respond: { text: 'x', delay: '1 h' } },
    } } });
    const { headers, body } = multipart({ file: { filename: 'a.bin', content: Buffer.alloc(1_000_000, 'x') } });
    const upload = Buffer.concat([Buffer.from(`POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${headers['Content-Type']}\r\nContent-Length: ${body.length}\r\n\r\n`), body.subarray(0, 400_000)]);
    const raw = Buffer.concat([Buffer.from('POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/zip\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n'), Buffer.alloc(0x8000)]);
    const get = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const kinds = [upload, raw, get('/file'), get('/made'), get('/slow'), get('/hang'), get('/events'), get('/late'), get('/file'), upload];
    const breakOff = async (index: number): Promise<void> => {
      const socket = await openRaw(server);
      const sent = kinds[index % kinds.length]!;
      const answers = /^GET \/(file|made|events)/.test(sent.subarray(0, 20).toString());
      await new Promise<void>((done) => {
        socket.once('close', () => done());
        if (answers) socket.once('data', () => socket.destroy());
        socket.write(sent, () => !answers && socket.destroy());
      });
    };
    await breakOff(0);
    await ask(server, '/file');
    const settled = descriptors();
    const { total } = server.journal({ limit: 1 });
    for (let from = 0; from < 1000; from += 25) await Promise.all(Array.from({ length: 25 }, (_, index) => breakOff(from + index)));
    await expect.poll(() => server.journal({ limit: 1 }).total - total, { timeout: 10_000 }).toBeGreaterThanOrEqual(900);
    await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(settled + 2);
    expect(readdirSync(join(folder, 'reports'))).toEqual([]);
    expect((await ask(server, '/file')).bytes.length).toBe(8_000_000);
    expect((await ask(server, '/report', { headers, body })).status).toBe(200);
  }, 60_000);

  it('reports outlast the sessions that were let go', async () => {
    const server = await rehearse({ maxSessions: 2, scenarios: { scenario: 'up', routes: { 'POST /report': { respond: {} } } } });
    const { headers, body } = multipart({ file: { filename: 'a.bin', content: 'x' } });
    for (let index = 0; index < 6; index += 1) expect((await ask(server, `/@:s${index}/report`, { headers, body })).status).toBe(204);
    expect((await ask(server, '/_rehearsal/sessions')).json().total).toBe(2);
    expect(await server.reports()).toHaveLength(6);
  });
});
