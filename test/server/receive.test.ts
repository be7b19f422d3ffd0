import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readContent } from '../../src/files/report-content.ts';
import { need } from '../../src/model/index.ts';
import { precheck } from '../../src/server/receive/precheck.ts';
import { chunkedRequest, dial, exchangeBytes, multipart, multipartType, receiving, request, send } from './receive-support.ts';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

test('a request without a body has none', async () => {
  const server = await receiving();
  await send(server.port, Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  await send(server.port, request('', 'application/json'));
  expect((await server.outcome(0)).body).toMatchObject({ present: false, mediaType: null, sizeBytes: 0, parts: null, report: null });
  expect((await server.outcome(1)).body).toMatchObject({ present: false, mediaType: 'application/json', json: undefined });
});

test('a JSON body is in memory, with the size and hash of what went over the wire', async () => {
  const server = await receiving({ needs: need.body });
  await send(server.port, request('{"id": 9007199254740993}', 'application/json; charset=utf-8'));
  await send(server.port, chunkedRequest('{"id": 2}', 'application/json', 2));
  const { body, preview } = await server.outcome(0);
  expect(body).toMatchObject({ present: true, mediaType: 'application/json', sizeBytes: 24, sha256: sha256('{"id": 9007199254740993}'), json: { id: 9007199254740993n }, report: null });
  expect(preview!.toString()).toBe('{"id": 9007199254740993}');
  expect((await server.outcome(1)).body!.json).toEqual({ id: 2 });
  expect(server.files()).toEqual([]);
});

test('a body without a Content-Type is in memory and no report', async () => {
  const server = await receiving();
  await send(server.port, request('{"a": 1}', null));
  expect((await server.outcome(0)).body).toMatchObject({ mediaType: null, json: { a: 1 }, report: null });
});

test.each([['gzip', gzipSync], ['x-gzip', gzipSync], ['deflate', deflateSync], ['deflate', deflateRawSync], ['br', brotliCompressSync]])('a JSON body coded by %s is decoded; size and hash are those of the wire', async (coding, encode) => {
  const server = await receiving({ needs: need.body });
  const sent = encode(Buffer.from('{"id": 1}'));
  await send(server.port, request(sent, 'application/json', [`Content-Encoding: ${coding}`]));
  expect((await server.outcome(0)).body).toMatchObject({ json: { id: 1 }, sizeBytes: sent.length, sha256: sha256(sent) });
});

test('a coding that is not known is 415, one that is broken 400, a bomb 413', async () => {
  const server = await receiving({ needs: need.body, limits: { maxParsedBytes: 10_000 } });
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  expect(bomb.length).toBeLessThan(10_000);
  expect(await send(server.port, request('{}', 'application/json', ['Content-Encoding: zstd']))).toMatchObject({ status: 415 });
  expect(await send(server.port, request('{}{}', 'application/json', ['Content-Encoding: gzip']))).toMatchObject({ status: 400, text: 'The body is not well-formed gzip' });
  expect(await send(server.port, request(bomb, 'application/json', ['Content-Encoding: gzip']))).toMatchObject({ status: 413 });
  expect(await send(server.port, request('{}', 'application/json', ['Content-Encoding: gzip, gzip, gzip, gzip']))).toMatchObject({ status: 415 });
});

test('a text body over --max-parsed is 413 when a rule looks into it, and goes by uncounted for none when no rule does', async () => {
  const long = 'x'.repeat(200_000);
  const needed = await receiving({ needs: need.body, limits: { maxParsedBytes: 100_000 } });
  expect(await send(needed.port, request(long, 'text/plain'))).toMatchObject({ status: 413, text: expect.stringContaining('--max-parsed') });
  expect(await send(needed.port, chunkedRequest(long, 'text/plain'))).toMatchObject({ status: 413 });
  const unneeded = await receiving({ limits: { maxParsedBytes: 100_000 } });
  expect(await send(unneeded.port, request(long, 'text/plain'))).toMatchObject({ status: 200 });
  const { body, preview } = await unneeded.outcome(0);
  expect(body).toMatchObject({ bytes: null, sizeBytes: 200_000, sha256: sha256(long), report: null });
  expect(preview!.equals(Buffer.alloc(65_536, 'x'))).toBe(true);
});

test('a body of no type over --max-parsed becomes a report', async () => {
  const server = await receiving({ limits: { maxParsedBytes: 100_000 } });
  const long = Buffer.alloc(300_000, 'y');
  await send(server.port, request(long, null));
  const { report } = (await server.outcome(0)).body!;
  expect(report).toMatchObject({ part: null, filename: null, type: 'application/octet-stream', sizeBytes: 300_000, sha256: sha256(long) });
  expect((await readContent(report!)).equals(long)).toBe(true);
});

test('a raw body of another type becomes a report as a whole; a rule that reads it has it as text too', async () => {
  const server = await receiving({ needs: need.body });
  await send(server.port, request('PK\x03\x04', 'application/zip'));
  await send(server.port, request('name: x', 'application/yaml'));
  await send(server.port, chunkedRequest('', 'application/zip'));
  expect((await server.outcome(0)).body!.report).toMatchObject({ part: null, filename: null, type: 'application/zip', sizeBytes: 4 });
  expect((await server.outcome(1)).body).toMatchObject({ text: 'name: x', report: { type: 'application/yaml' } });
  expect((await server.outcome(2)).body).toMatchObject({ present: false, report: null });
});

test('multipart parts come in order, files as reports, fields flat and with their own names', async () => {
  const server = await receiving();
  const zip = Buffer.alloc(300_000, 'zip!');
  const sent = multipart(
    { name: 'a[b]', content: '1' }, { name: 'file', filename: 'Bericht ü.zip', type: 'Application/ZIP; x=y', content: zip }, { name: '__proto__', content: 'p' },
    { name: 'a[b]', content: '2' }, { name: 'list[]', content: 'ü' }, { name: 'constructor', filename: 'empty.txt', content: '' }, { name: 'bytes', type: 'application/octet-stream', content: 'no file name' }, { name: 'last', content: '' },
  );
  expect(await send(server.port, request(sent, multipartType))).toMatchObject({ status: 200 });
  const { body } = await server.outcome(0);
  expect(body!.parts!.map(({ name, filename, sizeBytes, text }) => [name, filename, sizeBytes, text])).toEqual([
    ['a[b]', null, 1, '1'], ['file', 'Bericht ü.zip', 300_000, null], ['__proto__', null, 1, 'p'], ['a[b]', null, 1, '2'], ['list[]', null, 2, 'ü'],
    ['constructor', 'empty.txt', 0, null], ['bytes', null, 12, 'no file name'], ['last', null, 0, ''],
  ]);
  expect([...body!.form!]).toEqual([['a[b]', ['1', '2']], ['__proto__', ['p']], ['list[]', ['ü']], ['bytes', ['no file name']], ['last', ['']]]);
  expect(body).toMatchObject({ sizeBytes: sent.length, sha256: sha256(sent), bytes: null });
  const file = body!.parts![1]!;
  expect(file).toMatchObject({ type: 'application/zip', sha256: sha256(zip), report: { exchange: 'e1', session: 'default', part: 'file', filename: 'Bericht ü.zip', type: 'application/zip' } });
  expect((await readContent(file.report!)).equals(zip)).toBe(true);
  expect(server.reports.list()).toHaveLength(2);
});

test('text and zip entries of file parts are there when a rule needs them', async () => {
  const server = await receiving({ needs: need.partText | need.zipEntries, limits: { maxParsedBytes: 100 } });
  const emptyZip = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
  await send(server.port, request(multipart(
    { name: 'small', filename: 'a.csv', content: 'id,name' }, { name: 'large', filename: 'b.csv', content: 'x'.repeat(101) },
    { name: 'zip', filename: 'c.zip', content: emptyZip }, { name: 'broken', filename: 'd.zip', content: 'PK\x03\x04 and no end' },
  ), multipartType));
  const parts = (await server.outcome(0)).body!.parts!;
  expect(parts.map(({ text }) => text?.slice(0, 7) ?? null)).toEqual(['id,name', null, emptyZip.toString('utf8').slice(0, 7), 'PK\x03\x04 an']);
  expect(parts.map(({ zip }) => zip)).toEqual([null, null, { entries: [] }, { problem: expect.any(String) }]);
});

test.each([
  ['../../x', '../../x'], ['C:\\\\a\\\\b.zip', 'C:\\a\\b.zip'], ['a%22b%0D%0Ac', 'a"b\r\nc'], ['50%.pdf', '50%.pdf'], ['a\\"b', 'a"b'], ['ü'.repeat(500), 'ü'.repeat(500)], ['日本語 😀.zip', '日本語 😀.zip'], ['x'.repeat(1000), 'x'.repeat(1000)], ['/etc/passwd', '/etc/passwd'],
])('the file name %j is data', async (sent, meant) => {
  const server = await receiving();
  expect(await send(server.port, request(multipart({ filename: sent, content: 'x' }), multipartType))).toMatchObject({ status: 200 });
  expect((await server.outcome(0)).body!.parts![0]!.filename).toBe(meant);
  expect(server.files()).toEqual(['1.segment']);
});

test('a file name by filename* wins, percent-decoded, NUL and all', async () => {
  const server = await receiving();
  const body = multipart({ filename: 'plain', content: 'x' }).toString('latin1').replace('filename="plain"', `filename="plain"; filename*=UTF-8''%e2%82%ac%00.zip`);
  expect(await send(server.port, request(Buffer.from(body, 'latin1'), multipartType))).toMatchObject({ status: 200 });
  expect((await server.outcome(0)).body!.parts![0]!.filename).toBe('€\0.zip');
});

test('a part of type multipart/mixed is a raw body', async () => {
  const server = await receiving();
  await send(server.port, request('--x\r\n\r\nhello\r\n--x--', 'multipart/mixed; boundary=x'));
  expect((await server.outcome(0)).body).toMatchObject({ parts: null, report: { type: 'multipart/mixed', part: null } });
});

test('a Content-Length over --max-body is refused before a byte is read, also when the client waits for 100 Continue', async () => {
  const server = await receiving({ limits: { maxBodyBytes: 1000 } });
  const head = (extra: string): Buffer => Buffer.from(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/zip\r\nContent-Length: 3000000000\r\n${extra}\r\n`);
  expect(await send(server.port, head(''))).toMatchObject({ status: 413, text: expect.stringContaining('--max-body') });
  expect(await send(server.port, head('Expect: 100-continue\r\n'))).toMatchObject({ status: 413 });
  const socket = await dial(server.port);
  expect(await exchangeBytes(socket, Buffer.from('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/zip\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello'))).toMatch(/^HTTP\/1\.1 100[^]*HTTP\/1\.1 200/);
});

test('a client that sends on while it is refused still sees the 413', async () => {
  const server = await receiving({ limits: { maxBodyBytes: 100_000 } });
  const large = Buffer.alloc(8_000_000);
  expect(await send(server.port, request(large, 'application/zip'))).toMatchObject({ status: 413 });
  expect(await send(server.port, chunkedRequest(large, 'application/zip', 60_000))).toMatchObject({ status: 413 });
  expect(await send(server.port, chunkedRequest(multipart({ filename: 'a', content: large }), multipartType, 60_000))).toMatchObject({ status: 413 });
  expect(server.files()).toEqual([]);
});

test('a framing that two servers could read in two ways is refused', () => {
  const limits = { maxBodyBytes: 100 };
  const check = (headers: Record<string, string>, rawHeaders: string[] = []) => precheck({ headers, rawHeaders }, limits)?.status ?? null;
  expect(check({ 'transfer-encoding': 'gzip, chunked' })).toBe(400);
  expect(check({ 'transfer-encoding': 'chunked', 'content-length': '5' })).toBe(400);
  expect(check({ 'content-length': '5, 5' })).toBe(400);
  expect(check({ 'content-length': '+5' })).toBe(400);
  expect(check({ 'content-length': '5' }, ['Content-Length', '5', 'content-length', '5'])).toBe(400);
  expect(check({ 'content-length': '101' })).toBe(413);
  expect(check({ 'content-length': '100' })).toBeNull();
  expect(check({ 'transfer-encoding': 'Chunked' })).toBeNull();
});

test('over the quota an upload is 507 and leaves nothing, and the next small one is well', async () => {
  const server = await receiving({ durable: true, reports: { maxTotalBytes: 1000 } });
  const upload = (size: number) => request(multipart({ filename: 'a', content: Buffer.alloc(size) }, { filename: 'b', content: 'b' }), multipartType);
  expect(await send(server.port, upload(2000))).toMatchObject({ status: 507, text: expect.stringContaining('quota') });
  expect(await send(server.port, request(Buffer.alloc(2000), 'application/zip'))).toMatchObject({ status: 507 });
  expect(server.files()).toEqual([]);
  expect(await send(server.port, upload(500))).toMatchObject({ status: 200 });
});

test('fifty uploads at once do not mix', async () => {
  const server = await receiving();
  await Promise.all(Array.from({ length: 50 }, async (_, index) => {
    const content = Buffer.alloc(20_000 + index, String(index));
    expect(await send(server.port, chunkedRequest(multipart({ name: `n${index}`, filename: `${index}.bin`, content }), multipartType, 777))).toMatchObject({ status: 200 });
  }));
  for (const report of server.reports.list()) {
    const index = Number(report.part!.slice(1));
    expect(report).toMatchObject({ filename: `${index}.bin`, sizeBytes: 20_000 + index, sha256: sha256(Buffer.alloc(20_000 + index, String(index))) });
  }
  expect(server.reports.list()).toHaveLength(50);
});
