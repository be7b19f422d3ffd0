import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { likelyCause, type BrokenConnection } from '../../src/server/handshakes.ts';
import { bench, readAll } from './listen-support.ts';

const { start, tls, tcp, failures } = bench();

/** A client that ends in an error; which one does not matter. */
async function failing(attempt: Promise<unknown>): Promise<void> {
  await expect(attempt).rejects.toThrow();
}

async function told(): Promise<(typeof failures)[number]> {
  await vi.waitFor(() => expect(failures).toHaveLength(1));
  return failures[0]!;
}

describe('a handshake that a client broke off is told with its likely cause', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('no trust, by a Node client over %s', async (version) => {
    await failing(tls(await start(), { ca: [], maxVersion: version, minVersion: version }));
    expect(await told()).toMatchObject({ name: 'localhost', remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/), cause: expect.stringContaining('does not trust the CA'), fix: expect.stringContaining('rehearsal trust') });
  });

  it('another name than the certificate’s', async () => {
    await failing(tls(await start(), { servername: 'api.partner.test' }));
    expect(await told()).toMatchObject({ name: 'api.partner.test', cause: 'The client asked for api.partner.test, which the certificate is not for', fix: expect.stringContaining('--san api.partner.test') });
  });

  it('an old version of TLS', async () => {
    await failing(tls(await start(), { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
    expect(await told()).toMatchObject({ cause: expect.stringContaining('no TLS version') });
  });

  it('no cipher in common', async () => {
    await failing(tls(await start(), { maxVersion: 'TLSv1.2', ciphers: 'AES256-SHA' }));
    expect(await told()).toMatchObject({ cause: expect.stringContaining('no cipher, curve or signature in common') });
  });

  it('only HTTP/2', async () => {
    await failing(tls(await start(), { ALPNProtocols: ['h2'] }));
    expect(await told()).toMatchObject({ cause: expect.stringContaining('without HTTP/1.1') });
  });

  it('bytes that are not TLS', async () => {
    const socket = await tcp((await start()).port);
    socket.end(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(await told()).toMatchObject({ cause: 'The client sent bytes that are not TLS' });
  });

  it('half a hello', async () => {
    const socket = await tcp((await start()).port);
    socket.end(Buffer.from([0x16, 3, 1, 2]));
    expect(await told()).toMatchObject({ cause: expect.stringContaining('before it saw the certificate') });
  });

  it('silence', async () => {
    await tcp((await start({ limits: { handshakeTimeoutMs: 50 } })).port);
    expect(await told()).toMatchObject({ code: 'ERR_TLS_HANDSHAKE_TIMEOUT' });
  });

  it('TLS to the plain port', async () => {
    const listening = await start({ httpPort: 0 });
    await failing(tls({ ...listening, port: listening.httpPort! }));
    expect(await told()).toMatchObject({ code: 'TLS_ON_HTTP', fix: expect.stringContaining('http://') });
  });

  it('an end right after the handshake', async () => {
    (await tls(await start())).end();
    expect(await told()).toMatchObject({ code: 'CLOSED', cause: expect.stringContaining('without a request') });
  });
});

describe('plain HTTP to the HTTPS port', () => {
  it.each([
    ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    [`POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n${'a'.repeat(300_000)}`, 400],
    ['CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n', 501],
  ])('is answered in plain HTTP: %.20j…', async (bytes, status) => {
    const listening = await start({ onHandshakeFailure: () => 'e7' });
    const socket = await tcp(listening.port);
    socket.write(bytes);
    const { text } = await readAll(socket);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*Rehearsal-Exchange: e7`));
    if (status === 400) expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))).detail).toContain(`Use https://localhost:${listening.port}`);
  });
});

describe('no failure is told', () => {
  it('of a request that was answered, a probe of the port, or a connection that the server ends', async () => {
    const listening = await start();
    const probe = await tcp(listening.port);
    probe.end();
    await once(probe, 'close');
    const socket = await tls(listening);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await readAll(socket);
    await tls(listening);
    await listening.close(0);
    expect(failures).toEqual([]);
  });
});

it('a client that breaks off at any byte of its hello leaves the server well', async () => {
  const listening = await start();
  const hello = await new Promise<Buffer>((resolve) => {
    void import('node:net').then(({ createServer }) => {
      const server = createServer((socket) => {
        socket.once('data', (bytes) => {
          socket.destroy();
          server.close();
          resolve(bytes);
        });
      }).listen(0, '127.0.0.1', () => connectTls({ port: (server.address() as { port: number }).port, host: '127.0.0.1' }).on('error', () => {}));
    });
  });
  for (let length = 1; length < hello.length; length += 7) {
    const socket = await tcp(listening.port);
    const end = readAll(socket);
    socket.write(hello.subarray(0, length));
    if (length % 2) socket.resetAndDestroy();
    else socket.end();
    await end;
  }
  await tls(listening);
  await vi.waitFor(() => expect(listening.connections()).toBe(1));
});

describe('the likely cause of what each client was seen to do', () => {
  const seen = (facts: Partial<BrokenConnection>): string => likelyCause({ code: 'CLOSED', reason: '', stage: 'certificate', name: 'localhost', nameFits: true, ...facts }).cause;

  it.each([
    ['curl, OpenSSL, Python', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate'],
    ['Java’s HttpsURLConnection', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'certificate'],
    ['Java’s HttpClient, Node', 'ECONNRESET', 'certificate'],
    ['wget', 'ECONNRESET', 'done'],
    ['Node over TLS 1.2', 'CLOSED', 'done'],
    ['any other', 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'certificate'],
  ] as const)('%s without trust (%s)', (_client, code, stage) => {
    expect(seen({ code, stage })).toMatch(/client does not trust the CA/);
  });

  it.each([
    ['Python', 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'certificate'],
    ['Java', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'certificate'],
    ['Node', 'ECONNRESET', 'certificate'],
    ['curl', 'CLOSED', 'done'],
  ] as const)('%s by another name (%s)', (_client, code, stage) => {
    expect(seen({ code, stage, name: 'x.test', nameFits: false })).toBe('The client asked for x.test, which the certificate is not for');
  });

  it('an expired certificate, and what has no words of its own', () => {
    expect(seen({ code: 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED' })).toContain('expired');
    expect(seen({ code: 'ERR_SSL_SOMETHING_NEW', reason: 'something new' })).toBe('The TLS handshake failed: something new');
  });
});
