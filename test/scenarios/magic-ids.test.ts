import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { ask } from './client.ts';
import { arrives, bundle, client, differsFromItsDigest, folder, isOneGib, json, magic, maintenance, report, serveShipped, server, staysOpen } from './cleaner-world.ts';

serveShipped();

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
