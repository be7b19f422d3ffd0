import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAdmin } from '../../src/admin/create-admin.ts';
import { WorldRefusal } from '../../src/world/session-memory-refusal.ts';
import { FakeControl } from './fake-control.ts';

let control: FakeControl;
let failures: unknown[];
let api: ReturnType<typeof request>;
beforeEach(() => {
  control = new FakeControl();
  failures = [];
  api = request(createAdmin(control, { token: null, hosts: [], onFailure: (error) => failures.push(error) }));
});

const get = (path: string) => api.get(`/_rehearsal${path}`);
const put = (path: string, body: string, type = 'application/json') => api.put(`/_rehearsal${path}`).set('Content-Type', type).send(body);

describe('collections', () => {
  it('lists them', async () => {
    expect((await get('/collections')).body).toEqual({ items: [{ name: 'tasks', scenario: 'cleaner', rows: 3, key: 'id' }], total: 1, next: null });
  });

  it('gives rows in their order, numbers with all their digits', async () => {
    const { text, headers } = await get('/collections/tasks');
    expect(headers['content-type']).toBe('application/json');
    expect(text).toBe('{"items":[{"id":1,"name":"vuln scan"},{"id":2,"name":"disinfect, then \\"rest\\""},{"id":9007199254740993,"name":null}],"total":3,"next":null}\n');
  });

  it('pages through them by `next`', async () => {
    const first = (await get('/collections/tasks?limit=2')).body;
    expect(first).toMatchObject({ items: [{ id: 1 }, { id: 2 }], total: 3, next: '2' });
    expect((await get(`/collections/tasks?limit=2&after=${first.next}`)).body).toMatchObject({ items: [{ name: null }], total: 3, next: null });
    expect((await get('/collections/tasks?limit=3')).body.next).toBeNull();
    const { status, body: problem } = await get('/collections/tasks?after=77');
    expect([status, problem.detail]).toEqual([400, expect.stringContaining('the key of a row that is there, got `77`')]);
  });

  it.each([
    [{ Accept: 'text/csv' }, ''], [{ Accept: 'text/csv, application/json;q=0.5' }, ''], [{}, '?format=csv'], [{ Accept: 'application/json' }, '?format=csv'],
  ])('gives all of them as CSV to %j%s', async (headers, query) => {
    const { text, headers: answer } = await get(`/collections/tasks${query}`).set(headers);
    expect(answer['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer['content-disposition']).toBe('attachment; filename=tasks.csv');
    expect(text).toBe('id,name\r\n1,vuln scan\r\n2,"disinfect, then ""rest"""\r\n9007199254740993,\r\n');
  });

  it.each([['text/html,*/*;q=0.8', ''], ['*/*', ''], ['text/csv', '?format=json'], ['image/png', '']])('gives JSON to %s%s', async (accept, query) => {
    expect((await get(`/collections/tasks${query}`).set('Accept', accept)).headers['content-type']).toBe('application/json');
  });

  it('gives a page as CSV when a limit is given, and the header line when there are no rows', async () => {
    expect((await get('/collections/tasks?format=csv&limit=1&after=1')).text).toBe('id,name\r\n2,"disinfect, then ""rest"""\r\n');
    control.rows = [];
    expect((await get('/collections/tasks?format=csv')).text).toBe('id,name\r\n');
  });

  it('says what is not there, with what is', async () => {
    const { status, body: problem } = await get('/collections/task');
    expect([status, problem.collections]).toEqual([404, ['tasks']]);
    expect((await get('/collections/tasks?format=xml')).body.detail).toContain('`format`: expected `json` or `csv`, got xml');
    expect((await get('/collections/tasks?limit=10001')).status).toBe(400);
  });

  it('replaces rows from a list, from what GET gives, and from CSV', async () => {
    await put('/collections/tasks', '[{"id":9007199254740993}]').expect(200, { name: 'tasks', scenario: 'cleaner', rows: 3, key: 'id' });
    await put('/collections/tasks?session=bob&scenario=cleaner-no-tasks', (await get('/collections/tasks')).text).expect(200);
    await put('/collections/tasks', '\ufeffid,name\r\n1,ü\r\n', 'text/csv; charset=utf-8').set('Rehearsal-Admin', '1').expect(200);
    expect(control.given[0]).toEqual(['default', 'tasks', null, { kind: 'values', values: [{ id: 9007199254740993n }] }]);
    expect(control.given[1]).toEqual(['bob', 'tasks', 'cleaner-no-tasks', { kind: 'values', values: control.rows }]);
    expect(control.given[2]).toEqual(['default', 'tasks', null, { kind: 'csv', text: 'id,name\r\n1,ü\r\n' }]);
  });

  it.each([
    ['{"items":[],"next":"7"}', '`next` is set, so these are not all rows'],
    ['{"rows":[]}', '`items` is missing'], ['{"items":{}}', '`items`: expected a list of rows'], ['{"itemz":[]}', 'Did you mean `items`?'],
    ['"text"', 'must be a list of rows'], ['1e999', 'must be a list of rows'], ['', '`items` is missing'], ['[{]', 'The body is not JSON'],
  ])('refuses the body %s', async (body, words) => {
    const { status, body: problem } = await put('/collections/tasks', body);
    expect([status, problem.detail]).toEqual([400, expect.stringContaining(words)]);
    expect(control.given).toEqual([]);
  });

  it('takes CSV only with the header that no form can send, and only as UTF-8', async () => {
    expect((await put('/collections/tasks', 'id\r\n1\r\n', 'text/csv')).status).toBe(415);
    expect((await put('/collections/tasks', 'id\r\n1\r\n', 'text/csv; charset=latin1').set('Rehearsal-Admin', '1')).status).toBe(415);
    const broken = await api.put('/_rehearsal/collections/tasks').set('Content-Type', 'text/csv').set('Rehearsal-Admin', '1').serialize((bytes) => bytes as never).send(Buffer.from([0x69, 0x64, 0x0a, 0xff, 0xfe]) as never);
    expect([broken.status, broken.body.detail]).toEqual([400, 'The body is not UTF-8']);
    expect(control.given).toEqual([]);
  });

  it('takes tables over a megabyte', async () => {
    const rows = Array.from({ length: 30_000 }, (_, id) => ({ id, text: 'x'.repeat(30) }));
    await put('/collections/tasks', JSON.stringify(rows)).expect(200);
    expect((control.given[0]![3] as { readonly values: readonly unknown[] }).values).toHaveLength(30_000);
  });

  it('passes on every error of each row, and that there is no room', async () => {
    control.refusal = { refused: 422, detail: 'Nothing was changed. 1 row is bad', errors: [{ row: 2, field: 'name', message: '`name`: expected text, got 5' }] };
    const { status, body: problem } = await put('/collections/tasks', '[]');
    expect(status).toBe(422);
    expect(problem).toMatchObject({ status: 422, detail: 'Nothing was changed. 1 row is bad', errors: [{ row: 2, field: 'name' }] });
    control.replaceRows = () => { throw new WorldRefusal('The disk is full'); };
    expect((await put('/collections/tasks', '[]')).body).toMatchObject({ status: 507, detail: 'The disk is full' });
    expect(failures).toEqual([]);
  });
});

describe('the state of a session', () => {
  it('shows what a session remembers, numbers with all their digits', async () => {
    const { text } = await get('/sessions/checkout');
    expect(text).toContain('"vars":{"uploads":1152921504606846976},"collections":[{"name":"tasks","rows":2}],"backups":[{"name":"b","collection":"tasks","rows":1}]}],"state":"idle"');
  });

  it('sets state and variables', async () => {
    const { status, body: answer } = await put('/sessions/new/state', '{"state":"done","vars":{"uploads":9007199254740993,"none":null},"scenario":"cleaner"}');
    expect([status, answer.state]).toEqual([200, 'idle']);
    await put('/sessions/new/state', '{"vars":{}}').expect(200);
    expect(control.states).toEqual([
      ['new', { state: 'done', vars: { uploads: 9007199254740993n, none: null }, scenario: 'cleaner' }],
      ['new', { state: null, vars: {}, scenario: null }],
    ]);
  });

  it.each([
    ['{}', '`state` or `vars` is missing'], ['{"scenario":"cleaner"}', '`state` or `vars` is missing'],
    ['{"state":5}', '`state`: expected text, got 5'], ['{"state":""}', '`state`: expected text'], ['{"state":null}', '`state`: expected text, got nothing'],
    ['{"vars":[]}', '`vars`: expected a map of names to values, got a list'], ['{"vars":1e999}', '`vars`'],
    ['{"sate":"x"}', 'Did you mean `state`?'], ['[]', 'must be a JSON object'],
  ])('refuses %s', async (body, words) => {
    const { status, body: problem } = await put('/sessions/bob/state', body);
    expect([status, problem.detail]).toEqual([400, expect.stringContaining(words)]);
    expect(control.states).toEqual([]);
  });

  it('passes on why it cannot be set', async () => {
    control.refusal = { refused: 400, detail: 'More than one', scenarios: ['a', 'b'] };
    expect((await put('/sessions/bob/state', '{"state":"x"}')).body).toMatchObject({ status: 400, detail: 'More than one', scenarios: ['a', 'b'] });
    expect((await put('/sessions/a%20b/state', '{"state":"x"}')).body.detail).toContain('cannot be the id of a session');
  });
});
