import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, askJson, multipart } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';

let server: Rehearsal;
let agent: Agent;

beforeAll(async () => {
  server = await rehearse({
    scenarios: { scenario: 'rush', routes: {
      'GET /first': [{ when: { call: 1 }, respond: { text: 'first' } }, { when: { call: { every: 10 } }, respond: { text: 'tenth' } }, { respond: { text: 'other' } }],
      'POST /first': [{ when: { call: { equals: 1, by: 'body.id' } }, respond: { text: 'first' } }, { respond: { text: 'other' } }],
      'GET /list': { respond: Array.from({ length: 200 }, (_, index) => ({ text: `${index}` })) },
      'GET /made': { respond: { json: { id: '${{ uuid() }}', call: '${{ call }}' } } },
      'POST /once': { once: '${{ headers["idempotency-key"] }}', respond: { json: { id: '${{ uuid() }}' }, delay: '5 ms' } },
      'POST /upload': { once: '${{ headers["idempotency-key"] }}', respond: { json: { id: '${{ uuid() }}', sha256: '${{ parts.file.sha256 }}' } } },
      'GET /limited': [{ when: { rate: { over: 50, per: '1 h' } }, respond: { status: 429 } }, { respond: { text: 'ok' } }],
    } },
  });
  agent = new Agent({ keepAlive: true, maxSockets: 40, ca: server.ca });
  return () => agent.destroy();
});

const rush = <T>(one: (index: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 200 }, (_, index) => one(index)));
const count = (texts: readonly string[], text: string): number => texts.filter((one) => one === text).length;

describe('two hundred requests at once', () => {
  test('take each number of a call once', async () => {
    const texts = await rush(async () => (await ask(server, '/first', { agent })).text);
    expect([count(texts, 'first'), count(texts, 'tenth'), count(texts, 'other')]).toEqual([1, 20, 179]);
    const calls = await rush(async () => (await ask(server, '/made', { agent })).json());
    expect(calls.map((one: { call: number }) => one.call).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(new Set(calls.map((one: { id: string }) => one.id)).size).toBe(200);
  });

  test('take each first call of a value once, bodies and all', async () => {
    const texts = await rush(async (index) => (await askJson(server, '/first', { id: index % 20 }, { agent })).text);
    expect(count(texts, 'first')).toBe(20);
  });

  test('take each place of a list once', async () => {
    const texts = await rush(async () => (await ask(server, '/list', { agent })).text);
    expect(texts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  test('with one value of `once` get one reply, with another body none', async () => {
    const answers = await rush((index) => askJson(server, '/once', { amount: index % 10 === 9 ? 2 : 1 }, { agent, headers: { 'Idempotency-Key': 'k' } }));
    const made = answers.filter((one) => one.status === 200);
    const refused = answers.filter((one) => one.status === 422);
    expect([made.length + refused.length, new Set(made.map((one) => one.text)).size]).toEqual([200, 1]);
    expect([[180, 20], [20, 180]]).toContainEqual([made.length, refused.length]);
  });

  test('sending one form again with new boundaries get one reply: its parts tell that it is the same', async () => {
    const send = (boundary: string, content: string) => {
      const { body } = multipart({ note: 'n', file: { filename: 'a.zip', content } });
      return ask(server, '/upload', { agent, method: 'POST', headers: { 'Idempotency-Key': 'form', 'Content-Type': `multipart/form-data; boundary=${boundary}` }, body: Buffer.from(body.toString('latin1').replaceAll('rehearsal-test-boundary', boundary), 'latin1') });
    };
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send(`b${index}`, 'same')));
    expect(new Set(answers.map((one) => `${one.status} ${one.text}`)).size).toBe(1);
    expect((await send('x', 'other')).status).toBe(422);
  });

  test('are let through up to the limit of a rate, and not one more', async () => {
    const statuses = await rush(async () => String((await ask(server, '/limited', { agent })).status));
    expect([count(statuses, '200'), count(statuses, '429')]).toEqual([50, 150]);
  });
});

test('an upload under way over a reload is answered by the rules of its arrival, the next request by the new ones', async () => {
  const folder = temporaryFolder('midway');
  mkdirSync(join(folder, 'scenarios'));
  const file = join(folder, 'scenarios/live.yaml');
  const scenario = (version: number): string => `scenario: live\nroutes:\n  POST /report: { respond: { json: { version: ${version}, call: '\${{ call }}', sha256: '\${{ parts.file.sha256 }}' } } }\n`;
  writeFileSync(file, scenario(1));
  const lines: string[] = [];
  let onLine = (): void => undefined;
  const live = await rehearse({ scenarios: join(folder, 'scenarios'), fixtures: join(folder, 'fixtures'), watch: true, write: (line) => { lines.push(line); onLine(); } });
  const { headers, body } = multipart({ file: { filename: 'a.zip', content: Buffer.alloc(200_000, 'z') } });
  const request = httpsRequest({ host: 'localhost', port: live.port, path: '/report', method: 'POST', ca: live.ca, agent: false, headers: { ...headers, 'Content-Length': body.length } });
  const answered = new Promise<string>((resolve, reject) => {
    request.on('error', reject).on('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve(text);
    });
  });
  await new Promise<void>((resolve) => { request.write(body.subarray(0, 100_000), () => resolve()); });
  const reloaded = new Promise<void>((resolve) => { onLine = () => lines.some((line) => line.includes('reloaded')) && resolve(); });
  writeFileSync(file, scenario(2));
  await reloaded;
  const next = (await ask(live, '/report', { headers, body })).json();
  request.end(body.subarray(100_000));
  const first = JSON.parse(await answered);
  expect([first.version, next.version]).toEqual([1, 2]);
  expect(first.sha256).toBe(next.sha256);
  expect(await live.reports()).toHaveLength(2);
});

test('a session reset while its upload is under way starts over, and the upload is answered all the same', async () => {
  const session = server.session('reset-midway');
  const { headers, body } = multipart({ file: { filename: 'a.zip', content: Buffer.alloc(100_000, 'z') } });
  const request = httpsRequest({ host: 'localhost', port: server.port, path: '/@:reset-midway/upload', method: 'POST', ca: server.ca, agent: false, headers: { ...headers, 'Content-Length': body.length } });
  const status = new Promise<number>((resolve, reject) => { request.on('error', reject).on('response', (response) => { response.resume(); resolve(response.statusCode ?? 0); }); });
  await new Promise<void>((resolve) => { request.write(body.subarray(0, 50_000), () => resolve()); });
  await ask(server, '/@:reset-midway/list');
  await session.reset();
  request.end(body.subarray(50_000));
  expect(await status).toBe(200);
  expect((await ask(server, '/@:reset-midway/list')).text).toBe('0');
});
