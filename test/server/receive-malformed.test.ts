import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClientGone } from '../../src/server/receive/refusal.ts';
import { chunkedRequest, dial, exchangeBytes, multipart, multipartType, receiving, request, send, type Receiving } from './receive-support.ts';

const goodUpload = request(multipart({ filename: 'good.txt', content: 'good' }), multipartType);

/** The next request is answered and stored, and nothing of the one before is left. */
async function isWell(server: Receiving): Promise<void> {
  expect(server.files()).toEqual([]);
  expect(await send(server.port, goodUpload)).toMatchObject({ status: 200 });
}

const file = { filename: 'a.bin', content: 'x'.repeat(3000) };
const whole = multipart(file).toString('latin1');

test.each([
  ['no boundary in the type', 'multipart/form-data', whole, /names no boundary/],
  ['an empty boundary', 'multipart/form-data; boundary=', whole, /Content-Type/],
  ['a type that cannot be read', 'multipart/form-data; =x', whole, /Content-Type/],
  ['another boundary than the type says', 'multipart/form-data; boundary=other', whole, /ends before its last boundary/],
  ['an end within a file', multipartType, whole.slice(0, 1500), /not well-formed/],
  ['an end before the last boundary', multipartType, whole.slice(0, -10), /not well-formed/],
  ['a second file cut short', multipartType, multipart(file, file).toString('latin1').slice(0, 5000), /not well-formed/],
  ['a head of a part without a colon', multipartType, whole.replace('Content-Disposition:', 'Content-Disposition'), /head of a part/],
  ['a NUL in the head of a part', multipartType, whole.replace('a.bin', 'a\0.bin'), /head of a part/],
  ['a head of a part without an end', multipartType, whole.replace('a.bin', 'a'.repeat(20_000)), /head of a part/],
  ['a part without a name', multipartType, whole.replace(' name="file";', ''), /has no name/],
  ['a field without a name', multipartType, multipart({ name: '', content: 'x' }).toString('latin1'), /has no name/],
  ['a name that is too long', multipartType, multipart({ name: 'n'.repeat(201), content: 'x' }).toString('latin1'), /longer than 200 bytes/],
  ['a file part whose name is too long', multipartType, multipart({ ...file, name: 'n'.repeat(201) }).toString('latin1'), /longer than 200 bytes/],
  ['a file name that is too long', multipartType, multipart({ filename: 'n'.repeat(2049), content: 'x' }).toString('latin1'), /longer than 2048 letters/],
  ['a name nested too deep', multipartType, multipart({ name: `a${'[b]'.repeat(21)}`, content: 'x' }).toString('latin1'), /more than 20 brackets/],
  ['an array index that is too large', multipartType, multipart({ name: 'a[4294967294]', content: 'x' }).toString('latin1'), /number over 100000/],
  ['an empty body of one byte', multipartType, '-', /not well-formed/],
])('%s is 400, the temporary files are gone, the connection answers the next request', async (_, type, body, reason) => {
  const server = await receiving();
  const socket = await dial(server.port);
  const answer = await exchangeBytes(socket, request(Buffer.from(body, 'latin1'), type));
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toMatch(reason);
  expect(server.files()).toEqual([]);
  expect(await exchangeBytes(socket, goodUpload)).toMatch(/^HTTP\/1\.1 200 /);
});

test.each([
  ['parts', { maxParts: 10 }, Array.from({ length: 11 }, (_, index) => ({ filename: `${index}`, content: 'x' }))],
  ['fields', { maxFields: 10 }, Array.from({ length: 11 }, () => ({ name: 'f', content: 'x' }))],
  ['bytes in a field', { maxFieldBytes: 100 }, [{ ...file }, { name: 'f', content: 'x'.repeat(101) }]],
  ['bytes in a field of octets', { maxFieldBytes: 100 }, [{ ...file }, { name: 'f', type: 'application/octet-stream', content: 'x'.repeat(101) }]],
  ['bytes in all fields', { maxParsedBytes: 1000 }, Array.from({ length: 11 }, () => ({ name: 'f', content: 'x'.repeat(100) }))],
])('too many %s are 413', async (_, limits, parts) => {
  const server = await receiving({ limits });
  expect(await send(server.port, request(multipart(...parts), multipartType))).toMatchObject({ status: 413 });
  await isWell(server);
});

test('exactly as many parts and bytes as are allowed are well', async () => {
  const server = await receiving({ limits: { maxParts: 10, maxFields: 9, maxFieldBytes: 100 } });
  const parts = [file, ...Array.from({ length: 9 }, () => ({ name: 'n'.repeat(200), content: 'x'.repeat(100) }))];
  expect(await send(server.port, request(multipart(...parts), multipartType))).toMatchObject({ status: 200 });
});

test('too many parts are refused before the rest of a large body has come', async () => {
  const server = await receiving({ limits: { maxParts: 2 } });
  const socket = await dial(server.port);
  const start = multipart({ filename: 'a', content: 'a' }, { filename: 'b', content: 'b' }, { filename: 'c', content: 'c' }, { filename: 'd', content: 'd' }).subarray(0, -8);
  const answer = exchangeBytes(socket, Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${multipartType}\r\nContent-Length: 1000000000\r\n\r\n`), start]));
  expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(server.files()).toEqual([]);
});

test.each([
  ['a file part', multipartType, multipart({ filename: 'a', content: Buffer.alloc(700_000) })],
  ['a raw body', 'application/zip', Buffer.alloc(700_000)],
  ['a JSON body', 'application/json', Buffer.alloc(700_000, ' ')],
])('a client that goes away within %s leaves nothing', async (_, type, body) => {
  for (const make of [request, chunkedRequest]) {
    const server = await receiving({ durable: true });
    const socket = await dial(server.port);
    const bytes = make(body, type);
    socket.write(bytes.subarray(0, 600_000), () => socket.destroy());
    expect((await server.outcome(0)).error).toBeInstanceOf(ClientGone);
    await isWell(server);
  }
});

test('a thousand broken-off uploads leave no file and no file descriptor open', async () => {
  const { readdirSync } = await import('node:fs');
  const open = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
  const server = await receiving();
  const start = request(multipart({ filename: 'a', content: Buffer.alloc(400_000) }), multipartType).subarray(0, 300_000);
  const before = open();
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 50 }, async () => {
      const socket = await dial(server.port);
      socket.write(start, () => socket.destroy());
      await once(socket, 'close');
    }));
  }
  await server.outcome(999);
  expect(open() - before).toBeLessThan(60);
  await isWell(server);
}, 60_000);

test('broken chunked framing ends the connection and leaves nothing', async () => {
  const server = await receiving();
  expect((await send(server.port, chunkedRequest(multipart(file), multipartType, 1000, 'zz\r\n'))).status).toBeNull();
  await server.outcome(0);
  await isWell(server);
});

test('whatever comes as multipart, the next request is answered and nothing is left of a refused one', async () => {
  const server = await receiving();
  const piece = fc.oneof(
    fc.constantFrom('--rehearsalBoundary', '--rehearsalBoundary--', '\r\n', '\n', '\r', '\0', 'Content-Disposition: form-data; name="a"', 'Content-Disposition: form-data; name="a"; filename="b"', 'Content-Disposition: attachment',
      'content-disposition:form-data;name=__proto__', 'Content-Type: application/octet-stream', 'Content-Transfer-Encoding: base64', "; filename*=UTF-8''%zz", 'name="', ': ', 'x'.repeat(70_000), 'Content-Disposition: form-data; name="a[b][][1]"'),
    fc.string({ maxLength: 20 }),
  );
  const body = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 30 }).map((pieces) => `--rehearsalBoundary\r\n${pieces.join('\r\n')}\r\n--rehearsalBoundary--\r\n`),
    fc.tuple(fc.nat(whole.length), fc.string({ maxLength: 5 }), fc.nat(20)).map(([at, put, cut]) => whole.slice(0, at) + put + whole.slice(at + cut)),
  );
  const type = fc.oneof({ weight: 6, arbitrary: fc.constant(multipartType) }, { weight: 1, arbitrary: fc.string({ maxLength: 20 }).map((tail) => `multipart/form-data;${tail.replace(/[^ -~]/g, '')}`) });
  await fc.assert(fc.asyncProperty(body, type, fc.boolean(), async (text, sentType, isChunked) => {
    const bytes = Buffer.from(text, 'latin1');
    const { status } = await send(server.port, isChunked ? chunkedRequest(bytes, sentType, 99) : request(bytes, sentType));
    expect([200, 400, 413]).toContain(status);
    if (status !== 200) expect(server.files()).toHaveLength(server.reports.list().length);
    expect(await send(server.port, goodUpload)).toMatchObject({ status: 200 });
    await server.reports.removeSession('default');
    expect(server.files()).toEqual([]);
  }), { numRuns: 300, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false });
}, 30_000);
