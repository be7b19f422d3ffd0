import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { whoHas } from '../../src/server/bind.ts';
import { renewOnce } from '../../src/server/keep-certificate.ts';
import { bench, readAll, readUntil } from './listen-support.ts';

const { start, tls, tcp, certificates, failures, malformed } = bench();
const get = (path = '/', more = ''): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
const dayMs = 86_400_000;

describe('listening', () => {
  it('answers on 127.0.0.1 and ::1 at one port, though any free one was asked for, and on plain HTTP beside it', async () => {
    const listening = await start({ httpPort: 0 });
    expect(listening.addresses).toContain('127.0.0.1');
    for (const host of listening.addresses) {
      const socket = await tls(listening, { host });
      socket.write(get('/', 'Connection: close\r\n'));
      expect((await readAll(socket)).text).toContain('200 OK');
    }
    const plain = await tcp(listening.httpPort!);
    plain.write(get('/', 'Connection: close\r\n'));
    expect((await readAll(plain)).text).toContain('200 OK');
    expect(listening.httpPort).not.toBe(listening.port);
  });

  it.each(['0.0.0.0', '127.0.0.1', 'LOCALHOST'])('listens on %s', async (host) => {
    const listening = await start({ host });
    const socket = await tls(listening);
    socket.write(get('/', 'Connection: close\r\n'));
    expect((await readAll(socket)).text).toContain('200 OK');
  });

  it('says by whom to look when the port is in use, whether for HTTPS or HTTP, and lets go of what it had', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ exitCode: 3, message: `Port ${port} is in use`, fix: expect.stringMatching(new RegExp(`${port}.*\`--port\``)) });
    const free = await start();
    await free.close(0);
    await expect(start({ port: free.port, httpPort: port })).rejects.toMatchObject({ exitCode: 3, fix: expect.stringMatching(new RegExp(`${port}.*\`--http\``)) });
    await start({ port: free.port });
    other.close();
  });

  it('gives back the one family when the other is taken', async () => {
    const first = await start();
    if (!first.addresses.includes('::1')) return;
    await first.close(0);
    const other = createServer().listen(first.port, '::1');
    await once(other, 'listening');
    await expect(start({ port: first.port })).rejects.toMatchObject({ exitCode: 3 });
    other.close();
    await once(other, 'close');
    await start({ port: first.port });
  });

  it('refuses a host that is not of this machine, and a name without an address', async () => {
    await expect(start({ host: '203.0.113.7' })).rejects.toMatchObject({ exitCode: 3, message: 'This machine has no address 203.0.113.7' });
    await expect(start({ host: 'no-such-host.invalid' })).rejects.toMatchObject({ exitCode: 3, fix: expect.stringContaining('--host') });
  });

  it('names the tool of each system that shows who has a port', () => {
    expect(whoHas(5000, 'linux')).toContain("ss -ltnp 'sport = :5000'");
    expect(whoHas(5000, 'darwin')).toMatch(/lsof -nP -iTCP:5000.*AirPlay/);
    expect(whoHas(5001, 'darwin')).not.toContain('AirPlay');
    expect(whoHas(5000, 'win32')).toContain('netstat -ano | findstr :5000');
  });

  it('refuses a key that is not the certificate’s', async () => {
    const { cert } = await certificates();
    await expect(start({ tls: { cert, key: 'nonsense' } })).rejects.toMatchObject({ exitCode: 3, fix: expect.stringContaining('--certs') });
  });
});

describe('a certificate swapped in while serving', () => {
  it('is shown to the next client, resumed sessions included; a connection that is open keeps working', async () => {
    let nowMs = Date.now() - 21 * dayMs;
    const opened = await certificates(() => nowMs);
    const listening = await start({ tls: opened });
    const before = await tls(listening, { maxVersion: 'TLSv1.3' });
    const old = before.getPeerCertificate().fingerprint256;
    const session = new Promise<Buffer>((resolve) => before.once('session', resolve));
    before.write(get());
    await readUntil(before, 'well');

    nowMs = Date.now();
    const told = { onNotices: vi.fn(), onProblem: vi.fn() };
    expect(await renewOnce(opened, listening, told)).toBe(true);
    expect(told.onProblem).not.toHaveBeenCalled();

    const after = await tls(listening, { session: await session });
    expect(after.isSessionReused()).toBe(false);
    expect(after.getPeerCertificate().fingerprint256).not.toBe(old);
    before.write(get());
    await readUntil(before, 'well');
    expect(await renewOnce(opened, listening, told)).toBe(false);
  });

  it('that does not fit its key is refused, and the old one serves on', async () => {
    const listening = await start();
    const { cert } = await certificates();
    expect(() => listening.updateCertificate({ cert, key: 'nonsense' })).toThrow('damaged or do not belong together');
    await tls(listening);
  });
});

describe('a reset', () => {
  it.each(['https', 'http'])('reaches the client as RST over %s', async (scheme) => {
    const listening = await start({ httpPort: 0, onRequest: (request) => listening.resetConnection(request) });
    const socket = scheme === 'https' ? await tls(listening) : await tcp(listening.httpPort!);
    socket.write(get());
    expect(await readAll(socket)).toEqual({ text: '', code: 'ECONNRESET' });
    expect(failures).toEqual([]);
  });

  it('may come twice, and after the client has gone', async () => {
    let done = (): void => {};
    const reset = new Promise<void>((resolve) => { done = resolve; });
    const listening = await start({
      onRequest(request) {
        request.socket.once('close', () => {
          listening.resetConnection(request);
          listening.resetConnection(request);
          done();
        });
      },
    });
    const socket = await tls(listening);
    socket.write(get());
    socket.end();
    setImmediate(() => socket.destroy());
    await reset;
    await tls(listening);
  });
});

describe('what is not HTTP', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['a method that is none', 'B@D / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['nonsense', 'hello there\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    ['a length beside chunks', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
  ];

  it.each(cases)('%s is answered once, as problem+json, and closed', async (_name, bytes, status) => {
    const listening = await start();
    const socket = await tls(listening);
    socket.write(bytes);
    const { text } = await readAll(socket);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(text).toMatch(/Content-Type: application\/problem\+json[^]*Rehearsal-Exchange: e1\r\nConnection: close/);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ status, exchange: 'e1' });
    expect(malformed).toMatchObject([{ status, remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }]);
    expect(failures).toEqual([]);
  });

  it('after an answer has begun closes, without a second answer', async () => {
    const listening = await start({
      onRequest(_request, response) {
        response.writeHead(200);
        response.write('begun');
      },
    });
    const socket = await tls(listening);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    await readUntil(socket, 'begun');
    socket.write('nonsense\r\n');
    expect((await readAll(socket)).text).not.toContain('HTTP/1.1 400');
    expect(malformed).toEqual([]);
  });

  it('CONNECT is answered 501 with the word proxy, an Upgrade as if it had not been asked for', async () => {
    const listening = await start();
    const proxying = await tls(listening);
    proxying.write('CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n');
    expect((await readAll(proxying)).text).toMatch(/^HTTP\/1\.1 501 [^]*no proxy/);
    const upgrading = await tls(listening);
    upgrading.write(get('/', 'Connection: close, Upgrade\r\nUpgrade: websocket\r\n'));
    expect((await readAll(upgrading)).text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('headers that do not come whole in time are answered 408', async () => {
    const listening = await start({ limits: { headersTimeoutMs: 200 } });
    const socket = await tls(listening);
    socket.write('GET / HTTP/1.1\r\n');
    expect((await readAll(socket)).text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('a connection that never sends a request is closed without a word', async () => {
    const listening = await start({ limits: { headersTimeoutMs: 200 } });
    expect(await readAll(await tls(listening))).toEqual({ text: '', code: null });
  });
});

describe('Expect: 100-continue', () => {
  const upload = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n';

  it('is answered by itself', async () => {
    const socket = await tls(await start());
    socket.write(upload);
    expect((await readAll(socket)).text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  it('can be answered before a byte of the body is read', async () => {
    const onContinue = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(413, { Connection: 'close' }).end();
    const socket = await tls(await start({ onContinue }));
    socket.write(upload);
    expect((await readAll(socket)).text).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe('an expectation that nobody knows', () => {
  it('is ignored, so that the request is answered and recorded like any other', async () => {
    const socket = await tls(await start());
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n');
    expect((await readAll(socket)).text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('the bound on connections', () => {
  it('holds over all addresses and ports together, is told once, and lifts as connections end', async () => {
    const listening = await start({ httpPort: 0, limits: { maxConnections: 2 } });
    const first = await tls(listening);
    const second = await tcp(listening.httpPort!);
    second.write(get());
    await readUntil(second, 'well');
    expect(listening.connections()).toBe(2);
    for (const host of listening.addresses) await expect(tls(listening, { host })).rejects.toThrow();
    expect((await readAll(await tcp(listening.httpPort!))).text).toBe('');
    expect(failures).toMatchObject([{ code: 'TOO_MANY_CONNECTIONS' }]);
    first.destroy();
    await vi.waitFor(() => expect(listening.connections()).toBe(1));
    await tls(listening);
  });
});

describe('closing', () => {
  it('ends at once the connections on which nothing is under way: idle, unused, or amid a handshake', async () => {
    const listening = await start({ httpPort: 0 });
    const idle = await tls(listening);
    idle.write(get());
    await readUntil(idle, 'well');
    const unused = await tls(listening);
    const shaking = await tcp(listening.port);
    const plain = await tcp(listening.httpPort!);
    const ends = Promise.all([idle, unused, shaking, plain].map((socket) => readAll(socket)));
    await vi.waitFor(() => expect(listening.connections()).toBe(4));
    await listening.close(3_600_000);
    expect((await ends).map((end) => end.text)).toEqual(['', '', '', '']);
    expect(listening.connections()).toBe(0);
    expect(failures).toEqual([]);
  });

  it('lets a request under way finish, tells its client that the connection ends, and takes no new ones', async () => {
    let answer: ServerResponse | null = null;
    const listening = await start({ onRequest: (_request, response) => { answer = response; } });
    const socket = await tls(listening);
    const end = readAll(socket);
    socket.write(get());
    await vi.waitFor(() => expect(answer).not.toBeNull());
    const closed = listening.close(3_600_000);
    await expect(tcp(listening.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    answer!.end('late');
    expect((await end).text).toMatch(/Connection: close[^]*late/);
    await closed;
  });

  it('ends what is not finished when the grace is over, or when asked again with less', async () => {
    const hanging = async (): Promise<[Awaited<ReturnType<typeof start>>, ReturnType<typeof readAll>]> => {
      let arrived = (): void => {};
      const arrival = new Promise<void>((resolve) => { arrived = resolve; });
      const listening = await start({ onRequest: () => arrived() });
      const socket = await tls(listening);
      socket.write(get());
      await arrival;
      return [listening, readAll(socket)];
    };
    const [first, firstEnd] = await hanging();
    await first.close(20);
    expect((await firstEnd).text).toBe('');
    const [second, secondEnd] = await hanging();
    const patient = second.close(3_600_000);
    await second.close(0);
    await patient;
    expect((await secondEnd).text).toBe('');
  });
});
