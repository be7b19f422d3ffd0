import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRehearsal } from '../../src/index.ts';
import { ask, begin, form, type Asked, type Heard } from './client.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(top, 'scenarios', 'cleaner');
const bundle = fs.readFileSync(path.join(top, 'fixtures', '1797242037.zip'));
const magic = JSON.parse(fs.readFileSync(path.join(top, 'fixtures', 'cleaner', 'magic.json'), 'utf8')) as Record<'download' | 'report', { id: number; status: number | null; what: string }[]>;
const digest = `sha-256=:${createHash('sha256').update(bundle).digest('base64')}:`;
const base = '/xyz/api/cleaner';
const twoTasks = { tasks: [{ id: 1, name: 'vuln scan' }, { id: 2, name: 'disinfect' }] };
const passed = { id: 1, name: 'vuln scan', status: 'PASSED' };
const notFound = { error: 404, message: 'resource not found', success: false };
const maintenance = /<h1>.+<\/h1>/;

let server: Awaited<ReturnType<typeof startRehearsal>>;
let certs: string;
let worlds = 0;

beforeAll(async () => {
  certs = fs.mkdtempSync(path.join(os.tmpdir(), 'cleaner-certs-'));
  server = await startRehearsal({ scenarios: path.join(top, 'scenarios'), fixtures: path.join(top, 'fixtures'), certs });
});
afterAll(async () => {
  await server?.close();
  fs.rmSync(certs, { recursive: true, force: true });
});

/** A client in a world of its own, with the scenario chosen by its base URL. */
function client(scenario = '') {
  const session = `test-${++worlds}`;
  const root = `${server.url}/@${scenario}:${session}${base}`;
  return {
    session,
    root,
    get: (route: string, asked: Asked = {}) => ask(server.ca, root + route, asked),
    begin: (route: string, asked: Asked = {}) => begin(server.ca, root + route, asked),
    admin: async (route: string) => json(await ask(server.ca, `${server.url}/_rehearsal${route}`)) as any,
  };
}

function json(heard: Heard): unknown {
  expect(heard.headers['content-type']).toMatch(/^application\/json/);
  return JSON.parse(heard.body.toString('utf8'));
}

function report(fields: Readonly<Record<string, string>> = {}): Asked {
  const named = Object.entries(fields).map(([name, content]) => ({ name, content }));
  return form([...named, { name: 'file', filename: 'report.zip', type: 'application/zip', content: bundle }]);
}

/** Still without an end after the server has answered another client in full. */
async function staysOpen(pending: ReturnType<typeof begin>): Promise<{ status: number | null; bytes: number }> {
  await client().get('/tasks');
  const { ended, ...heard } = pending.heard();
  expect(ended).toBe(false);
  pending.leave();
  return heard;
}

/** Waits until so many bytes of a pending answer have come. */
async function arrives(pending: ReturnType<typeof begin>, bytes: number): Promise<void> {
  await expect.poll(() => pending.heard().bytes, { interval: 5, timeout: 4000 }).toBeGreaterThanOrEqual(bytes);
}

describe('the shipped scenarios', () => {
  it('load without a mistake, each under the name of its file and with a sentence that says what it does', async () => {
    const { items } = await client().admin('/scenarios');
    const names = fs.readdirSync(folder).map((file) => path.basename(file, '.yaml'));
    expect(items.map((item: any) => item.name).sort()).toEqual(expect.arrayContaining(names));
    for (const item of items) expect(item, item.name).toMatchObject({ summary: expect.stringMatching(/^[A-Z].+\.$/), mistakes: [] });
  });
});

describe('the cleaner API', () => {
  it('lists the tasks', async () => {
    const heard = await ask(server.ca, `${server.url}${base}/tasks`);
    expect(heard.status).toBe(200);
    expect(heard.body.toString()).toBe(JSON.stringify(twoTasks));
  });

  it('gives the bundle of task 1 with its name, length and digest', async () => {
    const heard = await client().get('/tasks/download?id=1');
    expect(heard).toMatchObject({ status: 200, complete: true });
    expect(heard.body.equals(bundle)).toBe(true);
    expect(heard.headers).toMatchObject({ 'content-length': String(bundle.length), 'content-type': 'application/zip', 'accept-ranges': 'bytes', 'repr-digest': digest });
    expect(heard.headers['content-disposition']).toMatch(/^attachment; filename="?1797242037\.zip"?$/);
  });

  it('answers 304 to a client that has the bundle', async () => {
    const { get } = client();
    const { headers } = await get('/tasks/download?id=1');
    const again = await get('/tasks/download?id=1', { headers: { 'if-none-match': headers['etag']! } });
    expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  });

  it('resumes the bundle from byte 10,000', async () => {
    const { get } = client();
    const { headers } = await get('/tasks/download?id=1', { method: 'HEAD' });
    const rest = await get('/tasks/download?id=1', { headers: { range: 'bytes=10000-', 'if-range': headers['etag']! } });
    expect(rest).toMatchObject({ status: 206, headers: { 'content-range': `bytes 10000-${bundle.length - 1}/${bundle.length}` } });
    expect(rest.body.equals(bundle.subarray(10_000))).toBe(true);
  });

  it.each(['2', '405', '01', '', 'a'])('has no resource for the id "%s"', async (id) => {
    const heard = await client().get(`/tasks/download?id=${id}`);
    expect(heard.status).toBe(404);
    expect(json(heard)).toEqual(notFound);
  });

  it('passes a report and keeps it with its digest and its entries', async () => {
    const { get, admin, session } = client();
    expect(json(await get('/tasks/report', report()))).toEqual(passed);
    const { items } = await admin(`/reports?session=${session}`);
    expect(items).toMatchObject([{ session, part: 'file', filename: 'report.zip', type: 'application/zip', sizeBytes: bundle.length, sha256: createHash('sha256').update(bundle).digest('hex') }]);
    expect(JSON.stringify(items[0].entries)).toContain('signatures.bin');
    const content = await ask(server.ca, `${server.url}/_rehearsal/reports/${items[0].id}/content`);
    expect(content.body.equals(bundle)).toBe(true);
  });

  it('passes a report that is no zip too, and says in the journal what a correct client sends', async () => {
    const { get, admin, session } = client();
    expect(json(await get('/tasks/report', form([{ name: 'file', filename: 'report.txt', type: 'text/plain', content: 'done' }])))).toEqual(passed);
    const { items } = await admin(`/journal?session=${session}&violations=true`);
    expect(items).toHaveLength(1);
    expect(items[0].violations).toMatchObject([{ at: expect.stringContaining('filename'), got: expect.stringContaining('report.txt') }]);
  });
});

describe('magic task ids', () => {
  it('are listed for people and for programs, exactly those there are', async () => {
    const { get } = client();
    const page = await get('/magic', { headers: { accept: 'text/html,*/*' } });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const programs = json(await get('/magic', { headers: { accept: 'application/json' } }));
    expect(programs).toEqual(magic);
    const { routes } = parse(fs.readFileSync(path.join(folder, 'cleaner.yaml'), 'utf8'), { merge: true });
    const downloads = routes['GET /tasks/download'].flatMap((rule: any) => rule.when?.query.id ?? []);
    const reports = routes['POST /tasks/report'].flatMap((rule: any) => rule.when?.form.id ?? []);
    const listed = magic.download.map(({ id }) => id);
    expect(listed).toEqual([...downloads, 404].sort((a, b) => a - b));
    expect(magic.report.map(({ id }) => id)).toEqual(reports);
    for (const id of listed) expect(page.body.toString()).toContain(`href="tasks/download?id=${id}"`);
    for (const id of reports) expect(page.body.toString()).toContain(`<td>${id}</td>`);
  });

  it.each(magic.download.filter(({ id }) => id < 9000))('download $id: $what', async ({ id, status }) => {
    const heard = await client().get(`/tasks/download?id=${id}`);
    expect(heard).toMatchObject({ status, complete: true });
    if (status! >= 400 && status !== 502) expect(json(heard)).toMatchObject({ error: status, message: expect.any(String), success: false });
    if (status === 429 || status === 503) expect(heard.headers['retry-after']).toBe('2');
    if (status === 401) expect(heard.headers['www-authenticate']).toMatch(/^Bearer /);
    if (status === 204) expect(heard.body).toHaveLength(0);
  });

  it('download 302: redirects to the bundle of task 1, in the same world', async () => {
    const { get, root } = client();
    const { headers } = await get('/tasks/download?id=302');
    const target = new URL(headers['location']!, `${root}/tasks/download?id=302`).href;
    expect(target).toBe(`${root}/tasks/download?id=1`);
    expect((await ask(server.ca, target)).body.equals(bundle)).toBe(true);
  });

  it.each([9000, 9002])('download %s: gives no answer while others get theirs', async (id) => {
    expect(await staysOpen(client().begin(`/tasks/download?id=${id}`))).toEqual({ status: null, bytes: 0 });
  });

  it('download 9001: trickles', async () => {
    const pending = client().begin('/tasks/download?id=9001');
    await arrives(pending, 1);
    const { status, bytes } = await staysOpen(pending);
    expect(status).toBe(200);
    expect(bytes).toBeLessThan(bundle.length / 2);
  });

  it('download 9003: stalls after 8 KiB', async () => {
    const pending = client().begin('/tasks/download?id=9003');
    await arrives(pending, 8192);
    expect(await staysOpen(pending)).toEqual({ status: 200, bytes: 8192 });
  });

  it.each([9004, 9006])('download %s: ends without a byte', async (id) => {
    expect(await client().get(`/tasks/download?id=${id}`)).toMatchObject({ status: null, complete: false, error: 'ECONNRESET' });
  });

  it('download 9005: is reset on the way', async () => {
    const heard = await client().get('/tasks/download?id=9005');
    expect(heard).toMatchObject({ complete: false, error: 'ECONNRESET' });
    expect(heard.body.length).toBeLessThanOrEqual(8192);
  });

  it('download 9007: is not HTTP', async () => {
    expect((await client().get('/tasks/download?id=9007')).error).toMatch(/^HPE_/);
  });

  it('download 9010: is cut at 60 %', async () => {
    const heard = await client().get('/tasks/download?id=9010');
    expect(heard).toMatchObject({ status: 200, complete: false, headers: { 'content-length': String(bundle.length) } });
    expect(heard.body.length / bundle.length).toBeCloseTo(0.6, 3);
    expect(heard.body.equals(bundle.subarray(0, heard.body.length))).toBe(true);
  });

  it('download 9011: does not agree with its digest', async () => {
    await differsFromItsDigest(await client().get('/tasks/download?id=9011'));
  });

  it('download 9012: announces a length that is not true', async () => {
    const heard = await client().get('/tasks/download?id=9012');
    expect(heard.headers['content-length']).not.toBe(String(bundle.length));
    expect(heard.complete).toBe(false);
  });

  it('download 9013: is an HTML page with status 200', async () => {
    const heard = await client().get('/tasks/download?id=9013');
    expect(heard).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^text\/html/) } });
    expect(heard.body.toString()).toMatch(maintenance);
  });

  it('download 9014: has no bytes', async () => {
    expect(await client().get('/tasks/download?id=9014')).toMatchObject({ status: 200, complete: true, headers: { 'content-length': '0' }, body: Buffer.alloc(0) });
  });

  it('download 9015: is 1 GiB long, and any part of it can be had', async () => {
    await isOneGib(client());
  });

  it('download 9016: is called a zip archive and is none', async () => {
    const heard = await client().get('/tasks/download?id=9016');
    expect(heard.headers['content-type']).toMatch(/^application\/zip/);
    expect(heard.body.subarray(0, 2).toString()).not.toBe('PK');
  });

  it('download 9020: has a name in many scripts, and an ASCII one for old clients', async () => {
    const { headers } = await client().get('/tasks/download?id=9020');
    const disposition = headers['content-disposition']!;
    expect(decodeURIComponent(/filename\*=UTF-8''([^;]+)/i.exec(disposition)![1]!)).toBe('Prüfbericht “März” – 清洁 🧹.zip');
    expect(disposition).toMatch(/^attachment; filename=/);
  });

  it('download 9021: has a name that tries to leave the folder', async () => {
    expect((await client().get('/tasks/download?id=9021')).headers['content-disposition']).toContain('../../../');
  });

  it('download 9022: says that the archive is text', async () => {
    const heard = await client().get('/tasks/download?id=9022');
    expect(heard.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(heard.body.equals(bundle)).toBe(true);
  });

  it('download 9023: is compressed only for a client that accepts it', async () => {
    const { get } = client();
    const compressed = await get('/tasks/download?id=9023', { headers: { 'accept-encoding': 'gzip' } });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(compressed.body).equals(bundle)).toBe(true);
    const plain = await get('/tasks/download?id=9023', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.equals(bundle)).toBe(true);
  });

  it('download 9024: redirects to itself', async () => {
    const { get, root } = client();
    const { status, headers } = await get('/tasks/download?id=9024');
    expect(status).toBe(302);
    expect(new URL(headers['location']!, `${root}/tasks/download?id=9024`).href).toBe(`${root}/tasks/download?id=9024`);
  });

  it.each(magic.report.filter(({ id }) => id < 9000))('report $id: $what', async ({ id, status }) => {
    const heard = await client().get('/tasks/report', report({ id: String(id) }));
    expect(heard).toMatchObject({ status, complete: true });
    expect(json(heard)).toMatchObject(status === 422 ? { status: 'REJECTED', reasons: [expect.any(String)] } : { error: status, success: false });
    if (status === 429 || status === 503) expect(heard.headers['retry-after']).toBe('2');
  });

  it.each([9000, 9002])('report %s: gives no answer while others get theirs', async (id) => {
    expect(await staysOpen(client().begin('/tasks/report', report({ id: String(id) })))).toEqual({ status: null, bytes: 0 });
  });

  it.each([9004, 9006])('report %s: is received, and the answer never comes', async (id) => {
    const { get, admin, session } = client();
    expect(await get('/tasks/report', report({ id: String(id) }))).toMatchObject({ status: null, error: 'ECONNRESET' });
    expect((await admin(`/reports?session=${session}`)).total).toBe(1);
  });

  it('report 9013: is answered with an HTML page', async () => {
    const heard = await client().get('/tasks/report', report({ id: '9013' }));
    expect(heard.status).toBe(200);
    expect(heard.body.toString()).toMatch(maintenance);
  });

  it('report 9030: has failed', async () => {
    expect(json(await client().get('/tasks/report', report({ id: '9030' })))).toMatchObject({ status: 'FAILED' });
  });
});

describe('the variations', () => {
  it('cleaner-no-tasks: the list is empty and the rest works', async () => {
    const { get } = client('cleaner-no-tasks');
    expect(json(await get('/tasks'))).toEqual({ tasks: [] });
    expect((await get('/tasks/download?id=1')).body.equals(bundle)).toBe(true);
    expect(json(await get('/tasks/report', report()))).toEqual(passed);
  });

  it('cleaner-many-tasks: ten thousand tasks, digit for digit', async () => {
    const { get } = client('cleaner-many-tasks');
    const text = (await get('/tasks')).body.toString('utf8');
    const ids = [...text.matchAll(/"id": (\d+)/g)].map(([, id]) => BigInt(id!));
    expect(ids).toEqual(Array.from({ length: 10_000 }, (_, n) => 9_007_199_254_740_987n + BigInt(n)));
    const names = JSON.parse(text).tasks.map(({ name }: { name: string }) => name).join('\n');
    for (const script of ['Latin', 'Cyrillic', 'Han', 'Hangul', 'Arabic', 'Hebrew', 'Thai', 'Devanagari', 'Greek', 'Katakana']) expect(names).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    expect((await get('/tasks/download?id=9007199254740993')).body.equals(bundle)).toBe(true);
  });

  it('cleaner-list-503-twice: 503 with Retry-After, again, then the list for good', async () => {
    const { get } = client('cleaner-list-503-twice');
    for (let n = 0; n < 2; n += 1) expect(await get('/tasks')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    for (let n = 0; n < 3; n += 1) expect(json(await get('/tasks'))).toEqual(twoTasks);
  });

  it('cleaner-list-drift: ids as text, a null, a field too many and one too few', async () => {
    const { tasks } = json(await client('cleaner-list-drift').get('/tasks')) as { tasks: Record<string, unknown>[] };
    expect(tasks.map((task) => typeof task['id'])).toEqual(['string', 'string', 'string']);
    expect(tasks).toEqual([expect.objectContaining({ priority: 'high' }), { id: '2', name: null }, { id: '3' }]);
  });

  it('cleaner-list-in-pieces: the whole list, without a length', async () => {
    const heard = await client('cleaner-list-in-pieces').get('/tasks');
    expect(heard.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(heard.headers['content-length']).toBeUndefined();
    expect(json(heard)).toEqual(twoTasks);
  });

  it('cleaner-html-error: everything is an HTML page with status 200', async () => {
    const { get } = client('cleaner-html-error');
    for (const heard of [await get('/tasks'), await get('/tasks/download?id=1'), await get('/tasks/report', report())]) {
      expect(heard).toMatchObject({ status: 200, complete: true, headers: { 'content-type': expect.stringMatching(/^text\/html/) } });
      expect(heard.body.toString()).toMatch(maintenance);
    }
  });

  it('cleaner-stale-list: 304 while the list is the same, then the new list, and the task that is gone is gone', async () => {
    const { get } = client('cleaner-stale-list');
    const morning = await get('/tasks');
    expect(json(morning)).toEqual(twoTasks);
    const held = { headers: { 'if-none-match': morning.headers['etag']! } };
    expect(await get('/tasks', held)).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    const noon = await get('/tasks', held);
    expect(json(noon)).toEqual({ tasks: [{ id: 1, name: 'vuln scan' }, { id: 3, name: 'defragment' }] });
    expect(noon.headers['etag']).not.toBe(morning.headers['etag']);
    expect((await get('/tasks', { headers: { 'if-none-match': noon.headers['etag']! } })).status).toBe(304);
    expect((await get('/tasks/download?id=2')).status).toBe(410);
    expect((await get('/tasks/download?id=3')).status).toBe(200);
    expect((await get('/tasks/download?id=4')).status).toBe(404);
  });

  it('cleaner-download-truncated: cut at 60 %, and whole for a client that resumes', async () => {
    const { get } = client('cleaner-download-truncated');
    const first = await get('/tasks/download?id=1');
    expect(first).toMatchObject({ status: 200, complete: false, headers: { 'content-length': String(bundle.length) } });
    expect(first.body.length / bundle.length).toBeCloseTo(0.6, 3);
    const rest = await get('/tasks/download?id=1', { headers: { range: `bytes=${first.body.length}-`, 'if-range': first.headers['etag']! } });
    expect(rest).toMatchObject({ status: 206, complete: true });
    expect(Buffer.concat([first.body, rest.body]).equals(bundle)).toBe(true);
  });

  it('cleaner-download-corrupt: the digest is that of the true archive, the bytes are not', async () => {
    await differsFromItsDigest(await client('cleaner-download-corrupt').get('/tasks/download?id=1'));
  });

  it('cleaner-download-slow: the head at once, the body in drops', async () => {
    const pending = client('cleaner-download-slow').begin('/tasks/download?id=1');
    await arrives(pending, 1);
    const { status, bytes } = await staysOpen(pending);
    expect(status).toBe(200);
    expect(bytes).toBeLessThan(bundle.length / 2);
  });

  it('cleaner-download-stalls: nothing more after 8 KiB', async () => {
    const pending = client('cleaner-download-stalls').begin('/tasks/download?id=1');
    await arrives(pending, 8192);
    expect(await staysOpen(pending)).toEqual({ status: 200, bytes: 8192 });
  });

  it('cleaner-download-1gib: 1 GiB, and any part of it can be had', async () => {
    await isOneGib(client('cleaner-download-1gib'), '1');
  });

  it('cleaner-download-wrong-type: the archive, called text and without a name', async () => {
    const heard = await client('cleaner-download-wrong-type').get('/tasks/download?id=1');
    expect(heard.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(heard.headers['content-disposition']).toBeUndefined();
    expect(heard.body.equals(bundle)).toBe(true);
  });

  it('cleaner-download-redirect: two relative redirects lead to the archive', async () => {
    const { root } = client('cleaner-download-redirect');
    let url = `${root}/tasks/download?id=1`;
    const statuses = [];
    for (let hops = 0; hops < 3; hops += 1) {
      const heard = await ask(server.ca, url);
      statuses.push(heard.status);
      if (heard.status === 200) expect(heard.body.equals(bundle)).toBe(true);
      else url = new URL(heard.headers['location']!, url).href;
    }
    expect(statuses).toEqual([307, 302, 200]);
    expect((await ask(server.ca, `${root}/storage/other.zip`)).status).toBe(403);
  });

  it('cleaner-report-rejected: 422 with reasons', async () => {
    const heard = await client('cleaner-report-rejected').get('/tasks/report', report());
    expect(heard.status).toBe(422);
    expect(json(heard)).toMatchObject({ status: 'REJECTED', reasons: [expect.any(String), expect.any(String)] });
  });

  it('cleaner-report-answer-lost: every report that arrived is kept, and no answer comes', async () => {
    const { get, admin, session } = client('cleaner-report-answer-lost');
    for (let n = 0; n < 2; n += 1) expect(await get('/tasks/report', report())).toMatchObject({ status: null, error: 'ECONNRESET' });
    expect((await admin(`/reports?session=${session}`)).total).toBe(2);
    expect(json(await get('/tasks'))).toEqual(twoTasks);
  });

  it('cleaner-silent: no answer to anything', async () => {
    const { begin: start } = client('cleaner-silent');
    for (const pending of [start('/tasks'), start('/tasks/download?id=1'), start('/tasks/report', report())]) {
      expect(await staysOpen(pending)).toEqual({ status: null, bytes: 0 });
    }
  });

  it('cleaner-reset: everything ends in a reset', async () => {
    const { get } = client('cleaner-reset');
    for (const heard of [await get('/tasks'), await get('/tasks/download?id=1'), await get('/tasks/report', report())]) {
      expect(heard).toMatchObject({ status: null, error: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
    }
  });

  it('cleaner-rate-limited: the sixth request within the window is told when to come again', async () => {
    const { get } = client('cleaner-rate-limited');
    for (let n = 0; n < 5; n += 1) expect((await get('/tasks')).status).toBe(200);
    const heard = await get('/tasks');
    expect(heard.status).toBe(429);
    expect(Number(heard.headers['retry-after'])).toBeGreaterThan(0);
    expect(json(heard)).toMatchObject({ error: 429, success: false });
  });
});

async function differsFromItsDigest(heard: Heard): Promise<void> {
  expect(heard).toMatchObject({ status: 200, complete: true, headers: { 'content-length': String(bundle.length), 'repr-digest': digest } });
  const wrong = heard.body.filter((byte, at) => byte !== bundle[at]).length;
  expect(wrong).toBeGreaterThan(0);
  expect(wrong).toBeLessThanOrEqual(16);
}

async function isOneGib({ get }: ReturnType<typeof client>, id = '9015'): Promise<void> {
  const gib = 2 ** 30;
  const route = `/tasks/download?id=${id}`;
  const head = await get(route, { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(gib), 'accept-ranges': 'bytes' } });
  const last = { headers: { range: 'bytes=-1000', 'if-range': head.headers['etag']! } };
  const part = await get(route, last);
  expect(part).toMatchObject({ status: 206, headers: { 'content-range': `bytes ${gib - 1000}-${gib - 1}/${gib}` } });
  expect(part.body).toHaveLength(1000);
  expect((await get(route, last)).body.equals(part.body)).toBe(true);
}
