import { describe, expect, it } from 'vitest';
import { ask } from './client.ts';
import { arrives, bundle, client, differsFromItsDigest, isOneGib, json, maintenance, passed, report, serveShipped, server, staysOpen, twoTasks } from './cleaner-world.ts';

serveShipped();

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
    expect((await ask(server.ca, `${root}/storage/1797242037.zip?signature=0`)).status).toBe(403);
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
