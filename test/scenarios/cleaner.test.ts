import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, form } from './client.ts';
import { base, bundle, client, digest, folder, json, passed, report, serveShipped, server, twoTasks } from './cleaner-world.ts';

serveShipped();

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
    expect(json(heard)).toEqual({ error: 404, message: 'resource not found', success: false });
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
