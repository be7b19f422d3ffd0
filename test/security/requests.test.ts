import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';
import { sendRaw, statusesOf } from './raw.ts';

let server: Rehearsal;
let seen = 0;

beforeAll(async () => {
  server = await rehearse({ scenarios: { scenario: 'raw', routes: { 'ANY /a': { respond: { text: 'first' } }, 'GET /smuggled': { respond: { text: 'smuggled' } } } } });
});

/** What a smuggler would like to have taken for a request of its own. */
const hidden = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const host = 'Host: localhost\r\n';
const chunked = 'Transfer-Encoding: chunked\r\n';

describe('one Host, one Content-Length, Transfer-Encoding only `chunked`', () => {
  it.each<[string, string, number]>([
    ['two Hosts', `GET /a HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`, 400],
    ['two equal Hosts', `GET /a HTTP/1.1\r\n${host}${host}\r\n`, 400],
    ['two Hosts in other letters', `GET /a HTTP/1.1\r\n${host}hOsT: evil.example\r\n\r\n`, 400],
    ['no Host', 'GET /a HTTP/1.1\r\n\r\n', 400],
    ['two Content-Lengths', `POST /a HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400],
    ['two equal Content-Lengths', `POST /a HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 400],
    ['a list of Content-Lengths', `POST /a HTTP/1.1\r\n${host}Content-Length: 3, 3\r\n\r\nabc`, 400],
    ['a signed Content-Length', `POST /a HTTP/1.1\r\n${host}Content-Length: +3\r\n\r\nabc`, 400],
    ['a hexadecimal Content-Length', `POST /a HTTP/1.1\r\n${host}Content-Length: 0x3\r\n\r\nabc`, 400],
    ['a Content-Length past 2^64', `POST /a HTTP/1.1\r\n${host}Content-Length: 99999999999999999999\r\n\r\nabc`, 400],
    ['Content-Length and Transfer-Encoding', `POST /a HTTP/1.1\r\n${host}Content-Length: 3\r\n${chunked}\r\n0\r\n\r\n`, 400],
    ['Transfer-Encoding and Content-Length', `POST /a HTTP/1.1\r\n${host}${chunked}Content-Length: 3\r\n\r\n0\r\n\r\n`, 400],
    ['gzip, chunked', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunked, gzip', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 400],
    ['chunked, chunked', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunked twice', `POST /a HTTP/1.1\r\n${host}${chunked}${chunked}\r\n0\r\n\r\n`, 400],
    ['identity', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: identity\r\n\r\n`, 400],
    ['xchunked', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ['a space before the colon', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
    ['HTTP/1.0 with chunks', `POST /a HTTP/1.0\r\n${host}${chunked}\r\n0\r\n\r\n`, 400],
    ['bare LF in the request line', 'GET /a HTTP/1.1\nHost: localhost\n\n', 400],
    ['bare LF after a header', `GET /a HTTP/1.1\r\n${host}X: y\n\r\n`, 400],
    ['bare CR in a header', `GET /a HTTP/1.1\r\n${host}X: a\rb\r\n\r\n`, 400],
    ['a folded header', `GET /a HTTP/1.1\r\n${host}X: a\r\n b\r\n\r\n`, 400],
    ['NUL in a header', `GET /a HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`, 400],
    ['bare LF in chunks', `POST /a HTTP/1.1\r\n${host}${chunked}\r\n1\na\n0\n\n`, 400],
    ['a negative chunk', `POST /a HTTP/1.1\r\n${host}${chunked}\r\n-1\r\na\r\n0\r\n\r\n`, 400],
    ['a chunk past 2^64', `POST /a HTTP/1.1\r\n${host}${chunked}\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n`, 400],
    ['a chunk longer than it says', `POST /a HTTP/1.1\r\n${host}${chunked}\r\n1\r\nabc\r\n0\r\n\r\n`, 400],
    ['a Content-Length in the trailer', `POST /a HTTP/1.1\r\n${host}${chunked}\r\n1\r\na\r\n0\r\nContent-Length: 5\r\n\r\n`, 400],
    ['chunk extensions without end', `POST /a HTTP/1.1\r\n${host}${chunked}\r\n1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`, 413],
    ['a tunnel', `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n`, 501],
    ['HTTP/2 without being asked', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ])('%s: refused, and nothing behind it is taken for a request', async (_what, shape, status) => {
    const text = await sendRaw(server, shape + hidden);
    expect(statusesOf(text)).toEqual([status]);
    expect(text).toContain('application/problem+json');
    expect(text).not.toContain('smuggled');
  });

  it('what is well framed keeps its connection, and the next request is the next request', async () => {
    for (const shape of [`POST /a HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`, `POST /a HTTP/1.1\r\n${host}Transfer-Encoding:\tChunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`, `GET /a HTTP/1.1\r\n${host}Content-Length: ${hidden.length}\r\n\r\n${hidden}`]) {
      expect(statusesOf(await sendRaw(server, shape + hidden))).toEqual([200, 200]);
    }
  });

  it('every one refused is in the journal, with what was wrong', async () => {
    seen = server.journal().total;
    await sendRaw(server, `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`);
    await sendRaw(server, 'GET /a HTTP/1.1\r\n\r\n');
    await expect.poll(() => server.journal().total).toBe(seen + 2);
    expect(server.journal({ limit: 2 }).items.map((one) => [one.status, one.note])).toEqual([[400, expect.stringContaining('Host')], [400, expect.stringContaining('chunked')]]);
  });
});

describe('an absolute request target', () => {
  it.each([['http://evil.example/a', 200], ['https://localhost:1/a?x=1', 200], ['http://evil.example', 404], ['http://evil.example/_rehearsal/journal', 404]])('%s is looked up by its path alone, and never reaches the admin API: %i', async (target, status) => {
    const text = await sendRaw(server, `GET ${target} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    expect(statusesOf(text)).toEqual([status]);
    expect(text).not.toContain('"items"');
  });
});

describe('bounds of a head', () => {
  it('the request line and headers together take 32 KiB, then 431', async () => {
    for (const shape of [`GET /${'a'.repeat(40_000)} HTTP/1.1\r\n${host}\r\n`, `GET /a HTTP/1.1\r\n${host}X: ${'y'.repeat(40_000)}\r\n\r\n`, `GET /a HTTP/1.1\r\n${host}${Array.from({ length: 5000 }, (_, index) => `X${index}: yy\r\n`).join('')}\r\n`]) {
      expect(statusesOf(await sendRaw(server, shape))).toEqual([431]);
    }
  });

  it('no header is left out without a word: a second Host behind 2,500 others is seen', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => `X${index}: y\r\n`).join('');
    expect(statusesOf(await sendRaw(server, `GET /a HTTP/1.1\r\n${host}${many}Host: evil.example\r\n\r\n${hidden}`))).toEqual([400]);
  });
});

describe('flat queries', () => {
  it('nest nothing, whatever the brackets', async () => {
    const started = await rehearse({ scenarios: { scenario: 'flat', routes: { 'GET /q': { respond: { json: { size: '${{ size(query) }}', names: '${{ query }}' } } } } } });
    const { names } = (await ask(started, '/q?a[b]=1&a[b][c]=2&a[]=3&a.b=4&__proto__[x]=5&constructor=6')).json();
    expect(Object.keys(names)).toEqual(['a[b]', 'a[b][c]', 'a[]', 'a.b', '__proto__[x]', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    const many = Array.from({ length: 10_000 }, (_, index) => `${index.toString(36)}`).join('&').slice(0, 32_000);
    expect((await ask(started, `/q?${many}`)).json().size).toBe(1000);
  });
});
