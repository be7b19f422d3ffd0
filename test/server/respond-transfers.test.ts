import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Representation } from '../../src/model/index.ts';
import { seededBytes } from '../../src/replies/seeded-bytes.ts';
import { respond } from '../../src/server/respond/respond.ts';
import { quickHead } from '../../src/server/respond/quick-head.ts';
import { answerOf, ask, bytesAnswer, readAll, representation, serve } from './respond-server.ts';

const mebibyte = 1024 * 1024;
let dir: string;
let path: string;
const content = collected(seededBytes('file').read(0, 2 * mebibyte + 12_345));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'respond-'));
  path = join(dir, 'big.bin');
  await writeFile(path, content);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function fileBody(more: Partial<Representation> = {}): Promise<Body> {
  const { mtimeMs } = await import('node:fs/promises').then((fs) => fs.stat(path));
  return { kind: 'file', path, sizeBytes: content.length, modifiedMs: mtimeMs, representation: { ...representation, ...more } };
}

/** Each block is copied before the next is asked for: the buffer is used again. */
function collected(blocks: Iterable<Buffer>): Buffer {
  const copies: Buffer[] = [];
  for (const block of blocks) copies.push(Buffer.from(block));
  return Buffer.concat(copies);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function hashOf(sent: { readonly sha256: string | null | (() => string | Promise<string>) }): Promise<string | null> {
  return typeof sent.sha256 === 'function' ? sent.sha256() : sent.sha256;
}

describe('files and made bytes', () => {
  it('sends a large file whole, and knows its hash when asked', async () => {
    await using server = await serve(answerOf(await fileBody()));
    const reply = await ask(server.port);
    expect(reply.body.equals(content)).toBe(true);
    const sent = (await server.sent[0])!;
    expect(sent).toMatchObject({ sizeBytes: content.length, complete: true, note: null });
    expect(sent.preview.equals(content.subarray(0, 65_536))).toBe(true);
    expect(await hashOf(sent)).toBe(sha256(content));
  });

  it('resumes a download from byte 1,048,576', async () => {
    await using server = await serve(answerOf(await fileBody()));
    const reply = await ask(server.port, { headers: { Range: `bytes=${mebibyte}-`, 'If-Range': '"v1"' } });
    expect(reply.status).toBe(206);
    expect(reply.body.equals(content.subarray(mebibyte))).toBe(true);
    expect(await hashOf((await server.sent[0])!)).toBe(sha256(content.subarray(mebibyte)));
  });

  it('sends several ranges of a file', async () => {
    await using server = await serve(answerOf(await fileBody()));
    const { body, headers } = await ask(server.port, { headers: { Range: 'bytes=5-9,2000000-2000004' } });
    expect(body.length).toBe(Number(headers['content-length']));
    expect(body.includes(content.subarray(5, 10)) && body.includes(content.subarray(2_000_000, 2_000_005))).toBe(true);
  });

  it('answers HEAD from a file without reading it', async () => {
    await using server = await serve(answerOf(await fileBody()));
    const reply = await ask(server.port, { method: 'HEAD' });
    expect(reply).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(reply.headers).toMatchObject({ 'content-length': String(content.length), etag: '"v1"' });
  });

  it('sends made bytes whole and from anywhere', async () => {
    const source = seededBytes('made');
    const sizeBytes = 3 * mebibyte + 7;
    const all = collected(source.read(0, sizeBytes));
    await using server = await serve(answerOf({ kind: 'made', sizeBytes, read: source.read, representation }));
    expect((await ask(server.port)).body.equals(all)).toBe(true);
    expect((await ask(server.port, { headers: { Range: 'bytes=1048575-1048580' } })).body.equals(all.subarray(1_048_575, 1_048_581))).toBe(true);
    expect(await hashOf((await server.sent[0])!)).toBe(sha256(all));
  });

  it('answers 500 when the file is gone, and says nothing of where it was', async () => {
    await using server = await serve(answerOf({ kind: 'file', path: join(dir, 'gone.bin'), sizeBytes: 5, representation }));
    const { status, raw } = await ask(server.port, { headers: { Range: 'bytes=0-1' } });
    expect(status).toBe(500);
    expect(raw.toString()).not.toContain('gone.bin');
    expect(await server.sent[0]).toMatchObject({ status: 500, note: 'the file could not be read' });
  });

  it('sends a file that has changed since it was loaded as it is now, without the ETag of the other', async () => {
    const changed = join(dir, 'changed.bin');
    await writeFile(changed, 'new content');
    await using server = await serve(answerOf({ kind: 'file', path: changed, sizeBytes: 3, modifiedMs: 0, representation: { ...representation, sha256: () => Buffer.alloc(32) } }));
    const { headers, body } = await ask(server.port, { headers: { 'If-None-Match': '"v1"' } });
    expect(body.toString()).toBe('new content');
    expect(headers).toMatchObject({ 'content-length': '11' });
    for (const name of ['etag', 'repr-digest', 'accept-ranges', 'last-modified']) expect(headers).not.toHaveProperty(name);
  });

  it('breaks the connection when the file shrinks while it is sent', async () => {
    const shrinking = join(dir, 'shrinking.bin');
    await writeFile(shrinking, Buffer.alloc(4 * mebibyte));
    await utimes(shrinking, 1, 1);
    let cut = false;
    await using server = await serve(answerOf({ kind: 'file', path: shrinking, sizeBytes: 4 * mebibyte, modifiedMs: 1000, representation }, { wire: [{ kind: 'throttle', bytesPerSecond: mebibyte * 20 }] }), {
      wait: async () => {
        if (!cut) await truncate(shrinking, mebibyte);
        cut = true;
      },
    });
    const { body } = await ask(server.port, { keep: true });
    expect(body.length).toBeLessThan(4 * mebibyte);
    expect(await server.sent[0]).toMatchObject({ complete: false, note: 'the file shrank while it was sent' });
  });

  it('sends a body in memory larger than one write', async () => {
    const large = Buffer.alloc(3 * mebibyte, 'abc');
    await using server = await serve(bytesAnswer(large));
    expect((await ask(server.port)).body.equals(large)).toBe(true);
    expect(await hashOf((await server.sent[0])!)).toBe(sha256(large));
  });
});

describe.skipIf(process.platform !== 'linux')('a client that goes away', () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length;

  it('frees the file, the socket and everything else, a hundred times over', async () => {
    await using server = await serve(answerOf(await fileBody()));
    const leave = (): Promise<void> => new Promise((resolve) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      socket.once('data', () => socket.destroy());
      socket.once('close', () => resolve());
    });
    await leave();
    await Promise.all(server.sent);
    const before = descriptors();
    for (let round = 0; round < 100; round += 1) await leave();
    const all = await Promise.all(server.sent);
    while (descriptors() > before + 5) await new Promise((resolve) => setImmediate(resolve));
    expect(all.filter((sent) => !sent.complete && sent.note !== null).length).toBeGreaterThan(0);
    expect(all.every((sent) => sent.sizeBytes <= content.length)).toBe(true);
  });

  it('reads no more of a file than the client takes', async () => {
    const source = seededBytes('slow');
    let read = 0;
    const counted = function* (from: number, to: number): Generator<Buffer> {
      for (const block of source.read(from, to)) {
        read += block.length;
        yield block;
      }
    };
    await using server = await serve(answerOf({ kind: 'made', sizeBytes: 1024 * mebibyte, read: counted, representation }));
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise<void>((resolve) => socket.once('data', () => { socket.pause(); resolve(); }));
    let before = -1;
    while (read !== before) {
      before = read;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(read).toBeLessThan(64 * mebibyte);
    socket.destroy();
    expect(await server.sent[0]).toMatchObject({ complete: false });
  });
});

describe('content codings', () => {
  const text = 'cleaner '.repeat(500);

  it.each([
    ['gzip', ['gzip'], 'gzip'],
    ['br, gzip', ['gzip', 'br'], 'gzip'],
    ['gzip;q=0.5, br', ['gzip', 'br'], 'br'],
    ['*', ['br'], 'br'],
    ['gzip;q=0', ['gzip'], null],
    ['identity, gzip;q=0.5', ['gzip'], null],
    ['deflate', ['gzip', 'br'], null],
    ['identity;q=0', ['gzip'], null],
  ] as const)('Accept-Encoding: %s of %j is %s', async (accept, encodings, chosen) => {
    await using server = await serve(bytesAnswer(text, { encodings: [...encodings] }));
    const { headers, body } = await ask(server.port, { headers: { 'Accept-Encoding': accept } });
    expect(headers['content-encoding'] ?? null).toBe(chosen);
    expect(headers['vary']).toBe('Accept-Encoding');
    expect((chosen === 'gzip' ? gunzipSync(body) : chosen === 'br' ? brotliDecompressSync(body) : body).toString()).toBe(text);
    expect(headers['content-length']).toBe(String(body.length));
  });

  it('uses none when the client says nothing', async () => {
    await using server = await serve(bytesAnswer(text, { encodings: ['gzip'] }));
    expect((await ask(server.port)).headers).not.toHaveProperty('content-encoding');
  });

  it('gives the coded form an ETag of its own, which validates it', async () => {
    await using server = await serve(bytesAnswer(text, { encodings: ['gzip'] }));
    const headers = { 'Accept-Encoding': 'gzip' };
    expect((await ask(server.port, { headers })).headers['etag']).toBe('"v1-gzip"');
    expect((await ask(server.port, { headers: { ...headers, 'If-None-Match': '"v1-gzip"' } })).status).toBe(304);
    expect((await ask(server.port, { headers: { ...headers, 'If-None-Match': '"v1"' } })).status).toBe(200);
    expect((await ask(server.port, { headers: { 'If-None-Match': '"v1"' } })).status).toBe(304);
  });

  it('has no ranges of the coded form, and HEAD says the same as GET', async () => {
    await using server = await serve(bytesAnswer(text, { encodings: ['gzip'] }));
    const get = await ask(server.port, { headers: { 'Accept-Encoding': 'gzip', Range: 'bytes=0-1' } });
    const head = await ask(server.port, { method: 'HEAD', headers: { 'Accept-Encoding': 'gzip' } });
    expect(get.status).toBe(200);
    expect(get.headers).not.toHaveProperty('accept-ranges');
    const same = ['content-length', 'content-encoding', 'etag', 'vary', 'content-type'];
    for (const name of same) expect(head.headers[name]).toBe(get.headers[name]);
  });

  it('keeps a Vary of the reply', async () => {
    await using server = await serve(bytesAnswer(text, { encodings: ['gzip'], headers: ['Vary', 'Origin'] }));
    expect((await ask(server.port)).headers['vary']).toBe('Origin, Accept-Encoding');
  });

  it('says the digest of the bytes as coded', async () => {
    const whole = createHash('sha256').update(text).digest();
    await using server = await serve(bytesAnswer(text, { encodings: ['gzip'] }, { ...representation, sha256: () => whole }));
    const { headers, body } = await ask(server.port, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(headers['repr-digest']).toBe(`sha-256=:${createHash('sha256').update(body).digest('base64')}:`);
  });

  it.each(['gzip', 'br'] as const)('codes a stream chunk by chunk (%s)', async (coding) => {
    await using server = await serve(answerOf({ kind: 'stream', chunks: [{ bytes: Buffer.from('one '), delayMs: 0 }, { bytes: Buffer.from('two'), delayMs: 5 }] }, { encodings: [coding] }));
    const { headers, body } = await ask(server.port, { headers: { 'Accept-Encoding': coding } });
    expect(headers['transfer-encoding']).toBe('chunked');
    expect((coding === 'gzip' ? gunzipSync(body) : brotliDecompressSync(body)).toString()).toBe('one two');
  });

  it('codes a body too large for memory as it goes', async () => {
    const source = seededBytes('coded');
    const sizeBytes = 9 * mebibyte;
    await using server = await serve(answerOf({ kind: 'made', sizeBytes, read: source.read, representation }, { encodings: ['gzip'] }));
    const { headers, body } = await ask(server.port, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(headers).not.toHaveProperty('content-length');
    expect(sha256(gunzipSync(body))).toBe((await source.sha256(sizeBytes)).toString('hex'));
    expect((await ask(server.port, { method: 'HEAD', headers: { 'Accept-Encoding': 'gzip' } })).headers['content-encoding']).toBe('gzip');
  });
});

describe('streams', () => {
  it('sends the head first, then each chunk after its delay', async () => {
    await using server = await serve(answerOf({ kind: 'stream', chunks: [{ bytes: Buffer.from('a'), delayMs: 40 }, { bytes: Buffer.from(''), delayMs: 0 }, { bytes: Buffer.from('b'), delayMs: 60 }] }));
    const reply = await ask(server.port);
    expect(reply.body.toString()).toBe('ab');
    expect(server.waits).toEqual([40, 60]);
    expect(reply.headers['transfer-encoding']).toBe('chunked');
    expect(await server.sent[0]).toMatchObject({ sizeBytes: 2, complete: true });
  });

  it('ends when the client leaves between two chunks', async () => {
    let leave = (): void => {};
    await using server = await serve(answerOf({ kind: 'stream', chunks: [{ bytes: Buffer.from('a'), delayMs: 0 }, { bytes: Buffer.from('b'), delayMs: 60_000 }] }), {
      wait: async (_ms, signal) => {
        leave();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
    const socket = connect(server.port, '127.0.0.1');
    leave = () => socket.destroy();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    while (server.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await server.sent[0]).toMatchObject({ sizeBytes: 1, complete: false });
  });
});

describe('a quick head', () => {
  it.each([
    ['bytes with a representation', bytesAnswer('0123456789')],
    ['JSON', bytesAnswer('{}', { headers: ['Content-Type', 'application/json', 'X-A', '1', 'X-A', '2'] }, null)],
    ['an error', bytesAnswer('no', { status: 404 })],
    ['nothing', answerOf({ kind: 'none' }, { status: 204, headers: [] })],
    ['a digest', bytesAnswer('0123456789', {}, { ...representation, sha256: () => Buffer.alloc(32, 1) })],
    ['an ETag left out', bytesAnswer('0123456789', { leaveOut: ['etag'] })],
    ['an ETag of its own', bytesAnswer('0123456789', { headers: ['ETag', 'W/"x"'] })],
  ])('is what respond sends: %s', async (_name, answer) => {
    await using server = await serve(answer, { extraHeaders: [] });
    await ask(server.port);
    const sent = (await server.sent[0])!;
    const quick = quickHead(answer)!;
    expect(quick.status).toBe(sent.status);
    expect([...quick.headers]).toEqual(sent.headers.flat());
    expect(quick.bytes.equals(sent.preview)).toBe(true);
  });

  it('is there for nothing that depends on the request or takes its time', async () => {
    for (const answer of [bytesAnswer('x', { encodings: ['gzip'] }), bytesAnswer('x', { wire: [{ kind: 'delay', ms: 1 }] }), answerOf(await fileBody()), answerOf({ kind: 'stream', chunks: [] }), bytesAnswer('x', { leaveOut: ['date'] })]) {
      expect(quickHead(answer)).toBeNull();
    }
  });
});

describe('a connection that is kept', () => {
  it('answers one request after the other', async () => {
    await using server = await serve(bytesAnswer('one'));
    const socket = connect(server.port, '127.0.0.1');
    const { raw } = await readAll(socket, 'GET / HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(raw.toString().match(/HTTP\/1\.1 200 OK/g)?.length).toBe(3);
    expect(raw.toString().match(/\r\n\r\none/g)?.length).toBe(2);
  });

  it('says that the connection is to be kept no longer, and keeps every line of its own, dated', async () => {
    const server = createServer((request, response) => {
      response.shouldKeepAlive = false;
      void respond(response, { method: request.method!, headers: new Map() }, bytesAnswer('x', { headers: ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'] }), { reset: () => {}, wait: async () => {}, date: () => 'Sat, 21 Nov 2026 12:00:00 GMT', extraHeaders: [] });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { raw } = await ask((server.address() as AddressInfo).port, { keep: true });
    await new Promise((resolve) => server.close(resolve));
    expect(raw.toString()).toMatch(/connection: close/i);
    expect(raw.toString().match(/^Date: .*/gm)).toEqual(['Date: Sat, 21 Nov 2026 12:00:00 GMT']);
    expect(raw.toString().match(/set-cookie: [ab]=[12]/gi)).toHaveLength(2);
  });
});
