import { describe, expect, it } from 'vitest';
import { Client, closedColumns, makeCollection } from './client.ts';
import { compileTemplate } from '../../src/expressions/index.ts';
import type { Json } from '../../src/base/json.ts';
import { MalformedBody, type Row, type Template } from '../../src/model/index.ts';

const rows: readonly Record<string, Json>[] = [{ id: 1, name: 'Ann', tags: { a: 1, b: 2 } }, { id: 2, name: 'Bob', tags: {} }];
const contacts = makeCollection('contacts', rows, { unique: ['name'], columns: new Map([['id', 'number'], ['name', 'text'], ['tags', 'any']]) });
const start = (options = ''): Client => new Client(`/contacts: { of: contacts${options && `, ${options}`} }`, [contacts]);

function template(value: Record<string, unknown>): Template<Row> {
  const made = compileTemplate<Row>(value, { label: 'test', bound: [], collections: [], fixture: (name) => ({ code: 'missing-fixture', message: name }) });
  if (!('template' in made)) throw new Error('The template does not compile');
  return made.template;
}

describe('GET of one row', () => {
  it('answers with the row and a strong ETag', async () => {
    const reply = await start().get('/contacts/1');
    expect(reply).toMatchObject({ status: 200, json: rows[0], headers: { 'content-type': 'application/json' } });
    expect(reply.etag).toMatch(/^"[\w-]+"$/);
  });

  it('is 404 for a key that is not there, whatever it looks like', async () => {
    expect(await start().get('/contacts/9')).toMatchObject({ status: 404, problem: { detail: '`contacts` has no row with the key 9' } });
    for (const key of ['01', '__proto__', 'constructor', '1%2F', '%20']) expect((await start().get(`/contacts/${key}`)).status, key).toBe(404);
  });

  it('finds the key beside parameters of the path', async () => {
    const client = new Client('/tenants/{id}/contacts: contacts', [contacts]);
    expect((await client.get('/tenants/7/contacts/2')).json.name).toBe('Bob');
  });
});

describe('POST of one row', () => {
  it('answers 201 with the row, its place and its ETag', async () => {
    const client = start();
    const reply = await client.send('POST', '/contacts', { body: { name: 'Cid' } });
    expect(reply).toMatchObject({ status: 201, json: { id: 3, name: 'Cid' }, headers: { location: '/contacts/3' } });
    const read = await client.get('/contacts/3');
    expect(read.json).toEqual(reply.json);
    expect(read.etag).toBe(reply.headers['etag']);
  });

  it('tells the place below the path as requested', async () => {
    const client = new Client('/t/{tenant}/contacts: contacts', [makeCollection('contacts', [], { key: { field: 'id', type: 'given' } })]);
    expect((await client.send('POST', '/t/a%2Fb/contacts', { body: { id: 'ü/1 ?' } })).headers['location']).toBe('/t/a%2Fb/contacts/%C3%BC%2F1%20%3F');
  });

  it('draws UUIDs that a repeated run draws again, and that never meet', async () => {
    const uuids = makeCollection('things', [], { key: { field: 'id', type: 'uuid' } });
    const [a, b] = [new Client('/things: things', [uuids]), new Client('/things: things', [uuids])];
    const first = await a.send('POST', '/things', { body: {} });
    expect(first.json.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await b.send('POST', '/things', { body: {} })).json.id).toBe(first.json.id);
    // The route's counter has started over, and the row is still there.
    expect((await a.send('POST', '/things', { body: {}, call: 1 })).status).toBe(201);
    expect(a.rows('things')).toHaveLength(2);
  });

  it('is 409 for a key or a unique value that is taken, and changes nothing', async () => {
    const client = start();
    expect(await client.send('POST', '/contacts', { body: { name: 'Ann' } })).toMatchObject({ status: 409, problem: { more: { errors: [{ row: 1, field: 'name' }] } } });
    expect((await client.send('POST', '/contacts', { body: { id: 2, name: 'New' } })).status).toBe(409);
    expect(client.rows('contacts')).toHaveLength(2);
  });

  it('is 415 for what is no JSON, 422 for what is no row, and leaves what is malformed to the server', async () => {
    const client = start();
    expect((await client.send('POST', '/contacts', { body: 'name=Cid', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).problem).toMatchObject({ status: 415, detail: 'A row is sent as JSON: expected `Content-Type: application/json`, got application/x-www-form-urlencoded' });
    expect((await client.send('POST', '/contacts', { body: '"Cid"' })).status).toBe(422);
    expect((await client.send('POST', '/contacts')).status).toBe(422);
    expect((await client.send('POST', '/contacts', { body: '[]' })).status).toBe(422);
    await expect(client.send('POST', '/contacts', { body: '{"name":' })).rejects.toBeInstanceOf(MalformedBody);
  });

  it('keeps exact numbers', async () => {
    const client = start();
    expect((await client.send('POST', '/contacts', { body: '{"name":"Cid","n":12345678901234567890}' })).json.n).toBe(12345678901234567890n);
  });

  it('lets the server fill stamped fields, whatever the client sends', async () => {
    const stamped = makeCollection('notes', [], { filled: ['made'], stamps: { insert: template({ made: 'at ${{ int(call) }}' }), write: template({ by: '${{ request.method }}' }) } });
    const client = new Client('/notes: { of: notes, upsert: true }', [stamped]);
    expect((await client.send('POST', '/notes', { body: { made: 'mine', by: 'me', t: 1 } })).json).toEqual({ id: 1, made: 'at 1', by: 'POST', t: 1 });
    expect((await client.send('PATCH', '/notes/1', { body: { made: 'mine', t: 2 } })).json).toMatchObject({ made: 'at 1', by: 'PATCH', t: 2 });
    expect((await client.send('PUT', '/notes/1', { body: { t: 3 } })).json).toEqual({ id: 1, made: 'at 1', by: 'PUT', t: 3 });
    expect((await client.send('PUT', '/notes/8', { body: {} })).json).toEqual({ id: 8, made: 'at 4', by: 'PUT' });
  });
});

describe('POST of a list', () => {
  it('inserts all rows and answers with them', async () => {
    const client = start();
    const reply = await client.send('POST', '/contacts', { body: [{ name: 'Cid' }, { name: 'Dan' }] });
    expect(reply).toMatchObject({ status: 201, json: [{ id: 3, name: 'Cid' }, { id: 4, name: 'Dan' }] });
    expect(reply.headers['location']).toBeUndefined();
  });

  it('inserts none when one is bad, and tells every error of every row', async () => {
    const client = new Client('/people: people', [makeCollection('people', [], closedColumns({ id: 'number', age: 'number' }))]);
    const reply = await client.send('POST', '/people', { body: [{ age: 1 }, { age: 'x' }, 7, { age: 2, agee: 3 }] });
    expect(reply.status).toBe(422);
    expect(reply.problem!.more!['errors']).toMatchObject([{ row: 2, field: 'age' }, { row: 3, field: null }, { row: 4, field: 'agee' }]);
    expect(client.rows('people')).toEqual([]);
  });

  it('is 409 when all that is wrong are values taken twice', async () => {
    expect((await start().send('POST', '/contacts', { body: [{ name: 'Cid' }, { name: 'Cid' }] })).status).toBe(409);
  });

  it('is bounded: 1,000 rows, or as many as `batch` says', async () => {
    const many = (count: number): object[] => Array.from({ length: count }, (_, index) => ({ name: `n${index}` }));
    expect((await start().send('POST', '/contacts', { body: many(1001) })).problem).toMatchObject({ status: 413, detail: 'At most 1000 rows are taken at once, got 1001: send them in several requests' });
    expect((await start().send('POST', '/contacts', { body: many(1000) })).status).toBe(201);
    expect((await start('batch: { max: 2 }').send('POST', '/contacts', { body: many(3) })).status).toBe(413);
  });
});

describe('PUT of a row', () => {
  it('puts another in its place', async () => {
    const client = start();
    const reply = await client.send('PUT', '/contacts/1', { body: { name: 'Amy' } });
    expect(reply).toMatchObject({ status: 200, json: { id: 1, name: 'Amy' } });
    expect((await client.get('/contacts/1')).etag).toBe(reply.headers['etag']);
  });

  it('is 422 when the body is of another key, and takes the same key in any spelling', async () => {
    expect((await start().send('PUT', '/contacts/1', { body: { id: 2, name: 'x' } })).status).toBe(422);
    expect((await start().send('PUT', '/contacts/1', { body: { id: '1', name: 'x' } })).json).toEqual({ id: 1, name: 'x' });
    expect((await start('upsert: true').send('PUT', '/contacts/7', { body: { id: 8, name: 'x' } })).problem!.detail).toBe('`id` of the body is 8, and the path is of 7');
  });

  it('is 404 for a row that is not there, and 201 with `upsert`', async () => {
    expect((await start().send('PUT', '/contacts/7', { body: { name: 'x' } })).status).toBe(404);
    const client = start('upsert: true');
    expect(await client.send('PUT', '/contacts/7', { body: { name: 'x' } })).toMatchObject({ status: 201, json: { id: 7, name: 'x' } });
    expect((await client.send('POST', '/contacts', { body: { name: 'y' } })).json.id).toBe(8);
    expect((await client.send('PUT', '/contacts/seven', { body: { name: 'z' } })).status).toBe(422);
  });
});

describe('PATCH of a row', () => {
  it('merges: null takes a field out, maps merge, lists do not', async () => {
    const client = start();
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    expect((await client.send('PATCH', '/contacts/1', { body: { tags: { a: null, c: [3] }, extra: 1 }, headers })).json).toEqual({ id: 1, name: 'Ann', tags: { b: 2, c: [3] }, extra: 1 });
    expect((await client.send('PATCH', '/contacts/1', { body: { tags: null } })).json).toEqual({ id: 1, name: 'Ann', extra: 1 });
  });

  it('never changes the key', async () => {
    expect((await start().send('PATCH', '/contacts/1', { body: { id: 5 } })).status).toBe(422);
    expect((await start().send('PATCH', '/contacts/1', { body: { id: null, name: 'x' } })).json).toMatchObject({ id: 1, name: 'x' });
  });

  it('names the patches it takes when it gets another', async () => {
    const reply = await start().send('PATCH', '/contacts/1', { body: [], headers: { 'Content-Type': 'application/json-patch+json' } });
    expect(reply).toMatchObject({ status: 415, headers: { 'accept-patch': 'application/merge-patch+json, application/json' } });
    expect((await start().send('PATCH', '/contacts/1', { body: 'x', headers: { 'Content-Type': 'text/plain' } })).headers['accept-patch']).toBeDefined();
  });

  it('is 404, 409 and 422 as things are', async () => {
    expect((await start().send('PATCH', '/contacts/9', { body: {} })).status).toBe(404);
    expect((await start().send('PATCH', '/contacts/1', { body: { name: 'Bob' } })).status).toBe(409);
    expect((await start().send('PATCH', '/contacts/1', { body: [] })).status).toBe(422);
  });
});

describe('DELETE of a row', () => {
  it('answers 204 without a body, then 404', async () => {
    const client = start();
    expect(await client.send('DELETE', '/contacts/1')).toMatchObject({ status: 204, json: undefined, headers: {} });
    expect((await client.send('DELETE', '/contacts/1')).status).toBe(404);
    expect((await client.get('/contacts')).json).toEqual([rows[1]]);
  });
});

describe('conditions', () => {
  it('lets a change through when `If-Match` has the ETag, and 412 when another came first', async () => {
    const client = start();
    const { etag } = await client.get('/contacts/1');
    const headers = { 'If-Match': etag! };
    expect((await client.send('PATCH', '/contacts/1', { body: { name: 'Amy' }, headers })).status).toBe(200);
    for (const method of ['PUT', 'PATCH', 'DELETE']) expect(await client.send(method, '/contacts/1', { body: { name: 'Zoe' }, headers }), method).toMatchObject({ status: 412 });
    expect(client.rows('contacts')[0]).toMatchObject({ name: 'Amy' });
  });

  it('compares strongly, knows lists and `*`, and is 412 for a row that is gone', async () => {
    const client = start();
    const { etag } = await client.get('/contacts/1');
    const send = async (value: string, key = 1): Promise<number> => (await client.send('PUT', `/contacts/${key}`, { body: { name: 'Ann' }, headers: { 'If-Match': value } })).status;
    expect(await send(`W/${etag}`)).toBe(412);
    expect(await send(`"a,b", ${etag}`)).toBe(200);
    expect(await send('*')).toBe(200);
    expect(await send('*', 9)).toBe(412);
    expect(await send(etag!, 9)).toBe(412);
    expect(await send('nonsense')).toBe(412);
  });

  it('`If-None-Match: *` makes PUT create only', async () => {
    const client = start('upsert: true');
    const headers = { 'If-None-Match': '*' };
    expect((await client.send('PUT', '/contacts/5', { body: { name: 'x' }, headers })).status).toBe(201);
    expect((await client.send('PUT', '/contacts/5', { body: { name: 'y' }, headers })).status).toBe(412);
    const { etag } = await client.get('/contacts/5');
    expect((await client.send('PUT', '/contacts/5', { body: { name: 'z' }, headers: { 'If-None-Match': `W/${etag}` } })).status).toBe(412);
  });

  it('asks for `If-Match` with `requireIfMatch`', async () => {
    const client = start('requireIfMatch: true, upsert: true');
    for (const method of ['PUT', 'PATCH', 'DELETE']) expect(await client.send(method, '/contacts/1', { body: { name: 'x' } }), method).toMatchObject({ status: 428 });
    expect((await client.send('DELETE', '/contacts/9')).status).toBe(404);
    expect((await client.send('PUT', '/contacts/9', { body: { name: 'x' } })).status).toBe(201);
    const { etag } = await client.get('/contacts/1');
    expect((await client.send('DELETE', '/contacts/1', { headers: { 'If-Match': etag! } })).status).toBe(204);
  });
});

describe('`only`', () => {
  const owned = makeCollection('contacts', [{ id: 1, name: 'Ann', tenant: 'a' }, { id: 2, name: 'Bob', tenant: 'b' }, { id: 3, name: 'Cid', tenant: 'a' }], { unique: ['name'], columns: new Map([['tenant', 'text']]) });
  const yaml = "/contacts: { of: contacts, only: { tenant: '${{ auth.subject }}' }, many: true, upsert: true, page: { by: cursor, items: items, total: total } }";
  const a = { caller: { scheme: 'key', subject: 'a', claims: {}, scope: [] } };
  const b = { caller: { scheme: 'key', subject: 'b', claims: {}, scope: [] } };

  it('narrows what a caller sees', async () => {
    const client = new Client(yaml, [owned]);
    expect((await client.get('/contacts', a)).json).toMatchObject({ items: [{ id: 1 }, { id: 3 }], total: 2 });
    expect((await client.get('/contacts?tenant=b', a)).json.items).toEqual([]);
    for (const method of ['GET', 'PATCH', 'DELETE']) expect((await client.send(method, '/contacts/2', { ...a, body: {} })).status, method).toBe(404);
    expect((await client.get('/contacts/2', b)).json.name).toBe('Bob');
  });

  it('stamps what a caller writes', async () => {
    const client = new Client(yaml, [owned]);
    expect((await client.send('POST', '/contacts', { ...a, body: [{ name: 'x', tenant: 'b' }, { name: 'y' }] })).json).toMatchObject([{ tenant: 'a' }, { tenant: 'a' }]);
    expect((await client.send('PATCH', '/contacts/1', { ...a, body: { tenant: 'b' } })).json.tenant).toBe('a');
    expect((await client.send('PUT', '/contacts/1', { ...a, body: { name: 'Amy', tenant: null } })).json.tenant).toBe('a');
  });

  it('keeps values unique, and keys one, over all callers', async () => {
    const client = new Client(yaml, [owned]);
    expect((await client.send('POST', '/contacts', { ...a, body: { name: 'Bob' } })).status).toBe(409);
    expect((await client.send('PUT', '/contacts/2', { ...a, body: { name: 'Eve' } })).status).toBe(409);
    expect(client.rows('contacts')[1]).toMatchObject({ name: 'Bob', tenant: 'b' });
  });

  it('holds for many rows as well', async () => {
    const client = new Client(yaml, [owned]);
    expect((await client.send('PATCH', '/contacts?id_gt=0', { ...a, body: { seen: true } })).json).toEqual({ count: 2 });
    expect((await client.send('DELETE', '/contacts?id_gt=0', a)).json).toEqual({ count: 2 });
    expect(client.rows('contacts')).toMatchObject([{ id: 2 }]);
  });

  it('compares as the column\'s type', async () => {
    const numbers = makeCollection('n', [{ id: 1, owner: 5 }, { id: 2, owner: 6 }], { columns: new Map([['owner', 'number']]) });
    const client = new Client("/u/{user}/n: { of: n, only: { owner: '${{ params.user }}' } }", [numbers]);
    expect((await client.get('/u/5/n')).json).toEqual([{ id: 1, owner: 5 }]);
    expect((await client.send('POST', '/u/6/n', { body: {} })).json).toEqual({ id: 3, owner: 6 });
  });
});

describe('many rows at once', () => {
  const many = (): Client => start('many: true');

  it('are not there unless the file says `many`', async () => {
    expect((await start().send('DELETE', '/contacts?id=1')).status).toBe(405);
  });

  it('are updated and removed by filter, with their number', async () => {
    const client = many();
    expect((await client.send('PATCH', '/contacts?id=1&id=2', { body: { tags: null, seen: 1 } })).json).toEqual({ count: 2 });
    expect(client.rows('contacts')).toEqual([{ id: 1, name: 'Ann', seen: 1 }, { id: 2, name: 'Bob', seen: 1 }]);
    expect((await client.send('DELETE', '/contacts?name=Bob')).json).toEqual({ count: 1 });
    expect((await client.send('DELETE', '/contacts?name=Bob')).json).toEqual({ count: 0 });
  });

  it('are never all of them by accident', async () => {
    for (const query of ['', '?page=1', '?sort=name&id=1', '?size=1&id_gt=0']) for (const method of ['DELETE', 'PATCH']) expect(await many().send(method, `/contacts${query}`, { body: {} }), `${method} ${query}`).toMatchObject({ status: 400 });
  });

  it('change together or not at all', async () => {
    const client = many();
    const reply = await client.send('PATCH', '/contacts?id_gt=0', { body: { name: 'Zed' } });
    expect(reply).toMatchObject({ status: 409, problem: { more: { errors: [{ key: '2', field: 'name' }] } } });
    expect(client.rows('contacts')).toEqual(rows);
  });
});
