import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createAdmin } from '../../src/admin/create-admin.ts';
import type { StoredReport } from '../../src/model/index.ts';
import { body, draft, FakeControl } from './fake-control.ts';

const folder = mkdtempSync(join(tmpdir(), 'admin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let control: FakeControl;
let failures: unknown[];
let api: ReturnType<typeof request>;
beforeEach(() => {
  control = new FakeControl();
  failures = [];
  api = request(createAdmin(control, { token: null, hosts: [], onFailure: (error) => failures.push(error) }));
});

const get = (path: string) => api.get(`/_rehearsal${path}`);

function report(parts: Partial<StoredReport> & { readonly id: string }, bytes: string | Buffer = 'abc'): StoredReport {
  const storedAt = { path: join(folder, parts.id), offset: 0 };
  writeFileSync(storedAt.path, bytes);
  return { exchange: 'e1', session: 'default', part: 'file', filename: 'report.zip', type: 'application/zip', sizeBytes: Buffer.byteLength(bytes), sha256: 'a'.repeat(64), at: '2026-01-01T00:00:00.000Z', storedAt, ...parts };
}

describe('about the server', () => {
  it('is well', async () => {
    const { status, body: answer, headers } = await get('/health');
    expect([status, answer.status, answer.version]).toEqual([200, 'ok', '1.2.3']);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('gives the CA, and says when there is none', async () => {
    const answer = await get('/ca.pem').buffer(true).parse((response, done) => { let text = ''; response.on('data', (chunk) => (text += chunk)).on('end', () => done(null, text)); });
    expect(answer.headers['content-type']).toBe('application/x-pem-file');
    expect(answer.body).toBe(control.pem);
    control.pem = null;
    expect((await get('/ca.pem')).status).toBe(404);
  });

  it('serves the console: a page that names its files, under a policy that lets nothing else in', async () => {
    for (const path of ['', '/', '/?']) {
      const { status, text, headers } = await get(path);
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(text).not.toMatch(/<script[^>]*>[^<]|<style|\son\w+=|https?:/);
      for (const [, file] of text.matchAll(/(?:src|href)="\/_rehearsal(\/console\/[^"]+)"/g)) {
        const { status: found, headers: { 'content-type': type, 'x-content-type-options': sniffing } } = await get(file!);
        expect([file, found, sniffing]).toEqual([file, 200, 'nosniff']);
        expect(type).toMatch(file!.endsWith('.js') ? /^text\/javascript/ : file!.endsWith('.css') ? /^text\/css/ : /^image\/svg/);
      }
    }
  });

  it('gives no file but those of the console, whatever the path says', async () => {
    for (const path of ['/console/none.js', '/console/htm.d.ts', '/console/a/b/c.js', '/console/__proto__']) expect([path, (await get(path)).status]).toEqual([path, 404]);
    for (const path of ['/console/..%2fadmin%2fpage.ts', '/console/%2e%2e/page.ts', '/console/live/..%2f..%2fadmin%2fpage.ts']) expect([path, (await get(path)).status]).toEqual([path, 400]);
  });
});

describe('scenarios and routes', () => {
  it('lists scenarios with their mistakes, for everybody and for a session', async () => {
    const { body: all } = await get('/scenarios');
    expect(all).toMatchObject({ total: 2, next: null });
    expect(all.items[1]).toMatchObject({ name: 'cleaner-no-tasks', extends: 'cleaner', active: false, mistakes: [{ line: 3 }] });
    expect((await get('/scenarios?session=checkout')).body.items[1].active).toBe(true);
  });

  it('selects a scenario for everybody and for a session', async () => {
    const everybody = await api.put('/_rehearsal/scenarios/active').send({ scenario: 'cleaner-no-tasks' });
    expect([everybody.status, everybody.body]).toEqual([200, { scenario: 'cleaner-no-tasks', root: 'cleaner', session: null }]);
    await api.put('/_rehearsal/scenarios/active').send({ scenario: 'cleaner', session: 'checkout' }).expect(200);
    await api.put('/_rehearsal/scenarios/active').send({ scenario: 'cleaner', session: null }).expect(200);
    expect(control.selected).toEqual([['cleaner-no-tasks', null], ['cleaner', 'checkout'], ['cleaner', null]]);
  });

  it('answers an unknown scenario with those there are', async () => {
    const { status, body: problem } = await api.put('/_rehearsal/scenarios/active').send({ scenario: 'cleaner-no-task' });
    expect(status).toBe(404);
    expect(problem.detail).toContain('Did you mean `cleaner-no-tasks`?');
    expect(problem.scenarios).toEqual(['cleaner', 'cleaner-no-tasks']);
  });

  it.each([
    [{}, '`scenario` is missing'],
    [{ scenario: 5 }, '`scenario`: expected text, got 5'],
    [{ scenario: 'cleaner', session: '../x' }, '`session`: expected null or 1 to 64 of'],
    [{ scenario: 'cleaner', sesion: 'x' }, 'Did you mean `session`?'],
    [[], 'must be a JSON object, and it is a list'],
    ['text', 'must be a JSON object'],
    [null, 'must be a JSON object'],
  ])('refuses the body %j', async (given, words) => {
    const { status, body: problem, headers } = await api.put('/_rehearsal/scenarios/active').set('Content-Type', 'application/json').send(JSON.stringify(given));
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(problem.detail).toContain(words);
    expect(control.selected).toEqual([]);
  });

  it('lists routes with their rules and calls', async () => {
    expect((await get('/routes')).body.items[0]).toMatchObject({ route: 'GET /tasks', calls: 2, rules: [{ file: 'cleaner.yaml', line: 7, calls: 2 }] });
  });
});

describe('the journal', () => {
  it('lists newest first, by every filter', async () => {
    control.journal.record(draft({ id: 'a' }));
    control.journal.record(draft({ id: 'b', session: 'bob', status: 404, rule: null, url: '/task' }));
    const ids = async (query: string) => (await get(`/journal?${query}`).expect(200)).body.items.map((item: { id: string }) => item.id);
    expect(await ids('')).toEqual(['b', 'a']);
    expect(await ids('session=bob')).toEqual(['b']);
    expect(await ids('status=4XX')).toEqual(['b']);
    expect(await ids('path=/tas*')).toEqual(['b', 'a']);
    expect(await ids('path=%2Ftasks')).toEqual(['a']);
    expect(await ids('rule=GET+/tasks')).toEqual(['a']);
    expect(await ids('unmatched=true')).toEqual(['b']);
    expect(await ids('unmatched')).toEqual(['b']);
    expect(await ids('unmatched=false')).toEqual(['a']);
    expect(await ids('violations=true')).toEqual([]);
    expect(await ids('limit=1')).toEqual(['b']);
    expect(await ids('after=b')).toEqual(['a']);
    expect(await ids('session=&status=&path=&rule=&unmatched=&violations=&after=&limit=')).toEqual(['b', 'a']);
  });

  it('pages through by `next`', async () => {
    for (let index = 0; index < 5; index += 1) control.journal.record(draft({ id: `p${index}` }));
    const first = (await get('/journal?limit=2')).body;
    expect(first.total).toBe(5);
    const second = (await get(`/journal?limit=2&after=${first.next}`)).body;
    const third = (await get(`/journal?limit=2&after=${second.next}`)).body;
    expect([...first.items, ...second.items, ...third.items].map((item) => item.id)).toEqual(['p4', 'p3', 'p2', 'p1', 'p0']);
    expect(third.next).toBeNull();
  });

  it.each([
    ['limit=abc', '`limit`: expected a whole number from 1 to 1000, got abc'],
    ['limit=0', '`limit`'], ['limit=1001', '`limit`'], ['limit=-1', '`limit`'], ['limit', 'got no value'],
    ['status=9', '`status`: expected a status such as `404`'], ['status=6xx', '`status`'],
    ['unmatched=maybe', '`unmatched`: expected `true` or `false`, got maybe'],
    ['session=a/b', '`session`: expected 1 to 64'],
    ['after=nonsense', '`after`: expected the `next`'],
    ['sesion=x', 'Did you mean `session`?'],
    ['limit=1&limit=2', '`limit` is given more than once'],
    ['path=%zz', 'not well percent-encoded'],
    ['__proto__=1', 'is not a parameter here'],
    ['limit=a&status=b', '`status`: expected'],
  ])('refuses ?%s and says why', async (query, words) => {
    const { status, body: problem } = await get(`/journal?${query}`);
    expect(status).toBe(400);
    expect(problem.detail).toContain(words);
  });

  it('shows one exchange in full, and says when it is not there', async () => {
    control.journal.record(draft({ id: 'one', requestBody: body('{"a":1}') }));
    expect((await get('/journal/one')).body).toMatchObject({ id: 'one', request: { body: { text: '{"a":1}', sizeBytes: 7 } }, reply: { body: { text: null } } });
    const { status, body: problem } = await get('/journal/two');
    expect([status, problem.detail]).toEqual([404, expect.stringContaining('no exchange `two`')]);
  });

  it.each(['/journal/..%2F..%2Fetc%2Fpasswd', '/journal/%00', '/journal/a%5Cb', '/reports/..%2f..%2fx', '/reports/..%2f/content', '/sessions/..%2fx', '/nothing/%2e%2e/journal', '/journal/%ff'])('refuses %s', async (path) => {
    const { status, headers } = await get(path);
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
  });

  it('takes an id with an encoded slash for a name, never a path', async () => {
    expect((await get('/reports/etc%2Fpasswd')).status).toBe(404);
  });

  it('says no more of a long id than its beginning', async () => {
    expect((await get(`/journal/${'x'.repeat(5000)}`)).text.length).toBeLessThan(500);
  });

  it('answers a path that cannot be decoded with 400', async () => {
    expect((await get('/journal/%zz')).status).toBe(400);
    expect(failures).toEqual([]);
  });

  it('forgets the default session unless another, or all, is named', async () => {
    for (const session of ['default', 'default', 'bob', 'eve']) control.journal.record(draft({ session }));
    await api.delete('/_rehearsal/journal').set('Rehearsal-Admin', '1').expect(204);
    expect(control.journal.size).toBe(2);
    await api.delete('/_rehearsal/journal?session=bob').set('Content-Type', 'application/json').expect(204);
    expect(control.journal.size).toBe(1);
    await api.delete('/_rehearsal/journal?session=*').set('Rehearsal-Admin', '1').expect(204);
    expect(control.journal.size).toBe(0);
  });
});

describe('explain', () => {
  const explain = (given: unknown) => api.post('/_rehearsal/explain').send(given as object);

  it('hands the request on, prefix, whole URL and all', async () => {
    const { status, body: answer } = await explain({ method: 'post', url: 'https://localhost:5000/@cleaner:bob/tasks?id=2', headers: { 'X-A': ['1', '2'], Accept: '*/*' }, body: { id: 1 } });
    expect([status, answer.tried[0].because]).toEqual([200, ['query `id`: expected 1, got 2']]);
    const [given] = control.explained;
    expect(given).toMatchObject({ method: 'POST', url: 'https://localhost:5000/@cleaner:bob/tasks?id=2' });
    expect([...given!.headers]).toEqual([['x-a', ['1', '2']], ['accept', ['*/*']], ['content-type', ['application/json']]]);
    expect(given!.body!.toString()).toBe('{"id":1}');
  });

  it('takes headers as the journal shows them, and a body as text or base64', async () => {
    await explain({ url: '/tasks', headers: [['A', 'b'], ['a', 'c']], body: 'plain' }).expect(200);
    await explain({ url: '/tasks', bodyBase64: 'AAH/' }).expect(200);
    expect([...control.explained[0]!.headers]).toEqual([['a', ['b', 'c']]]);
    expect(control.explained[0]!.body!.toString()).toBe('plain');
    expect([...control.explained[1]!.body!]).toEqual([0, 1, 255]);
    expect(control.explained[1]!.method).toBe('GET');
  });

  it.each([
    [{}, '`url` is missing'],
    [{ url: 'tasks' }, '`url`: The request target'],
    [{ url: '/a b' }, '`url`: expected a path or a URL'],
    [{ url: 'ftp://x/y' }, '`url`'],
    [{ url: '/@a:b/../c:d' , method: 'GET /' }, '`method`'],
    [{ url: '/@x:!!/tasks' }, 'session'],
    [{ url: '/', headers: 'x' }, '`headers`: expected a map'],
    [{ url: '/', headers: { 'a b': '1' } }, 'expected the name of a header'],
    [{ url: '/', headers: { a: 'b\r\nc: d' } }, '`headers.a`: expected text on one line'],
    [{ url: '/', headers: { a: { b: 1 } } }, '`headers.a`'],
    [{ url: '/', body: 'x', bodyBase64: 'eA==' }, 'cannot both stand'],
    [{ url: '/', bodyBase64: '!' }, 'expected base64'],
    [{ url: '/', headrs: {} }, 'Did you mean `headers`?'],
  ])('refuses %j', async (given, words) => {
    const { status, body: problem } = await explain(given);
    expect(status).toBe(400);
    expect(problem.detail).toContain(words);
  });

  it('passes on why a request cannot be looked at', async () => {
    control.explanation = 'There is no scenario `x`';
    const { status, body: problem } = await explain({ url: '/@x/tasks' });
    expect([status, problem.detail]).toEqual([400, 'There is no scenario `x`']);
  });

  it('refuses what is not JSON, is too large, or is in another charset', async () => {
    const post = () => api.post('/_rehearsal/explain').set('Content-Type', 'application/json');
    const broken = await post().send('{"url": ');
    expect([broken.status, broken.body.detail]).toEqual([400, expect.stringContaining('The body is not JSON')]);
    expect((await post().send(JSON.stringify({ url: '/', body: 'x'.repeat(1_000_001) }))).status).toBe(413);
    expect((await api.post('/_rehearsal/explain').set('Content-Type', 'application/json; charset=iso-8859-1').send('{}')).status).toBe(415);
    expect((await post().send('')).body.detail).toContain('`url` is missing');
    expect((await post().set('Content-Encoding', 'gzip').send('{}')).status).toBe(400);
    expect(failures).toEqual([]);
  });
});

describe('reports', () => {
  beforeEach(() => {
    control.stored.push(report({ id: 'r1' }, 'PK-zip-content'), report({ id: 'r2', session: 'bob' }, 'PK'), report({ id: 'r3', part: null, filename: null, type: 'image/png' }));
  });

  it('lists them newest first, entries of zips and all, never where they lie', async () => {
    const { body: page, text } = await get('/reports');
    expect(page.items.map((item: { id: string }) => item.id)).toEqual(['r3', 'r2', 'r1']);
    expect(page.items[2]).toMatchObject({ exchange: 'e1', part: 'file', filename: 'report.zip', entries: [{ name: 'a.txt', sizeBytes: 1 }], problem: null });
    expect(page.items[1]).toMatchObject({ entries: null, problem: 'the archive is cut off' });
    expect(text).not.toContain(folder);
    expect((await get('/reports?session=bob')).body.total).toBe(1);
    expect((await get('/reports?limit=1&after=r3')).body).toMatchObject({ items: [{ id: 'r2' }], total: 3, next: 'r2' });
    expect((await get('/reports?after=r9')).status).toBe(400);
  });

  it('shows one', async () => {
    expect((await get('/reports/r3')).body).toMatchObject({ id: 'r3', part: null, filename: null, entries: null });
    expect((await get('/reports/r9')).status).toBe(404);
    expect((await get('/reports/__proto__')).status).toBe(404);
  });

  it('gives the bytes to be saved, never to be run', async () => {
    const { headers, body: bytes } = await get('/reports/r1/content').buffer(true).parse((response, done) => { const chunks: Buffer[] = []; response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks))); });
    expect(bytes.toString()).toBe('PK-zip-content');
    expect(headers).toMatchObject({ 'content-type': 'application/zip', 'content-length': '14', 'x-content-type-options': 'nosniff', 'content-disposition': 'attachment; filename=report.zip' });
    expect(headers['content-security-policy']).toMatch(/^sandbox/);
  });

  it('answers HEAD with the length alone', async () => {
    const { status, headers, text } = await api.head('/_rehearsal/reports/r1/content');
    expect([status, headers['content-length'], text]).toEqual([200, '14', undefined]);
  });

  it.each([
    ['a\r\nSet-Cookie: x=1', 'text/html\r\nX: y', 'application/octet-stream'],
    ['../../etc/passwd', 'text/html', 'text/html'],
    ['C:\\Windows\\"x".zip', 'nonsense', 'application/octet-stream'],
    ['наш отчёт.zip', 'application/zip', 'application/zip'],
    ['\ud800', 'a/b', 'a/b'],
    ['..', 'a/b', 'a/b'],
  ])('takes the name %j and the type %j for data', async (filename, type, sent) => {
    control.stored.push(report({ id: 'odd', filename, type }));
    const { status, headers } = await get('/reports/odd/content');
    expect([status, headers['content-type']]).toEqual([200, sent]);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['content-disposition']).toMatch(/^attachment; filename/);
    expect(headers['content-disposition']).not.toMatch(/\.\.|[/\\]etc|Windows\\/);
  });

  it('says so when somebody took the file away', async () => {
    rmSync(control.stored[0]!.storedAt.path);
    expect((await get('/reports/r1/content')).status).toBe(404);
    expect(failures).toEqual([]);
  });
});

describe('sessions', () => {
  it('lists them, the last used first', async () => {
    expect((await get('/sessions')).body).toMatchObject({ total: 2, next: null, items: [{ id: 'checkout', selected: { cleaner: 'cleaner-no-tasks' } }, { id: 'default' }] });
    expect((await get('/sessions?limit=1')).body.next).toBe('checkout');
  });

  it('looks into one', async () => {
    expect((await get('/sessions/default')).body).toMatchObject({ id: 'default', scenarios: ['cleaner'], counters: [{ route: 'GET /tasks', count: 3 }] });
    expect((await get('/sessions/nobody')).status).toBe(404);
    expect((await get('/sessions/a%20b')).status).toBe(400);
  });

  it('takes one back to its beginning, one that nobody has used as well', async () => {
    for (const id of ['checkout', 'nobody']) await api.delete(`/_rehearsal/sessions/${id}`).set('Rehearsal-Admin', '1').expect(204);
    expect(control.resets).toEqual(['checkout', 'nobody']);
  });
});

describe('what is not there', () => {
  it('lists what is, and says what may have been meant', async () => {
    const { status, body: problem } = await get('/jornal');
    expect(status).toBe(404);
    expect(problem.detail).toContain('Did you mean `/_rehearsal/journal`?');
    expect(problem.endpoints).toContain('GET /journal/{id}');
  });

  it('answers another method with 405 and those there are', async () => {
    const { status, headers, body: problem } = await api.post('/_rehearsal/journal').send({});
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, DELETE, OPTIONS']);
    expect(problem.detail).toContain('does not answer POST');
  });

  it('answers OPTIONS, without a word of CORS', async () => {
    const { status, headers } = await api.options('/_rehearsal/scenarios/active');
    expect([status, headers['allow']]).toEqual([204, 'PUT, OPTIONS']);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('answers HEAD as GET without the body', async () => {
    const { status, headers, text } = await api.head('/_rehearsal/health');
    expect([status, text]).toEqual([200, undefined]);
    expect(Number(headers['content-length'])).toBeGreaterThan(10);
  });

  it('keeps a fault of its own from the client', async () => {
    control.explain = () => { throw new Error('secret path /home/x'); };
    const { status, text } = await api.post('/_rehearsal/explain').send({ url: '/' });
    expect(status).toBe(500);
    expect(text).not.toContain('secret path');
    expect(text).not.toContain(' at ');
    expect(failures).toHaveLength(1);
  });
});
