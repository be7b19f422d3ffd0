import fs from 'node:fs';
import path from 'node:path';
import { decodeProtectedHeader, decodeJwt, jwtDecrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { advanceClock, loadedScenarios, RestClient, serveFolder, type Replied } from './rest-world.ts';

serveFolder('secured');

const words: Readonly<Record<number, string>> = { 401: 'unauthorized', 403: 'forbidden', 404: 'resource not found', 405: 'method not allowed', 413: 'request entity too large', 429: 'too many requests' };

/** Every error has these three members and no other. */
function refused(replied: Replied, status: number, message: unknown = words[status]): void {
  expect(replied.json, replied.text).toEqual({ error: status, message, success: false });
  expect(replied.status).toBe(status);
}

async function tokenOf(client: RestClient): Promise<string> {
  const { status, json } = await client.get('/api/public');
  expect(status).toBe(200);
  return json.token;
}

interface Holder {
  readonly client: RestClient;
  readonly token: string;
  /** With the token. */
  send(method: string, route: string, json?: unknown, headers?: Readonly<Record<string, string>>): Promise<Replied>;
}

async function holder(scenario = ''): Promise<Holder> {
  const client = new RestClient('/secured', scenario);
  const token = await tokenOf(client);
  return { client, token, send: (method, route, json, headers = {}) => client.send(method, route, { headers: { authorization: `Bearer ${token}`, ...headers }, ...(json !== undefined && { json }) }) };
}

const restricted = (client: RestClient, authorization: string): Promise<Replied> => client.get('/api/restricted', { headers: { authorization } });
const names = (replied: Replied): readonly string[] => replied.json.map(({ name }: { name: string }) => name);
const hook = { name: 'hook', category: 'tools', price: 3.5 };

describe('the shipped scenarios of the secured service', () => {
  it('load without a mistake, each under the name of its file and with a sentence that says what it does', async () => {
    const items = await loadedScenarios();
    const files = fs.readdirSync(path.join(import.meta.dirname, '../../scenarios/secured'));
    expect(items.map(({ name }) => `${name}.yaml`).sort()).toEqual(files.sort());
    for (const item of items) expect(item, item.name).toMatchObject({ summary: expect.stringMatching(/^[A-Z].+\.$/), mistakes: [] });
  });
});

describe('the token', () => {
  it('is handed out to everybody and opens the restricted URL', async () => {
    const client = new RestClient('/secured');
    const { status, json } = await client.get('/api/public');
    expect(status).toBe(200);
    expect(json).toEqual({ message: 'this is a public url.', token: expect.any(String) });
    expect(await restricted(client, `Bearer ${json.token}`)).toMatchObject({ status: 200, json: { message: 'this is a restricted url.' } });
    expect(await restricted(client, `bearer ${json.token}`)).toMatchObject({ status: 200 });
  });

  it('has five parts, of which only the first can be read', async () => {
    const { token } = await holder();
    const parts = token.split('.');
    expect(parts).toHaveLength(5);
    for (const part of parts) expect(part).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'A256KW', enc: 'A256CBC-HS512', typ: 'JWT', cty: 'JWT' });
    const bytes = parts.map((part) => Buffer.from(part, 'base64url').length);
    // A wrapped key of 64 bytes, a vector of 16, whole blocks, a tag of 32 (RFC 7518 §4.4, §5.2.5).
    expect([bytes[1], bytes[2], bytes[3]! % 16, bytes[4]]).toEqual([72, 16, 0, 32]);
    expect(() => decodeJwt(token)).toThrow();
    await expect(jwtDecrypt(token, Buffer.alloc(32))).rejects.toThrow();
  });

  it('is another each time, and every one is good', async () => {
    const client = new RestClient('/secured');
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(client)));
    expect(new Set(tokens).size).toBe(20);
    const replies = await Promise.all(tokens.map((token) => restricted(client, `Bearer ${token}`)));
    expect(replies.map(({ status }) => status)).toEqual(tokens.map(() => 200));
  });

  it('opens only in the session that issued it', async () => {
    const { client, token } = await holder();
    const other = await holder();
    expect(other.token).not.toBe(token);
    refused(await restricted(other.client, `Bearer ${token}`), 401);
    refused(await restricted(client, `Bearer ${other.token}`), 401);
    expect((await restricted(client, `Bearer ${token}`)).status).toBe(200);
  });

  it('is refused when a letter of any of its parts is another', async () => {
    const { client, token } = await holder();
    const parts = token.split('.');
    for (let index = 0; index < 5; index += 1) {
      const changed = parts.map((part, at) => (at === index ? `${part.slice(0, 8)}${part[8] === 'A' ? 'B' : 'A'}${part.slice(9)}` : part)).join('.');
      refused(await restricted(client, `Bearer ${changed}`), 401);
    }
    for (const broken of [parts.slice(0, 4).join('.'), `${token}.`, parts.slice(0, 3).join('.'), parts.toReversed().join('.')]) refused(await restricted(client, `Bearer ${broken}`), 401);
  });

  it('cannot be made up: neither a plain one nor one that is not signed', async () => {
    const { client } = await holder();
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = part({ uid: 'eve', exp: 4_000_000_000 });
    for (const token of [`${part({ alg: 'none' })}.${claims}.`, `${part({ alg: 'HS256', typ: 'JWT' })}.${claims}.${part('signature')}`]) refused(await restricted(client, `Bearer ${token}`), 401);
  });

  it('is asked for, with a challenge that says what was wrong', async () => {
    const { client, token } = await holder();
    const missing = await client.get('/api/restricted');
    refused(missing, 401);
    expect(missing.headers['www-authenticate']).toBe('Bearer realm="token"');
    for (const authorization of ['Bearer', 'Bearer ', `Basic ${token}`, token]) refused(await restricted(client, authorization), 401);
    const wrong = await restricted(client, 'Bearer nonsense');
    refused(wrong, 401);
    expect(wrong.headers['www-authenticate']).toMatch(/^Bearer realm="token", error="invalid_token", error_description="/);
    refused(await client.get(`/api/restricted?token=${token}`), 401);
  });

  it('lasts an hour on the clock of the server', async () => {
    const { client, token } = await holder();
    await advanceClock('59 min');
    expect((await restricted(client, `Bearer ${token}`)).status).toBe(200);
    await advanceClock('2 min');
    const late = await restricted(client, `Bearer ${token}`);
    refused(late, 401);
    expect(late.headers['www-authenticate']).toContain('expired');
    expect((await restricted(client, `Bearer ${await tokenOf(client)}`)).status).toBe(200);
  });

  it('never stands in the journal', async () => {
    const { client, token } = await holder();
    expect(JSON.stringify(await client.journal())).not.toContain(token);
    await restricted(client, `Bearer ${token}`);
    expect(JSON.stringify(await client.journal())).not.toContain(token);
  });
});

describe('reading items', () => {
  it('lists all, or those with a property', async () => {
    const { send } = await holder();
    const all = await send('GET', '/api/items');
    expect(all).toMatchObject({ status: 200, headers: { 'x-total-count': '5' } });
    expect(names(all)).toEqual(['hammer', 'saw', 'rope', 'tent', 'lamp']);
    expect(all.json[0]).toEqual({ id: 1, name: 'hammer', category: 'tools', price: 12.5, stock: 40, created_by: 'ines', created_at: '2026-01-05T08:00:00Z', changed_at: '2026-01-05T08:00:00Z' });
    expect(names(await send('GET', '/api/items?category=outdoor'))).toEqual(['rope', 'tent']);
    expect(names(await send('GET', '/api/items?category=outdoor&price_lt=10'))).toEqual(['rope']);
    expect(await send('GET', '/api/items?category=food')).toMatchObject({ status: 200, json: [] });
  });

  it('gives chosen fields, sorted and in pages', async () => {
    const { send } = await holder();
    expect((await send('GET', '/api/items?category=tools&fields=name,price')).json).toEqual([{ name: 'hammer', price: 12.5 }, { name: 'saw', price: 19.9 }]);
    const page = await send('GET', '/api/items?sort=-price&fields=name&page=2&size=2');
    expect(page.json).toEqual([{ name: 'saw' }, { name: 'hammer' }]);
    expect(page.headers).toMatchObject({ 'x-total-count': '5', link: expect.stringContaining('rel="next"') });
    expect((await send('GET', '/api/items/4?fields=id,name')).json).toEqual({ id: 4, name: 'tent' });
  });

  it('finds one by its id or by a property', async () => {
    const { send } = await holder();
    expect(await send('GET', '/api/items/3')).toMatchObject({ status: 200, json: { id: 3, name: 'rope' }, headers: { etag: expect.stringMatching(/^"/) } });
    expect(await send('GET', '/api/items/one?name=rope')).toMatchObject({ status: 200, json: { id: 3, name: 'rope' } });
    expect(await send('GET', '/api/items/one?category=outdoor')).toMatchObject({ status: 200, json: { id: 3 } });
    expect(await send('GET', '/api/items/one?price=149')).toMatchObject({ status: 200, json: { id: 4 } });
    for (const route of ['/api/items/99', '/api/items/abc', '/api/items/03', '/api/items/one?name=Rope', '/api/items/one?id=03']) refused(await send('GET', route), 404);
    for (const route of ['/api/items/one', '/api/items/one?name=rope&category=outdoor', '/api/items/one?nmae=rope']) refused(await send('GET', route), 400, expect.stringContaining('?name=rope'));
  });

  it('answers 400 to a query that it cannot read', async () => {
    const { send } = await holder();
    for (const query of ['colour=red', 'fields=name,colour', 'sort=colour', 'page=0', 'size=many', 'price_gt=cheap']) refused(await send('GET', `/api/items?${query}`), 400, expect.stringContaining(query.split('=')[0]!));
  });
});

describe('making items', () => {
  it('makes one, and says where it is, who made it and when', async () => {
    const { send } = await holder();
    const made = await send('POST', '/api/items', { ...hook, stock: 5 });
    expect(made).toMatchObject({ status: 201, headers: { location: expect.stringMatching(/\/secured\/api\/items\/6$/), etag: expect.any(String) } });
    expect(made.json).toEqual({ id: 6, ...hook, stock: 5, created_by: expect.stringMatching(/^[\da-f-]{36}$/), created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), changed_at: made.json.created_at });
    expect((await send('GET', '/api/items/6')).json).toEqual(made.json);
  });

  it('makes many, all or none', async () => {
    const { send } = await holder();
    const made = await send('POST', '/api/items', [hook, { ...hook, name: 'nail' }]);
    expect(made.status).toBe(201);
    expect(made.json.map(({ id }: { id: number }) => id)).toEqual([6, 7]);
    refused(await send('POST', '/api/items', [{ ...hook, name: 'screw' }, { name: 'bolt' }]), 422, expect.stringContaining('row 2'));
    refused(await send('POST', '/api/items', [{ ...hook, name: 'screw' }, { ...hook, name: 'nail' }]), 409, expect.stringContaining('nail'));
    expect(names(await send('GET', '/api/items'))).toEqual(['hammer', 'saw', 'rope', 'tent', 'lamp', 'hook', 'nail']);
  });

  it.each([{}, { ...hook, name: '' }, { ...hook, price: '3.5' }, { ...hook, price: -1 }, { ...hook, stock: 1.5 }, { ...hook, colour: 'red' }, { ...hook, category: null }, 'hook', 5, []])('answers 422 to a bad item: %j', async (item) => {
    const { send } = await holder();
    refused(await send('POST', '/api/items', item), 422, expect.stringMatching(/^unprocessable entity: ./));
    expect((await send('GET', '/api/items')).json).toHaveLength(5);
  });

  it('answers 409 to a name that is taken', async () => {
    const { send } = await holder();
    refused(await send('POST', '/api/items', { ...hook, name: 'rope' }), 409, expect.stringContaining('rope'));
  });

  it('gives one of 50 clients a name that all of them want at once', async () => {
    const { send } = await holder();
    const replies = await Promise.all(Array.from({ length: 50 }, () => send('POST', '/api/items', hook)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
  });

  it('answers 413 to more rows than 100, and to a body over the limit before it is sent', async () => {
    const { client, token, send } = await holder();
    refused(await send('POST', '/api/items', Array.from({ length: 101 }, (_, n) => ({ ...hook, name: `hook ${n}` }))), 413);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': '20000000', connection: 'close' };
    refused(await client.send('POST', '/api/items', { headers, body: '[' }), 413);
    expect((await send('GET', '/api/items')).json).toHaveLength(5);
  });

  it('answers 400 to what is no JSON and 415 to another type', async () => {
    const { client, token } = await holder();
    const post = (type: string, body: string): Promise<Replied> => client.send('POST', '/api/items', { headers: { authorization: `Bearer ${token}`, 'content-type': type }, body });
    refused(await post('application/json', '{"name": '), 400, expect.stringContaining('JSON'));
    refused(await post('text/plain', 'hook'), 415, expect.stringContaining('application/json'));
  });
});

describe('changing and removing items', () => {
  it('updates one: PATCH changes what is sent, PUT all of it', async () => {
    const { send } = await holder();
    const before = (await send('GET', '/api/items/1')).json;
    const patched = await send('PATCH', '/api/items/1', { price: 13 });
    expect(patched).toMatchObject({ status: 200 });
    expect(patched.json).toEqual({ ...before, price: 13, changed_at: expect.any(String) });
    expect(patched.json.changed_at).not.toBe(before.changed_at);
    const { stock: _stock, ...rest } = before;
    expect((await send('PUT', '/api/items/1', { name: 'mallet', category: 'tools', price: 14 })).json).toEqual({ ...rest, name: 'mallet', price: 14, changed_at: expect.any(String) });
    for (const method of ['PATCH', 'PUT']) refused(await send(method, '/api/items/99', hook), 404);
    refused(await send('PATCH', '/api/items/1', { price: 'much' }), 422, expect.stringContaining('price'));
    refused(await send('PATCH', '/api/items/1', { id: 9 }), 422, expect.stringContaining('id'));
    refused(await send('PUT', '/api/items/1', { name: 'x' }), 422, expect.any(String));
    refused(await send('PATCH', '/api/items/1', { name: 'saw' }), 409, expect.stringContaining('saw'));
  });

  it('changes nothing for a client whose copy is old', async () => {
    const { send } = await holder();
    const { headers } = await send('GET', '/api/items/1');
    const held = { 'if-match': headers['etag']! };
    expect((await send('PATCH', '/api/items/1', { price: 13 }, held)).status).toBe(200);
    refused(await send('PATCH', '/api/items/1', { price: 14 }, held), 412, expect.stringContaining('If-Match'));
    refused(await send('DELETE', '/api/items/1', undefined, held), 412, expect.any(String));
    expect((await send('GET', '/api/items/1')).json.price).toBe(13);
    expect(await send('GET', '/api/items/1', undefined, { 'if-none-match': (await send('GET', '/api/items/1')).headers['etag']! })).toMatchObject({ status: 304, text: '' });
  });

  it('updates many by a property, all or none', async () => {
    const { send } = await holder();
    expect(await send('PATCH', '/api/items?category=tools', { stock: 0 })).toMatchObject({ status: 200, json: { count: 2 } });
    expect((await send('GET', '/api/items?fields=stock')).json.map(({ stock }: { stock: number }) => stock)).toEqual([0, 0, 100, 3, 0]);
    refused(await send('PATCH', '/api/items?category=tools', { stock: -1 }), 422, expect.stringContaining('stock'));
    refused(await send('PATCH', '/api/items?category=tools', { name: 'same' }), 409, expect.any(String));
    expect(names(await send('GET', '/api/items?category=tools'))).toEqual(['hammer', 'saw']);
    refused(await send('PATCH', '/api/items', { stock: 0 }), 400, expect.stringContaining('filter'));
  });

  it('removes one', async () => {
    const { send } = await holder();
    expect(await send('DELETE', '/api/items/5')).toMatchObject({ status: 204, text: '' });
    refused(await send('DELETE', '/api/items/5'), 404);
    refused(await send('GET', '/api/items/5'), 404);
    expect((await send('POST', '/api/items', hook)).json.id).toBe(6);
  });

  it('removes many by a property, and never all by accident', async () => {
    const { send } = await holder();
    expect(await send('DELETE', '/api/items?category=outdoor')).toMatchObject({ status: 200, json: { count: 2 } });
    expect(names(await send('GET', '/api/items'))).toEqual(['hammer', 'saw', 'lamp']);
    expect((await send('DELETE', '/api/items?category=outdoor')).json).toEqual({ count: 0 });
    refused(await send('DELETE', '/api/items'), 400, expect.stringContaining('filter'));
  });
});

describe('the collection as a whole', () => {
  it.each(['GET /api/items', 'GET /api/items/1', 'GET /api/items/one?name=rope', 'POST /api/items', 'PUT /api/items/1', 'PATCH /api/items/1', 'PATCH /api/items?id=1', 'DELETE /api/items/1', 'DELETE /api/items?id=1'])('%s needs the token', async (route) => {
    const [method, url] = route.split(' ') as [string, string];
    const { client, send } = await holder();
    refused(await client.send(method, url, method === 'GET' || method === 'DELETE' ? {} : { json: hook }), 401);
    expect((await send('GET', '/api/items')).json).toHaveLength(5);
  });

  it('belongs to one session, and begins anew when that is deleted; tokens stay good', async () => {
    const { client, send } = await holder();
    const other = await holder();
    await send('POST', '/api/items', hook);
    await send('DELETE', '/api/items/1');
    expect((await other.send('GET', '/api/items')).json).toHaveLength(5);
    expect(names(await other.send('GET', '/api/items'))).toContain('hammer');
    await client.reset();
    expect(names(await send('GET', '/api/items'))).toEqual(['hammer', 'saw', 'rope', 'tent', 'lamp']);
  });
});

describe('around the routes', () => {
  it('answers 404 and 405 in the same words', async () => {
    const { client, send } = await holder();
    for (const route of ['/api/nothing', '/', '/api/public/', '/api/items/1/parts']) refused(await client.get(route), 404);
    const wrong = await send('DELETE', '/api/public');
    refused(wrong, 405);
    expect(wrong.headers['allow']).toBe('GET, HEAD, OPTIONS');
    refused(await send('PUT', '/api/items', hook), 405);
    expect((await client.send('OPTIONS', '/api/items')).headers['allow']).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, POST');
  });
});

describe('the variations', () => {
  it('secured-short-tokens: a token is good for 5 seconds', async () => {
    const { client, token, send } = await holder('secured-short-tokens');
    expect((await send('GET', '/api/items')).status).toBe(200);
    await advanceClock('6 s');
    refused(await send('GET', '/api/items'), 401);
    refused(await restricted(client, `Bearer ${token}`), 401);
    expect((await restricted(client, `Bearer ${await tokenOf(client)}`)).status).toBe(200);
  });

  it('secured-forbidden: 403 with every token, 401 without', async () => {
    const { client, send } = await holder('secured-forbidden');
    for (const route of ['/api/restricted', '/api/items', '/api/items/1']) refused(await send('GET', route), 403);
    refused(await client.send('POST', '/api/items', { headers: { authorization: `Bearer ${await tokenOf(client)}` }, json: hook }), 403);
    refused(await client.get('/api/restricted'), 401);
    expect((await client.get('/api/public')).status).toBe(200);
  });

  it('secured-rate-limited: 429 from the sixth request on, until the client has waited', async () => {
    const { client } = await holder('secured-rate-limited');
    for (let n = 0; n < 4; n += 1) expect((await client.get('/api/public')).status).toBe(200);
    const over = await client.get('/api/public');
    refused(over, 429);
    expect(over.headers).toMatchObject({ 'ratelimit-limit': '5', 'ratelimit-remaining': '0' });
    const seconds = Number(over.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(10);
    await advanceClock(`${seconds} s`);
    expect((await client.get('/api/public')).status).toBe(200);
  });
});
