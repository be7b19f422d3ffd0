import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageProblem } from '../../src/base/problems.ts';
import { readAllowedHosts } from '../../src/server/callbacks/allowed-hosts.ts';
import { findTarget, NotAllowed, type Resolve } from '../../src/server/callbacks/permission.ts';
import { bench, callback, receiver } from './callbacks-support.ts';

const nobody: Resolve = async (name) => {
  throw new Error(`asked for ${name}`);
};
const at = (...addresses: readonly string[]): Resolve => async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

async function verdict(url: string, allow: readonly string[] = [], resolve: Resolve = nobody): Promise<'allowed' | 'denied'> {
  try {
    await findTarget(new URL(url), readAllowedHosts(allow), resolve);
    return 'allowed';
  } catch (error) {
    if (error instanceof NotAllowed) return 'denied';
    throw error;
  }
}

/** The ways in which an IPv4 address may be written in a URL. */
function spellings([a, b, c, d]: readonly [number, number, number, number]): readonly string[] {
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const words = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
  return [
    [a, b, c, d].join('.'), `${[a, b, c, d].join('.')}.`, String(whole), `0x${whole.toString(16)}`, `0${whole.toString(8)}`,
    [a, b, c, d].map((one) => `0${one.toString(8)}`).join('.'), [a, b, c, d].map((one) => `0x${one.toString(16)}`).join('.'),
    `${a}.${b * 65_536 + c * 256 + d}`, `${a}.${b}.${c * 256 + d}`,
    `[::ffff:${[a, b, c, d].join('.')}]`, `[::ffff:${words.join(':')}]`, `[0:0:0:0:0:ffff:${words.join(':').toUpperCase()}]`,
  ];
}

const octet = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(octet, octet, octet, octet);

describe('without a word from the command line', () => {
  test('this machine may be called, in whatever spelling', async () => {
    await fc.assert(fc.asyncProperty(fc.tuple(fc.constant(127), octet, octet, octet), async (one) => {
      for (const host of spellings(one)) expect(await verdict(`http://${host}:81/hooks`), host).toBe('allowed');
    }), { numRuns: 50 });
    for (const host of ['[::1]', '[0:0:0:0:0:0:0:1]', '[::0001]']) expect(await verdict(`https://${host}/`)).toBe('allowed');
  });

  test('no other address may be called, in whatever spelling', async () => {
    await fc.assert(fc.asyncProperty(address.filter(([a]) => a !== 127), async (one) => {
      for (const host of spellings(one)) expect(await verdict(`http://${host}/`), host).toBe('denied');
    }), { numRuns: 200 });
  });

  test('no IPv6 address but ::1 may be called', async () => {
    await fc.assert(fc.asyncProperty(fc.ipV6(), async (one) => {
      fc.pre(URL.canParse(`http://[${one}]/`));
      const { hostname } = new URL(`http://[${one}]/`);
      const own = hostname === '[::1]' || /^\[::ffff:7f[\da-f]{2}:/.test(hostname);
      expect(await verdict(`http://[${one}]/`)).toBe(own ? 'allowed' : 'denied');
    }), { numRuns: 200 });
  });

  test.each(['0.0.0.0', '[::]', '0', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '169.254.169.254', '[fe80::1]', '10.0.0.1', '192.168.0.1'])('%s may not be called', async (host) => {
    expect(await verdict(`http://${host}/`)).toBe('denied');
  });

  test('no name but `localhost` is even asked for', async () => {
    for (const host of ['example.com', 'localhost.example.com', 'sub.localhost', 'localhost.localdomain', 'local%68ost.evil.example']) expect(await verdict(`http://${host}/`)).toBe('denied');
    for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'local%68ost']) expect(await verdict(`http://${host}/`, [], at('127.0.0.1', '::1')), host).toBe('allowed');
  });

  test('`localhost` must be this machine, by every address', async () => {
    expect(await verdict('http://localhost/', [], at('127.0.0.1', '10.0.0.7'))).toBe('denied');
    expect(await verdict('http://localhost/', [], at('::ffff:10.0.0.7'))).toBe('denied');
    expect(await verdict('http://localhost/', [], at('::ffff:127.0.0.1'))).toBe('allowed');
    expect(await verdict('http://localhost/', ['localhost'], at('172.17.0.1'))).toBe('allowed');
  });

  test('a name that leads to this machine may not be called (DNS rebinding)', async () => {
    const there = await receiver();
    const { callbacks, attempts } = bench({ resolve: at('127.0.0.1') });
    callbacks.send('e1', callback(`http://evil.example:${there.port}/`, { retry: { times: 3, waitMs: 1 } }));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ attempt: 1, status: null, error: 'not allowed: evil.example is not this machine; start with --allow-callback evil.example' }]);
    expect(there.received).toEqual([]);
  });
});

describe('with `--allow-callback`', () => {
  test.each([
    ['partner.example', 'https://partner.example/hooks', 'allowed'],
    ['Partner.Example.', 'https://PARTNER.example./hooks', 'allowed'],
    ['partner.example', 'https://evil-partner.example/', 'denied'],
    ['partner.example', 'https://sub.partner.example/', 'denied'],
    ['partner.example:8443', 'https://partner.example:8443/', 'allowed'],
    ['partner.example:8443', 'https://partner.example/', 'denied'],
    ['partner.example:443', 'https://partner.example/', 'allowed'],
    ['partner.example:80', 'http://partner.example/', 'allowed'],
    ['*.partner.example', 'https://a.b.partner.example/', 'allowed'],
    ['*.partner.example', 'https://partner.example/', 'denied'],
    ['*.partner.example', 'https://evilpartner.example/', 'denied'],
    ['*.partner.example:99', 'https://a.partner.example/', 'denied'],
    ['bücher.example', 'https://xn--bcher-kva.example/', 'allowed'],
    ['10.0.0.7', 'http://10.0.0.7:8080/', 'allowed'],
    ['10.0.0.7', 'http://[::ffff:a00:7]/', 'allowed'],
    ['10.0.0.7', 'http://167772167/', 'allowed'],
    ['10.0.0.7', 'http://10.0.0.8/', 'denied'],
    ['fd00::7', 'http://[fd00:0::7]/', 'allowed'],
    ['[fd00::7]:99', 'http://[fd00::7]:99/', 'allowed'],
    ['[fd00::7]:99', 'http://[fd00::7]/', 'denied'],
    ['0.0.0.0', 'http://0/', 'allowed'],
  ])('%s: %s is %s', async (allow, url, expected) => {
    expect(await verdict(url, [allow], at('203.0.113.9'))).toBe(expected);
  });

  test('a name goes only to the addresses that it had when it was checked', async () => {
    const there = await receiver();
    let asked = 0;
    const { callbacks, attempts } = bench({ allow: ['partner.example'], resolve: async () => [{ address: (asked += 1) === 1 ? '127.0.0.1' : '203.0.113.9', family: 4 }] });
    callbacks.send('e1', callback(`http://partner.example:${there.port}/`));
    await callbacks.idle();
    expect(attempts).toMatchObject([{ status: 200 }]);
    expect(asked).toBe(1);
    expect(there.received[0]!.headers.host).toBe(`partner.example:${there.port}`);
  });

  test.each(['https://partner.example', 'partner.example/hooks', '*', '*.', '*.10.0.0.7', '', 'a b', 'partner.example:0', 'partner.example:70000', 'ann@partner.example', '10.0.0.0/8', 'a.*.example', '[10.0.0.1]'])('%j is no host, and the start says so', (entry) => {
    expect(() => readAllowedHosts([entry])).toThrow(UsageProblem);
  });
});

test.each(['/_rehearsal', '/_rehearsal/clock', '/x/../_rehearsal/clock', '/%2e%2e/_rehearsal', '/_REHEARSAL/clock', '\\_rehearsal\\clock', '/_rehearsal?x=1'])('no callback goes to the admin API of a server: %s', async (path) => {
  expect(await verdict(`http://127.0.0.1:5000${path}`, ['127.0.0.1'])).toBe('denied');
  expect(await verdict('http://127.0.0.1:5000/_rehearsals')).toBe('allowed');
});
