import { describe, expect, it } from 'vitest';
import { answerOf, ask, bytesAnswer, serve } from './respond-server.ts';

const lastModified = 'Fri, 02 Jan 2026 03:04:05 GMT';
const earlier = 'Fri, 02 Jan 2026 03:04:04 GMT';
const later = 'Fri, 02 Jan 2026 03:04:06 GMT';

async function statusWith(headers: Record<string, string>, more: { method?: string; answer?: ReturnType<typeof bytesAnswer> } = {}): Promise<number | null> {
  await using server = await serve(more.answer ?? bytesAnswer('0123456789'));
  return (await ask(server.port, { headers, ...(more.method && { method: more.method }) })).status;
}

describe('conditions of RFC 9110 §13', () => {
  it.each([
    ['If-None-Match with the ETag', { 'If-None-Match': '"v1"' }, 304],
    ['If-None-Match with the weak form of the ETag', { 'If-None-Match': 'W/"v1"' }, 304],
    ['If-None-Match with the ETag in a list', { 'If-None-Match': '"a,b", "v1"' }, 304],
    ['If-None-Match with *', { 'If-None-Match': '*' }, 304],
    ['If-None-Match with another ETag', { 'If-None-Match': '"v2"' }, 200],
    ['If-None-Match with the ETag, asked past caches', { 'If-None-Match': '"v1"', 'Cache-Control': 'no-cache' }, 304],
    ['If-Modified-Since with the date', { 'If-Modified-Since': lastModified }, 304],
    ['If-Modified-Since with a later date', { 'If-Modified-Since': later }, 304],
    ['If-Modified-Since with an earlier date', { 'If-Modified-Since': earlier }, 200],
    ['If-Modified-Since with a date of RFC 850', { 'If-Modified-Since': 'Friday, 02-Jan-26 03:04:05 GMT' }, 304],
    ['If-Modified-Since with a date of asctime', { 'If-Modified-Since': 'Fri Jan  2 03:04:05 2026' }, 304],
    ['If-Modified-Since with what is no date', { 'If-Modified-Since': '2026' }, 200],
    ['If-None-Match before If-Modified-Since', { 'If-None-Match': '"v2"', 'If-Modified-Since': later }, 200],
    ['If-Match with the ETag', { 'If-Match': '"v1"' }, 200],
    ['If-Match with *', { 'If-Match': '*' }, 200],
    ['If-Match with the weak form of the ETag', { 'If-Match': 'W/"v1"' }, 412],
    ['If-Match with another ETag', { 'If-Match': '"v2"' }, 412],
    ['If-Unmodified-Since with the date', { 'If-Unmodified-Since': lastModified }, 200],
    ['If-Unmodified-Since with an earlier date', { 'If-Unmodified-Since': earlier }, 412],
    ['If-Unmodified-Since with what is no date', { 'If-Unmodified-Since': 'yesterday' }, 200],
    ['If-Match before If-Unmodified-Since', { 'If-Match': '"v1"', 'If-Unmodified-Since': earlier }, 200],
    ['If-Match before If-None-Match', { 'If-Match': '"v2"', 'If-None-Match': '"v1"' }, 412],
    ['a condition before a range', { 'If-None-Match': '"v1"', Range: 'bytes=0-1' }, 304],
  ])('%s', async (_name, headers, status) => {
    expect(await statusWith(headers as Record<string, string>)).toBe(status);
  });

  it('answers HEAD by the same rules', async () => {
    expect(await statusWith({ 'If-None-Match': '"v1"' }, { method: 'HEAD' })).toBe(304);
    expect(await statusWith({ 'If-Match': '"v2"' }, { method: 'HEAD' })).toBe(412);
  });

  it('looks at conditions of GET and HEAD only, and of status 200 only', async () => {
    expect(await statusWith({ 'If-None-Match': '"v1"' }, { method: 'POST' })).toBe(200);
    expect(await statusWith({ 'If-None-Match': '"v1"' }, { answer: bytesAnswer('x', { status: 404 }) })).toBe(404);
  });

  it('ignores conditions where nothing is known of the body', async () => {
    expect(await statusWith({ 'If-None-Match': '*', 'If-Match': '"x"' }, { answer: bytesAnswer('x', {}, null) })).toBe(200);
  });

  it('takes an ETag that the reply sets itself at its word', async () => {
    const answer = bytesAnswer('{}', { headers: ['ETag', '"mine"', 'Cache-Control', 'max-age=5'] }, null);
    await using server = await serve(answer);
    const reply = await ask(server.port, { headers: { 'If-None-Match': '"mine"' } });
    expect(reply).toMatchObject({ status: 304, headers: { etag: '"mine"', 'cache-control': 'max-age=5' } });
    expect(reply.headers).not.toHaveProperty('accept-ranges');
  });

  it('keeps in a 304 what a cache needs, and nothing of the content', async () => {
    await using server = await serve(bytesAnswer('0123456789', { headers: ['Content-Type', 'text/plain', 'Content-Disposition', 'attachment', 'Cache-Control', 'no-store', 'Vary', 'Accept', 'Expires', '0', 'Set-Cookie', 'a=1'] }));
    const { status, headers, body } = await ask(server.port, { headers: { 'If-None-Match': '"v1"' } });
    expect({ status, body: body.length }).toEqual({ status: 304, body: 0 });
    expect(Object.keys(headers).filter((name) => !['date', 'connection', 'keep-alive'].includes(name)).sort()).toEqual(['cache-control', 'etag', 'expires', 'rehearsal-exchange', 'set-cookie', 'vary']);
  });

  it('says in a 412 which condition failed', async () => {
    await using server = await serve(bytesAnswer('0123456789'));
    const { headers, body } = await ask(server.port, { headers: { 'If-Match': '"v2"' } });
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', etag: '"v1"' });
    expect(JSON.parse(body.toString())).toMatchObject({ status: 412, title: 'Precondition Failed', detail: expect.stringContaining('If-Match') });
  });

  it('sends ETag and Last-Modified with GET and HEAD', async () => {
    await using server = await serve(bytesAnswer('0123456789'));
    for (const method of ['GET', 'HEAD']) expect((await ask(server.port, { method })).headers).toMatchObject({ etag: '"v1"', 'last-modified': lastModified, 'accept-ranges': 'bytes', 'content-length': '10', 'rehearsal-exchange': 'x1' });
  });

  it('leaves out what the reply wants left out', async () => {
    await using server = await serve(bytesAnswer('0123456789', { leaveOut: ['etag', 'last-modified', 'accept-ranges', 'date', 'content-length', 'rehearsal-exchange'] }));
    const { headers, body } = await ask(server.port, { headers: { 'If-None-Match': '"v1"' } });
    expect(body.toString()).toBe('0123456789');
    expect(Object.keys(headers).sort()).toEqual(['connection', 'content-type', 'transfer-encoding']);
  });

  it('has no body and no length in a 204', async () => {
    await using server = await serve(answerOf({ kind: 'none' }, { status: 204, headers: [] }));
    const { status, headers } = await ask(server.port);
    expect(status).toBe(204);
    expect(headers).not.toHaveProperty('content-length');
  });

  it('announces a length of nothing for a 200 without a body', async () => {
    await using server = await serve(answerOf({ kind: 'none' }, { headers: [] }));
    expect((await ask(server.port)).headers).toMatchObject({ 'content-length': '0' });
  });
});
