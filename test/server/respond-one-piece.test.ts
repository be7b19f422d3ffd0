import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { OnePiece } from '../../src/server/respond/one-piece.ts';
import { whenTestsEnd } from '../support/cleanup.ts';

const first = 'Sat, 21 Nov 2026 12:00:00 GMT';
const later = 'Sat, 21 Nov 2026 12:00:01 GMT';
const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** A server that answers each request with the piece, under a new id and a new date. */
async function serve(piece: OnePiece): Promise<number> {
  let count = 0;
  const server = createServer((_request: IncomingMessage, response: ServerResponse) => piece.send(response, `e${(count += 1)}`, count === 1 ? first : later));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenTestsEnd(() => new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  }));
  return (server.address() as AddressInfo).port;
}

/** What comes for these requests, sent together on one connection, the last of which closes it. */
function exchange(port: number, requests: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(requests));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject).on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const last = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const responses = (text: string): string[] => text.split(/(?=HTTP\/1\.1 )/);

describe('a response in one piece', () => {
  it('is byte for byte the one that Node wrote the first time, but for its id and date', async () => {
    const port = await serve(new OnePiece(201, ['Content-Type', 'application/x-bytes', 'X-Twice', 'a', 'X-Twice', 'b', 'Content-Length', '256'], every, true));
    const [one, two, three, four] = responses(await exchange(port, get + get + get + last));
    expect(one).toBe(`HTTP/1.1 201 Created\r\nContent-Type: application/x-bytes\r\nX-Twice: a\r\nX-Twice: b\r\nContent-Length: 256\r\nRehearsal-Exchange: e1\r\nDate: ${first}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n${every.toString('latin1')}`);
    expect(two).toBe(one!.replace('e1', 'e2').replace(first, later));
    expect(three).toBe(one!.replace('e1', 'e3').replace(first, later));
    expect(four).toBe(one!.replace('e1', 'e4').replace(first, later).replace('Connection: keep-alive\r\nKeep-Alive: timeout=5', 'Connection: close'));
  });

  it('is right when the first client closes its connection, and for one that speaks HTTP/1.0', async () => {
    const port = await serve(new OnePiece(200, ['Content-Length', '2'], Buffer.from('ok'), true));
    expect(await exchange(port, last)).toMatch(/Connection: close\r\n\r\nok$/);
    expect(await exchange(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/Connection: close\r\n\r\nok$/);
    expect(responses(await exchange(port, get + last)).map((text) => /Connection: \S+/.exec(text)![0])).toEqual(['Connection: keep-alive', 'Connection: close']);
  });

  it('keeps a date of its own, and headers that look like those that change', async () => {
    const port = await serve(new OnePiece(200, ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Content-Length', '1'], Buffer.from('x'), true));
    const dated = responses(await exchange(port, get + get + last));
    expect(dated.map((text) => text.match(/Date: [^\r]*/g))).toEqual(dated.map(() => ['Date: Thu, 01 Jan 1970 00:00:00 GMT']));
    const alike = await serve(new OnePiece(200, ['X-Note', `Rehearsal-Exchange: e1 Date: ${first}`, 'Content-Length', '1'], Buffer.from('x'), true));
    expect(responses(await exchange(alike, get + last))[1]).toContain(`X-Note: Rehearsal-Exchange: e1 Date: ${first}\r\nContent-Length: 1\r\nRehearsal-Exchange: e2\r\nDate: ${later}\r\n`);
  });

  it('leaves a connection to what its reply says of it, and chunks what its reply has chunked', async () => {
    const closing = await serve(new OnePiece(200, ['Connection', 'close', 'Content-Length', '2'], Buffer.from('ok'), true));
    expect(responses(await exchange(closing, get + get))).toHaveLength(1);
    const chunked = await serve(new OnePiece(200, ['Transfer-Encoding', 'chunked'], Buffer.from('chunk'), true));
    for (const text of responses(await exchange(chunked, get + get + last))) expect(text).toMatch(/\r\n\r\n5\r\nchunk\r\n0\r\n\r\n$/);
  });

  it('made for one request is as true as one that is kept', async () => {
    const port = await serve(new OnePiece(200, ['Content-Length', '256'], every, false));
    for (const text of responses(await exchange(port, get + get + last))) expect(text.endsWith(`\r\n\r\n${every.toString('latin1')}`)).toBe(true);
  });
});
