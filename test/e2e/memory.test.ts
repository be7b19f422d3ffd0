import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, askJson, type Answered } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';

const scenario = `
scenario: shop
base: /shop
state: open
vars: { orders: 0, last: null }
collections:
  departments: { key: id, unique: [name], rows: [ { id: 1, name: books }, { id: 2, name: toys } ] }
  tickets: { key: { field: id, type: uuid } }
  marks: { onInsert: { code: '\${{ uuid() }}', by: '\${{ query.by }}' }, onWrite: { mark: '\${{ token(8) }}' } }
before:
  - when: { headers: { x-counted: '1' } }
    do: { add: { seen: 1 } }
routes:
  POST /count:
    do: { add: { orders: 1 } }
    respond: { json: { orders: '\${{ vars.orders }}' } }
  GET /count: { respond: { json: { orders: '\${{ vars.orders }}', seen: '\${{ vars.seen }}' } } }
  POST /departments/new:
    do:
      - add: { orders: 1 }
      - insert: { in: departments, value: '\${{ body }}', as: made }
        orElse: { status: 409, json: { problem: '\${{ failure.reason }}', orders: '\${{ vars.orders }}' } }
    respond: { status: 201, json: { id: '\${{ made.id }}', all: '\${{ size(departments) }}', names: '\${{ departments.map(d, d.name) }}' } }
  POST /departments/many:
    do: { insert: { in: departments, values: '\${{ body }}', as: rows } }
    respond: { status: 201, json: '\${{ rows }}' }
  GET /departments/find/{name}:
    - when: { find: { in: departments, where: { name: '\${{ params.name }}' }, as: found } }
      respond: { json: '\${{ found }}' }
    - respond: { status: 404, json: { error: none } }
  GET /departments/{id}:
    respond: { text: 'the route beside the resource' }
  POST /close:
    - when: { state: open }
      do: [ { state: closing }, { state: closed, after: 5 s } ]
      respond: { json: { state: '\${{ state }}' } }
    - respond: { status: 409, json: { state: '\${{ state }}' } }
  GET /state: { respond: { json: { state: '\${{ state }}' } } }
  POST /later:
    do: { insert: { in: departments, value: { id: 9, name: later } }, after: 1 min }
  POST /once:
    once: \${{ headers["idempotency-key"] }}
    do: [ { add: { orders: 1 } }, { insert: { in: tickets, value: { n: '\${{ vars.orders }}' }, as: ticket } } ]
    respond: { status: 201, json: { ticket: '\${{ ticket.id }}', n: '\${{ ticket.n }}' } }
  POST /marks/two:
    do: [ { insert: { in: marks, values: [ {}, {} ] } }, { insert: { in: marks, value: {} } } ]
    respond: { json: '\${{ marks }}' }
  POST /marks/one: { do: { insert: { in: marks, value: {}, as: made } }, respond: { json: '\${{ made }}' } }
  PATCH /marks/each: { do: { update: { in: marks, where: { by: me }, value: { seen: true }, as: rows } }, respond: { json: '\${{ rows }}' } }
  POST /reply/text: { do: [ { add: { orders: 1 } }, { state: closed } ], respond: { text: '\${{ int(query.n) }}' } }
  POST /reply/status: { do: { add: { orders: 1 } }, respond: { status: '\${{ query.n }}', json: { orders: '\${{ vars.orders }}' } } }
  POST /reply/zip: { do: { add: { orders: 1 } }, respond: { zip: { a.txt: '\${{ int(query.n) }}' } } }
  POST /reply/upload: { do: { add: { orders: 1 } }, respond: { upload: '\${{ query.n }}' } }
  POST /reply/once: { once: '\${{ query.k }}', do: { add: { orders: 1 } }, respond: { upload: '\${{ query.n }}' } }
  POST /backup: { do: { backup: { in: departments, name: nightly } } }
  POST /restore: { do: { restore: { in: departments, name: nightly } }, respond: { json: '\${{ departments }}' } }
resources:
  /departments: departments
  /marks: { of: marks, many: true, upsert: true }
`.replace('vars: { orders: 0, last: null }', 'vars: { orders: 0, last: null, seen: 0 }');

let server: Rehearsal;
let folder: string;
let sessions = 0;
const lines: string[] = [];
let onLine = (): void => undefined;

beforeAll(async () => {
  folder = temporaryFolder('memory');
  mkdirSync(join(folder, 'scenarios'));
  writeFileSync(join(folder, 'scenarios/shop.yaml'), scenario);
  writeFileSync(join(folder, 'scenarios/busy.yaml'), 'scenario: shop-busy\nextends: shop\nvars: { orders: 100 }\ncollections: { departments: { rows: [ { id: 7, name: games } ] } }\n');
  server = await rehearse({ scenarios: join(folder, 'scenarios'), watch: true, write: (line) => { lines.push(line); onLine(); } });
});

/** A client with a world of its own. */
function client(): { readonly id: string; get(path: string, headers?: Record<string, string>): Promise<Answered>; post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered> } {
  const id = `c${(sessions += 1)}`;
  const session = { 'Rehearsal-Session': id };
  return {
    id,
    get: (path, headers = {}) => ask(server, path, { headers: { ...session, ...headers } }),
    post: (path, body = {}, headers = {}) => askJson(server, path, body, { headers: { ...session, ...headers } }),
  };
}

const admin = (method: string, path: string, value?: unknown): Promise<Answered> => askJson(server, `/_rehearsal${path}`, value, { method });

describe('changes', () => {
  test('200 requests at once that add to one counter each get a number of their own', async () => {
    const { post, get } = client();
    const answers = await Promise.all(Array.from({ length: 200 }, () => post('/shop/count')));
    expect(answers.map((answer) => answer.json().orders as number).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect((await get('/shop/count')).json().orders).toBe(200);
  });

  test('of 200 that insert one unique name at once, one is told 201 and 199 are told 409', async () => {
    const { post, get } = client();
    const answers = await Promise.all(Array.from({ length: 200 }, () => post('/shop/departments/new', { name: 'music' })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
    expect((await get('/shop/count')).json().orders).toBe(1);
  });

  test('what a failed list of changes has done is undone, and its reply sees it undone', async () => {
    const { post } = client();
    const taken = await post('/shop/departments/new', { name: 'toys' });
    expect([taken.status, taken.json()]).toEqual([409, { problem: 'taken', orders: 0 }]);
  });

  test.each([['text', 500], ['status', 500], ['zip', 500], ['upload', 404], ['once', 404]])('a reply that cannot be made (%s) undoes what the rule has done, and nothing of the rules before it', async (reply, status) => {
    const { post, get } = client();
    const failed = await post(`/shop/reply/${reply}?n=x&k=1`, {}, { 'X-Counted': '1' });
    expect([failed.status, failed.headers['content-type']]).toEqual([status, 'application/problem+json']);
    expect((await get('/shop/count')).json()).toEqual({ orders: 0, seen: 1 });
    expect((await get('/shop/state')).json()).toEqual({ state: 'open' });
    if (reply === 'status') expect((await post('/shop/reply/status?n=202')).json()).toEqual({ orders: 1 });
  });

  test('what the server draws for a row is that row\'s own, whichever rule, change or route makes or changes it', async () => {
    const { id, post, get } = client();
    const other = client();
    const send = (method: string, path: string, value: unknown): Promise<Answered> => askJson(server, path, value, { method, headers: { 'Rehearsal-Session': id } });
    const distinct = (field: string, rows: readonly Record<string, unknown>[]): number => new Set(rows.map((row) => row[field])).size;
    expect((await post('/shop/marks/two?by=me')).json()).toHaveLength(3);
    await post('/shop/marks/one?by=me');
    await post('/shop/marks', [{}, {}]);
    await send('PUT', '/shop/marks/7', {});
    const rows = (await get('/shop/marks')).json() as Record<string, unknown>[];
    expect([rows.length, distinct('code', rows), distinct('mark', rows)]).toEqual([7, 7, 7]);
    const changed = (await send('PATCH', '/shop/marks/each?by=me', {})).json() as Record<string, unknown>[];
    expect([changed.length, distinct('mark', changed), new Set([...changed, ...rows].map((row) => row['mark'])).size]).toEqual([4, 4, 11]);
    await send('PATCH', '/shop/marks?by=me', { seen: false });
    expect(distinct('mark', (await get('/shop/marks')).json() as Record<string, unknown>[])).toBe(7);
    expect((await other.post('/shop/marks/two?by=me')).json()).toEqual(rows.slice(0, 3));
  });

  test('the reply sees each row once, after the first commit and after the second', async () => {
    const { post } = client();
    expect((await post('/shop/departments/new', { name: 'music' })).json()).toEqual({ id: 3, all: 3, names: ['books', 'toys', 'music'] });
    expect((await post('/shop/departments/new', { name: 'film' })).json()).toEqual({ id: 4, all: 4, names: ['books', 'toys', 'music', 'film'] });
  });

  test('a batch goes in whole or not at all', async () => {
    const { post, get } = client();
    const refused = await post('/shop/departments/many', [{ name: 'a' }, { name: 'books' }, { name: 'b' }]);
    expect(refused.status).toBe(409);
    expect((await get('/shop/departments')).json()).toHaveLength(2);
    expect((await post('/shop/departments/many', [{ name: 'a' }, { name: 'b' }])).json()).toEqual([{ id: 3, name: 'a' }, { id: 4, name: 'b' }]);
  });

  test('a rule tried ahead changes things and lets the request go on', async () => {
    const { get } = client();
    expect((await get('/shop/count', { 'X-Counted': '1' })).json()).toEqual({ orders: 0, seen: 1 });
    expect((await get('/shop/count')).json()).toEqual({ orders: 0, seen: 1 });
  });

  test('a request given again by `once` changes nothing more', async () => {
    const { post, get } = client();
    const key = { 'Idempotency-Key': 'k1' };
    const first = await post('/shop/once', { a: 1 }, key);
    const again = await post('/shop/once', { a: 1 }, key);
    expect([first.status, again.status, again.json()]).toEqual([201, 201, first.json()]);
    expect((await post('/shop/once', { a: 2 }, key)).status).toBe(422);
    expect((await get('/shop/count')).json().orders).toBe(1);
  });

  test('a backup brings back the rows that it was made of', async () => {
    const { post } = client();
    expect((await post('/shop/restore')).status).toBe(404);
    await post('/shop/backup');
    await post('/shop/departments/new', { name: 'music' });
    expect((await post('/shop/restore')).json()).toEqual([{ id: 1, name: 'books' }, { id: 2, name: 'toys' }]);
  });
});

describe('what is found', () => {
  test('a row found by `when` is at hand in the reply', async () => {
    const { get } = client();
    expect((await get('/shop/departments/find/toys')).json()).toEqual({ id: 2, name: 'toys' });
    expect((await get('/shop/departments/find/cars')).status).toBe(404);
  });

  test('a route beside a resource wins', async () => {
    const { get } = client();
    expect((await get('/shop/departments/1')).text).toBe('the route beside the resource');
    expect((await get('/shop/departments')).json()).toEqual([{ id: 1, name: 'books' }, { id: 2, name: 'toys' }]);
  });
});

describe('time', () => {
  test('a timed move comes when the server\'s clock does, and a row inserted later is there then', async () => {
    const { post, get } = client();
    await admin('PUT', '/clock', { freeze: true });
    expect((await post('/shop/close')).json()).toEqual({ state: 'closing' });
    await post('/shop/later');
    await admin('PUT', '/clock', { advance: '4 s' });
    expect((await get('/shop/state')).json()).toEqual({ state: 'closing' });
    await admin('PUT', '/clock', { advance: '1 s' });
    expect((await get('/shop/state')).json()).toEqual({ state: 'closed' });
    expect((await post('/shop/close')).json()).toEqual({ state: 'closed' });
    await admin('PUT', '/clock', { advance: '1 min' });
    expect((await get('/shop/departments')).json()).toHaveLength(3);
    await admin('PUT', '/clock', { reset: true });
  });
});

describe('worlds', () => {
  test('sessions see nothing of each other, and one goes back to its beginning', async () => {
    const [one, other] = [client(), client()];
    await one.post('/shop/departments/new', { name: 'music' });
    await one.post('/shop/close');
    expect((await other.get('/shop/state')).json()).toEqual({ state: 'open' });
    expect((await other.get('/shop/departments')).json()).toHaveLength(2);
    await ask(server, `/_rehearsal/sessions/${one.id}`, { method: 'DELETE', headers: { 'Rehearsal-Admin': '1' } });
    expect((await one.get('/shop/state')).json()).toEqual({ state: 'open' });
    expect((await one.get('/shop/departments')).json()).toHaveLength(2);
  });

  test('a variation begins with its own rows and variables, and shares what has been changed', async () => {
    const { post, get } = client();
    const busy = { 'Rehearsal-Scenario': 'shop-busy' };
    expect((await get('/shop/departments', busy)).json()).toEqual([{ id: 7, name: 'games' }]);
    expect((await get('/shop/count', busy)).json().orders).toBe(100);
    await post('/shop/count');
    expect((await get('/shop/count', busy)).json().orders).toBe(1);
  });

  test('an edit of the file keeps what sessions remember', async () => {
    const { post, get } = client();
    await post('/shop/departments/new', { name: 'music' });
    const reloaded = new Promise<void>((resolve) => {
      onLine = () => lines.some((line) => line.startsWith('Scenarios reloaded')) && resolve();
    });
    writeFileSync(join(folder, 'scenarios/shop.yaml'), scenario.replace("'the route beside the resource'", 'edited'));
    await reloaded;
    expect((await get('/shop/departments/1')).text).toBe('edited');
    expect((await get('/shop/departments')).json()).toHaveLength(3);
    expect((await get('/shop/count')).json().orders).toBe(1);
  });
});
