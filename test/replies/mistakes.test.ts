import { describe, expect, it } from 'vitest';
import { compileYaml } from './compile-for-test.ts';

const fixtures = { 'a.txt': 'text', 'binary.bin': Buffer.from([0xff, 0xfe, 0x00]), 'bad.json': '{', 'broken.txt': '${{ qury.x }}' };

describe('mistakes in replies are found at load', () => {
  it.each([
    ['{ json: 1, text: a }', 'too-many-keys', 'text'],
    ['{ jsn: 1 }', 'unknown-key', 'jsn'],
    ['{ status: 99 }', 'wrong-value', 'status'],
    ["{ status: '200' }", 'wrong-value', 'status'],
    ['{ status: 204, json: 1 }', 'body-not-allowed', 'json'],
    ['{ status: 304, text: a }', 'body-not-allowed', 'text'],
    ['{ status: 103, text: a }', 'body-not-allowed', 'text'],
    ['{ status: 200, redirect: /x }', 'no-redirect', 'status'],
    ['{ redirect: "" }', 'wrong-value', 'redirect'],
    ['{ redirect: "/a\\r\\nb" }', 'bad-header-value', 'redirect'],
    ['{ text: x, download: "a\\nb" }', 'bad-header-value', 'download'],
    ['{ text: 5 }', 'wrong-value', 'text'],
    ['{ file: nope.txt }', 'missing-fixture', 'file'],
    ["{ file: '${{ query.f }}' }", 'dynamic-fixture', 'file'],
    ['{ file: binary.bin, render: true }', 'not-text', 'file'],
    ['{ text: x, render: true }', 'key-without-its-key', 'render'],
    ['{ json: 1, sse: true }', 'key-without-its-key', 'sse'],
    ['{ stream: [ { text: a, event: x } ] }', 'key-without-its-key', 'stream.0.event'],
    ['{ stream: [ { text: a, json: 1 } ] }', 'too-many-keys', 'stream.0.json'],
    ['{ stream: [ { delay: 1 s } ] }', 'missing-key', 'stream.0'],
    ['{ stream: [] }', 'wrong-kind', 'stream'],
    ['{ stream: [ { text: a } ], digest: true }', 'no-length', 'digest'],
    ['{ base64: "a!b" }', 'wrong-value', 'base64'],
    ['{ base64: "abcde" }', 'wrong-value', 'base64'],
    ['{ bytes: 1024 }', 'wrong-value', 'bytes'],
    ['{ bytes: 2 TiB }', 'wrong-value', 'bytes'],
    ['{ bytes: lots }', 'wrong-value', 'bytes'],
    ['{ zip: { ../a: x } }', 'bad-entry-name', 'zip.../a'],
    ["{ zip: { '${{ query.a }}.txt': x } }", 'bad-entry-name', 'zip.${{ query.a }}.txt'],
    ['{ generate: { type: array, minItems: 99999999999999999999 } }', 'too-large', 'generate'],
    ['{ body: hello }', 'unknown-key', 'body'],
    ['{ zip: { a: x, a/b: y } }', 'bad-entry-name', 'zip.a/b'],
    ['{ zip: { a: { file: nope } } }', 'missing-fixture', 'zip.a.file'],
    ['{ zip: { a: { base64: "!" } } }', 'wrong-value', 'zip.a.base64'],
    ['{ zip: { a: {} } }', 'missing-key', 'zip.a'],
    ['{ generate: 5 }', 'wrong-kind', 'generate'],
    ['{ generate: { type: strin } }', 'bad-schema', 'generate'],
    ['{ generate: { not: {} } }', 'bad-schema', 'generate'],
    ['{ generate: { type: string, pattern: "(?=a)b" } }', 'bad-schema', 'generate'],
    ['{ generate: { $ref: "https://example.com/x" } }', 'bad-schema', 'generate'],
    ['{ generate: { type: array, minItems: 1000000 } }', 'too-large', 'generate'],
    ['{ generate: { type: array, minItems: 1000, items: { type: array, minItems: 1000 } } }', 'too-large', 'generate'],
    ['{ generate: { type: string, pattern: "(a{1000}){1000}" } }', 'too-large', 'generate'],
    ['{ generate: bad.json }', 'malformed-schema', 'generate'],
    ['{ headers: { "X A": b } }', 'bad-header-name', 'headers.X A'],
    ['{ headers: { X-A: "b\\nc" } }', 'bad-header-value', 'headers.X-A'],
    ['{ headers: { X-A: { b: c } } }', 'wrong-kind', 'headers.X-A'],
    ['{ headers: { X-A: 1, x-a: 2 } }', 'same-header-twice', 'headers.x-a'],
    ['{ json: 1, headers: { Content-Length: 5 } }', 'framing-header', 'headers.Content-Length'],
    ['{ json: 1, headers: { transfer-encoding: chunked } }', 'framing-header', 'headers.transfer-encoding'],
    ['{ json: 1, headers: { Connection: close } }', 'framing-header', 'headers.Connection'],
    ['{ json: 1, type: text/x, headers: { content-type: a/b } }', 'said-twice', 'headers.content-type'],
    ['{ redirect: /x, headers: { Location: /y } }', 'said-twice', 'headers.Location'],
    ['{ json: 1, type: json }', 'bad-media-type', 'type'],
    ['{ json: 1, cookies: { "a b": c } }', 'bad-cookie-name', 'cookies.a b'],
    ['{ json: 1, cookies: { a: "b;c" } }', 'bad-cookie-value', 'cookies.a'],
    ['{ json: 1, cookies: { a: { value: b, path: "/;x" } } }', 'wrong-value', 'cookies.a.path'],
    ['{ json: 1, cookies: { a: { path: / } } }', 'missing-key', 'cookies.a'],
    ['{ json: 1, cookies: { a: { value: b, maxAge: 60 } } }', 'wrong-value', 'cookies.a.maxAge'],
    ['{ json: 1, delay: 2 }', 'wrong-value', 'delay'],
    ['{ json: 1, delay: 2 h }', 'wrong-value', 'delay'],
    ['{ json: 1, delay: { min: 2 s, max: 1 s } }', 'wrong-value', 'delay.max'],
    ['{ json: 1, delay: { min: 2 s } }', 'wrong-value', 'delay'],
    ['{ json: 1, delay: { p50: 2 s, max: 3 s } }', 'wrong-value', 'delay'],
    ['{ json: 1, delay: { p50: 0 s, p95: 3 s } }', 'wrong-value', 'delay.p50'],
    ['{ json: 1, throttle: 64 kB }', 'wrong-value', 'throttle'],
    ['{ json: 1, throttle: 0 B/s }', 'wrong-value', 'throttle'],
    ['{ json: 1, encoding: deflate }', 'wrong-value', 'encoding'],
    ['{ throttle: 64 kB/s }', 'no-body', 'throttle'],
    ['{ download: a.zip }', 'no-body', 'download'],
    ['{ digest: true }', 'no-body', 'digest'],
    ['{ fault: { truncate: 60% } }', 'no-body', 'fault'],
    ['{ fault: { hang: { after: 0 } } }', 'no-body', 'fault'],
  ])('%s', async (yaml, code, path) => {
    const { mistakes } = await compileYaml(yaml, { fixtures });
    expect(mistakes.map((one) => one.code)).toEqual([code]);
    expect(mistakes[0]!.path.join('.')).toBe(path);
  });

  it.each([
    ["{ json: { a: '${{ qury.x }}' } }"], ["{ text: '${{ 1 + }}' }"], ["{ headers: { X: '${{ qury.x }}' } }"], ["{ redirect: '${{ qury.x }}' }"], ["{ json: 1, cookies: { a: '${{ qury.x }}' } }"],
    ["{ status: '${{ qury.x }}' }"], ["{ json: 1, delay: '${{ qury.x }}' }"], ["{ zip: { a: '${{ qury.x }}' } }"], ["{ stream: [ { text: '${{ qury.x }}' } ] }"], ['{ file: broken.txt, render: true }'], ["{ upload: '${{ qury.x }}' }"],
  ])('an expression that cannot be right: %s', async (yaml) => {
    expect((await compileYaml(yaml, { fixtures })).mistakes.length).toBe(1);
  });

  it('a constant expression of the wrong kind is found at load, too; one that fails is left to fail when it is asked for', async () => {
    expect((await compileYaml("json: '${{ 1 / 0 }}'")).mistakes).toHaveLength(0);
    expect((await compileYaml("{ status: '${{ \"abc\" }}' }")).mistakes).toMatchObject([{ code: 'wrong-value', got: 'abc' }]);
  });

  it('finds them all at once', async () => {
    expect((await compileYaml('{ json: 1, delay: 2, throttle: fast, headers: { Connection: close } }')).mistakes.length).toBeGreaterThanOrEqual(2);
  });

  it('says how to mend the framing headers', async () => {
    const { mistakes } = await compileYaml('{ json: 1, headers: { Content-Length: 5 } }');
    expect(mistakes[0]!.fix).toContain('fault: wrongLength');
  });
});
