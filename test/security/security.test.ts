import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { ScenarioMistakes, type Rehearsal } from '../../src/index.ts';
import { ask, askJson, multipart, type Answered } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';
import { openRaw, sendRaw, statusesOf } from './raw.ts';

let server: Rehearsal;
const lines: string[] = [];

beforeAll(async () => {
  server = await rehearse({
    write: (line) => lines.push(line),
    maxParsed: '1 MB',
    scenarios: {
      scenario: 'hostile',
      routes: {
        'POST /echo': { respond: { json: { body: '${{ body }}', proto: '${{ body.__proto__ }}', ctor: '${{ body.constructor }}', missing: '${{ body.toString }}' } } },
        'POST /typed': { when: { json: { id: 1 } }, respond: { text: 'one' } },
        'POST /form': { respond: { json: '${{ form }}' } },
        'POST /xml': { when: { xpath: { '//id': 1 } }, respond: { text: 'xml' } },
        'POST /once': { once: '${{ headers["idempotency-key"] }}', respond: { json: { token: '${{ uuid() }}' } } },
        'POST /report': { respond: { json: { name: '${{ parts.file.filename }}', size: '${{ parts.file.size }}' } } },
        'GET /headers': { respond: { text: 'x', headers: { 'X-V': '${{ query.v }}' }, download: '${{ query.v }}', cookies: { c: '${{ query.v }}', d: { value: 'x', path: '${{ query.v }}' } }, type: 'text/plain' } },
        'GET /go': { respond: { redirect: '${{ query.v }}' } },
        'GET /location': { respond: { status: 201, headers: { Location: '${{ query.v }}' } } },
        'GET /pattern': [{ when: { query: { q: { matches: '^(a+)+$' } } }, respond: { text: 'as' } }, { when: { query: { q: { matches: '(x+x+)+y' } } }, respond: { text: 'xy' } }, { respond: { text: 'none' } }],
        'GET /matches': { respond: { json: { found: '${{ query.q.matches("^(([a-z])+.)+[A-Z]([a-z])+$") }}' } } },
        'GET /costly': { respond: { json: { n: '${{ [query.n,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, [1,2,3,4,5,6,7,8,9,10].map(d, [1,2,3,4,5,6,7,8,9,10].map(e, [1,2,3,4,5,6,7,8,9,10].map(f, [1,2,3,4,5,6,7,8,9,10].map(g, a))))))) }}' } } },
        'GET /fails': { respond: { json: { x: '${{ int(query.n) }}' } } },
        'GET /html': { respond: { html: '<script>fetch("/_rehearsal/journal",{method:"DELETE"})</script>' } },
      },
    },
  });
});

const well = async (): Promise<void> => expect((await ask(server, '/pattern?q=b')).text).toBe('none');
const problem = (answer: Answered): string => `${answer.status} ${answer.headers['content-type'] ?? ''}`;

describe('Requests', () => {
  it('JSON: `__proto__` and `constructor` are plain keys all the way from the body through expressions to the reply', async () => {
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"a":{"__proto__":3}}';
    const answer = await ask(server, '/echo', { body, headers: { 'Content-Type': 'application/json' } });
    expect(answer.text).toBe(`{"body":${body},"proto":{"polluted":1},"ctor":{"prototype":{"polluted":2}},"missing":null}`);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const form = await ask(server, '/form', { body: '__proto__=1&constructor=2&a=3', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect(form.text).toBe('{"__proto__":"1","constructor":"2","a":"3"}');
    expect((await ask(server, '/echo', multipartOf({ __proto__x: 'y', ['__proto__']: 'z' }))).status).toBe(200);
    await well();
  });

  it('JSON: depth is bounded, whether in a body or in a document of the admin API', async () => {
    for (const text of ['['.repeat(100_000), `${'['.repeat(5000)}${']'.repeat(5000)}`, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`]) {
      expect(problem(await ask(server, '/echo', { body: text, headers: { 'Content-Type': 'application/json' } }))).toBe('400 application/problem+json');
      expect((await ask(server, '/_rehearsal/explain', { body: `{"method":"POST","url":"/echo","body":${text}}`, headers: { 'Content-Type': 'application/json' } })).status).toBe(400);
    }
    await well();
  });

  it('JSON: size is bounded by --max-parsed, and a form by its names', async () => {
    expect((await ask(server, '/echo', { body: JSON.stringify('x'.repeat(1_100_000)), headers: { 'Content-Type': 'application/json' } })).status).toBe(413);
    const form = Array.from({ length: 100_000 }, (_, index) => `n${index.toString(36)}=`).join('&');
    expect(problem(await ask(server, '/form', { body: form, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }))).toBe('400 application/problem+json');
    await well();
  });

  it('XML: no entity is resolved, none expanded', async () => {
    const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, index) => `<!ENTITY a${index} "${`&a${index === 0 ? '' : index - 1};`.repeat(10)}">`).join('')}]><id>&a8;</id>`;
    const outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><id>&x;</id>';
    for (const body of [bomb, outside]) {
      const answer = await ask(server, '/xml', { body, headers: { 'Content-Type': 'application/xml' } });
      expect([400, 404]).toContain(answer.status);
      expect(answer.text).not.toContain('root:');
    }
    expect((await ask(server, '/xml', { body: '<a>'.repeat(20_000), headers: { 'Content-Type': 'text/xml' } })).status).toBe(400);
    await well();
  });

  it('decompression is bounded by the body limit', async () => {
    const zeros = Buffer.alloc(60_000_000);
    for (const [coding, body] of [['gzip', gzipSync(zeros)], ['br', brotliCompressSync(zeros)], ['gzip, gzip', gzipSync(gzipSync(zeros))]] as const) {
      expect(body.length).toBeLessThan(100_000);
      expect((await ask(server, '/echo', { body, headers: { 'Content-Type': 'application/json', 'Content-Encoding': coding } })).status).toBe(413);
    }
    expect((await ask(server, '/echo', { body: 'x', headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip, br, deflate, gzip' } })).status).toBe(415);
    await well();
  });

  it.each(['a\r\nX-Evil: 1', 'a\nSet-Cookie: evil=1', '\r\n\r\n<script>', '\u0000\u0001', '\u0085\u2028\u2029\u000b\u000c', '"; filename="evil', 'x; Domain=evil.example; Path=/', '\u{1F600}é'])('headers filled from expressions cannot carry CR or LF: %j', async (value) => {
    for (const path of ['/headers', '/go', '/location']) {
      const answer = await ask(server, `${path}?v=${encodeURIComponent(value)}`);
      const names = answer.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
      expect(names.filter((name) => !['content-type', 'x-v', 'content-disposition', 'set-cookie', 'content-length', 'rehearsal-exchange', 'date', 'connection', 'location', 'transfer-encoding'].includes(name))).toEqual([]);
      expect(answer.rawHeaders.join('')).not.toMatch(/[\r\n\0]/);
      expect(answer.text).not.toContain('<script>');
      const cookies = answer.headers['set-cookie'] ?? [];
      if (path === '/headers' && answer.status === 200) expect(cookies).toHaveLength(2);
      for (const cookie of cookies) expect(cookie).not.toMatch(/;\s*domain=/i);
      if (path !== '/headers') expect(answer.headers.location).toMatch(/^[\x20-\x7e]*$/);
    }
  });

  it('no stack trace leaves the process, whatever fails inside', async () => {
    const answers = [
      await ask(server, '/fails?n=x'), await ask(server, '/costly'), await ask(server, '/nowhere'), await ask(server, '/echo', { body: '{', headers: { 'Content-Type': 'application/json' } }),
      await ask(server, '/_rehearsal/explain', { body: '{', headers: { 'Content-Type': 'application/json' } }), await ask(server, '/_rehearsal/journal?limit=x'), await ask(server, '/%ff'), await ask(server, '/@nope/'),
      await ask(server, '/report', { body: 'x', headers: { 'Content-Type': 'multipart/form-data' } }), await ask(server, '/echo', { body: 'x', headers: { 'Content-Type': 'text/plain; charset=klingon' } }),
    ];
    for (const { text, status } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).not.toMatch(/\bat [\w.<>]+ \(|node:internal|node_modules|\.ts:\d+:\d+\)|\.js:\d+/);
    }
  });

  it('a fault of the server’s own is a plain 500, told in the log alone, and the next request is answered', async () => {
    const folder = temporaryFolder('fault');
    const told: string[] = [];
    writeFileSync(join(folder, 'large.bin'), Buffer.alloc(5_000_000));
    const broken = await rehearse({ write: (line) => told.push(line), fixtures: folder, scenarios: { scenario: 'faulty', routes: { 'GET /a': { when: { query: { x: 1 } }, respond: { text: 'x' } }, 'GET /file': { respond: { file: 'large.bin' } } } } });
    const map = Map.prototype as unknown as { get: (key: unknown) => unknown };
    const { get } = map;
    let armed = true;
    map.get = function failing(this: unknown, key: unknown) {
      if (armed && key === 'x') {
        armed = false;
        throw new TypeError('a secret place failed');
      }
      return get.call(this, key);
    };
    try {
      const answer = await ask(broken, '/a?x=1');
      expect(armed).toBe(false);
      expect(problem(answer)).toBe('500 application/problem+json');
      expect(answer.text).not.toContain('secret place');
    } finally {
      map.get = get;
    }
    expect(told.join('')).toContain('a secret place failed');
    expect((await ask(broken, '/a?x=1')).text).toBe('x');
  });
});

describe('Patterns and expressions', () => {
  it.each(['a'.repeat(5000) + '!', 'x'.repeat(5000), `${'a.'.repeat(2500)}`])('regular expressions run in linear time over hostile text', async (text) => {
    expect((await ask(server, `/pattern?q=${encodeURIComponent(text)}`)).text).toBe('none');
    expect((await ask(server, `/matches?q=${encodeURIComponent(text)}`)).json()).toEqual({ found: false });
  });

  it('patterns that only a backtracking engine has are mistakes at load', async () => {
    await expect(rehearse({ scenarios: { scenario: 'x', routes: { 'GET /': { when: { query: { q: { matches: '(?=a)' } } }, respond: {} } } } })).rejects.toThrow(ScenarioMistakes);
    await expect(rehearse({ scenarios: { scenario: 'x', routes: { 'GET /': { when: { query: { q: { matches: '(a)\\1' } } }, respond: {} } } } })).rejects.toThrow(ScenarioMistakes);
  });

  it('the cost of an expression is bounded: ten million steps are a 500 that says so', async () => {
    const answer = await ask(server, '/costly');
    expect(answer.status).toBe(500);
    expect(answer.json().reason).toMatch(/cost|steps|much|many/i);
    await well();
  });

  it.each(['${{ process }}', '${{ globalThis }}', '${{ request.constructor.constructor("return process")() }}', '${{ body.__proto__.__proto__ }}', '${{ import("fs") }}', '${{ fixture("../package.json").text }}', '${{ fixture("/etc/passwd").text }}', '${{ this }}', '${{ require("fs") }}'])('expressions reach nothing outside: %s', async (text) => {
    let started: Rehearsal;
    try {
      started = await rehearse({ scenarios: { scenario: 'x', routes: { 'POST /': { respond: { json: { x: text } } } } } });
    } catch (error) {
      expect(error).toBeInstanceOf(ScenarioMistakes);
      return;
    }
    const answer = await askJson(started, '/', { a: 1 });
    expect(answer.status === 500 || answer.json().x === null).toBe(true);
  });

  it.each([
    ['aliases that multiply', `scenario: x\nx-a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.split('').map((name, index) => `x-${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[index]}`).join(',')}]`).join('\n')}\n`],
    ['depth', `scenario: x\nx-a: ${'['.repeat(50_000)}`],
    ['size', `scenario: x\nx-a: "${'x'.repeat(6_000_000)}"\n`],
    ['tags', 'scenario: x\nx-a: !!js/function "x"\n'],
  ])('YAML is bounded: %s', async (_what, text) => {
    const folder = temporaryFolder('bomb');
    writeFileSync(join(folder, 'x.yaml'), text);
    await expect(rehearse({ scenarios: folder })).rejects.toThrow(ScenarioMistakes);
  });
});

describe('The admin API', () => {
  const changes: readonly [string, string, string][] = [['PUT', '/scenarios/active', '{"scenario":"hostile"}'], ['DELETE', '/journal', ''], ['POST', '/explain', '{"method":"GET","url":"/"}'], ['DELETE', '/sessions/x', '']];
  const reads = ['/journal', '/events', '/reports', '/scenarios', '/sessions', '/', '/openapi.json', '/health', '/ca.pem'];

  it('answers no other name (DNS rebinding), over the real server', async () => {
    for (const path of reads) for (const host of ['evil.example', `evil.example:${server.port}`, 'localhost.evil.example', '127.0.0.1.evil.example', '169.254.169.254']) {
      const text = await sendRaw(server, `GET /_rehearsal${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(statusesOf(text)).toEqual([421]);
      expect(text).not.toMatch(/access-control/i);
    }
  });

  it('answers no page of another site, reading, changing or listening', async () => {
    const strangers: readonly Readonly<Record<string, string>>[] = [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: `https://localhost:${server.port + 1}` }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }];
    for (const headers of strangers) {
      for (const path of reads) expect((await ask(server, `/_rehearsal${path}`, { headers })).status).toBe(403);
      for (const [method, path, body] of changes) expect((await ask(server, `/_rehearsal${path}`, { method, body, headers: { ...headers, 'Content-Type': 'application/json' } })).status).toBe(403);
    }
  });

  it('takes no change in a form that a page may send without asking', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      for (const [method, path, body] of changes) expect((await ask(server, `/_rehearsal${path}`, { method, body, headers: { 'Content-Type': type } })).status).toBe(415);
    }
  });

  it('is reached under its own path alone, in no other spelling', async () => {
    for (const path of ['/%5Frehearsal/journal', '/_rehearsal%2Fjournal', '//_rehearsal/journal', '/@hostile/_rehearsal/journal', '/_REHEARSAL/journal', '/x/../_rehearsal/journal', '/_rehearsalx/journal']) {
      expect([[400], [404]]).toContainEqual(statusesOf(await sendRaw(server, `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)));
    }
  });

  it('shows replies of scenarios and uploads so that they never run on the console’s behalf', async () => {
    const html = '<html><script>alert(document.domain)</script></html>';
    const { headers, body } = multipart({ file: { filename: 'x%22><img src=x onerror=alert(1)>.html', content: html, type: 'text/html' } });
    await ask(server, '/report', { body, headers });
    await ask(server, '/html');
    const [report] = await server.reports();
    const content = await ask(server, `/_rehearsal/reports/${report!.id}/content`);
    expect(content.text).toBe(html);
    expect(content.headers).toMatchObject({ 'content-security-policy': expect.stringContaining('sandbox'), 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' });
    expect(content.headers['content-disposition']).toMatch(/^attachment/);
    expect(content.headers['content-security-policy']).not.toContain('allow-scripts');
    for (const path of ['/_rehearsal/journal', '/_rehearsal/reports', '/_rehearsal/']) {
      const page = await ask(server, path, { headers: { Accept: 'text/html' } });
      expect(page.headers['x-content-type-options']).toBe('nosniff');
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
      if (page.headers['content-type']?.includes('html')) expect(page.text).not.toMatch(/<script>(alert|fetch)|<img src=x/);
    }
  });

  it('compares its token in whole: nothing near it opens', async () => {
    const guarded = await rehearse({ adminToken: 'correct-horse', scenarios: { scenario: 'x', routes: { 'GET /': {} } } });
    for (const given of ['', 'Bearer', 'Bearer correct-hors', 'Bearer correct-horse2', 'bearer CORRECT-HORSE', 'Basic correct-horse', 'correct-horse']) {
      expect((await ask(guarded, '/_rehearsal/journal', { headers: { Authorization: given } })).status).toBe(401);
    }
    expect((await ask(guarded, '/_rehearsal/journal', { headers: { Authorization: 'Bearer correct-horse' } })).status).toBe(200);
    expect((await ask(guarded, '/_rehearsal/journal?token=correct-horse')).status).toBe(401);
  });
});

describe('Secrets', () => {
  it('sent in any place are in no journal, no log, no event and no file of --data', async () => {
    const data = temporaryFolder('secrets');
    const told: string[] = [];
    const kept = await rehearse({ data, write: (line) => told.push(line), scenarios: {
      scenario: 'login',
      routes: {
        'POST /login': { expect: { json: { password: 'other' }, headers: { authorization: { startsWith: 'Basic' } } }, respond: { json: { access_token: '${{ "s3cret" + "-issued" }}', name: 'ann' }, headers: { 'Set-Cookie': 'sid=s3cret-cookie' } } },
        'GET /find': { when: { query: { token: 'x' } }, respond: {} },
        'POST /form': { expect: { form: { password: 'other' } }, respond: { redirect: '/next?access_token=s3cret-location' } },
      },
    } });
    const stream = await openRaw(kept);
    let events = '';
    stream.on('data', (chunk: Buffer) => { events += chunk.toString(); });
    stream.write('GET /_rehearsal/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => events).toContain('text/event-stream');
    const headers = { Authorization: 'Bearer s3cret-bearer', 'Proxy-Authorization': 'Basic s3cret-proxy', Cookie: 'sid=s3cret-cookie-in', 'X-Api-Key': 's3cret-key' };
    await askJson(kept, '/login?api_key=s3cret-query', { user: 'ann', password: 's3cret-password', deep: { client_secret: 's3cret-deep' } }, { headers });
    await ask(kept, '/find?token=s3cret-token&id=1', { headers });
    await ask(kept, '/nowhere?access_token=s3cret-access');
    await ask(kept, '/form', { body: 'user=ann&password=s3cret-form', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    await ask(kept, '/form', multipart({ user: 'ann', password: 's3cret-part' }));
    await ask(kept, '/login', { body: '{"password":"s3cret-broken"', headers: { 'Content-Type': 'application/json' } });
    await expect.poll(() => events.match(/^event: exchange/gm)?.length).toBe(6);
    const shown: string[] = [];
    for (const { id } of kept.journal().items) shown.push((await ask(kept, `/_rehearsal/journal/${id}`)).text, JSON.stringify(await kept.exchange(id)));
    shown.push((await ask(kept, '/_rehearsal/journal')).text);
    stream.destroy();
    await kept.close();
    const written = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.parentPath.includes('reports')).map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(written.join('').length).toBeGreaterThan(1000);
    expect(shown.join('')).toContain('"ann"'.slice(1, -1));
    for (const text of [...told, ...shown, ...written, events]) expect(text.match(/s3cret[\w-]*/g)).toBeNull();
  });

  it('in a log line cannot begin another: control characters are escaped', async () => {
    lines.length = 0;
    await ask(server, '/x%0a%1b%5b31m', { headers: { 'X-A': 'y' } });
    await ask(server, '/headers2?v=%0d%0aforged', { method: 'PURGE' });
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe('Uploads', () => {
  it.each(['../../../../tmp/evil.zip', '..\\..\\evil.zip', '/etc/cron.d/evil', 'a\r\nContent-Type: text/html', 'a"b', 'CON', '.', '..', 'x'.repeat(2000), '\u202egpj.exe', 'a\u0000.zip'])('a file name is data, never a path: %j', async (filename) => {
    const data = temporaryFolder('names');
    const kept = await rehearse({ data, scenarios: { scenario: 'up', routes: { 'POST /report': { respond: { json: { name: '${{ parts.file.filename }}' } } } } } });
    const escaped = filename.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    const answer = await ask(kept, '/report', multipart({ file: { filename: escaped, content: 'bytes' } }));
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 200) expect(answer.json().name).toBe(filename);
    const names = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => name.startsWith('reports'));
    expect(names.every((name) => /^reports(\/r[\w-]+(\.\w+)*)?$/.test(name.replaceAll('\\', '/')))).toBe(true);
    const listed = await ask(kept, '/_rehearsal/reports');
    expect(listed.text).not.toContain(data);
    expect(listed.text).not.toContain('storedAt');
  });
});

function multipartOf(fields: Readonly<Record<string, string>>): { headers: Record<string, string>; body: Buffer } {
  return multipart(Object.fromEntries(Object.entries(fields)));
}
