import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { rehearse } from '../support/rehearsal.ts';
import { clientOf, fixtures, isDescribed, links, shipped, type RowsClient } from './rows-client.ts';

let server: Rehearsal;
beforeAll(async () => {
  server = await rehearse({ scenarios: shipped('telemetry'), fixtures });
});

const bearer = (token: string): Readonly<Record<string, string>> => ({ Authorization: `Bearer ${token}` });

/** Four clients in one session. */
interface Clients {
  readonly nobody: RowsClient;
  readonly writer: RowsClient;
  readonly other: RowsClient;
  readonly reader: RowsClient;
  readonly admin: RowsClient;
}

function clients(scenario = ''): Clients {
  const nobody = clientOf(server, '/telemetry', { scenario });
  const as = (token: string): RowsClient => clientOf(server, '/telemetry', { scenario, session: nobody.session, headers: bearer(token) });
  return { nobody, writer: as('writer-token'), other: as('other-writer-token'), reader: as('reader-token'), admin: as('admin-token') };
}

const reading = { machine: 'press-7', at: '2026-11-21T09:12:51.250Z', temperature: 71.5 };

async function total({ reader }: Clients): Promise<number> {
  return (await reader.get('/readings')).json().total;
}

describe('a push', () => {
  it('of one row is acknowledged with its id, and the row is there with who sent it and when it came', async () => {
    const { writer, reader } = clients();
    const pushed = await writer.send('POST', '/readings', { ...reading, pressure: null, status: 'ok' });
    expect(pushed.status).toBe(201);
    const { stored, ids: [id] } = pushed.json();
    expect(stored).toBe(1);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const row = (await reader.get(`/readings/${id}`)).json();
    expect(row).toEqual({ id, ...reading, pressure: null, status: 'ok', received: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), source: 'press-7' });
    expect((await reader.get('/readings')).json()).toEqual({ items: [row], next: null, total: 1 });
  });

  it('of a list stores all of its rows, in order', async () => {
    const all = clients();
    const rows = Array.from({ length: 1000 }, (_, n) => ({ ...reading, temperature: n }));
    const pushed = (await all.writer.send('POST', '/readings', rows)).json();
    expect(pushed.stored).toBe(1000);
    expect(new Set(pushed.ids).size).toBe(1000);
    expect((await all.reader.get(`/readings/${pushed.ids[617]}`)).json().temperature).toBe(617);
    const seen: number[] = [];
    let next: string | undefined = '/readings?limit=400';
    while (next !== undefined) {
      const page = await all.reader.get(next);
      seen.push(...page.json().items.map(({ temperature }: { temperature: number }) => temperature));
      next = links(page)['next']?.replace(/^.*\/telemetry/, '');
    }
    expect(seen).toEqual(rows.map(({ temperature }) => temperature));
  });

  it.each([
    ['no rows', []], ['more than 1,000 rows', Array.from({ length: 1001 }, () => reading)], ['text', '"press-7"'], ['null', 'null'],
  ])('of %s is 422 and stores nothing', async (_name, body) => {
    const all = clients();
    expect((await all.writer.send('POST', '/readings', body)).status).toBe(422);
    expect(await total(all)).toBe(0);
  });

  it('with unknown, missing or wrong columns is 422 with every fault, and the good rows beside it are not stored either', async () => {
    const all = clients();
    const answer = await all.writer.send('POST', '/readings', [
      reading,
      { machine: 'press-7', at: 'yesterday', temprature: 71.5 },
      { ...reading, temperature: '71.5', pressure: -1, status: 'fine', colour: 'red' },
      7,
      {},
    ]);
    expect(answer).toMatchObject({ status: 422, headers: { 'content-type': 'application/problem+json' } });
    const { detail, errors } = answer.json() as { detail: string; errors: { row: number; field: string | null; message: string }[] };
    expect(detail).toMatch(/^4 of 5 rows/);
    expect(errors.map(({ row, field }) => `${row} ${field}`).sort()).toEqual([
      '2 at', '2 temperature', '2 temprature', '3 colour', '3 pressure', '3 status', '3 temperature', '4 null', '5 at', '5 machine', '5 temperature',
    ]);
    expect(errors.find(({ field }) => field === 'status')?.message).toBe('`status`: expected one of "ok", "warning", "fault", got "fine"');
    expect(await total(all)).toBe(0);
    expect((await all.writer.send('POST', '/readings', { ...reading, colour: 'red' })).json().errors).toEqual([{ row: 1, field: 'colour', message: expect.stringContaining('colour') }]);
  });

  it('cannot say who sent it or when it came, and may bring an id, which is then taken', async () => {
    const { writer, reader } = clients();
    const row = { ...reading, id: 'r-1', received: '1999-01-01T00:00:00Z', source: 'somebody else' };
    expect((await writer.send('POST', '/readings', row)).json()).toEqual({ stored: 1, ids: ['r-1'] });
    expect((await reader.get('/readings/r-1')).json()).toMatchObject({ source: 'press-7', received: expect.not.stringContaining('1999') });
    expect((await writer.send('POST', '/readings', [reading, row])).status).toBe(409);
    expect((await reader.get('/readings')).json().total).toBe(1);
  });

  it('keeps every digit of a number', async () => {
    const { writer, reader } = clients();
    await writer.send('POST', '/readings', '{"machine":"press-7","at":"2026-11-21T09:12:51Z","temperature":9007199254740993}');
    expect((await reader.get('/readings')).text).toContain('"temperature":9007199254740993,');
  });

  it.each([
    ['a body that is not JSON', '{"machine": ', 'application/json', 400],
    ['another media type', 'machine=press-7', 'application/x-www-form-urlencoded', 415],
    ['an empty body', '', 'application/json', 400],
  ])('with %s is refused', async (_name, body, type, status) => {
    const all = clients();
    expect((await all.writer.send('POST', '/readings', body, { 'Content-Type': type })).status).toBe(status);
    expect(await total(all)).toBe(0);
  });

  it('many at once are each stored once', async () => {
    const all = clients();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => all.writer.send('POST', '/readings', { ...reading, temperature: n })));
    expect(new Set(answers.map((answer) => answer.json().ids[0])).size).toBe(200);
    expect(await total(all)).toBe(200);
  });
});

describe('credentials', () => {
  it('are asked for everywhere: without them, or with others, it is 401 with a challenge', async () => {
    const { nobody } = clients();
    for (const [method, path, body] of [['POST', '/readings', reading], ['GET', '/readings'], ['GET', '/readings/r-1'], ['DELETE', '/readings/r-1'], ['DELETE', '/readings?machine=press-7']] as const) {
      const missing = await nobody.send(method, path, body);
      expect(missing, `${method} ${path}`).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="telemetry"' } });
      const unknown = await nobody.send(method, path, body, bearer('writer-tokem'));
      expect(unknown, `${method} ${path}`).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.stringContaining('error="invalid_token"') } });
      expect((await nobody.send(method, path, body, { Authorization: 'Basic cHJlc3M6eA==' })).status).toBe(401);
    }
  });

  it('that may write only can neither read nor delete: 403, and nothing is gone', async () => {
    const all = clients();
    const { ids: [id] } = (await all.writer.send('POST', '/readings', reading)).json();
    for (const [method, path] of [['GET', '/readings'], ['HEAD', '/readings'], ['GET', `/readings/${id}`], ['DELETE', `/readings/${id}`], ['DELETE', '/readings?machine=press-7'], ['DELETE', '/readings'], ['GET', '/readings/nowhere'], ['DELETE', '/readings/nowhere']] as const) {
      const answer = await all.writer.send(method, path);
      expect(answer, `${method} ${path}`).toMatchObject({ status: 403, headers: { 'www-authenticate': expect.stringContaining('error="insufficient_scope"') } });
      expect(answer.text).not.toContain('71.5');
    }
    expect(await total(all)).toBe(1);
  });

  it('that may read only can neither push nor delete', async () => {
    const all = clients();
    expect((await all.reader.send('POST', '/readings', reading)).status).toBe(403);
    expect((await all.reader.send('POST', '/readings', '{"machine": ')).status).toBe(403);
    expect((await all.reader.send('DELETE', '/readings?machine=press-7')).status).toBe(403);
    expect(await total(all)).toBe(0);
  });

  it('of operations do all of it', async () => {
    const { admin, writer } = clients();
    const { ids: [first] } = (await admin.send('POST', '/readings', [reading, { ...reading, machine: 'press-9' }, { ...reading, machine: 'press-9' }])).json();
    await writer.send('POST', '/readings', reading);
    expect((await admin.get('/readings?source=operations&machine=press-9')).json().total).toBe(2);
    expect((await admin.send('DELETE', `/readings/${first}`)).status).toBe(204);
    expect((await admin.send('DELETE', `/readings/${first}`)).status).toBe(404);
    expect((await admin.get(`/readings/${first}`)).status).toBe(404);
    expect((await admin.send('DELETE', '/readings?machine=press-9')).json()).toEqual({ deleted: 2 });
    expect((await admin.send('DELETE', '/readings?machine=press-9')).json()).toEqual({ deleted: 0 });
    for (const path of ['/readings', '/readings?machine=']) expect((await admin.send('DELETE', path)).status).toBe(400);
    expect((await admin.get('/readings')).json().total).toBe(1);
  });

  it('do not stand in the journal', async () => {
    const { writer } = clients();
    const { headers } = await writer.send('POST', '/readings', reading);
    const kept = await writer.admin('GET', `/journal/${headers['rehearsal-exchange']}`);
    expect(kept.status).toBe(200);
    expect(kept.text).not.toContain('writer-token');
  });
});

describe('the list', () => {
  it('is filtered and sorted', async () => {
    const { writer, reader } = clients();
    await writer.send('POST', '/readings', [20, 70, 90].map((temperature) => ({ ...reading, temperature })));
    expect((await reader.get('/readings?temperature_gte=70&sort=-temperature&fields=temperature')).json().items).toEqual([{ temperature: 90 }, { temperature: 70 }]);
    expect((await reader.get('/readings?machine=press-8')).json()).toEqual({ items: [], next: null, total: 0 });
  });

  it.each(['limit=0', 'limit=1001', 'cursor=nonsense', 'temprature=1', 'sort=weight', 'temperature_gt=warm'])('refuses ?%s', async (query) => {
    expect((await clients().reader.get(`/readings?${query}`)).status).toBe(400);
  });

  it('answers 405 to a method that rows do not have', async () => {
    expect(await clients().admin.send('PUT', '/readings/r-1', reading)).toMatchObject({ status: 405, headers: { allow: 'DELETE, GET, HEAD, OPTIONS' } });
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'Idempotency-Key': '8d2f0c1e' };

  it('makes a row that is pushed twice one row, and the answers are the same', async () => {
    const all = clients();
    const first = await all.writer.send('POST', '/readings', reading, key);
    const again = await all.writer.send('POST', '/readings', reading, key);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(await total(all)).toBe(1);
    expect((await all.writer.send('POST', '/readings', reading)).text).not.toBe(first.text);
    expect(await total(all)).toBe(2);
  });

  it('that comes with another body is 422, be it a row or a list', async () => {
    const all = clients();
    await all.writer.send('POST', '/readings', reading, key);
    for (const body of [{ ...reading, temperature: 72 }, [reading]]) expect((await all.writer.send('POST', '/readings', body, key)).status).toBe(422);
    expect(await total(all)).toBe(1);
  });

  it('is free again when the push was refused', async () => {
    const all = clients();
    expect((await all.writer.send('POST', '/readings', [reading, {}], key)).status).toBe(422);
    expect((await all.writer.send('POST', '/readings', [reading, reading], key)).status).toBe(201);
    expect(await total(all)).toBe(2);
  });

  it('is the client\'s own: another client may use the same, and so may another session', async () => {
    const all = clients();
    await all.writer.send('POST', '/readings', reading, key);
    expect((await all.other.send('POST', '/readings', { ...reading, machine: 'press-9' }, key)).status).toBe(201);
    expect(await total(all)).toBe(2);
    expect((await clients().writer.send('POST', '/readings', [reading], key)).status).toBe(201);
  });

  it('lets 50 pushes at once store one row, and all of them get its id', async () => {
    const all = clients();
    const answers = await Promise.all(Array.from({ length: 50 }, () => all.writer.send('POST', '/readings', reading, key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await total(all)).toBe(1);
  });

  it('that is empty is none', async () => {
    const all = clients();
    for (const temperature of [1, 2]) expect((await all.writer.send('POST', '/readings', { ...reading, temperature }, { 'Idempotency-Key': '' })).status).toBe(201);
    expect(await total(all)).toBe(2);
  });
});

describe('a session', () => {
  it('has rows of its own, and begins without any when it was deleted', async () => {
    const [anna, bert] = [clients(), clients()];
    await anna.writer.send('POST', '/readings', reading, { 'Idempotency-Key': 'k' });
    expect(await total(bert)).toBe(0);
    expect((await anna.nobody.admin('DELETE', `/sessions/${anna.nobody.session}`)).status).toBeLessThan(300);
    expect(await total(anna)).toBe(0);
    await anna.writer.send('POST', '/readings', reading, { 'Idempotency-Key': 'k' });
    expect(await total(anna)).toBe(1);
  });
});

describe('the variations', () => {
  it('each say in a sentence what they do, under the name of their file', () => isDescribed(clients().nobody, 'telemetry'));

  it('telemetry-disk-full: 507 once three rows are stored, until rows are deleted', async () => {
    const all = clients('telemetry-disk-full');
    expect((await all.writer.send('POST', '/readings', [reading, reading])).status).toBe(201);
    const { ids: [id] } = (await all.writer.send('POST', '/readings', reading)).json();
    const full = await all.writer.send('POST', '/readings', reading);
    expect([full.status, full.json()]).toEqual([507, { error: 507, message: 'no space left', stored: 0 }]);
    expect((await all.nobody.send('POST', '/readings', reading)).status).toBe(401);
    expect((await all.reader.send('POST', '/readings', reading)).status).toBe(403);
    expect(await total(all)).toBe(3);
    await all.admin.send('DELETE', `/readings/${id}`);
    expect((await all.writer.send('POST', '/readings', reading)).status).toBe(201);
  });

  it('telemetry-slow-down: the sixth request of a token within ten seconds is 429, and says when to come again', async () => {
    const { writer, other } = clients('telemetry-slow-down');
    for (let n = 0; n < 5; n += 1) expect((await writer.send('POST', '/readings', reading)).status).toBe(201);
    const refused = await writer.send('POST', '/readings', reading);
    expect(refused).toMatchObject({ status: 429, headers: { 'ratelimit-limit': '5', 'ratelimit-remaining': '0' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(10);
    expect((await other.send('POST', '/readings', reading)).status).toBe(201);
    await writer.admin('PUT', '/clock', { advance: '10 s' });
    expect((await writer.send('POST', '/readings', reading)).status).toBe(201);
  });

  it('telemetry-answer-lost: stored without an answer; the same key again is acknowledged, and stored once', async () => {
    const all = clients('telemetry-answer-lost');
    const key = { 'Idempotency-Key': 'k' };
    await expect(all.writer.send('POST', '/readings', [reading, reading], key)).rejects.toThrow();
    expect(await total(all)).toBe(2);
    const again = await all.writer.send('POST', '/readings', [reading, reading], key);
    expect([again.status, again.json()]).toEqual([201, { stored: 2, ids: [expect.any(String), expect.any(String)] }]);
    expect(await total(all)).toBe(2);
    await expect(all.writer.send('POST', '/readings', reading)).rejects.toThrow();
    await expect(all.writer.send('POST', '/readings', reading)).rejects.toThrow();
    expect(await total(all)).toBe(4);
    expect((await all.writer.send('POST', '/readings', {}, { 'Idempotency-Key': 'other' })).status).toBe(422);
  });
});
