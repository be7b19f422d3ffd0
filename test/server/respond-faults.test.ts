import { once } from 'node:events';
import { connect } from 'node:net';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { faultKinds } from '../../src/faults/index.ts';
import type { Answer, Wire } from '../../src/model/index.ts';
import { gatherWires } from '../../src/server/respond/wires.ts';
import { answerOf, ask, bytesAnswer, readAll, serve } from './respond-server.ts';

const body = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

function faulty(wire: Wire, more: Partial<Answer> = {}): Answer {
  return bytesAnswer(body, { wire: [wire], fault: wire.kind, ...more });
}

describe('faults on the wire', () => {
  it('closes without a byte', async () => {
    await using server = await serve(faulty({ kind: 'close' }));
    expect(await ask(server.port)).toMatchObject({ raw: Buffer.alloc(0), error: null });
    expect(await server.sent[0]).toMatchObject({ status: null, sizeBytes: 0, complete: false, headers: [] });
  });

  it('sends bytes that are not HTTP', async () => {
    const garbage = faultKinds.find((kind) => kind.key === 'garbage')!.apply(true, bytesAnswer('x'), 5);
    await using server = await serve(garbage);
    const { raw, status } = await ask(server.port);
    expect({ status, length: raw.length }).toEqual({ status: null, length: 256 });
    expect(raw.every((byte) => byte >= 0x80)).toBe(true);
    expect(await server.sent[0]).toMatchObject({ status: null, sizeBytes: 256 });
  });

  it('resets at once', async () => {
    await using server = await serve(faulty({ kind: 'reset', afterBytes: 0 }));
    expect(await ask(server.port)).toMatchObject({ raw: Buffer.alloc(0), error: 'ECONNRESET' });
    expect(await server.sent[0]).toMatchObject({ status: null });
  });

  it('resets after the bytes it was told to send have arrived', async () => {
    await using server = await serve(faulty({ kind: 'reset', afterBytes: 300 }), { wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) });
    const reply = await ask(server.port);
    expect(reply).toMatchObject({ status: 200, error: 'ECONNRESET', body: body.subarray(0, 300) });
    expect(reply.headers['content-length']).toBe('1000');
    expect(await server.sent[0]).toMatchObject({ status: 200, sizeBytes: 300, complete: false, note: null });
  });

  it('announces the full length, sends a part, and closes in order', async () => {
    await using server = await serve(faulty({ kind: 'truncate', atByte: (bytes) => Math.floor(bytes * 0.6) }));
    const reply = await ask(server.port, { keep: true });
    expect(reply).toMatchObject({ status: 200, error: null, body: body.subarray(0, 600) });
    expect(reply.headers['content-length']).toBe('1000');
    expect(await server.sent[0]).toMatchObject({ sizeBytes: 600, complete: false, note: null });
  });

  it('sends the head alone when it is cut at 0 %', async () => {
    await using server = await serve(faulty({ kind: 'truncate', atByte: () => 0 }));
    expect(await ask(server.port, { keep: true })).toMatchObject({ status: 200, error: null, body: Buffer.alloc(0) });
  });

  it('cuts a stream before its last chunk, so that the client sees it end early', async () => {
    await using server = await serve(answerOf({ kind: 'stream', chunks: [{ bytes: Buffer.from('abcd'), delayMs: 0 }, { bytes: Buffer.from('efgh'), delayMs: 0 }] }, { wire: [{ kind: 'truncate', atByte: (bytes) => bytes * 0.75 }] }));
    const { raw, body: got } = await ask(server.port, { keep: true });
    expect(got.toString()).toBe('abcdef');
    expect(raw.toString().endsWith('0\r\n\r\n')).toBe(false);
  });

  it('flips exactly so many bytes, the same ones for the same seed', async () => {
    for (const count of [1, 16, 999, 1000, 5000]) {
      await using server = await serve(faulty({ kind: 'corrupt', count, seed: 7 }));
      const first = await ask(server.port);
      expect(first.body.length).toBe(1000);
      expect(first.body.filter((byte, index) => byte !== body[index]).length).toBe(Math.min(count, 1000));
      expect((await ask(server.port)).body.equals(first.body)).toBe(true);
    }
  });

  it('leaves the fixed reply and its digest as they are when it corrupts', async () => {
    const sha256 = createHash('sha256').update(body).digest();
    await using server = await serve(bytesAnswer(body, { wire: [{ kind: 'corrupt', count: 3, seed: 1 }] }, { etag: '"v1"', lastModified: null, sha256: () => sha256 }));
    const { headers, body: got } = await ask(server.port);
    expect(headers['repr-digest']).toBe(`sha-256=:${sha256.toString('base64')}:`);
    expect(got.equals(body)).toBe(false);
    server.answer = bytesAnswer(body);
    expect((await ask(server.port)).body.equals(body)).toBe(true);
  });

  it('corrupts a range as well, of the right length', async () => {
    await using server = await serve(faulty({ kind: 'corrupt', count: 4, seed: 7 }));
    const { status, body: got } = await ask(server.port, { headers: { Range: 'bytes=100-199' } });
    expect({ status, length: got.length, flipped: got.filter((byte, index) => byte !== body[100 + index]).length }).toEqual({ status: 206, length: 100, flipped: 4 });
  });

  it('never corrupts the same byte twice, whatever size and count', async () => {
    const { corrupted } = await import('../../src/server/respond/corruption.ts');
    for (const [size, count, step] of [[10, 3, 1], [1000, 37, 7], [4096, 4096, 100], [5, 5, 2]] as const) {
      const zeros = Buffer.alloc(size);
      const chunks = Array.from({ length: Math.ceil(size / step) }, (_, index) => zeros.subarray(index * step, (index + 1) * step));
      const out: Buffer[] = [];
      for await (const chunk of corrupted(chunks, { count, seed: 99 }, size)) out.push(chunk);
      expect(Buffer.concat(out).filter((byte) => byte !== 0).length).toBe(count);
    }
  });

  it.each([[10, '1010'], [-10, '990'], [-5000, '0']])('announces a length that is off by %i, and closes', async (offByBytes, announced) => {
    await using server = await serve(faulty({ kind: 'wrongLength', offByBytes }));
    const reply = await ask(server.port, { keep: true });
    expect(reply).toMatchObject({ status: 200, error: null, body });
    expect(reply.headers['content-length']).toBe(announced);
  });

  it('hangs without a byte until the client leaves', async () => {
    await using server = await serve(faulty({ kind: 'hang', afterBytes: null }));
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    while (server.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.bytesRead).toBe(0);
    socket.destroy();
    expect(await server.sent[0]).toMatchObject({ status: null, complete: false });
  });

  it('lets go of what hangs when the server closes', async () => {
    await using server = await serve(faulty({ kind: 'hang', afterBytes: null }));
    const reply = ask(server.port);
    while (server.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    server.closing.abort();
    expect((await reply).raw.length).toBe(0);
    expect(await server.sent[0]).toMatchObject({ status: null });
  });

  it('stalls in the middle of the body', async () => {
    await using server = await serve(faulty({ kind: 'hang', afterBytes: 400 }));
    const socket = connect(server.port, '127.0.0.1');
    let got = Buffer.alloc(0);
    const enough = new Promise<void>((resolve) => socket.on('data', (block) => {
      got = Buffer.concat([got, block]);
      if (got.indexOf('\r\n\r\n') !== -1 && got.length - got.indexOf('\r\n\r\n') - 4 === 400) resolve();
    }));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await enough;
    socket.destroy();
    expect(await server.sent[0]).toMatchObject({ status: 200, sizeBytes: 400, complete: false });
  });

  it('does nothing to a body that a HEAD or a 304 does not have, and ends the others all the same', async () => {
    for (const wire of [{ kind: 'truncate', atByte: () => 1 }, { kind: 'corrupt', count: 1, seed: 1 }, { kind: 'reset', afterBytes: 5 }, { kind: 'hang', afterBytes: 0 }, { kind: 'wrongLength', offByBytes: 9 }] as const satisfies readonly Wire[]) {
      await using server = await serve(faulty(wire));
      expect((await ask(server.port, { method: 'HEAD' })).headers['content-length']).toBe('1000');
      expect((await ask(server.port, { headers: { 'If-None-Match': '"v1"' } })).status).toBe(304);
      expect((await ask(server.port, { headers: { Range: 'bytes=5000-' } })).body.toString()).toContain('416');
    }
    for (const wire of [{ kind: 'reset', afterBytes: 0 }, { kind: 'close' }] as const) {
      await using server = await serve(faulty(wire));
      expect((await ask(server.port, { method: 'HEAD' })).raw.length).toBe(0);
    }
  });

  it('waits before the head, and sends at the speed it was told', async () => {
    await using server = await serve(bytesAnswer(body, { wire: [{ kind: 'delay', ms: 250 }, { kind: 'throttle', bytesPerSecond: 2000 }] }));
    expect((await ask(server.port)).body.equals(body)).toBe(true);
    expect(server.waits[0]).toBe(250);
    expect(server.waits.slice(1).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(500, 5);
    expect(server.waits.length).toBe(11);
  });

  it('ends the right one of several requests on one connection', async () => {
    await using server = await serve(bytesAnswer('first'));
    const socket = connect(server.port, '127.0.0.1');
    const reply = readAll(socket, 'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n');
    const later = setInterval(() => {}, 1000);
    while (server.sent.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      server.answer = faulty({ kind: 'raw', bytes: Buffer.from('@@@') });
    }
    clearInterval(later);
    const { raw } = await reply;
    expect(raw.toString()).toMatch(/(first)?@@@$/);
  });

  it('stops at once when the client leaves during a delay', async () => {
    const waiting: AbortSignal[] = [];
    await using server = await serve(bytesAnswer('x', { wire: [{ kind: 'delay', ms: 60_000 }] }), {
      wait: async (_ms, signal) => { waiting.push(signal); await once(signal, 'abort'); },
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    expect(await server.sent[0]).toMatchObject({ status: null, complete: false, note: expect.stringContaining('client went away') });
  });

  it('gathers every instruction', () => {
    expect(gatherWires([{ kind: 'delay', ms: 1 }, { kind: 'delay', ms: 2 }])).toMatchObject({ delayMs: 3, untouched: true });
  });
});
