import { createHmac } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test } from 'vitest';
import { openCertificates } from '../../src/certs/certificates.ts';
import { ExpressionFailure } from '../../src/model/index.ts';
import { factsOf, requestOf } from '../callbacks/compile-for-test.ts';
import { temporaryFolder } from '../certs/temporary-folder.ts';
import { bench, callback, receiver, timeoutMs } from './callbacks-support.ts';

describe('a callback', () => {
  test('arrives as it was written, on a connection of its own', async () => {
    const there = await receiver();
    const { callbacks, attempts } = bench();
    callbacks.send('e1', requestOf(`{ to: '${there.url}/hooks?id=\${{ query.id }}', method: PUT, headers: { X-Tag: [a, b] }, json: { event: document.checked } }`, factsOf()));
    await callbacks.idle();
    expect(there.received).toMatchObject([{ method: 'PUT', url: '/hooks?id=7', body: '{"event":"document.checked"}' }]);
    expect(there.received[0]!.headers).toMatchObject({ host: `127.0.0.1:${there.port}`, 'content-type': 'application/json', 'content-length': '28', connection: 'close', 'user-agent': 'rehearsal', 'x-tag': 'a, b' });
    expect(attempts).toEqual([{ exchange: 'e1', at: '2026-11-21T12:00:00.000Z', method: 'PUT', url: `${there.url}/hooks?id=7`, attempt: 1, status: 200, error: null, durationMs: 1 }]);
  });

  test.each([['POST', '0'], ['DELETE', undefined], ['HEAD', undefined]])('without a body goes as %s with the length %s', async (method, length) => {
    const there = await receiver();
    const { callbacks } = bench();
    callbacks.send('e1', callback(there.url, { method }));
    await callbacks.idle();
    expect(there.received[0]!.headers['content-length']).toBe(length);
    expect(there.received[0]!.headers['transfer-encoding']).toBeUndefined();
  });

  test('reaches `localhost` by whichever address answers', async () => {
    const there = await receiver();
    const { callbacks, attempts } = bench({ resolve: async () => [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }] });
    callbacks.send('e1', callback(`http://localhost:${there.port}/`));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: 200, error: null }]);
    expect(there.received[0]!.headers.host).toBe(`localhost:${there.port}`);
  });

  test('is signed so that its receiver can verify it, each attempt with its own time', async () => {
    const there = await receiver((response, _one) => void response.writeHead(there.received.length < 2 ? 500 : 204).end());
    const outside = bench();
    const { callbacks, waitOf } = outside;
    callbacks.send('e1', requestOf(`{ to: ${there.url}, json: { paid: true }, retry: { times: 1, wait: 1 s }, sign: { hmac: sha256, secret: s3cret, header: X-Signature, over: '\${{ time }}.\${{ body }}', value: 't=\${{ time }},v1=\${{ hex }}' } }`));
    const wait = await waitOf(1000);
    outside.now += 60_000;
    wait.end();
    await callbacks.idle();
    const times = there.received.map(({ headers, body }) => {
      const [, time, hex] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['x-signature']))!;
      expect(hex).toBe(createHmac('sha256', 's3cret').update(`${time}.${body}`).digest('hex'));
      return Number(time);
    });
    expect(times).toEqual([1_795_262_400, 1_795_262_460]);
  });

  test('over HTTPS trusts the local CA, and nobody unknown', async () => {
    const [ours, foreign] = await Promise.all(['ours', 'foreign'].map(() => openCertificates({ dir: temporaryFolder(), sans: [], selfSigned: false, now: Date.now })));
    const [known, unknown] = await Promise.all([receiver(undefined, ours!), receiver(undefined, foreign!)]);
    const { callbacks, attempts } = bench({ ca: ours!.caPem, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    callbacks.send('e1', callback(`https://localhost:${known.port}/`));
    callbacks.send('e2', callback(known.url));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: 200 }, { status: 200 }]);
    callbacks.send('e3', callback(`https://localhost:${unknown.port}/`));
    await callbacks.idle();
    expect(attempts[2]).toMatchObject({ status: null, error: expect.stringMatching(/certificate/) as string });
    expect(unknown.received).toEqual([]);
  });
});

describe('callbacks', () => {
  test('without a delay start in the order in which they were asked for', async () => {
    const there = await receiver();
    const { callbacks } = bench();
    for (let index = 0; index < 5; index += 1) {
      callbacks.send('e1', callback(`${there.url}/${index}`));
      await callbacks.idle();
    }
    expect(there.received.map(({ url }) => url)).toEqual(['/0', '/1', '/2', '/3', '/4']);
  });

  test('wait for their time on the server\'s clock, while it stands still', async () => {
    const there = await receiver();
    const outside = bench();
    const { callbacks, waits } = outside;
    callbacks.send('e1', callback(`${there.url}/late`, { afterMs: 3000 }));
    callbacks.send('e2', callback(`${there.url}/early`, { afterMs: 2000 }));
    callbacks.send('e3', callback(`${there.url}/never`, { afterMs: 86_400_000 * 100 }));
    waits()[0]!.end();
    callbacks.clockMoved();
    await callbacks.idle();
    expect(there.received).toEqual([]);
    outside.now += 2000;
    callbacks.clockMoved();
    await callbacks.idle();
    expect(there.received.map(({ url }) => url)).toEqual(['/early']);
    outside.now += 10_000;
    callbacks.clockMoved();
    await callbacks.idle();
    expect(there.received.map(({ url }) => url)).toEqual(['/early', '/late']);
    expect(waits().map(({ ms }) => ms)).toEqual([2 ** 31 - 1]);
  });

  test('go when the time of a running clock has come, though a timer may go off early', async () => {
    const there = await receiver();
    const outside = bench();
    const { callbacks, waitOf } = outside;
    callbacks.send('e1', callback(there.url, { afterMs: 2000 }));
    const early = await waitOf(2000);
    early.end();
    const again = await waitOf(4000);
    outside.now += 1999;
    again.end();
    const last = await waitOf(1);
    outside.now += 1;
    last.end();
    await there.got(1);
    await callbacks.idle();
    expect(there.received).toHaveLength(1);
  });

  test('count their time from the reply, though the clock was moved before they were asked for', async () => {
    const there = await receiver();
    const outside = bench();
    const { callbacks } = outside;
    const repliedMs = outside.now;
    outside.now += 5000;
    callbacks.send('e1', callback(there.url, { afterMs: 5000 }), repliedMs);
    await callbacks.idle();
    expect(there.received).toHaveLength(1);
  });

  test('run fifty at a time, and the others in their turn', async () => {
    const held: (() => void)[] = [];
    const there = await receiver((response) => void held.push(() => response.end()));
    const { callbacks, attempts } = bench();
    for (let index = 0; index < 60; index += 1) callbacks.send(`e${index}`, callback(there.url));
    await there.got(50);
    expect(there.received).toHaveLength(50);
    held.splice(0, 10).forEach((end) => end());
    await there.got(60);
    held.forEach((end) => end());
    await callbacks.idle();
    expect(attempts).toHaveLength(60);
  });

  test('beyond a thousand are refused, and the refusal is told', () => {
    const { callbacks, attempts } = bench();
    for (let index = 0; index < 1001; index += 1) callbacks.send(`e${index}`, callback('http://127.0.0.1:9/', { afterMs: 1000 }));
    expect(attempts).toEqual([expect.objectContaining({ exchange: 'e1000', attempt: 1, status: null, error: 'not sent: 1000 callbacks wait or are under way' })]);
  });

  test('of more bytes than memory is kept for are refused, until there is room', async () => {
    const there = await receiver();
    const outside = bench();
    const { callbacks, attempts } = outside;
    const body = Buffer.alloc(10_000_000);
    for (let index = 0; index < 10; index += 1) callbacks.send('e', callback('http://127.0.0.1:9/', { body, afterMs: 3000, retry: { times: 0, waitMs: 0 } }));
    callbacks.send('big', callback(there.url, { body }));
    expect(attempts).toMatchObject([{ exchange: 'big', error: 'not sent: callbacks of more than 100 MB wait or are under way' }]);
    outside.now += 3000;
    callbacks.clockMoved();
    await callbacks.idle();
    callbacks.send('small', callback(there.url, { body: Buffer.from('a') }));
    await callbacks.idle();
    expect(attempts.at(-1)).toMatchObject({ exchange: 'small', status: 200 });
  });
});

describe('another attempt', () => {
  test('follows each that was not answered with 2xx, after a wait that doubles', async () => {
    const there = await receiver((response) => void response.writeHead(there.received.length < 3 ? 503 : 201).end());
    const { callbacks, attempts, waitOf } = bench();
    callbacks.send('e1', callback(there.url, { retry: { times: 5, waitMs: 100 } }));
    (await waitOf(100)).end();
    (await waitOf(200)).end();
    await callbacks.idle();
    expect(attempts.map(({ attempt, status, error }) => [attempt, status, error])).toEqual([[1, 503, null], [2, 503, null], [3, 201, null]]);
  });

  test('is not made more often than was said', async () => {
    const there = await receiver((response) => void response.writeHead(404).end());
    const { callbacks, attempts, waitOf, waits } = bench();
    callbacks.send('e1', callback(there.url, { retry: { times: 2, waitMs: 3_000_000 } }));
    (await waitOf(3_000_000)).end();
    (await waitOf(3_600_000)).end();
    await callbacks.idle();
    expect(attempts.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(waits()).toEqual([]);
  });

  test('follows a refused connection', async () => {
    const { callbacks, attempts, waitOf } = bench({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    callbacks.send('e1', callback('http://localhost:1/', { retry: { times: 1, waitMs: 10 } }));
    (await waitOf(10)).end();
    await callbacks.idle();
    expect(attempts).toMatchObject([{ attempt: 1, status: null, error: expect.stringContaining('ECONNREFUSED') as string }, { attempt: 2 }]);
  });

  test('does not follow a redirect, which is told and not followed either', async () => {
    const there = await receiver((response) => void response.writeHead(307, { Location: '/elsewhere' }).end());
    const { callbacks, attempts } = bench();
    callbacks.send('e1', callback(there.url, { retry: { times: 3, waitMs: 10 } }));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: 307, error: 'redirects are not followed' }]);
    expect(there.received).toHaveLength(1);
  });

  test('does not hold up other callbacks while it waits', async () => {
    const there = await receiver((response, { url }) => void response.writeHead(url === '/bad' ? 500 : 200).end());
    const { callbacks, attempts, tried } = bench();
    for (let index = 0; index < 60; index += 1) callbacks.send('bad', callback(`${there.url}/bad`, { retry: { times: 1, waitMs: 10 } }));
    callbacks.send('good', callback(`${there.url}/good`));
    await tried(61);
    expect(attempts.filter(({ exchange }) => exchange === 'good')).toMatchObject([{ status: 200 }]);
  });
});

describe('a receiver', () => {
  test('that does not answer is given up after ten seconds', async () => {
    const there = await receiver(() => undefined);
    const { callbacks, attempts, waitOf } = bench();
    callbacks.send('e1', callback(there.url));
    await there.got(1);
    (await waitOf(timeoutMs)).end();
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: null, error: 'no response within 10 s' }]);
  });

  test('whose name takes too long to find is given up, too', async () => {
    const { callbacks, attempts, waitOf } = bench({ timeoutMs: 700, resolve: () => new Promise(() => undefined) });
    callbacks.send('e1', callback('http://localhost/'));
    (await waitOf(700)).end();
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: null, error: 'no response within 700 ms' }]);
  });

  test('that has answered and does not end has answered', async () => {
    const there = await receiver((response) => void response.writeHead(200).write('on and on'));
    const { callbacks, attempts, waitOf } = bench();
    const headCame = new Promise<void>((resolve) => {
      const came = (): void => {
        unsubscribe('http.client.response.finish', came);
        resolve();
      };
      subscribe('http.client.response.finish', came);
    });
    callbacks.send('e1', callback(there.url));
    await headCame;
    (await waitOf(timeoutMs)).end();
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: 200, error: null }]);
  });

  test('that sends without end is cut off after a megabyte', async () => {
    const there = await receiver((response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    });
    const { callbacks, attempts } = bench();
    callbacks.send('e1', callback(there.url));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: 200, error: null }]);
  });

  test.each([
    ['ends the connection', '', /hang up|ECONNRESET|without a response/],
    ['speaks no HTTP', 'SSH-2.0-x\r\n\r\n', /Parse Error/],
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', /./],
  ])('that %s has failed', async (_what, bytes, words) => {
    const there = await receiver((_response, _one, request) => request.socket.end(bytes));
    const { callbacks, attempts } = bench();
    callbacks.send('e1', callback(there.url));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: null, error: expect.stringMatching(words) as string }]);
  });

  test('is told nothing when the callback cannot be signed', async () => {
    const there = await receiver();
    const { callbacks, attempts } = bench();
    callbacks.send('e1', callback(there.url, { sign: { header: 'X-S', value: () => { throw new ExpressionFailure('1 / 0', 'division by zero'); } } }));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: null, error: 'The expression `1 / 0` failed: division by zero' }]);
    expect(there.received).toEqual([]);
  });
});

describe('the end of a session', () => {
  test('drops what waits for its time or for another attempt there, and nothing else', async () => {
    const there = await receiver((response, { url }) => void response.writeHead(url === '/fails' ? 500 : 200).end());
    const outside = bench();
    const { callbacks, attempts, waitOf } = outside;
    callbacks.send('e1', callback(`${there.url}/later`, { session: 'anna', afterMs: 1000 }));
    callbacks.send('e2', callback(`${there.url}/other`, { session: 'bert', afterMs: 1000 }));
    callbacks.send('e3', callback(`${there.url}/fails`, { session: 'anna', retry: { times: 3, waitMs: 5000 } }));
    const wait = await waitOf(5000);
    callbacks.forget('anna');
    expect(wait.over).toBe(true);
    await callbacks.idle();
    outside.now += 60_000;
    callbacks.clockMoved();
    await there.got(2);
    await callbacks.idle();
    expect(there.received.map(({ url }) => url)).toEqual(['/fails', '/other']);
    expect(attempts.map(({ exchange }) => exchange)).toEqual(['e3', 'e2']);
    callbacks.send('e4', callback(`${there.url}/anew`, { session: 'anna' }));
    await there.got(3);
  });

  test('makes room for others', () => {
    const { callbacks, attempts } = bench();
    for (let count = 0; count < 1001; count += 1) callbacks.send(`e${count}`, callback('http://127.0.0.1:1/', { session: 'anna', afterMs: 1000 }));
    expect(attempts).toHaveLength(1);
    callbacks.forget('anna');
    callbacks.send('more', callback('http://127.0.0.1:1/', { afterMs: 1000 }));
    expect(attempts).toHaveLength(1);
  });
});

describe('the end of the server', () => {
  test('breaks off what is under way and drops what waits', async () => {
    const there = await receiver(() => undefined);
    const outside = bench();
    const { callbacks, attempts, closing, waits } = outside;
    callbacks.send('waits', callback(there.url, { afterMs: 1000 }));
    callbacks.send('hangs', callback(there.url, { retry: { times: 3, waitMs: 10 } }));
    await there.got(1);
    closing.abort();
    await callbacks.close();
    outside.now += 5000;
    callbacks.clockMoved();
    callbacks.send('late', callback(there.url));
    expect(attempts).toMatchObject([{ exchange: 'hangs', error: 'the server was closed' }, { exchange: 'late', error: 'the server was closed' }]);
    expect(waits()).toEqual([]);
    expect(there.received).toHaveLength(1);
  });

  test('ends the wait for another attempt', async () => {
    const there = await receiver((response) => void response.writeHead(500).end());
    const { callbacks, waitOf } = bench();
    callbacks.send('e1', callback(there.url, { retry: { times: 1, waitMs: 5000 } }));
    await waitOf(5000);
    await callbacks.close();
    expect(there.received).toHaveLength(1);
  });
});
