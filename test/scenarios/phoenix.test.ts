import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadedScenarios, RestClient, serveFolder, type Replied, type Sent } from './rest-world.ts';

serveFolder('phoenix');

const est = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d EST$/;
const refusals = {
  noUsername: 'Oops! You forgot to add a username after! Please specify a username and try again!',
  taken: 'The username you are trying to register has been already used!',
  noKey: 'You are not authenticated! Please add an authentication key to the header and try again!',
  empty: 'Please populate atleast one field into the record and try again!',
  unknown: 'The record does not exist! Please try a different record number!',
  noNumber: 'Oops! You forgot to add a number after! Please specify a number and try again!',
};
const open = (scenario = ''): RestClient => new RestClient('/api', scenario);

async function register(client: RestClient, username = 'ann'): Promise<string> {
  const { status, json } = await client.get(`/generate_key/${username}`);
  expect(status).toBe(200);
  return json.api_key;
}

/** Somebody with a key. */
async function holder(username = 'ann', scenario = ''): Promise<{ client: RestClient; key: string; send(method: string, route: string, json?: unknown): Promise<Replied> }> {
  const client = open(scenario);
  const key = await register(client, username);
  return { client, key, send: (method, route, json) => client.send(method, route, { headers: { 'api-key': key }, ...(json !== undefined && { json }) }) };
}

function refused(replied: Replied, status: number, message: unknown): void {
  expect(replied.json, replied.text).toEqual({ status: 'failed', message });
  expect(replied.status).toBe(status);
}

const record = (replied: Replied): any => {
  expect(replied.json).toEqual({ status: 'success', message: expect.any(String), record_info: expect.any(String) });
  return JSON.parse(replied.json.record_info);
};
const ids = async (client: RestClient): Promise<readonly number[]> => (await client.get('/list')).json.map(({ id }: { id: number }) => id);

describe('the shipped scenarios of Phoenix', () => {
  it('load without a mistake, each under the name of its file and with a sentence that says what it does', async () => {
    const items = await loadedScenarios();
    const files = fs.readdirSync(path.join(import.meta.dirname, '../../scenarios/phoenix'));
    expect(items.map(({ name }) => `${name}.yaml`).sort()).toEqual(files.sort());
    for (const item of items) expect(item, item.name).toMatchObject({ summary: expect.stringMatching(/^[A-Z].+\.$/), mistakes: [] });
  });
});

describe('GET /generate_key', () => {
  it('gives a username a key of 22 letters that are safe in a URL', async () => {
    const { status, json } = await open().get('/generate_key/ann');
    expect(status).toBe(200);
    expect(json).toEqual({ api_key: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/), created_on: expect.stringMatching(est), message: 'Congrats! Your API Key has been created!', status: 'success', username: 'ann' });
  });

  it('takes any letters for a username, as the path spells them', async () => {
    const client = open();
    expect((await client.get('/generate_key/Zo%C3%AB%20%2F%20M%C3%BCller')).json).toMatchObject({ status: 'success', username: 'Zoë / Müller' });
    refused(await client.get('/generate_key/Zo%C3%AB%20%2F%20M%C3%BCller'), 409, refusals.taken);
  });

  it.each(['/generate_key', '/generate_key/'])('asks for the username that %s does not say', async (route) => {
    refused(await open().get(route), 400, refusals.noUsername);
  });

  it('gives no second key for a username, and other usernames other keys', async () => {
    const client = open();
    const keys = [await register(client, 'ann'), await register(client, 'bert'), await register(client, 'Ann')];
    expect(new Set(keys).size).toBe(3);
    refused(await client.get('/generate_key/ann'), 409, refusals.taken);
  });

  it('gives exactly one key when 50 clients ask for one username at once', async () => {
    const client = open();
    const replies = await Promise.all(Array.from({ length: 50 }, () => client.get('/generate_key/ann')));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 49 }, () => 409)]);
    const { api_key: key } = replies.find(({ status }) => status === 200)!.json;
    expect((await client.send('POST', '/create', { headers: { 'api-key': key }, json: { value1: 'x' } })).status).toBe(201);
  });
});

describe('who may change records', () => {
  const changes: readonly (readonly [string, string, unknown])[] = [['POST', '/create', { value1: 'x' }], ['POST', '/create', {}], ['PATCH', '/modify/1', { value1: 'x' }], ['PATCH', '/modify/99', {}], ['DELETE', '/remove/1', undefined]];

  it.each(changes)('%s %s needs a key that is known', async (method, route, json) => {
    const client = open();
    const body: Sent = json === undefined ? {} : { json };
    const keyless = await client.send(method, route, body);
    refused(keyless, 401, refusals.noKey);
    expect(keyless.headers['www-authenticate']).toMatch(/^ApiKey /);
    for (const key of ['', 'unknown', 'A'.repeat(22)]) refused(await client.send(method, route, { ...body, headers: { 'api-key': key } }), 401, refusals.noKey);
    expect(await ids(client)).toEqual([1, 2, 3, 4, 5]);
  });

  it('finds the key whatever the case of the header, and nowhere but there', async () => {
    const { client, key } = await holder();
    for (const name of ['API-KEY', 'Api-Key', 'api-key']) expect((await client.send('POST', '/create', { headers: { [name]: key }, json: { value1: name } })).status).toBe(201);
    refused(await client.send('POST', '/create', { headers: { 'api-key': key.toLowerCase() === key ? key.toUpperCase() : key.toLowerCase() }, json: { value1: 'x' } }), 401, refusals.noKey);
    refused(await client.send('POST', `/create?api-key=${key}`, { json: { value1: 'x' } }), 401, refusals.noKey);
    refused(await client.send('POST', '/create', { headers: { authorization: `Bearer ${key}` }, json: { value1: 'x' } }), 401, refusals.noKey);
  });

  it('keeps keys and records of sessions apart', async () => {
    const { client, key, send } = await holder();
    const other = open();
    expect((await send('POST', '/create', { value1: 'mine' })).status).toBe(201);
    refused(await other.send('POST', '/create', { headers: { 'api-key': key }, json: { value1: 'x' } }), 401, refusals.noKey);
    expect(await ids(client)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await ids(other)).toEqual([1, 2, 3, 4, 5]);
    await register(other, 'ann');
  });

  it('writes no key into the journal', async () => {
    const { client, key, send } = await holder();
    expect(JSON.stringify(await client.journal())).not.toContain(key);
    await send('POST', '/create', { value1: 'x' });
    const exchange = await client.journal();
    expect(exchange).toMatchObject({ status: 201, url: expect.stringContaining('/create') });
    expect(JSON.stringify(exchange)).not.toContain(key);
  });
});

describe('GET /list and GET /read', () => {
  it('are open, and begin with five records', async () => {
    const { status, json } = await open().get('/list');
    expect(status).toBe(200);
    expect(json).toHaveLength(5);
    for (const row of json) expect(Object.keys(row)).toEqual(['id', 'lastmodifiedby', 'timestamp', 'value1', 'value2', 'value3']);
    expect(json[0]).toEqual({ id: 1, lastmodifiedby: 'mira', timestamp: 1700000000.25, value1: 'first light', value2: 0.5, value3: true });
  });

  it('give one record as JSON text, with the times of its making and its last change', async () => {
    const replied = await open().get('/read/2');
    expect(replied).toMatchObject({ status: 200, json: { message: 'Record found!' } });
    expect(record(replied)).toEqual({ id: 2, lastmodifiedby: 'mira', timestamp: 1700000060.5, value1: 'warming up', value2: 12.75, value3: true, creationdate: '2023-11-14 17:14:20 EST', lastmodificationdate: '2023-11-15 08:00:00 EST' });
  });

  it.each(['0', '6', '-1', '01', '1.0', 'abc', '1%20', '9007199254740993'])('know no record %s', async (id) => {
    refused(await open().get(`/read/${id}`), 404, refusals.unknown);
  });

  it.each(['GET /read', 'GET /read/', 'PATCH /modify', 'PATCH /modify/', 'DELETE /remove', 'DELETE /remove/'])('%s asks for a number', async (route) => {
    const [method, url] = route.split(' ') as [string, string];
    refused(await open().send(method, url), 400, refusals.noNumber);
  });
});

describe('POST /create', () => {
  it('adds a record under the next number, in the name of the key\'s user', async () => {
    const { client, send } = await holder();
    const made = await send('POST', '/create', { timestamp: 1700000300.5, value1: 'new', value2: 7, value3: false });
    expect(made).toMatchObject({ status: 201, json: { message: 'Your entry has successfully been added to the database!', status: 'success' } });
    const row = record(made);
    expect(row).toEqual({ id: 6, lastmodifiedby: 'ann', timestamp: 1700000300.5, value1: 'new', value2: 7, value3: false, creationdate: expect.stringMatching(est), lastmodificationdate: row.creationdate });
    expect(record(await client.get('/read/6'))).toEqual(row);
    expect((await client.get('/list')).json.at(-1)).toEqual({ id: 6, lastmodifiedby: 'ann', timestamp: 1700000300.5, value1: 'new', value2: 7, value3: false });
  });

  it.each([{ timestamp: 0 }, { value1: '' }, { value2: -0.5 }, { value3: false }])('is content with one field: %j', async (fields) => {
    const { send } = await holder();
    expect(record(await send('POST', '/create', fields))).toMatchObject({ timestamp: null, value1: null, value2: null, value3: null, ...fields });
  });

  it.each([{}, { timestamp: null }, { value1: null, value3: null }, [], 'text', 5, null, { other: 1 }])('asks for a field where there is none: %j', async (body) => {
    const { client, send } = await holder();
    refused(await send('POST', '/create', body), 400, refusals.empty);
    expect(await ids(client)).toHaveLength(5);
  });

  it('asks for a field where there is no body at all', async () => {
    refused(await (await holder()).send('POST', '/create'), 400, refusals.empty);
  });

  it.each([{ timestamp: 'noon' }, { timestamp: '1.5' }, { value1: 5 }, { value2: true }, { value3: 'true' }, { value3: 1 }, { value1: ['x'] }, { value1: 'x', value2: {} }])('refuses what is not of the field\'s type: %j', async (body) => {
    const { client, send } = await holder();
    refused(await send('POST', '/create', body), 422, expect.stringContaining(Object.keys(body).at(-1)!));
    expect(await ids(client)).toHaveLength(5);
  });

  it.each([{ value1: 'x', value4: 1 }, { value1: 'x', id: 77 }, { value1: 'x', lastmodifiedby: 'eve' }])('refuses fields that are not the client\'s: %j', async (body) => {
    const { client, send } = await holder();
    refused(await send('POST', '/create', body), 422, expect.stringContaining(Object.keys(body)[1]!));
    expect(await ids(client)).toHaveLength(5);
  });

  it.each(['{"value1": ', '{value1: 1}', '{"value1": "x"}}', '\u0000'])('answers 400 to what is no JSON: %j', async (body) => {
    const { client, key } = await holder();
    refused(await client.send('POST', '/create', { headers: { 'api-key': key, 'content-type': 'application/json' }, body }), 400, expect.stringContaining('JSON'));
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])('answers 415 to a body of the type %s', async (type) => {
    const { client, key } = await holder();
    const replied = await client.send('POST', '/create', { headers: { 'api-key': key, 'content-type': type }, body: type.endsWith('xml') ? '<a/>' : 'value1=x' });
    refused(replied, 415, expect.stringContaining('Content-Type: application/json'));
  });

  it('takes JSON under a name with a charset or of its family', async () => {
    const { client, key } = await holder();
    for (const type of ['application/json; charset=utf-8', 'application/vnd.phoenix+json']) expect((await client.send('POST', '/create', { headers: { 'api-key': key, 'content-type': type }, body: '{"value1":"Grüße"}' })).status).toBe(201);
  });

  it('gives 200 records that are made at once 200 numbers', async () => {
    const { client, send } = await holder();
    const made = await Promise.all(Array.from({ length: 200 }, (_, n) => send('POST', '/create', { value2: n })));
    expect(new Set(made.map((replied) => record(replied).id)).size).toBe(200);
    expect(await ids(client)).toEqual(Array.from({ length: 205 }, (_, n) => n + 1));
    expect(new Set((await client.get('/list')).json.slice(5).map(({ value2 }: { value2: number }) => value2)).size).toBe(200);
  });
});

describe('PATCH /modify', () => {
  it('changes what is sent and nothing else, in the name of the key\'s user', async () => {
    const { client, send } = await holder();
    const before = record(await client.get('/read/1'));
    const replied = await send('PATCH', '/modify/1', { value2: 99.5, value3: null });
    expect(replied).toMatchObject({ status: 200, json: { message: 'Your record has successfully been modified!' } });
    const after = record(replied);
    expect(after).toEqual({ ...before, value2: 99.5, value3: null, lastmodifiedby: 'ann', lastmodificationdate: expect.stringMatching(est) });
    expect(after.lastmodificationdate).not.toBe(before.lastmodificationdate);
    expect(record(await client.get('/read/1'))).toEqual(after);
    expect(record(await client.get('/read/2')).lastmodifiedby).toBe('mira');
  });

  it('empties a field that is sent as null', async () => {
    const { send } = await holder();
    expect(record(await send('PATCH', '/modify/1', { value1: null }))).toMatchObject({ value1: null, value2: 0.5 });
  });

  it('knows which user changed a record last', async () => {
    const { client, send } = await holder('ann');
    const bert = await register(client, 'bert');
    expect(record(await send('PATCH', '/modify/3', { value1: 'a' })).lastmodifiedby).toBe('ann');
    expect(record(await client.send('PATCH', '/modify/3', { headers: { 'api-key': bert }, json: { value1: 'b' } }))).toMatchObject({ lastmodifiedby: 'bert', value1: 'b' });
  });

  it.each(['0', '6', 'abc', '01'])('knows no record %s', async (id) => {
    refused(await (await holder()).send('PATCH', `/modify/${id}`, { value1: 'x' }), 404, refusals.unknown);
  });

  it('refuses what POST /create refuses, and changes nothing then', async () => {
    const { client, key, send } = await holder();
    for (const body of [{}, [], 'text', null]) refused(await send('PATCH', '/modify/1', body), 400, refusals.empty);
    refused(await send('PATCH', '/modify/1'), 400, refusals.empty);
    refused(await send('PATCH', '/modify/1', { value3: 'yes' }), 422, expect.stringContaining('value3'));
    refused(await send('PATCH', '/modify/1', { value1: 'x', creationdate: 'now' }), 422, expect.stringContaining('creationdate'));
    refused(await client.send('PATCH', '/modify/1', { headers: { 'api-key': key, 'content-type': 'text/plain' }, body: 'value1' }), 415, expect.any(String));
    refused(await client.send('PATCH', '/modify/1', { headers: { 'api-key': key, 'content-type': 'application/json' }, body: '{' }), 400, expect.stringContaining('JSON'));
    expect(record(await client.get('/read/1'))).toMatchObject({ lastmodifiedby: 'mira', value1: 'first light' });
  });
});

describe('DELETE /remove', () => {
  it('takes the record away, and its number is not given again', async () => {
    const { client, send } = await holder();
    await send('POST', '/create', { value1: 'short-lived' });
    const replied = await send('DELETE', '/remove/6');
    expect(replied).toMatchObject({ status: 200, json: { message: 'Your record has been removed!', status: 'success' } });
    expect(Object.keys(replied.json).sort()).toEqual(['message', 'status']);
    refused(await client.get('/read/6'), 404, refusals.unknown);
    refused(await send('DELETE', '/remove/6'), 404, refusals.unknown);
    expect(record(await send('POST', '/create', { value1: 'next' })).id).toBe(7);
  });

  it('removes a record once, however many clients ask at once', async () => {
    const { client, send } = await holder();
    const replies = await Promise.all(Array.from({ length: 20 }, () => send('DELETE', '/remove/2')));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 404)).toHaveLength(19);
    expect(await ids(client)).toEqual([1, 3, 4, 5]);
  });
});

describe('around the routes', () => {
  it('says in the same words what HTTP does not allow', async () => {
    const client = open();
    refused(await client.get('/nothing'), 404, expect.stringContaining('No route matches'));
    const wrong = await client.send('PUT', '/list', { json: {} });
    refused(wrong, 405, expect.any(String));
    expect(wrong.headers['allow']).toBe('GET, HEAD, OPTIONS');
    expect((await client.send('OPTIONS', '/create')).headers['allow']).toBe('OPTIONS, POST');
    refused(await client.send('POST', '/create', { headers: { 'content-type': 'application/json', 'content-length': '20000000', connection: 'close' }, body: '{' }), 413, expect.stringContaining('larger'));
    expect(await client.send('HEAD', '/list')).toMatchObject({ status: 200, text: '' });
  });

  it('begins anew with five records when its session is deleted', async () => {
    const { client, key, send } = await holder();
    await send('POST', '/create', { value1: 'x' });
    await send('DELETE', '/remove/1');
    await send('PATCH', '/modify/2', { value1: 'x' });
    expect(await ids(client)).toEqual([2, 3, 4, 5, 6]);
    await client.reset();
    expect(await ids(client)).toEqual([1, 2, 3, 4, 5]);
    expect(record(await client.get('/read/2')).value1).toBe('warming up');
    refused(await client.send('DELETE', '/remove/1', { headers: { 'api-key': key } }), 401, refusals.noKey);
    await register(client, 'ann');
  });
});

describe('the variations', () => {
  it('phoenix-keys-revoked: a key is good twice, and a new one has to be got', async () => {
    const { client, send } = await holder('ann', 'phoenix-keys-revoked');
    for (let n = 0; n < 2; n += 1) expect((await send('POST', '/create', { value2: n })).status).toBe(201);
    for (let n = 0; n < 2; n += 1) refused(await send('POST', '/create', { value2: n }), 401, refusals.noKey);
    expect(await ids(client)).toHaveLength(7);
    const again = await register(client, 'ann');
    expect((await client.send('POST', '/create', { headers: { 'api-key': again }, json: { value1: 'x' } })).status).toBe(201);
  });

  it('phoenix-create-answer-lost: the record is kept, and no answer comes the first time', async () => {
    const { client, send } = await holder('ann', 'phoenix-create-answer-lost');
    await expect(send('POST', '/create', { value1: 'once' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(record(await send('POST', '/create', { value1: 'once' })).id).toBe(7);
    expect((await client.get('/list')).json.filter(({ value1 }: { value1: string }) => value1 === 'once')).toHaveLength(2);
  });

  it('phoenix-drift: record_info is a map, ids are text, and the list lacks a field', async () => {
    const client = open('phoenix-drift');
    const { json } = await client.get('/list');
    expect(json.map(({ id }: { id: unknown }) => id)).toEqual(['1', '2', '3', '4', '5']);
    expect(Object.keys(json[0])).toEqual(['id', 'lastmodifiedby', 'timestamp', 'value1', 'value2']);
    expect((await client.get('/read/1')).json.record_info).toMatchObject({ id: 1, value3: true });
    refused(await client.get('/read/9'), 404, refusals.unknown);
  });
});
