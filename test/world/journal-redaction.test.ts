import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJournal, type Captured, type ExchangeDraft } from '../../src/world/journal.ts';
import { createRedactor } from '../../src/world/redact.ts';
import { body, draft } from '../admin/fake-control.ts';

const names = ['password', 'secret', 'client_secret', 'token', 'access_token', 'refresh_token', 'api_key'];
const hush = 'h0sh-h0sh-value';

/** All that the journal and its listeners hold of an exchange, as text. */
async function kept(parts: Partial<ExchangeDraft>, secretHeaders: readonly string[] = []): Promise<string> {
  const journal = createJournal({ secretHeaders });
  const heard: unknown[] = [];
  journal.subscribe((exchange) => heard.push(exchange));
  const clean = journal.record(draft({ id: 'x', ...parts }));
  const buffers = [clean.requestBody, clean.replyBody].map((one) => one?.preview.toString('latin1') ?? '');
  return JSON.stringify([heard, await journal.get('x'), buffers]);
}

async function requestText(bytes: string | Buffer, type: string | null, headers: readonly string[] = []): Promise<string | null> {
  const journal = createJournal();
  journal.record(draft({ id: 'x', requestHeaders: headers, requestBody: body(bytes, type) }));
  return (await journal.get('x'))!.request.body.text;
}

describe('URLs within a body', () => {
  it('lose the secrets of their queries, and JSON stays JSON', async () => {
    const sent = { callbackUrl: `https://partner.test/hook?token=${hush}&id=7`, note: 'what? password=', all: [`see "https://x/?a=1&api_key=${hush}"`, 'kept'] };
    const text = (await requestText(JSON.stringify(sent), 'application/json'))!;
    expect(JSON.parse(text)).toEqual({ callbackUrl: 'https://partner.test/hook?token=[redacted]&id=7', note: 'what? password=', all: ['see "https://x/?a=1&api_key=[redacted]"', 'kept'] });
    expect(await kept({ requestBody: body(`call https://partner.test/hook?token=${hush}`, 'text/plain') })).not.toContain(hush);
  });
});

describe('headers', () => {
  it.each(['Authorization', 'authorization', 'Proxy-Authorization', 'Cookie', 'X-Api-Key', 'x-API-key', 'Partner-Key'])('never keeps the value of %s', async (name) => {
    const text = await kept({ requestHeaders: ['Host', 'localhost', name, `Bearer ${hush}`, 'Accept', '*/*'] }, ['partner-key']);
    expect(text).not.toContain(hush);
    expect(text).toContain('[redacted]');
    expect(text).toContain('*/*');
  });

  it('never keeps a Set-Cookie of the reply, each of several', async () => {
    expect(await kept({ replyHeaders: ['Set-Cookie', `a=${hush}`, 'set-cookie', `b=${hush}; HttpOnly`] })).not.toContain(hush);
  });

  it('cleans the query of Referer and Location and leaves the rest of them', async () => {
    const text = await kept({ requestHeaders: ['Referer', `https://app/page?token=${hush}&tab=2`], replyHeaders: ['Location', `/cb#access_token=${hush}&state=1`] });
    expect(text).not.toContain(hush);
    expect(text).toContain('https://app/page?token=[redacted]&tab=2');
    expect(text).toContain('/cb#access_token=[redacted]&state=1');
  });

  it('leaves headers of other names as they are, those of like length and letter too', () => {
    const given = draft({ requestHeaders: ['Accept', 'a', 'X-Api-Kez', 'b', 'cookij', 'c'] });
    expect(createRedactor([]).draft(given)).toBe(given);
  });
});

describe('queries', () => {
  it.each(names)('never keeps the value of %s', async (name) => {
    const text = await kept({ url: `/tasks?a=1&${name}=${hush}&b=2` });
    expect(text).not.toContain(hush);
    expect(text).toContain(`/tasks?a=1&${name}=[redacted]&b=2`);
  });

  it.each(['Token', 'TOKEN', 't%6Fken', '%74oken', 'token%20', 'user[password]', 'user%5Bpassword%5D', 'user.password', 'password[]'])('knows the name %s', async (name) => {
    expect(await kept({ url: `/tasks?${name}=${hush}` })).not.toContain(hush);
  });

  it.each(['tokens', 'page_token', 'passwords', 'id', 'secretary'])('keeps the value of %s', async (name) => {
    expect(await kept({ url: `/tasks?${name}=${hush}` })).toContain(hush);
  });

  it('hides what stands before an @ in a whole URL', async () => {
    expect(await kept({ url: `http://alice:${hush}@localhost/tasks` })).not.toContain(hush);
  });

  it('replaces every one of repeated names, and values that hold the strangest letters', async () => {
    const text = await kept({ url: `/t?token=${hush}&token=${hush}%26&x=1&token=${hush};${hush}` });
    expect(text).not.toContain(hush);
    expect(text).toContain('x=1');
  });
});

describe('JSON bodies', () => {
  it.each(names)('never keeps the value of %s, at any depth', async (name) => {
    const text = await requestText(JSON.stringify({ a: 1, deep: [{ [name]: hush, other: 'kept' }], [name.toUpperCase()]: hush }), 'application/json');
    expect(text).not.toContain(hush);
    expect(JSON.parse(text!)).toEqual({ a: 1, deep: [{ [name]: '[redacted]', other: 'kept' }], [name.toUpperCase()]: '[redacted]' });
  });

  it('leaves all else letter for letter: spaces, digits, order', async () => {
    expect(await requestText(`{ "id" : 9007199254740993,\n\t"token":"${hush}" , "z":1.0, "a": "ü" }`, 'application/json')).toBe('{ "id" : 9007199254740993,\n\t"token":"[redacted]" , "z":1.0, "a": "ü" }');
  });

  it('replaces numbers, booleans, maps and lists, and keeps null', async () => {
    expect(await requestText('{"token":123,"secret":{"a":["}",1]},"password":[1,2],"api_key":true,"access_token":null}', 'application/json'))
      .toBe('{"token":"[redacted]","secret":"[redacted]","password":"[redacted]","api_key":"[redacted]","access_token":null}');
  });

  it.each([
    ['an escaped name', `{"pass\\u0077ord":"${hush}"}`],
    ['quotes in the value', `{"password":"a\\"${hush}"}`],
    ['a body that is cut in the value', `{"a":1,"password":"${hush}`],
    ['a body that is cut in a map', `{"a":1,"secret":{"x":"${hush}"`],
    ['names without quotes', `{password: "${hush}", a: 1}`],
    ['names in single quotes', `{'password': '${hush}'}`],
    ['quotes that do not pair', `{"a": "b", c": 1, "password": "${hush}"}`],
    ['an apostrophe astray', `{"name": it's, "password": "${hush}"}`],
    ['JSON within JSON', JSON.stringify({ payload: JSON.stringify({ token: hush, n: 1 }) })],
    ['JSON within JSON within JSON', JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ token: hush }) }) })],
    ['lines of JSON', `{"id":1}\n{"token":"${hush}"}\n`],
    ['events', `data: {"token":"${hush}"}\n\n`],
    ['a byte order mark', `\ufeff{"token":"${hush}"}`],
  ])('finds it with %s', async (_what, text) => {
    for (const type of ['application/json', 'text/plain', 'application/vnd.api+json']) {
      if (type === 'text/plain' && !/^\ufeff?[{d]/.test(text)) continue;
      expect(await requestText(text, type)).not.toContain(hush);
    }
  });

  it.each(['application/octet-stream', 'text/plain', null])('finds it in JSON that is sent as %s', async (type) => {
    expect(await requestText(`{"token":"${hush}"}`, type)).toBe('{"token":"[redacted]"}');
  });

  it('finds it in UTF-16', async () => {
    const text = await requestText(Buffer.from(`\ufeff{"token":"${hush}"}`, 'utf16le'), 'application/json; charset=utf-16le');
    expect(text).toContain('"token":"[redacted]"');
  });

  it.each([['gzip', gzipSync], ['deflate', deflateSync], ['br', brotliCompressSync]] as const)('finds it under %s, and tells size and hash of the wire', async (coding, pack) => {
    const packed = pack(`{"token":"${hush}","a":1}`);
    const journal = createJournal();
    journal.record(draft({ id: 'x', requestHeaders: ['Content-Encoding', coding], requestBody: body(packed) }));
    expect((await journal.get('x'))!.request.body).toEqual({ text: '{"token":"[redacted]","a":1}', base64: null, sizeBytes: packed.length, sha256: createHash('sha256').update(packed).digest('hex') });
  });

  it('unpacks no more than a bound of a body that grows without end', async () => {
    const bomb = gzipSync(Buffer.alloc(60_000_000));
    const text = await requestText(bomb.subarray(0, 65_536), 'application/json', ['Content-Encoding', 'gzip']);
    expect(text?.length ?? 0).toBeLessThanOrEqual(65_536);
  });

  it('keeps a body that claims a coding and has none', async () => {
    expect(await requestText('{"a":1}', 'application/json', ['Content-Encoding', 'gzip'])).toBe('{"a":1}');
  });
});

describe('other bodies', () => {
  it('cleans a form', async () => {
    expect(await requestText(`user=alice&pass%77ord=${hush}&user[token]=${hush};x&z=1`, 'application/x-www-form-urlencoded')).toBe('user=alice&pass%77ord=[redacted]&user[token]=[redacted]&z=1');
  });

  const part = (head: string, content: string): string => `--b0und\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;

  it('cleans plain fields of a multipart body and leaves files', async () => {
    const text = await requestText(`${part('name="password"', hush)}${part('name="file"; filename="password"', 'content')}${part('name=token', hush)}${part('name="meta"\r\nContent-Type: application/json', `{"secret":"${hush}"}`)}${part('name="user[api_key]"', `${hush}\r\n${hush}`)}--b0und--\r\n`, 'multipart/form-data; boundary=b0und');
    expect(text).not.toContain(hush);
    expect(text).toContain('filename="password"\r\n\r\ncontent');
    expect(text).toContain('{"secret":"[redacted]"}');
    expect(text!.match(/\[redacted\]/g)).toHaveLength(4);
  });

  it('cleans the last field of a multipart body that is cut, and one without a boundary in its type', async () => {
    expect(await requestText(`${part('name="a"', 'b')}--b0und\r\nContent-Disposition: form-data; name="secret"\r\n\r\n${hush}`, 'multipart/form-data; boundary="b0und"')).not.toContain(hush);
    expect(await requestText(part('name="secret"', hush), 'multipart/form-data')).not.toContain(hush);
  });

  it('looks once at the body of a fixed reply', async () => {
    const journal = createJournal();
    const shared = { ...body(`{"access_token":"${hush}"}`), shared: true };
    const first = journal.record(draft({ replyBody: shared }));
    const second = journal.record(draft({ replyBody: shared }));
    expect(first.replyBody!.preview.toString()).toBe('{"access_token":"[redacted]"}');
    expect(second.replyBody).toBe(first.replyBody);
  });

  it('gives an exchange without secrets back as it is', () => {
    const given = draft({ url: '/tasks?id=1', requestBody: body('{"id":1}'), replyBody: body('plain', 'text/plain') });
    expect(createRedactor([]).draft(given)).toBe(given);
  });
});

describe('what is said of an exchange', () => {
  const violation = { at: 'query.token', expected: 'abc', got: hush, text: `query \`token\`: expected abc, got ${hush}` };

  it('hides what came for a secret in violations and in the reasons of near misses', async () => {
    const text = await kept({
      violations: [violation, { at: 'headers.authorization', expected: 'Bearer x', got: `Bearer ${hush}`, text: `header \`authorization\`: expected Bearer x, got Bearer ${hush}` }],
      nearest: [{ route: 'GET /', name: null, file: 'a', line: 1, because: [`body \`user.password\`: expected x, got ${hush}`, 'query `id`: expected 1, got 2'] }],
    });
    expect(text).not.toContain(hush);
    expect(text).toContain('query `token`: expected abc, got [redacted]');
    expect(text).toContain('query `id`: expected 1, got 2');
  });

  it('hides a secret of the request wherever the diagnosis repeats it, cut off as well', async () => {
    const long = `${hush}${'abcdefgh'.repeat(10)}`;
    const text = await kept({
      requestHeaders: ['Authorization', `Bearer ${long}`],
      nearest: [{ route: 'GET /', name: null, file: 'a', line: 1, because: [`if: expected true, got ${long}`, `text: expected x, got "${long.slice(0, 60)}…`] }],
      replyBody: body(JSON.stringify({ status: 404, nearest: [{ because: [`if: expected true, got ${long}`, `query \`token\`: expected a, got ${hush}`] }] }), 'application/problem+json'),
    });
    expect(text).not.toContain(hush);
  });

  it('cleans a sentence for a log', () => {
    expect(createRedactor(['partner-key']).sentence(`header \`partner-key\`: expected a, got ${hush}`)).toBe('header `partner-key`: expected a, got [redacted]');
  });
});

describe('hostile input', () => {
  const anyBody = fc.oneof(fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)), fc.json().map((text) => Buffer.from(text)), fc.string({ maxLength: 500 }).map((text) => Buffer.from(`{"token":"${text}`)));
  const anyType = fc.constantFrom(null, 'application/json', 'multipart/form-data; boundary=b', 'multipart/form-data', 'application/x-www-form-urlencoded', 'text/plain', 'application/octet-stream');

  it('records anything at all', async () => {
    await fc.assert(fc.asyncProperty(anyBody, anyType, fc.string(), fc.constantFrom('gzip', 'br', 'deflate', 'x'), async (bytes, type, text, coding) => {
      const journal = createJournal();
      const captured: Captured = { preview: bytes, sizeBytes: bytes.length, sha256: null, type };
      journal.record(draft({ id: 'x', url: `/${text}?${text}`, requestHeaders: ['Cookie', text, 'Content-Encoding', coding, 'Referer', text], requestBody: captured, replyBody: captured }));
      expect((await journal.get('x'))!.request.body.sizeBytes).toBe(bytes.length);
    }), { numRuns: 300 });
  });

  it('hides a string under a secret name in any JSON, whatever stands around it', async () => {
    await fc.assert(fc.asyncProperty(fc.jsonValue(), fc.constantFrom(...names), fc.boolean(), async (value, name, cut) => {
      const text = JSON.stringify({ before: value, [name]: hush, after: value });
      const at = text.indexOf(hush) + hush.length;
      expect(await requestText(cut ? text.slice(0, at) : text, 'application/json')).not.toContain(hush);
    }), { numRuns: 300 });
  });

  it.each([
    ['backslashes', `{"token":1,${'\\'.repeat(65_000)}`],
    ['escaped quotes', `{"token":"${'\\"'.repeat(32_000)}`],
    ['open brackets', `{"token":${'['.repeat(65_000)}`],
    ['keys', '{"token":"a",'.repeat(5000)],
    ['spaces after keys', `"token"${' '.repeat(65_000)}`],
    ['loose keys', 'token '.repeat(10_000)],
  ])('reads 64 KiB of %s in one pass', async (_what, text) => {
    // A pass that went over the text again for each letter would take minutes, and end the test.
    expect(await requestText(text, 'application/json')).not.toBeNull();
  });

  it('reads 64 KiB of unclosed part names in one pass', async () => {
    await requestText(`--b\r\n${';name="'.repeat(9000)}\r\n\r\nx`, 'multipart/form-data; boundary=b');
  });
});
