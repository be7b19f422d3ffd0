import { beforeAll, describe, expect, test } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, askJson } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';

let server: Rehearsal;

beforeAll(async () => {
  server = await rehearse({
    clock: '2026-11-01T12:00:00Z',
    scenarios: [
      {
        scenario: 'rules',
        before: [
          { name: 'maintenance', when: { headers: { 'x-maintenance': '1' } }, respond: { status: 503, text: 'closed' } },
          { when: { query: { slow: 1 } }, delay: '5 ms' },
        ],
        routes: {
          'GET /a/{id}': { respond: { text: 'param ${{ params.id }}' } },
          'GET /a/fixed': { respond: { text: 'literal' } },
          'GET /a/**': { respond: { text: 'rest ${{ params["**"] }}' } },
          'ANY /any': { respond: { text: '${{ request.method }}' } },
          'GET /sequence': { respond: [{ status: 503, text: 'one' }, { status: 503, text: 'two' }, { text: 'three' }] },
          'GET /cycle': { repeat: 'cycle', respond: [{ text: 'a' }, { text: 'b' }] },
          'POST /once': { once: '${{ headers["idempotency-key"] }}', respond: { status: 201, json: { token: '${{ uuid() }}' } } },
          'GET /limited': [{ when: { rate: { over: 2, per: '1 min' } }, respond: { status: 429, text: 'slow down' } }, { respond: { text: 'ok' } }],
          'GET /nth': [{ when: { call: { every: 3 } }, respond: { text: 'third' } }, { respond: { text: 'other' } }],
          'GET /nothing': {},
          'GET /seeded': { respond: { json: { id: '${{ uuid() }}', n: '${{ random(1, 1000000) }}' } } },
          'POST /echo': { respond: { json: { id: '${{ body.id }}', next: '${{ body.id + 1 }}', kind: '${{ default(query.kind, "none") }}' } } },
        },
        errors: { default: { status: '${{ status }}', json: { error: '${{ status }}', message: '${{ reason }}', success: false } } },
      },
    ],
  });
});

const text = async (path: string, headers = {}): Promise<string> => (await ask(server, path, { headers })).text;

test('what the server dates is dated by its own clock, whichever way the answer is made', async () => {
  for (const path of ['/a/fixed', '/a/fixed', '/a/7', '/unknown']) expect((await ask(server, path)).headers.date, path).toBe('Sun, 01 Nov 2026 12:00:00 GMT');
});

test('requests that are alike and requests that are not are told apart in the journal', async () => {
  const sent: readonly { readonly path: string; readonly headers?: Record<string, string>; readonly method?: string }[] = [
    { path: '/any' }, { path: '/any' }, { path: '/any?x=1' }, { path: '/any', headers: { 'X-Maintenance': '1' } }, { path: '/any', headers: { 'X-A': '1' } }, { path: '/any', headers: { 'X-A': '2' } }, { path: '/any', headers: { 'X-A': '2' } },
    { path: '/a/fixed' }, { path: '/a/fixed' }, { path: '/a/fixed', headers: { 'Rehearsal-Session': 'one' } }, { path: '/a/fixed', headers: { 'Rehearsal-Session': 'two' } }, { path: '/a/fixed', headers: { 'X-A': '1' } }, { path: '/a/fixed', headers: { 'X-A': '2' } }, { path: '/a/fixed', headers: { Authorization: 'Bearer abcdef' } }, { path: '/a/fixed', headers: { Authorization: 'Bearer abcdef' } }, { path: '/a/fixed?q=1' }, { path: '/a/fixed', method: 'HEAD' }, { path: '/a/fixed' },
  ];
  const ids: string[] = [];
  for (const { path, ...options } of sent) {
    const answered = await ask(server, path, options);
    ids.push(String(answered.headers['rehearsal-exchange']));
  }
  const kept = await Promise.all(ids.map(async (id) => (await server.exchange(id))!));
  expect(new Set(ids).size).toBe(sent.length);
  for (const [index, { path, headers = {}, method = 'GET' }] of sent.entries()) {
    const { id, url, session, request, reply, ...rest } = kept[index]!;
    const named = Object.entries(headers).filter(([name]) => name.startsWith('X-')).map(([name, value]) => [name.toLowerCase(), value]);
    expect([id, url, rest.method, session, Object.entries(request.headers).filter(([name]) => name.startsWith('x-')), reply.headers['rehearsal-exchange'], rest.scenario], `${index} ${path}`)
      .toEqual([ids[index], path, method, headers['Rehearsal-Session'] ?? 'default', named, ids[index], 'rules']);
    expect(JSON.stringify(request)).not.toContain('abcdef');
  }
  expect((await server.journal({ session: 'one' })).items.map(({ url }) => url)).toEqual(['/a/fixed']);
});

test('what a request fell short of is not told of the next one that asks the same and does not', async () => {
  const state = await rehearse({ scenarios: [{ scenario: 'gate', state: 'closed', routes: { 'GET /': { expect: { state: 'open' }, respond: { text: 'in' } }, 'PUT /open': { do: { state: 'open' }, respond: { status: 204 } } } }] });
  await ask(state, '/');
  await ask(state, '/open', { method: 'PUT' });
  for (const _ of [1, 2]) await ask(state, '/');
  const { items } = await state.journal({});
  expect(items.filter(({ url }) => url === '/').map(({ violations }) => violations.map(({ text: words }) => words))).toEqual([[], [], ['state: expected open, got closed']]);
});

describe('routes', () => {
  test('the more specific route wins, whatever their order', async () => {
    expect(await text('/a/fixed')).toBe('literal');
    expect(await text('/a/7')).toBe('param 7');
    expect(await text('/a/7/8')).toBe('rest 7/8');
    expect(await text('/a/')).toBe('rest ');
  });

  test('a segment is decoded once, and an encoded slash stays inside it', async () => {
    expect(await text('/a/x%2Fy')).toBe('param x/y');
    expect(await text('/a/%2525')).toBe('param %25');
    expect(await text('/a/%C3%A9')).toBe('param é');
  });

  test.each(['/a/%00', '/a/%5C', '/a/..%2Fb', '/a/%2e%2e/b', '/a/%ff'])('%s is refused with 400', async (path) => {
    expect((await ask(server, path)).status).toBe(400);
  });

  test('ANY takes every method, HEAD is answered from GET', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) expect((await ask(server, '/any', { method })).text).toBe(method);
    const head = await ask(server, '/a/fixed', { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '7', '']);
  });

  test('a rule without a reply answers 204', async () => {
    const answer = await ask(server, '/nothing');
    expect([answer.status, answer.headers['content-length'], answer.text]).toEqual([204, undefined, '']);
  });
});

describe('rules', () => {
  test('before is tried ahead of every route, and of paths that have none', async () => {
    expect(await text('/a/fixed', { 'X-Maintenance': '1' })).toBe('closed');
    expect((await ask(server, '/nowhere', { headers: { 'X-Maintenance': '1' } })).status).toBe(503);
    expect(await text('/a/fixed?slow=1')).toBe('literal');
  });

  test('a list of replies is given in turn, the last repeats; cycle starts over', async () => {
    expect([await text('/sequence'), await text('/sequence'), await text('/sequence'), await text('/sequence')]).toEqual(['one', 'two', 'three', 'three']);
    expect([await text('/cycle'), await text('/cycle'), await text('/cycle')]).toEqual(['a', 'b', 'a']);
  });

  test('once gives the first reply again, and refuses another body', async () => {
    const post = (body: unknown, key: string) => askJson(server, '/once', body, { headers: { 'Idempotency-Key': key } });
    const [first, second] = await Promise.all([post({ a: 1 }, 'k1'), post({ a: 1 }, 'k1')]);
    expect(first.status).toBe(201);
    expect(second.json()).toEqual(first.json());
    expect((await post({ a: 2 }, 'k1')).status).toBe(422);
    expect((await post({ a: 2 }, 'k2')).json()).not.toEqual(first.json());
    expect((await askJson(server, '/once', { a: 1 })).status).toBe(201);
  });

  test('rate answers over the limit with Retry-After and the rate-limit fields', async () => {
    const answers = [await ask(server, '/limited'), await ask(server, '/limited'), await ask(server, '/limited')];
    expect(answers.map((one) => one.status)).toEqual([200, 200, 429]);
    expect(answers[1]!.headers['ratelimit-remaining']).toBe('0');
    expect(answers[2]!.headers['retry-after']).toBe('60');
    expect(answers[2]!.headers['ratelimit-policy']).toBe('"default";q=2;w=60');
    expect((await ask(server, '/@:another/limited')).status).toBe(200);
  });

  test('every third call is told apart, and HEAD counts as GET', async () => {
    expect(await text('/nth')).toBe('other');
    await ask(server, '/nth', { method: 'HEAD' });
    expect(await text('/nth')).toBe('third');
  });

  test('what is made depends on the call and not on the session', async () => {
    const one = await text('/seeded', { 'Rehearsal-Session': 'one' });
    const two = await text('/seeded', { 'Rehearsal-Session': 'two' });
    expect(two).toBe(one);
    expect(await text('/seeded', { 'Rehearsal-Session': 'one' })).not.toBe(one);
  });

  test('two simultaneous requests never take the same place in a list of replies', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => text('/@:rush/sequence')));
    expect(answers.filter((one) => one === 'one')).toHaveLength(1);
    expect(answers.filter((one) => one === 'two')).toHaveLength(1);
  });

  test('numbers keep their digits from the body to the reply', async () => {
    const answer = await ask(server, '/echo', { body: '{"id":9007199254740993}', headers: { 'Content-Type': 'application/json' } });
    expect(answer.text).toContain('"id":9007199254740993');
    expect(answer.text).toContain('"next":9007199254740994');
  });

  test('errors of the server take the words of the scenario', async () => {
    const answer = await ask(server, '/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ error: 404, success: false });
    const method = await ask(server, '/nothing', { method: 'POST' });
    expect([method.status, method.headers.allow, method.json().error]).toEqual([405, 'GET, HEAD, OPTIONS', 405]);
  });
});
