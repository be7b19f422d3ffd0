import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRange } from '../../src/server/respond/ranges.ts';
import { answerOf, ask, bytesAnswer, serve } from './respond-server.ts';

const digits = '0123456789';

async function ranged(range: string, headers: Record<string, string> = {}, method = 'GET') {
  await using server = await serve(bytesAnswer(digits));
  return await ask(server.port, { method, headers: { Range: range, ...headers } });
}

describe('ranges of RFC 9110 §14', () => {
  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-300', digits, 'bytes 0-9/10'],
    ['bytes=8-800', '89', 'bytes 8-9/10'],
    ['Bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=0-2, 3-4', '01234', 'bytes 0-4/10'],
    ['bytes=0-5,2-7', '01234567', 'bytes 0-7/10'],
    ['bytes=1-2,900-901', '12', 'bytes 1-2/10'],
    ['bytes=0-1,', '01', 'bytes 0-1/10'],
  ])('%s is one part', async (range, body, contentRange) => {
    const reply = await ranged(range);
    expect({ status: reply.status, body: reply.body.toString() }).toEqual({ status: 206, body });
    expect(reply.headers).toMatchObject({ 'content-range': contentRange, 'content-length': String(body.length), 'content-type': 'text/plain', etag: '"v1"', 'accept-ranges': 'bytes' });
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=99-100,200-'])('%s cannot be satisfied: 416 with the size', async (range) => {
    const { status, headers, body } = await ranged(range);
    expect(status).toBe(416);
    expect(headers).toMatchObject({ 'content-range': 'bytes */10', 'content-type': 'application/problem+json', etag: '"v1"' });
    expect(JSON.parse(body.toString())).toMatchObject({ status: 416 });
  });

  it.each(['bytes=5-2', 'bytes=a-b', 'bytes=', 'bytes=-', 'bytes', 'lines=0-1', 'bytes=0-1;2-3', 'bytes=1', '0-1', `bytes=${Array.from({ length: 51 }, (_, i) => `${i}-${i}`).join(',')}`])('%s is ignored', async (range) => {
    expect(await ranged(range)).toMatchObject({ status: 200, headers: { 'content-length': '10' } });
  });

  it('sends several parts as multipart/byteranges with an exact length', async () => {
    const { status, headers, body } = await ranged('bytes=8-9,0-1,-1');
    expect(status).toBe(206);
    const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(headers['content-type']!)![1];
    expect(headers).not.toHaveProperty('content-range');
    expect(body.length).toBe(Number(headers['content-length']));
    expect(body.toString()).toBe(
      `--${boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n--${boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--${boundary}--\r\n`,
    );
  });

  it.each([
    ['the ETag', '"v1"', 206],
    ['another ETag', '"v2"', 200],
    ['the weak form of the ETag', 'W/"v1"', 200],
    ['the date', 'Fri, 02 Jan 2026 03:04:05 GMT', 206],
    ['a later date', 'Fri, 02 Jan 2026 03:04:06 GMT', 200],
    ['what is neither', 'v1', 200],
  ])('If-Range with %s', async (_name, ifRange, status) => {
    expect((await ranged('bytes=0-1', { 'If-Range': ifRange })).status).toBe(status);
  });

  it('sends 200 rather than 416 when If-Range does not hold', async () => {
    expect((await ranged('bytes=99-', { 'If-Range': '"v2"' })).status).toBe(200);
  });

  it('ignores Range on HEAD and on other methods', async () => {
    expect(await ranged('bytes=0-1', {}, 'HEAD')).toMatchObject({ status: 200, headers: { 'content-length': '10' } });
    expect(await ranged('bytes=0-1', {}, 'POST')).toMatchObject({ status: 200, headers: { 'content-length': '10' } });
  });

  it('has no ranges of an error, of a stream, or where the reply says so', async () => {
    for (const answer of [bytesAnswer(digits, { status: 404 }), bytesAnswer(digits, { headers: ['Accept-Ranges', 'none'] }), bytesAnswer(digits, {}, null), answerOf({ kind: 'stream', chunks: [{ bytes: Buffer.from(digits), delayMs: 0 }] })]) {
      await using server = await serve(answer);
      const reply = await ask(server.port, { headers: { Range: 'bytes=0-1' } });
      expect({ status: reply.status, body: reply.body.toString(), accepts: reply.headers['accept-ranges'] === 'bytes' }).toEqual({ status: answer.status, body: digits, accepts: false });
    }
  });

  it('says the digest of the whole with every part', async () => {
    const sha256 = Buffer.alloc(32, 7);
    await using server = await serve(bytesAnswer(digits, {}, { etag: '"v1"', lastModified: null, sha256: () => sha256 }));
    for (const options of [{}, { headers: { Range: 'bytes=0-1' } }, { method: 'HEAD' }]) {
      expect((await ask(server.port, options)).headers['repr-digest']).toBe(`sha-256=:${sha256.toString('base64')}:`);
    }
  });

  it('reads an empty body: a suffix of it is all of it, anything else is 416', () => {
    expect(readRange('bytes=-5', 0)).toEqual({ kind: 'whole' });
    expect(readRange('bytes=0-', 0)).toEqual({ kind: 'unsatisfiable' });
  });

  it('never gives a span outside the body, whatever the header says', () => {
    const spec = fc.oneof(fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]) => `${a}-${b}`), fc.nat(30).map((a) => `${a}-`), fc.nat(30).map((a) => `-${a}`), fc.string({ maxLength: 6 }), fc.constant(`${'9'.repeat(400)}-`));
    fc.assert(fc.property(fc.array(spec, { maxLength: 6 }), fc.nat(20), (specs, size) => {
      const wish = readRange(`bytes=${specs.join(',')}`, size);
      if (wish.kind !== 'spans') return;
      expect(wish.spans.length).toBeGreaterThan(0);
      for (const { from, to } of wish.spans) expect(from >= 0 && from < to && to <= size).toBe(true);
    }), { numRuns: 500 });
  });
});
