import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';
import { clientOf, fixtures, isDescribed, links, shipped, type RowsClient } from './rows-client.ts';

let server: Rehearsal;
beforeAll(async () => {
  server = await rehearse({ scenarios: shipped('hr'), fixtures });
});

function client(options: Parameters<typeof clientOf>[2] = {}): RowsClient {
  return clientOf(server, '/hr', options);
}

const employee = { name: 'Ines Roth', datetime: '2022-01-03T08:00:00Z', department_id: 2, job_id: 4 };

async function total(one: RowsClient, table: string): Promise<number> {
  return (await one.get(`/${table}?size=1`)).json().total;
}

describe('the tables', () => {
  it('begin with the rows of the CSV files, numbers as numbers and an empty cell as null', async () => {
    const { get } = client();
    expect((await get('/departments')).json()).toEqual({
      items: [{ id: 1, department: 'Supply Chain' }, { id: 2, department: 'Maintenance' }, { id: 3, department: 'Staff' }, { id: 4, department: 'Research and Development' }, { id: 5, department: 'Sales, Marketing' }, { id: 6, department: 'Human Resources' }],
      next: null, total: 6,
    });
    expect((await get('/jobs')).json()).toMatchObject({ items: [{ id: 1, job: 'Recruiter' }, {}, {}, {}, { id: 5, job: 'Technician' }], total: 5 });
    const { items } = (await get('/hired_employees')).json();
    expect(items).toHaveLength(8);
    expect(items[1]).toEqual({ id: 2, name: 'Bence Horváth', datetime: '2021-03-01T08:00:00Z', department_id: 2, job_id: 5 });
    expect(items[7]).toEqual({ id: 8, name: 'Hale, Oona', datetime: '2021-12-01T11:11:11Z', department_id: null, job_id: 5 });
  });

  it('give one row by its id, with an ETag, and 404 for an id that is not there', async () => {
    const { get } = client();
    const row = await get('/jobs/3');
    expect(row.json()).toEqual({ id: 3, job: 'Analyst' });
    expect((await get('/jobs/3', { 'If-None-Match': String(row.headers['etag']) })).status).toBe(304);
    const missing = await get('/jobs/99');
    expect(missing).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } });
    expect(missing.json()).toMatchObject({ status: 404, detail: '`jobs` has no row with the key 99' });
  });

  it.each([
    ['department_id=4', [1, 5]],
    ['department_id=4&job_id=3', [5]],
    ['department_id=4&department_id=5', [1, 5, 6]],
    ['department_id=null', [8]],
    ['department_id_ne=4&id_lte=3', [2, 3]],
    ['datetime_gte=2021-08-01&datetime_lt=2021-12-01', [6, 7]],
    ['name_like=mend', [7]],
    ['name=Hale%2C%20Oona', [8]],
    ['name=nobody', []],
  ])('are filtered by ?%s', async (query, ids) => {
    const listed = (await client().get(`/hired_employees?${query}`)).json();
    expect(listed.items.map(({ id }: { id: number }) => id)).toEqual(ids);
    expect(listed).toMatchObject({ total: ids.length, next: null });
  });

  it('are sorted and cut to chosen fields', async () => {
    const { items } = (await client().get('/hired_employees?sort=job_id,-datetime&fields=id,job_id&size=4')).json();
    expect(items).toEqual([{ id: 3, job_id: 1 }, { id: 6, job_id: 2 }, { id: 4, job_id: 2 }, { id: 7, job_id: 3 }]);
  });

  it('come in pages, and a client that follows `next` or `Link` sees every row once', async () => {
    const { get } = client();
    const seen: number[] = [];
    let page: number | null = 1;
    while (page !== null) {
      const answer = await get(`/hired_employees?id_gt=1&size=3&page=${page}`);
      const { items, next, total: all } = answer.json();
      expect(all).toBe(7);
      expect(answer.headers['x-total-count']).toBe('7');
      if (next !== null) expect(links(answer)['next']).toMatch(new RegExp(`/hr/hired_employees\\?.*page=${next}`));
      seen.push(...items.map(({ id }: { id: number }) => id));
      page = next;
    }
    expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect((await get('/hired_employees?page=99')).json()).toEqual({ items: [], next: null, total: 8 });
  });

  it.each([
    ['page=0', /`page`.*whole number/], ['page=-1', /`page`/], ['page=two', /`page`/], ['page=1.5', /`page`/], ['page=1&page=2', /`page`.*one value/],
    ['size=0', /`size`/], ['size=1001', /`size`.*1 to 1000/],
    ['departement_id=4', /`departement_id`.*department_id/], ['sort=salary', /`sort`.*salary/], ['fields=salary', /`fields`.*salary/], ['department_id_gt=four', /`department_id_gt`.*number/],
  ])('refuse ?%s with 400 and the name of what is wrong', async (query, words) => {
    const answer = await client().get(`/hired_employees?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json().detail).toMatch(words);
  });

  it('are changed row by row: PUT, PATCH and DELETE, with If-Match', async () => {
    const { get, send } = client();
    const { headers } = await get('/departments/2');
    expect((await send('PATCH', '/departments/2', { department: 'Facilities' }, { 'If-Match': String(headers['etag']) })).json()).toEqual({ id: 2, department: 'Facilities' });
    expect((await send('PATCH', '/departments/2', { department: 'Again' }, { 'If-Match': String(headers['etag']) })).status).toBe(412);
    expect((await send('PUT', '/departments/3', { department: 'People' })).json()).toEqual({ id: 3, department: 'People' });
    expect((await send('PUT', '/departments/3', { department: 'Facilities' })).status).toBe(409);
    expect((await send('PUT', '/departments/3', { department: 'People', floor: 4 })).status).toBe(422);
    expect((await send('DELETE', '/departments/1')).status).toBe(204);
    expect((await send('DELETE', '/departments/1')).status).toBe(404);
    expect((await get('/departments?fields=department')).json().items.slice(0, 2)).toEqual([{ department: 'Facilities' }, { department: 'People' }]);
  });

  it('answer 404 for a table that is not there, and 405 with Allow for a method that makes no sense', async () => {
    const { get, send } = client();
    expect((await get('/salaries')).status).toBe(404);
    expect(await send('DELETE', '/departments')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
    expect((await get('/departments/backup/x')).status).toBe(404);
  });
});

describe('a batch', () => {
  it('is stored as a whole, and rows without an id get the next ones', async () => {
    const { get, send } = client();
    const made = await send('POST', '/hired_employees', [employee, { ...employee, id: 40, name: '田中 さくら 🌸' }, { ...employee, department_id: null, job_id: null }]);
    expect(made.status).toBe(201);
    expect(made.json().map(({ id }: { id: number }) => id)).toEqual([9, 40, 41]);
    expect((await get('/hired_employees/40')).json()).toEqual({ id: 40, ...employee, name: '田中 さくら 🌸' });
    expect((await get('/hired_employees?id_gte=9')).json().total).toBe(3);
  });

  it('may be one row, which is answered with where it is', async () => {
    const { get, send } = client();
    const made = await send('POST', '/jobs', { job: 'Archivist' });
    expect(made).toMatchObject({ status: 201, headers: { location: expect.stringMatching(/\/hr\/jobs\/6$/) } });
    expect(made.json()).toEqual({ id: 6, job: 'Archivist' });
    expect((await get('/jobs/6')).headers['etag']).toBe(made.headers['etag']);
  });

  it('may have 1,000 rows; none is 422, and 1,001 are 413 and store nothing', async () => {
    const one = client();
    const rows = Array.from({ length: 1001 }, (_, n) => ({ ...employee, name: `Employee ${n}` }));
    expect((await one.send('POST', '/hired_employees', [])).status).toBe(422);
    const tooMany = await one.send('POST', '/hired_employees', rows);
    expect(tooMany.status).toBe(413);
    expect(tooMany.json().detail).toContain('1000 rows');
    expect(await total(one, 'hired_employees')).toBe(8);
    expect((await one.send('POST', '/hired_employees', rows.slice(1))).json()).toHaveLength(1000);
    expect(await total(one, 'hired_employees')).toBe(1008);
  });

  it('with faults stores nothing, and tells every fault of every row by its number', async () => {
    const one = client();
    const answer = await one.send('POST', '/hired_employees', [
      employee,
      { ...employee, datetime: '2021-02-30T09:30:00Z', job_id: '4' },
      { name: '', datetime: '14.02.2021', department_id: 1, job_id: 1, salary: 5 },
      'no row at all',
      { ...employee, id: 1.5 },
      {},
    ]);
    expect(answer).toMatchObject({ status: 422, headers: { 'content-type': 'application/problem+json' } });
    const { errors, detail } = answer.json() as { errors: { row: number; field: string | null; message: string }[]; detail: string };
    expect(detail).toMatch(/^5 of 6 rows/);
    expect(errors.map(({ row, field }) => `${row} ${field}`).sort()).toEqual([
      '2 datetime', '2 job_id', '3 datetime', '3 name', '3 salary', '4 null', '5 id', '6 datetime', '6 department_id', '6 job_id', '6 name',
    ]);
    for (const { message } of errors) expect(message).toMatch(/expected .+, got |no field|not/);
    expect(await total(one, 'hired_employees')).toBe(8);
  });

  it('is 409 where an id or a unique name is taken: in the table, or by a row before it', async () => {
    const one = client();
    const answer = await one.send('POST', '/departments', [{ department: 'Legal' }, { id: 3, department: 'Press' }, { department: 'Maintenance' }, { id: 20, department: 'Print' }, { id: 20, department: 'Legal' }]);
    expect(answer.status).toBe(409);
    expect(answer.json().errors).toEqual([
      { row: 2, field: 'id', message: expect.stringContaining('3') },
      { row: 3, field: 'department', message: expect.stringContaining('Maintenance') },
      { row: 5, field: 'id', message: expect.stringContaining('20') },
      { row: 5, field: 'department', message: expect.stringContaining('Legal') },
    ]);
    expect(await total(one, 'departments')).toBe(6);
    expect((await one.send('POST', '/departments', [{ department: 'Maintenance' }, { department: 7 }])).status).toBe(422);
  });

  it('is not checked against the other tables: they may be loaded in any order', async () => {
    expect((await client().send('POST', '/hired_employees', [{ ...employee, department_id: 4711 }])).status).toBe(201);
  });

  it.each([
    ['a body that is not JSON', '[{"department": "Legal"', 'application/json', 400],
    ['JSON in bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400],
    ['another media type', 'id,department\n7,Legal', 'text/csv', 415],
    ['an empty body', '', 'application/json', 422],
    ['a number', '7', 'application/json', 422],
    ['null', 'null', 'application/json', 422],
  ])('is refused when it is %s', async (_name, body, type, status) => {
    const one = client();
    expect((await one.send('POST', '/departments', body, { 'Content-Type': type })).status).toBe(status);
    expect(await total(one, 'departments')).toBe(6);
  });

  it('with one unique name, sent 200 times at once, is stored exactly once', async () => {
    const one = client();
    const answers = await Promise.all(Array.from({ length: 200 }, () => one.send('POST', '/departments', [{ department: 'Legal' }])));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
    expect((await one.get('/departments?department=Legal')).json().total).toBe(1);
  });
});

describe('a backup', () => {
  it('of a table brings its rows back as they were, and the counting of ids with them', async () => {
    const { get, send } = client();
    const before = (await get('/departments')).text;
    expect(await send('POST', '/departments/backup', { name: 'before-import' }).then((answer) => [answer.status, answer.json()])).toEqual([201, { table: 'departments', name: 'before-import', rows: 6 }]);
    await send('POST', '/departments', [{ department: 'Legal' }, { department: 'Press' }]);
    await send('PATCH', '/departments/1', { department: 'Logistics' });
    await send('DELETE', '/departments/2');
    expect((await get('/departments')).json().total).toBe(7);
    const restored = await send('POST', '/departments/restore', { name: 'before-import' });
    expect([restored.status, restored.json()]).toEqual([200, { table: 'departments', name: 'before-import', rows: 6 }]);
    expect((await get('/departments')).text).toBe(before);
    expect((await send('POST', '/departments', { department: 'Legal' })).json()).toEqual({ id: 7, department: 'Legal' });
  });

  it('can be restored again and again, and one of the same name takes its place', async () => {
    const one = client();
    await one.send('POST', '/jobs/backup', { name: 'nightly' });
    for (let round = 0; round < 2; round += 1) {
      await one.send('POST', '/jobs', { job: 'Archivist' });
      expect((await one.send('POST', '/jobs/restore', { name: 'nightly' })).json().rows).toBe(5);
    }
    await one.send('POST', '/jobs', { job: 'Archivist' });
    expect((await one.send('POST', '/jobs/backup', { name: 'nightly' })).json().rows).toBe(6);
    await one.send('DELETE', '/jobs/1');
    expect((await one.send('POST', '/jobs/restore', { name: 'nightly' })).json().rows).toBe(6);
    expect((await one.get('/jobs/1')).status).toBe(200);
  });

  it.each(['departments', 'jobs', 'hired_employees'])('of %s is its own: a name without a backup of that table is 404 and changes nothing', async (table) => {
    const one = client();
    for (const other of ['departments', 'jobs', 'hired_employees']) if (other !== table) await one.send('POST', `/${other}/backup`, { name: 'nightly' });
    const rows = (await one.get(`/${table}`)).text;
    const answer = await one.send('POST', `/${table}/restore`, { name: 'nightly' });
    expect(answer.status).toBe(404);
    expect(answer.json().detail).toContain('nightly');
    expect((await one.get(`/${table}`)).text).toBe(rows);
    expect((await one.send('POST', `/${table}/backup`, { name: 'nightly' })).status).toBe(201);
    expect((await one.send('POST', `/${table}/restore`, { name: 'nightly' })).status).toBe(200);
  });

  it('may have any name: it leads to no file', async () => {
    const { send } = client();
    for (const name of ['../../etc/passwd', 'сегодня 🌙', 'a'.repeat(200), 'hired.avro', '__proto__']) {
      expect((await send('POST', '/jobs/backup', { name })).json()).toEqual({ table: 'jobs', name, rows: 5 });
      expect((await send('POST', '/jobs/restore', { name })).status).toBe(200);
    }
  });

  it.each([
    ['no name', {}, 422], ['an empty name', { name: '' }, 422], ['a name that is too long', { name: 'a'.repeat(201) }, 422], ['a number', { name: 7 }, 422],
    ['a word too many', { name: 'x', tabel: 'jobs' }, 422], ['a list', ['x'], 422], ['text', '"x"', 422], ['broken JSON', '{"name": ', 400],
  ])('with %s is refused', async (_name, body, status) => {
    const { send } = client();
    for (const action of ['backup', 'restore']) expect((await send('POST', `/departments/${action}`, body)).status).toBe(status);
  });

  it('with another media type is 415, without a body 400', async () => {
    const { send } = client();
    expect((await send('POST', '/jobs/backup', 'name=nightly', { 'Content-Type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await send('POST', '/jobs/backup')).status).toBe(400);
  });
});

describe('a session', () => {
  it('has tables and backups of its own', async () => {
    const [anna, bert] = [client(), client()];
    await anna.send('POST', '/departments', { department: 'Legal' });
    await anna.send('POST', '/departments/backup', { name: 'mine' });
    expect(await total(bert, 'departments')).toBe(6);
    expect((await bert.send('POST', '/departments/restore', { name: 'mine' })).status).toBe(404);
    expect((await bert.send('POST', '/departments', { department: 'Legal' })).json()).toEqual({ id: 7, department: 'Legal' });
  });

  it('that is deleted begins again with the first rows, without backups', async () => {
    const one = client();
    await one.send('POST', '/departments', { department: 'Legal' });
    await one.send('POST', '/departments/backup', { name: 'mine' });
    expect((await one.admin('DELETE', `/sessions/${one.session}`)).status).toBeLessThan(300);
    expect(await total(one, 'departments')).toBe(6);
    expect((await one.send('POST', '/departments/restore', { name: 'mine' })).status).toBe(404);
    expect((await one.send('POST', '/departments', { department: 'Press' })).json().id).toBe(7);
  });
});

describe('100,000 employees', () => {
  let large: Rehearsal;
  beforeAll(async () => {
    const folder = temporaryFolder('hr-large');
    cpSync(join(fixtures, 'hr'), join(folder, 'hr'), { recursive: true });
    writeFileSync(join(folder, 'hr/hired_employees.csv'), Array.from({ length: 100_000 }, (_, n) => `${n + 1},Employee ${n + 1},20${10 + (n % 12)}-0${1 + (n % 9)}-1${n % 10}T08:00:00Z,${n % 50 === 0 ? '' : 1 + (n % 6)},${1 + (n % 5)}\n`).join(''));
    large = await rehearse({ scenarios: shipped('hr'), fixtures: folder });
  });

  it('are loaded, filtered, sorted and paged', async () => {
    const one = clientOf(large, '/hr');
    expect(await total(one, 'hired_employees')).toBe(100_000);
    expect((await one.get('/hired_employees/77777')).json()).toMatchObject({ id: 77777, name: 'Employee 77777' });
    const page = (await one.get('/hired_employees?department_id=6&job_id=5&sort=-id&size=3&page=2')).json();
    expect(page).toMatchObject({ items: [{ id: 99900 }, { id: 99870 }, { id: 99840 }], next: 3, total: 3333 });
    expect((await one.get('/hired_employees?department_id=null&size=1')).json().total).toBe(2000);
    expect((await one.get('/hired_employees?page=100&size=1000')).json().items.at(-1).id).toBe(100_000);
  });

  it('take batches, a backup and its restore, each session for itself', async () => {
    const [one, other] = [clientOf(large, '/hr'), clientOf(large, '/hr')];
    expect((await one.send('POST', '/hired_employees/backup', { name: 'all' })).json().rows).toBe(100_000);
    const batches = Array.from({ length: 5 }, () => Array.from({ length: 1000 }, () => employee));
    for (const batch of batches) expect((await one.send('POST', '/hired_employees', batch)).status).toBe(201);
    await one.send('DELETE', '/hired_employees/50000');
    expect(await total(one, 'hired_employees')).toBe(104_999);
    expect(await total(other, 'hired_employees')).toBe(100_000);
    expect((await one.send('POST', '/hired_employees/restore', { name: 'all' })).json().rows).toBe(100_000);
    expect((await one.get('/hired_employees/50000')).json()).toMatchObject({ id: 50000, name: 'Employee 50000' });
    expect((await one.get('/hired_employees?id_gt=100000')).json().total).toBe(0);
  });
});

describe('the variations', () => {
  it('each say in a sentence what they do, under the name of their file', () => isDescribed(client(), 'hr'));

  it('hr-migration-batch-in-part: the good rows are kept, the others told with 207', async () => {
    const one = client({ scenario: 'hr-migration-batch-in-part' });
    const answer = await one.send('POST', '/hired_employees', [employee, { ...employee, job_id: 'four' }, { ...employee, id: 3 }, { ...employee, name: 'Jan' }]);
    expect(answer.status).toBe(207);
    expect(answer.json()).toEqual({ inserted: 2, errors: [{ row: 2, field: 'job_id', message: expect.any(String) }, { row: 3, field: 'id', message: expect.any(String) }] });
    expect(await total(one, 'hired_employees')).toBe(10);
    expect((await one.send('POST', '/hired_employees', [])).status).toBe(422);
    expect((await one.send('POST', '/departments', [{ department: 'Legal' }, {}])).status).toBe(422);
  });

  it('hr-migration-restore-takes-time: 202, then 503 until three seconds have passed on the server\'s clock', async () => {
    const one = client({ scenario: 'hr-migration-restore-takes-time' });
    await one.send('POST', '/hired_employees/backup', { name: 'nightly' });
    await one.send('DELETE', '/hired_employees/1');
    expect((await one.send('POST', '/hired_employees/restore', { name: 'weekly' })).status).toBe(404);
    expect(await total(one, 'hired_employees')).toBe(7);
    expect(await one.send('POST', '/hired_employees/restore', { name: 'nightly' }).then((answer) => [answer.status, answer.json()])).toEqual([202, { table: 'hired_employees', name: 'nightly', status: 'restoring' }]);
    for (const path of ['/hired_employees', '/jobs']) expect(await one.get(path)).toMatchObject({ status: 503, headers: { 'retry-after': '3' } });
    await one.admin('PUT', '/clock', { advance: '2 s', freeze: true });
    expect((await one.get('/hired_employees')).status).toBe(503);
    await one.admin('PUT', '/clock', { advance: '1 s' });
    expect(await total(one, 'hired_employees')).toBe(8);
    await one.admin('PUT', '/clock', { reset: true });
  });
});
