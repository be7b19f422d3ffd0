import { describe, expect, it } from 'vitest';
import { ExpressionFailure, need, type StoredReport } from '../../src/model/index.ts';
import { answerYaml, compileYaml, factsOf, headersOf, textOf } from './compile-for-test.ts';

const answered = async (yaml: string, url?: string, options?: Parameters<typeof factsOf>[1]) => answerYaml(yaml, factsOf(url, options));

describe('the status', () => {
  it.each([
    ['json: 1', 200], ['text: ""', 200], ['headers: { X-A: b }', 204], ['fault: reset', 204], ['redirect: /x', 302], ['{ redirect: /x, status: 308 }', 308], ['{ redirect: /x, html: <p/> }', 302],
    ['status: 200', 200], ['{ status: 599, text: x }', 599], ["status: '${{ int(query.s) }}'", 418], ["status: '${{ query.s }}'", 418],
  ])('%s is %i', async (yaml, status) => {
    expect((await answered(yaml, '/?s=418')).status).toBe(status);
  });

  it('fails the request, not the server, when an expression gives no status', async () => {
    await expect(answered("status: '${{ query.s }}'", '/?s=abc')).rejects.toThrow(ExpressionFailure);
  });

  it('drops the body when an expression gives a status that has none', async () => {
    expect(await answered("{ status: '${{ int(query.s) }}', json: 1 }", '/?s=304')).toMatchObject({ status: 304, body: { kind: 'none' }, headers: [] });
  });
});

describe('bodies', () => {
  it('keep the type of a value that is wholly one expression', async () => {
    expect(textOf(await answered("json: { id: '${{ int(query.id) }}', list: '${{ [1, 2] }}', mixed: 'no. ${{ query.id }}', none: '${{ query.x }}' }", '/?id=7'))).toBe('{"id":7,"list":[1,2],"mixed":"no. 7","none":null}');
  });

  it('keep the digits of numbers', async () => {
    expect(textOf(await answered('json: [9007199254740993, 12345678901234567890]'))).toBe('[9007199254740993,12345678901234567890]');
    expect(textOf(await answered("json: { price: 19.90, rate: 1e3, id: '${{ query.id }}' }", '/?id=7'))).toBe('{"price":19.90,"rate":1e3,"id":"7"}');
    expect(headersOf(await answered('{ text: x, headers: { X-Version: 1.10 } }'))).toMatchObject({ 'x-version': '1.10' });
  });

  it('fill text, HTML and XML', async () => {
    expect(textOf(await answered("text: 'Hello ${{ query.name }}, ${{ query.none }}!'", '/?name=Bo'))).toBe('Hello Bo, !');
    expect(textOf(await answered("html: '<b>${{ query.name }}</b>'", '/?name=Bo'))).toBe('<b>Bo</b>');
    expect(textOf(await answered("xml: '${{ {\"a\": 1} }}'"))).toBe('{"a":1}');
  });

  it('fill a fixture with render, and send it as it is without', async () => {
    const fixtures = { 'page.html': '<p>${{ query.name }}</p>' };
    expect(textOf(await answerYaml('{ file: page.html, render: true }', factsOf('/?name=Bo'), { fixtures }))).toBe('<p>Bo</p>');
    expect(textOf(await answerYaml('{ file: page.html, render: false }', factsOf(), { fixtures }))).toBe('<p>${{ query.name }}</p>');
    const [one, two] = [await answerYaml('{ file: page.html, render: true }', factsOf('/?name=a'), { fixtures }), await answerYaml('{ file: page.html, render: true }', factsOf('/?name=b'), { fixtures })];
    expect(one.body.kind === 'bytes' && two.body.kind === 'bytes' && one.body.representation!.etag !== two.body.representation!.etag).toBe(true);
  });

  it('give the bytes of an upload by id and by SHA-256, with a strong ETag', async () => {
    const report: StoredReport = { id: 'r1', exchange: 'x1', session: 'default', part: 'file', filename: 'a.zip', type: 'application/zip', sizeBytes: 5, sha256: 'ab'.repeat(32), storedAt: { path: '/data/r1', offset: 0 }, at: '2026-01-01T00:00:00.000Z' };
    for (const asked of ['r1', report.sha256, report.sha256.toUpperCase(), ' r1 ']) {
      expect(await answered("upload: '${{ query.u }}'", `/?u=${encodeURIComponent(asked)}`, { reports: [report] })).toMatchObject({ status: 200, headers: ['Content-Type', 'application/zip'], body: { kind: 'file', path: '/data/r1', sizeBytes: 5, representation: { etag: `"${report.sha256}"` } } });
    }
    await expect(answered("upload: '${{ query.u }}'", '/?u=nope', { reports: [report] })).rejects.toThrow('There is no uploaded file with the id or SHA-256 nope');
    await expect(answered("upload: '${{ query.u }}'", '/', { reports: [report] })).rejects.toThrow('gave nothing');
  });

  it('make a value from a schema that fits it: the same for the same seed and call, another for the next', async () => {
    const yaml = 'generate: { type: object, required: [id, when, tags], properties: { id: { type: integer, minimum: 1000000 }, when: { type: string, format: date-time }, tags: { type: array, minItems: 2, maxItems: 2, items: { type: string, pattern: "^[a-z]{8}$" } } } }';
    const { reply } = await compileYaml(yaml);
    expect(reply!.needs & need.call).toBe(need.call);
    const made = async (call: number, seed = 1): Promise<string> => textOf(await reply!.render(factsOf('/', { call, seed })));
    expect(await made(1)).toBe(await made(1));
    expect(await made(1)).not.toBe(await made(2));
    expect(await made(1)).not.toBe(await made(1, 2));
    expect(JSON.parse(await made(3))).toMatchObject({ id: expect.any(Number), tags: [expect.stringMatching(/^[a-z]{8}$/), expect.stringMatching(/^[a-z]{8}$/)] });
  });

  it('make a value from a schema with expressions in it, or from a fixture', async () => {
    expect(textOf(await answered("generate: { type: object, required: [id], properties: { id: { const: '${{ int(query.id) }}' } } }", '/?id=7'))).toContain('"id":7');
    for (const name of ['s.json', 's.yaml']) expect(textOf(await answerYaml(`generate: ${name}`, factsOf(), { fixtures: { 's.json': '{"const":5}', 's.yaml': 'const: 5' } }))).toBe('5');
  });

  it('frame server-sent events line by line', async () => {
    const answer = await answered("{ sse: true, stream: [ { text: \"a\\nb\", event: '${{ query.e }}', id: '1' }, { json: { t: '${{ query.e }}' }, delay: 10 ms } ] }", '/?e=x%0Adata%3A%20evil');
    expect(textOf(answer)).toBe('event: x data: evil\nid: 1\ndata: a\ndata: b\n\ndata: {"t":"x\\ndata: evil"}\n\n');
    expect(answer.body).toMatchObject({ chunks: [{ delayMs: 0 }, { delayMs: 10 }] });
  });

  it('send as many bytes as an expression says, and no more than a tebibyte', async () => {
    expect((await answered("bytes: '${{ query.n }}'", '/?n=2%20KiB')).body).toMatchObject({ kind: 'made', sizeBytes: 2048 });
    expect((await answered("bytes: '${{ query.n }}'", '/?n=77')).body).toMatchObject({ sizeBytes: 77 });
    await expect(answered("bytes: '${{ query.n }}'", '/?n=99%20TiB')).rejects.toThrow(ExpressionFailure);
  });
});

describe('headers', () => {
  it('are sent in order, several lines of a name among them; null leaves one out', async () => {
    const answer = await answered('{ json: 1, headers: { Retry-After: 120, Link: [a, b], X-Flag: true, content-type: null, ETag: null, Date: null } }');
    expect(answer.headers).toEqual(['Retry-After', '120', 'Link', 'a', 'Link', 'b', 'X-Flag', 'true']);
    expect(answer.leaveOut).toEqual(['content-type', 'etag', 'date']);
  });

  it('take the place of what comes by itself', async () => {
    expect(headersOf(await answered('{ json: 1, headers: { Content-Type: application/vnd.x+json } }'))).toEqual({ 'content-type': 'application/vnd.x+json' });
    expect(headersOf(await answered("{ json: 1, type: '${{ query.t }}' }", '/?t=text/x'))).toEqual({ 'content-type': 'text/x' });
  });

  it('cannot be split by what an expression gives', async () => {
    const { headers } = await answered("{ json: 1, headers: { X-A: 'v ${{ query.a }}', X-B: '${{ query.none }}' }, redirect: '/${{ query.a }}', download: '${{ query.a }}', cookies: { c: '${{ query.a }}' } , status: 303 }", '/?a=x%0D%0ASet-Cookie:%20evil=1%00%7F');
    expect(headers.join('')).not.toMatch(/[\0-\x1f\x7f]/);
    expect(headers.filter((name) => name === 'Set-Cookie')).toHaveLength(1);
    expect(headers).not.toContain('X-B');
  });

  it('carry letters past Latin-1 as UTF-8, and percent-encode a Location', async () => {
    const answer = await answered("{ status: 201, headers: { Location: '/tâches/${{ query.n }}?q=é€', X-Latin: é, X-Wide: €, X-Lone: '${{ query.n }}' } }", '/?n=%F0%9F%98%80');
    expect(headersOf(answer)).toEqual({ location: '/t%C3%A2ches/%F0%9F%98%80?q=%C3%A9%E2%82%AC', 'x-latin': 'é', 'x-wide': Buffer.from('€').toString('latin1'), 'x-lone': Buffer.from('😀').toString('latin1') });
  });

  it.each([
    ['report.zip', 'attachment; filename="report.zip"'],
    ['my "own" report.zip', String.raw`attachment; filename="my \"own\" report.zip"`],
    ['Bericht für März €.pdf', `attachment; filename="Bericht f?r M?rz ?.pdf"; filename*=UTF-8''Bericht%20f%C3%BCr%20M%C3%A4rz%20%E2%82%AC.pdf`],
    ['100%41.txt', `attachment; filename="100%41.txt"; filename*=UTF-8''100%2541.txt`],
  ])('say that a download is saved as %s', async (name, disposition) => {
    expect(headersOf(await answerYaml(`{ text: x, download: ${JSON.stringify(name)} }`))['content-disposition']).toBe(disposition);
  });

  it('set cookies with their attributes', async () => {
    const answer = await answered("{ json: 1, cookies: { a: b, n: 5, session: { value: '${{ query.s }}', path: /x, domain: example.com, maxAge: 1 h, httpOnly: true, secure: true, sameSite: lax }, gone: { value: '', maxAge: 0 } } }", '/?s=a%20b;c');
    expect(headersOf(answer)['set-cookie']).toEqual(['a=b', 'n=5', 'session=a%20b%3Bc; Path=/x; Domain=example.com; Max-Age=3600; HttpOnly; Secure; SameSite=Lax', 'gone=; Max-Age=0']);
  });
});

describe('time and speed', () => {
  it.each([['2 s', 2000], ["'${{ query.d }}'", 1500]])('delay: %s', async (delay, ms) => {
    expect((await answered(`{ json: 1, delay: ${delay}, throttle: 64 kB/s }`, '/?d=1500%20ms')).wire).toEqual([{ kind: 'delay', ms }, { kind: 'throttle', bytesPerSecond: 64_000 }]);
  });

  it('draws a delay between two ends, the same for the same call', async () => {
    const { reply } = await compileYaml('{ json: 1, delay: { min: 100 ms, max: 200 ms } }');
    const draw = async (call: number): Promise<number> => ((await reply!.render(factsOf('/', { call }))).wire[0] as { ms: number }).ms;
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => draw(index + 1)));
    expect(all.every((ms) => ms >= 100 && ms <= 200)).toBe(true);
    expect(new Set(all).size).toBeGreaterThan(190);
    expect(await draw(5)).toBe(all[4]);
  });

  it('draws a log-normal delay with its percentiles', async () => {
    const { reply } = await compileYaml('{ json: 1, delay: { p50: 100 ms, p95: 400 ms } }');
    const all = (await Promise.all(Array.from({ length: 4000 }, async (_, index) => ((await reply!.render(factsOf('/', { call: index + 1 }))).wire[0] as { ms: number }).ms))).sort((a, b) => a - b);
    expect(all[2000]! / 100).toBeCloseTo(1, 0);
    expect(all[3800]! / 400).toBeCloseTo(1, 0);
  });

  it('seeds a fault by call', async () => {
    const { reply } = await compileYaml('{ text: abcdef, fault: { corrupt: 1 B } }');
    const seed = async (call: number): Promise<unknown> => (await reply!.render(factsOf('/', { call }))).wire[0];
    expect(await seed(1)).toEqual(await seed(1));
    expect(await seed(1)).not.toEqual(await seed(2));
  });

  it('names content codings and faults', async () => {
    expect(await answered('{ json: 1, encoding: [br, gzip, br], fault: { truncate: 60% } }')).toMatchObject({ encodings: ['br', 'gzip'], fault: 'truncate', wire: [{ kind: 'truncate' }] });
  });
});

describe('digests', () => {
  it('are there when they are asked for, and not otherwise', async () => {
    for (const [yaml, wanted] of [['{ base64: AQID, digest: true }', true], ['base64: AQID', false], ['{ json: 1, digest: true }', true], ['{ bytes: 5 B, digest: true }', true], ['{ bytes: 5 B, digest: false }', false]] as const) {
      const { body } = await answered(yaml);
      const sha256 = body.kind === 'bytes' || body.kind === 'made' ? body.representation?.sha256 : null;
      expect(typeof sha256 === 'function', yaml).toBe(wanted);
    }
  });
});
