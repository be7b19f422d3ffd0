import { beforeAll, describe, expect, test } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, askJson } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';

let server: Rehearsal;
const list = '/api/list';

beforeAll(async () => {
  server = await rehearse({
    scenarios: [
      { scenario: 'shop', base: '/api', routes: { 'GET /list': { respond: { json: { from: 'shop' } } }, 'GET /count': { when: { call: { min: 1 } }, respond: { json: { call: '${{ call }}' } } } } },
      { scenario: 'shop-empty', extends: 'shop', routes: { 'GET /list': { respond: { json: { from: 'shop-empty' } } } } },
      { scenario: 'shop-down', extends: 'shop', routes: { 'GET /list': { respond: { status: 503, json: { from: 'shop-down' } } } } },
      { scenario: 'other', base: '/other', routes: { 'GET /': { respond: { text: 'other' } } } },
    ],
  });
});

const from = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => (await ask(server, path, { headers })).json().from;
const admin = (value: unknown) => askJson(server, '/_rehearsal/scenarios/active', value, { method: 'PUT' });

test('the session of clients that name none is there before the first of them, and after it was reset', async () => {
  const look = async () => (await ask(server, '/_rehearsal/sessions/default')).json();
  expect(await look()).toMatchObject({ id: 'default', counters: [] });
  await ask(server, '/api/count');
  expect((await look()).counters).toHaveLength(1);
  await ask(server, '/_rehearsal/sessions/default', { method: 'DELETE', headers: { 'Rehearsal-Admin': '1' } });
  expect(await look()).toMatchObject({ id: 'default', counters: [] });
  expect((await ask(server, '/_rehearsal/sessions/unknown')).status).toBe(404);
});

describe('which scenario answers', () => {
  test('the root answers when nothing is selected', async () => {
    expect(await from(list)).toBe('shop');
  });

  test('the header selects for one request', async () => {
    expect(await from(list, { 'Rehearsal-Scenario': 'shop-empty' })).toBe('shop-empty');
    expect(await from(list)).toBe('shop');
  });

  test('a prefix of the path selects, for clients that can only set a base URL', async () => {
    expect(await from(`/@shop-empty${list}`)).toBe('shop-empty');
    expect(await from(`/@shop-empty:s1${list}`)).toBe('shop-empty');
    expect(await from(`/@:s1${list}`)).toBe('shop');
  });

  test('header wins over prefix, prefix over session, session over everybody', async () => {
    await admin({ scenario: 'shop-down' });
    expect(await from(list)).toBe('shop-down');
    await admin({ scenario: 'shop-empty', session: 'mine' });
    expect(await from(`/@:mine${list}`)).toBe('shop-empty');
    expect(await from(`/@shop:mine${list}`)).toBe('shop');
    expect(await from(`/@shop:mine${list}`, { 'Rehearsal-Scenario': 'shop-down' })).toBe('shop-down');
    await admin({ scenario: 'shop' });
    expect(await from(list)).toBe('shop');
  });

  test('another root goes on answering beside a selected variation', async () => {
    expect((await ask(server, '/other/', { headers: { 'Rehearsal-Scenario': 'shop-empty' } })).text).toBe('other');
  });

  test('an unknown name is a 404 that lists those there are', async () => {
    const answer = await ask(server, list, { headers: { 'Rehearsal-Scenario': 'shop-emty' } });
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json().detail).toContain('Did you mean `shop-empty`?');
    expect(answer.json().scenarios).toEqual(['other', 'shop', 'shop-down', 'shop-empty']);
    expect((await admin({ scenario: 'nope' })).status).toBe(404);
  });

  test('header and prefix must name the same session', async () => {
    const answer = await ask(server, `/@:one${list}`, { headers: { 'Rehearsal-Session': 'two' } });
    expect(answer.status).toBe(400);
    expect(answer.json().detail).toContain('must agree');
    expect((await ask(server, `/@:one${list}`, { headers: { 'Rehearsal-Session': 'one' } })).status).toBe(200);
  });

  test.each(['a b', 'x'.repeat(65), 'ä', ''])('the session id %j is refused', async (id) => {
    expect((await ask(server, list, { headers: { 'Rehearsal-Session': encodeURI(id) } })).status).toBe(400);
  });
});

describe('whose world it is', () => {
  test('fifty sessions at once count for themselves alone, and see only their own journal', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `client-${index}`);
    await Promise.all(ids.map(async (id, index) => {
      const session = server.session(id);
      const calls = 1 + (index % 5);
      for (let call = 1; call <= calls; call += 1) {
        const answer = await ask(server, '/api/count', { headers: session.headers });
        expect(answer.json()).toEqual({ call });
      }
    }));
    for (const [index, id] of ids.entries()) {
      const journal = server.session(id).journal();
      expect(journal.total).toBe(1 + (index % 5));
      expect(new Set(journal.map((exchange) => exchange.session))).toEqual(new Set([id]));
    }
  });

  test('selecting a scenario resets nothing', async () => {
    const session = server.session('keeps');
    await ask(server, '/api/count', { headers: session.headers });
    session.use('shop-empty');
    expect((await ask(server, '/api/count', { headers: session.headers })).json()).toEqual({ call: 2 });
    await session.reset();
    expect((await ask(server, '/api/count', { headers: session.headers })).json()).toEqual({ call: 1 });
    expect(session.journal().total).toBe(1);
  });
});
