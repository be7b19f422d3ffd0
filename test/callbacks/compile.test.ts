import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { callbackShape } from '../../src/callbacks/index.ts';
import { ExpressionFailure, need } from '../../src/model/index.ts';
import { Mistakes } from '../../src/scenario/mistakes.ts';
import { SiteCompiler } from '../../src/scenario/compiler.ts';
import { makeDraft } from '../support/facts.ts';
import { compileYaml, factsOf, headersOf, requestOf } from './compile-for-test.ts';

/** Code, path and fix of the first mistake. */
function mistakeOf(yaml: string): { code: string; at: string; fix: string | undefined; said: string } {
  const { mistakes } = compileYaml(yaml);
  expect(mistakes.length, yaml).toBeGreaterThan(0);
  const { code, path, fix, message, expected } = mistakes[0]!;
  return { code, at: path.join('.'), fix, said: `${message}: ${expected}` };
}

describe('the request of a callback', () => {
  test('is a POST of JSON without delay unless more is said', () => {
    const request = requestOf('{ to: http://localhost:3000/hooks, json: { event: document.checked } }');
    expect(request).toMatchObject({ url: 'http://localhost:3000/hooks', method: 'POST', afterMs: 0, retry: { times: 0 }, sign: null });
    expect(request.body!.toString()).toBe('{"event":"document.checked"}');
    expect(headersOf(request)).toEqual({ 'content-type': 'application/json', 'user-agent': 'rehearsal' });
  });

  test('is filled from the request that caused it', () => {
    const facts = factsOf({ callbackUrl: 'https://localhost:8443/a b?x=1#there', method: 'put', id: '9007199254740993', wait: '3 s' });
    const request = requestOf("{ to: '${{ body.callbackUrl }}', method: '${{ body.method }}', after: '${{ body.wait }}', headers: { X-Id: '${{ query.id }}' }, json: { id: '${{ body.id }}', path: '${{ request.path }}' } }", facts);
    expect(request).toMatchObject({ url: 'https://localhost:8443/a%20b?x=1', method: 'PUT', afterMs: 3000 });
    expect(request.body!.toString()).toBe('{"id":"9007199254740993","path":"/documents"}');
    expect(headersOf(request)['x-id']).toBe('7');
  });

  test.each([
    ['json: { price: 1.10, id: 9007199254740993 }', 'application/json', '{"price":1.10,"id":9007199254740993}'],
    ['text: Grüße', 'text/plain; charset=utf-8', 'Grüße'],
    ['xml: <a/>', 'application/xml; charset=utf-8', '<a/>'],
    ['form: { a: 1, b: [x y, "&"], c: null }', 'application/x-www-form-urlencoded', 'a=1&b=x+y&b=%26'],
    ["form: '${{ body }}'", 'application/x-www-form-urlencoded', 'name=Ann&age=30'],
  ])('carries %s', (body, type, bytes) => {
    const request = requestOf(`{ to: http://localhost/, ${body} }`, factsOf({ name: 'Ann', age: 30 }));
    expect(request.body!.toString()).toBe(bytes);
    expect(headersOf(request)['content-type']).toBe(type);
  });

  test('takes its media type from `type`, or from a header', () => {
    expect(headersOf(requestOf('{ to: http://localhost/, type: application/cloudevents+json, json: {} }'))['content-type']).toBe('application/cloudevents+json');
    expect(headersOf(requestOf('{ to: http://localhost/, headers: { content-type: text/csv }, text: a;b }'))['content-type']).toBe('text/csv');
    expect(headersOf(requestOf('{ to: http://localhost/, headers: { Content-Type: null, User-Agent: null }, text: a }'))).toEqual({});
  });

  test('has no body when none is given', () => {
    const request = requestOf('{ to: http://localhost/, method: DELETE }');
    expect(request.body).toBeNull();
    expect(headersOf(request)).toEqual({ 'user-agent': 'rehearsal' });
  });

  test('cannot grow a second header out of an expression', () => {
    const request = requestOf("{ to: http://localhost/, headers: { X-Name: '${{ body.name }}' }, type: '${{ body.name }}', text: a }", factsOf({ name: 'a\r\nX-Evil: 1' }));
    expect(headersOf(request)).toMatchObject({ 'x-name': 'a  X-Evil: 1', 'content-type': 'a  X-Evil: 1' });
  });

  test('waits as `after` or `in` says, and tries again as `retry` says', () => {
    expect(requestOf('{ to: http://localhost/, after: 2 s }').afterMs).toBe(2000);
    expect(requestOf('{ to: http://localhost/, in: 2 s }').afterMs).toBe(2000);
    expect(requestOf('{ to: http://localhost/, retry: { times: 3, wait: 250 ms } }').retry).toEqual({ times: 3, waitMs: 250 });
    expect(requestOf('{ to: http://localhost/, retry: 2 }').retry).toEqual({ times: 2, waitMs: 1000 });
  });

  test('may be one of several', () => {
    const { callbacks, mistakes } = compileYaml('[{ to: http://localhost/1 }, { to: http://localhost/2 }]');
    expect(mistakes).toEqual([]);
    expect(callbacks.map((one) => one.render(factsOf()).url)).toEqual(['http://localhost/1', 'http://localhost/2']);
  });

  test('asks for the body of the request only when it reads it', () => {
    expect(compileYaml('{ to: http://localhost/, json: { a: 1 } }').callbacks[0]!.needs).toBe(need.nothing);
    expect(compileYaml("{ to: '${{ body.url }}' }").callbacks[0]!.needs & need.body).toBe(need.body);
    expect(compileYaml("{ to: http://localhost/, json: {}, sign: { hmac: sha256, secret: s, header: X-S, over: '${{ body }}' } }").callbacks[0]!.needs).toBe(need.nothing);
  });

  test.each([
    ['a URL that is not there', "{ to: '${{ body.url }}' }", {}, /got nothing/],
    ['another scheme', "{ to: '${{ body.url }}' }", { url: 'ftp://localhost/' }, /absolute `http` or `https` URL/],
    ['a path alone', "{ to: '${{ body.url }}' }", { url: '/hooks' }, /no URL/],
    ['a password in the URL', "{ to: '${{ body.url }}' }", { url: 'http://ann:s3cret@localhost/' }, /no user and no password(?!.*s3cret)/],
    ['a method that is none', "{ to: http://localhost/, method: '${{ body.m }}' }", { m: 'CONNECT' }, /no method/],
    ['a form that is none', "{ to: http://localhost/, form: '${{ body.f }}' }", { f: [1] }, /no form/],
    ['a wait that is none', "{ to: http://localhost/, after: '${{ body.t }}' }", { t: 'soon' }, /no time/],
    ['an empty secret', "{ to: http://localhost/, sign: { hmac: sha1, secret: '${{ body.s }}', header: X-S } }", {}, /secret of the signature is empty/],
    ['a body over 10 MB', "{ to: http://localhost/, text: '${{ body.x }}${{ body.x }}${{ body.x }}' }", { x: 'é'.repeat(1_700_000) }, /too large/],
  ])('fails, in words, on %s', (_what, yaml, body, words) => {
    const { callbacks, mistakes } = compileYaml(yaml);
    expect(mistakes).toEqual([]);
    const render = (): unknown => callbacks[0]!.render(factsOf(body));
    expect(render).toThrow(ExpressionFailure);
    expect(render).toThrow(words);
  });
});

describe('the signature of a callback', () => {
  const hmac = (algorithm: string, text: string, encoding: 'hex' | 'base64' = 'hex'): string => createHmac(algorithm, 's3cret').update(text).digest(encoding);

  test.each(['sha1', 'sha256', 'sha512'])('is the HMAC-%s of the body in hex unless more is said', (algorithm) => {
    const { sign } = requestOf(`{ to: http://localhost/, json: { a: ü }, sign: { hmac: ${algorithm}, secret: s3cret, header: X-Signature } }`);
    expect(sign!.header).toBe('X-Signature');
    expect(sign!.value(0)).toBe(hmac(algorithm, '{"a":"ü"}'));
  });

  test('covers what `over` says and looks as `value` says, with the time of the attempt', () => {
    const { sign } = requestOf("{ to: http://localhost/hook, json: { event: paid }, sign: { hmac: sha256, secret: s3cret, header: Stripe-Signature, over: '${{ time }}.${{ body }}', value: 't=${{ time }},v1=${{ hex }}' } }", factsOf({ event: 'of the request' }));
    expect(sign!.value(1_700_000_000_999)).toBe(`t=1700000000,v1=${hmac('sha256', '1700000000.{"event":"paid"}')}`);
    expect(sign!.value(1_700_000_005_000)).toBe(`t=1700000005,v1=${hmac('sha256', '1700000005.{"event":"paid"}')}`);
  });

  test('may cover method and URL, and be in base64', () => {
    const { sign } = requestOf("{ to: http://LOCALHOST:80/hook, method: PUT, text: hello, sign: { hmac: sha512, secret: s3cret, header: X-S, over: \"${{ method }}\\n${{ url }}\\n${{ sha256(body) }}\", value: 'v1 ${{ base64 }}' } }");
    expect(sign!.value(0)).toBe(`v1 ${hmac('sha512', `PUT\nhttp://localhost/hook\n${createHash('sha256').update('hello').digest('hex')}`, 'base64')}`);
  });

  test('covers empty text where there is no body', () => {
    expect(requestOf('{ to: http://localhost/, sign: { hmac: sha256, secret: s3cret, header: X-S } }').sign!.value(0)).toBe(hmac('sha256', ''));
  });

  test('knows the names of the language beside its own, as they were when the request was answered', () => {
    const memory = makeDraft({ vars: { secret: 's3cret', key: 'before' } });
    const facts = factsOf({}, { memory, headers: { 'X-Id': 'r1' } });
    const { sign } = requestOf("{ to: http://localhost/, sign: { hmac: sha256, secret: '${{ vars.secret }}', header: X-S, over: '${{ headers[\"x-id\"] }}.${{ vars.key }}.${{ raw.size }}' } }", facts);
    memory.set('key', 'after');
    expect(sign!.value(0)).toBe(hmac('sha256', 'r1.before.2'));
  });

  test('reads the form of the request where it is asked to, though `body` is the callback\'s', () => {
    const facts = factsOf({}, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect(requestOf("{ to: http://localhost/, text: mine, sign: { hmac: sha256, secret: s3cret, header: X-S, over: '${{ form[\"{}\"] }}${{ body }}' } }", facts).sign!.value(0)).toBe(hmac('sha256', 'mine'));
  });

  test('that cannot be made is found out before the reply is gone', () => {
    const { callbacks } = compileYaml("{ to: http://localhost/, sign: { hmac: sha256, secret: s, header: X-S, over: '${{ 1 / int(default(vars.zero, 0)) }}' } }");
    expect(() => callbacks[0]!.render(factsOf())).toThrow(ExpressionFailure);
  });

  test('hides names that only it has from the rest of the callback', () => {
    expect(mistakeOf("{ to: http://localhost/, text: '${{ hex }}', sign: { hmac: sha256, secret: s, header: X-S } }").code).toBe('unknown-name');
    expect(mistakeOf("{ to: http://localhost/, sign: { hmac: sha256, secret: s, header: X-S, over: '${{ hex }}' } }").code).toBe('unknown-name');
  });
});

describe('mistakes in a callback', () => {
  test.each([
    ['to: /hooks', 'bad-url', 'Write its host, too: `http://localhost:3000/hooks`'],
    ['to: localhost:3000/hooks', 'bad-url', 'Write `http://localhost:3000/hooks`'],
    ["to: 'localhost:3000/${{ query.id }}'", 'bad-url', 'Write `http://localhost:3000/${{ query.id }}`'],
    ['to: ftp://localhost/x', 'bad-url', undefined],
    ["to: 'ftp://${{ query.host }}/x'", 'bad-url', undefined],
    ["to: 'http://'", 'bad-url', undefined],
    ['to: "http://ann:secret@localhost/"', 'bad-url', undefined],
    ['to: http://localhost/, method: post', 'wrong-value', 'Did you mean `POST`?'],
    ['to: http://localhost/, method: CONNECT', 'wrong-value', undefined],
    ['to: http://localhost/, headers: { "X Y": 1 }', 'bad-header-name', undefined],
    ['to: http://localhost/, headers: { Host: example.com }', 'framing-header', 'It is the host in `to`'],
    ['to: http://localhost/, headers: { content-length: 3 }', 'framing-header', 'It is worked out from the body'],
    ['to: http://localhost/, headers: { X-A: "a\\nb" }', 'bad-header-value', 'Give several values as a list'],
    ['to: http://localhost/, headers: { X-A: 1, x-a: 2 }', 'same-header-twice', 'Give its values as a list'],
    ['to: http://localhost/, json: {}, text: a', 'too-many-keys', 'Keep one of them'],
    ['to: http://localhost/, body: a', 'unknown-key', 'Write the body under its kind: `json`, `form`, `text`, `xml`'],
    ['to: http://localhost/, url: a', 'unknown-key', 'Write `to`'],
    ['json: {}', 'missing-key', undefined],
    ['to: http://localhost/, type: text/plain', 'no-body', undefined],
    ['to: http://localhost/, type: plain, text: a', 'bad-media-type', undefined],
    ['to: http://localhost/, type: text/plain, headers: { Content-Type: text/csv }, text: a', 'said-twice', 'Keep one of them'],
    ['to: http://localhost/, after: 1 s, in: 1 s', 'said-twice', 'Keep `after`'],
    ['to: http://localhost/, after: 5', 'wrong-value', 'Write the unit, such as `5 ms` or `5 s`'],
    ['to: http://localhost/, after: 4000 d', 'wrong-value', undefined],
    ['to: http://localhost/, retry: { times: 11 }', 'wrong-value', undefined],
    ['to: http://localhost/, retry: { times: 2, wait: 2 h }', 'wrong-value', undefined],
    ['to: http://localhost/, retry: { count: 2 }', 'unknown-key', 'Write `times`'],
    ['to: http://localhost/, sign: { hmac: md5, secret: s, header: X-S }', 'wrong-value', undefined],
    ['to: http://localhost/, sign: { hmac: sha256, secret: "", header: X-S }', 'wrong-value', undefined],
    ['to: http://localhost/, sign: { hmac: sha256, secret: s, header: "X S" }', 'wrong-value', undefined],
    ['to: http://localhost/, sign: { hmac: sha256, secret: s, header: Host }', 'framing-header', 'It is the host in `to`'],
    ['to: http://localhost/, headers: { x-s: 1 }, sign: { hmac: sha256, secret: s, header: X-S }', 'said-twice', 'Keep one of them'],
    ['to: http://localhost/, sign: { hmac: sha256, secret: s, header: X-S, value: sha256= }', 'no-signature', 'Write `\'${{ hex }}\'`'],
    ['to: http://localhost/, sign: { hmac: sha256, secret: s, header: X-S, prefix: sha256= }', 'unknown-key', 'Write `value`, such as `value: \'sha256=${{ hex }}\'`'],
  ])('%s', (yaml, code, fix) => {
    const found = mistakeOf(`{ ${yaml} }`);
    expect(found).toMatchObject({ code, fix });
  });

  test('never show the password of a URL', () => {
    expect(JSON.stringify(compileYaml('{ to: "http://ann:secret@localhost/" }').mistakes)).not.toContain('secret');
  });

  test('are placed where they stand', () => {
    expect(mistakeOf("{ to: http://localhost/, json: { a: ['${{ nobody }}'] } }").at).toBe('json');
    expect(mistakeOf('[{ to: http://localhost/ }, { to: nowhere }]').at).toBe('1.to');
  });
});

test('the shape of a callback is published once, and both words for the wait with it', () => {
  const definitions = new Map<string, Readonly<Record<string, unknown>>>();
  callbackShape.jsonSchema(definitions);
  expect(Object.keys(definitions.get('callback')!['properties'] as object)).toEqual(['to', 'method', 'after', 'in', 'headers', 'json', 'form', 'text', 'xml', 'type', 'sign', 'retry']);
});

test('names that a place has of its own go before those of the language, and are gone beside it', () => {
  const mistakes = new Mistakes();
  const names = { collectionNames: [], variableNames: [] };
  const site = { places: { place: () => ({ file: 'x', line: 1, column: 1 }) }, mistakes, fixtures: {}, counters: {}, pending: [], bound: new Map([['row', null]]), names } as unknown as ConstructorParameters<typeof SiteCompiler>[0];
  const compiler = new SiteCompiler(site, [], 'x');
  const facts = factsOf({ a: 1 }, { bound: { body: 'mine', row: 2 } });
  expect(compiler.withNames(['body']).at('over').expression('body + string(row)')!.evaluate(facts)).toBe('mine2');
  expect(compiler.expression('body.a')!.evaluate(facts)).toBe(1);
});
