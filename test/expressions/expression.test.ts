import { describe, expect, it } from 'vitest';
import { celWords, compileExpression, type ExpressionMistake } from '../../src/expressions/index.ts';
import { ExpressionFailure, MalformedBody, need } from '../../src/model/index.ts';
import { evaluate, facts, scope, type Given } from './facts.ts';

function mistake(source: string, more = {}): ExpressionMistake {
  const compiled = compileExpression(source, { ...scope, ...more });
  if (!('code' in compiled)) throw new Error(`${source} has no mistake`);
  return compiled;
}

function reason(source: string, given: Given = {}): string {
  try {
    evaluate(source, given);
  } catch (error) {
    if (error instanceof ExpressionFailure) return error.reason;
    throw error;
  }
  throw new Error(`${source} did not fail`);
}

function needs(source: string): number {
  const compiled = compileExpression(source, scope);
  if ('code' in compiled) throw new Error(compiled.message);
  return compiled.needs;
}

describe('names', () => {
  const json = '{"a":{"b":1},"items":[{"n":1}],"none":null}';

  it.each<[string, Given, unknown]>([
    ['request.method + " " + request.path', { method: 'POST', url: '/a%20b?x=1' }, 'POST /a%20b'],
    ['request.url', { url: '/a?x=1' }, '/a?x=1'],
    ['params.id', { params: { id: '7' } }, '7'],
    ['query.id', { url: '/?id=7&id=8' }, '7'],
    ['queryAll.id', { url: '/?id=7&id=8' }, ['7', '8']],
    ['queryAll.other', {}, []],
    ['headers["Content-Type"]', { headers: { 'content-type': 'text/csv' } }, 'text/csv'],
    ['cookies.sid', { cookies: { sid: 's' } }, 's'],
    ['form.name', { form: { name: ['Ada'] } }, 'Ada'],
    ['body.name', { form: { name: ['Ada'] } }, 'Ada'],
    ['body', { text: 'hello' }, 'hello'],
    ['body', {}, null],
    ['body.a', { json }, { b: 1 }],
    ['raw.size', { text: 'hello' }, 5],
    ['call + 1', { call: 2 }, 3],
    ['session', {}, 'default'],
    ['string(now)', {}, '2026-03-01T12:00:00.000Z'],
    ['now', {}, '2026-03-01T12:00:00.000Z'],
    ['now.getHours("America/New_York")', {}, 7],
    ['violations[0].at', {}, 'query.id'],
    ['parts.file.filename', { parts: [{ name: 'file', filename: 'a.zip' }] }, 'a.zip'],
    ['parts["file"].size', { parts: [{ name: 'file', sizeBytes: 9 }] }, 9],
    ['size(partsAll.file)', { parts: [{ name: 'file' }, { name: 'file' }] }, 2],
    ['size(query)', { url: '/?a=1&b=2' }, 2],
  ])('%s of %o is %o', (source, given, value) => {
    expect(evaluate(source, given)).toEqual(value);
  });

  it.each(['params.x', 'query.x', 'headers.x', 'cookies.x', 'form.x', 'parts.x', 'body.x', 'query["x"]', 'body["x"]', 'query.constructor', 'query.toString', 'body.constructor', 'headers.hasOwnProperty'])('%s is null when it is missing', (source) => {
    expect(evaluate(source, { json })).toBeNull();
  });

  it.each([
    ['body.a.c', '`body.a` has no `c`, but `b`'],
    ['body.x.y', '`body.x` is null, so it has no `y`'],
    ['body.none.y', '`body.none` is null, so it has no `y`'],
    ['body.items[3].n', '`body.items` has 1 items, none at 3'],
    ['body.a.constructor', '`body.a` has no `constructor`'],
    ['body.a["__proto__"]', '`body.a` has no `__proto__`'],
    ['parts.file.size', 'the request has no part `file`'],
  ])('%s fails with the path: %s', (source, why) => {
    expect(reason(source, { json })).toBe(why);
  });

  it.each([
    ['has(body.a.b)', true],
    ['has(body.a.c)', false],
    ['has(body.x.y.z)', false],
    ['has(body.none)', true],
    ['has(body.items[0].n)', true],
    ['has(body.items[1].n)', false],
    ['has(query.x)', false],
    ['has(headers.accept)', true],
    ['has(parts.file.size)', false],
    ['has(body)', true],
  ])('%s is %s', (source, value) => {
    expect(evaluate(source, { json, headers: { accept: '*/*' } })).toBe(value);
  });

  it('gives the default for what is null or missing at any depth, but not for other failures', () => {
    expect(evaluate('default(body.a.x.y, "d")', { json })).toBe('d');
    expect(evaluate('default(body.none, "d")', { json })).toBe('d');
    expect(evaluate('default(upper(query.x), "d")', { json })).toBe('d');
    expect(evaluate('body.a.x.default(1 + 1)', { json })).toBe(2);
    expect(evaluate('default(body.a.b, 1 / 0)', { json })).toBe(1);
    expect(reason('default(int(request.method), 1)')).toBe('"GET" is no number');
  });

  it('keeps keys of the prototype as plain keys of data', () => {
    expect(evaluate('body.constructor + body["__proto__"].q', { json: '{"constructor":"c","__proto__":{"q":1}}' })).toBe('c1');
    expect(JSON.stringify(evaluate('{"__proto__": 1, "constructor": 2}'))).toBe('{"__proto__":1,"constructor":2}');
  });

  it('reads a bound name, and hides those of the language behind it and behind loop variables', () => {
    expect(evaluate('status + 1', { bound: { status: 404 } }, { bound: ['status'] })).toBe(405);
    expect(evaluate('[1, 2].map(query, query + call)', { call: 3 })).toEqual([4, 5]);
  });

  it('lets a malformed body through as what it is, even under default()', () => {
    expect(() => evaluate('default(body.a, 1)', { malformed: true })).toThrow(MalformedBody);
    expect(() => evaluate('body.a == 1 || true', { malformed: true })).toThrow(MalformedBody);
  });

  it('touches only what it uses', () => {
    const touched: string[] = [];
    evaluate('[query.id, headers.accept, raw.size, request.path]', { json, touched });
    expect(touched).toEqual([]);
    evaluate('body.a.b', { json, touched });
    expect(touched).toEqual(['json']);
  });

  it('needs what it uses and nothing else', () => {
    expect(needs('query.id + params.x + raw.sha256 + session + parts.file.size')).toBe(need.nothing);
    expect(needs('body.x')).toBe(need.body);
    expect(needs('form.x')).toBe(need.body);
    expect(needs('parts.file.text')).toBe(need.partText);
    expect(needs('parts')).toBe(need.partText);
    expect(needs('parts.map(p, 1)')).toBe(need.partText);
    expect(needs('call == 1 ? uuid() : body.x')).toBe(need.call | need.body);
    expect(needs('[1].map(i, random(i, 2))')).toBe(need.call);
    expect(needs('has(body.x) && has(query.y)')).toBe(need.body);
  });

  it('is fixed when no request can change it', () => {
    const fixed = (source: string): boolean => {
      const compiled = compileExpression(source, scope);
      return !('code' in compiled) && compiled.fixed;
    };
    expect(['1 + 1', '[1, 2].map(i, i * 2)', 'fixture("hello.txt").size', 'cel.bind(x, 2, x)'].filter((source) => !fixed(source))).toEqual([]);
    expect(['now', 'query.x', 'uuid()', 'date("YYYY")', '[1].map(i, i + call)'].filter(fixed)).toEqual([]);
  });
});

describe('numbers and text', () => {
  it.each<[string, unknown]>([
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7.0 / 2', 3.5],
    ['double(7) / 2', 3.5],
    ['body.seven / body.two', 3],
    ['(body.two * 1.5) / 2', 1.5],
    ['body.seven % 4', 3],
    ['body.half * 3', 1.5],
    ['body.id', 9007199254740993n],
    ['body.id + 1', 9007199254740994n],
    ['body.id == 9007199254740993', true],
    ['body.id == 9007199254740992', false],
    ['99999999999999999999 + 1', 100000000000000000000n],
    ['0.1 + 0.2 > 0.3', true],
    ['"a" + 1', 'a1'],
    ['"1" + 2', '12'],
    ['"at " + now', 'at 2026-03-01T12:00:00.000Z'],
    ['"<" + query.none + ">"', '<>'],
    ['"list " + [1, "x"]', 'list [1,"x"]'],
    ['query.n * 2', 14],
    ['query.n - "0.5"', 6.5],
    ['query.n == 7', true],
    ['7 == query.n', true],
    ['query.n != 7', false],
    ['"07" == 7', false],
    ['query.n > 6 && query.n <= 7.0', true],
    ['query.n >= 6.5', true],
    ['"10" < "9"', true],
    ['"true" == true', true],
    ['null == 0', false],
    ['query.n in [6, 7]', true],
    ['[1, "2"] == [1.0, 2]', true],
    ['{"a": 1} == {"a": 1.0}', true],
    ['"b" in {"a": 1}', false],
    ['"ell" in "hello"', true],
    ['1u + 2', 3],
    ['now > "2026-01-01T00:00:00Z"', true],
    ['now - timestamp("2026-03-01T11:00:00Z") == duration("1h")', true],
    ['[1] + ["a"]', [1, 'a']],
    ['-query.n', -7],
    ['true ? 1 : "x"', 1],
    ['[3, 1.5, "2"].sum()', 6.5],
    ['body.items[body.two - 2]', 5],
    ['round(2.5) + round(-2.5)', 0],
    ['number("1e3")', 1000],
    ['1.0', 1],
    ['b"abc"', 'YWJj'],
    ['duration("90m")', '5400s'],
    ['{"at": now, "n": 1}', { at: '2026-03-01T12:00:00.000Z', n: 1 }],
  ])('%s is %o', (source, value) => {
    expect(evaluate(source, { url: '/?n=7', json: '{"seven":7,"two":2.0,"half":0.5,"id":9007199254740993,"items":[5]}' })).toEqual(value);
  });

  it.each<[string, unknown]>([
    ['substring(body.t, 0, 1)', '😀'], ['substring(body.t, 1, 2)', 'a'], ['substring(body.t, 2)', '😀b'], ['substring(body.t, 3, 99)', 'b'], ['substring(body.t, 9)', ''],
    ['charAt(body.t, 2)', '😀'], ['charAt(body.t, 3)', 'b'], ['charAt(body.t, 4)', ''], ['charAt(body.t, -1)', ''],
    ['indexOf(body.t, "b")', 3], ['indexOf(body.t, "😀", 1)', 2], ['indexOf(body.t, "z")', -1], ['lastIndexOf(body.t, "😀")', 2],
    ['substring(body.t, indexOf(body.t, "a"))', 'a😀b'],
    ['first(body.t)', '😀'], ['last("a😀")', '😀'], ['first("")', null], ['slice(body.t, 0, 1)', '😀'], ['slice(body.t, -2)', '😀b'], ['slice(body.t, -3, -1)', 'a😀'],
    ['split(body.t, "")', ['😀', 'a', '😀', 'b']], ['capitalize("𐐨x")', '𐐀x'], ['padStart("😀", 3, "-")', '--😀'], ['padEnd("a", 4, "😀b")', 'a😀b😀'], ['size(padEnd("😀", 5))', 5], ['reverse(body.t)', 'b😀a😀'],
  ])('counts letters, not halves of them: %s is %o', (source, value) => {
    expect(evaluate(source, { json: '{"t":"😀a😀b"}' })).toEqual(value);
  });

  it.each([
    ['query.n - 1', '`query.n` is the text "abc", no number, and `-` needs a number'],
    ['query.none - 1', '`query.none` is null, and `-` needs a number'],
    ['query.none < 1', '`query.none` is null, and `<` needs a number'],
    ['1 / (size(query) - 1)', 'division by zero'],
    ['upper(query.none)', '`query.none` is null, and `upper` needs text'],
    ['upper(violations[0])', '`violations[0]` is a map, and `upper` needs text'],
    ['padStart("x", query.n)', '`query.n` is the text "abc", and `padStart` needs a whole number'],
    ['!default(query.n, true)', '`default(query.n, true)` is text, and what `!` turns around must be true or false'],
    ['json(query.n).x', "the text is no JSON: Unexpected token"],
  ])('%s fails: %s', (source, why) => {
    expect(reason(source, { url: '/?n=abc' })).toContain(why);
  });

  it('settles && and || although the other side fails, as CEL has it', () => {
    expect(evaluate('body.x.y == 1 || true', { json: '{}' })).toBe(true);
    expect(evaluate('body.x.y == 1 && false', { json: '{}' })).toBe(false);
    expect(reason('body.x.y == 1 || false', { json: '{}' })).toContain('`body.x` is null');
  });
});

describe('mistakes', () => {
  it.each<[string, string, number, number, RegExp]>([
    ['quer.id', 'unknown-name', 0, 4, /Did you mean `query`/],
    ['1 + uppr("x")', 'unknown-function', 4, 4, /Did you mean `upper`/],
    ['query.id.uper()', 'unknown-function', 9, 4, /Did you mean `upper`/],
    ['headers.content-type', 'hyphen-in-name', 0, 20, /headers\["content-type"\]/],
    ['headers.x-request-id', 'hyphen-in-name', 0, 20, /headers\["x-request-id"\]/],
    ['headers.x-2fa', 'hyphen-in-name', 11, 2, /headers\["x-2fa"\]/],
    ['body.person.first-name', 'hyphen-in-name', 0, 22, /body\.person\["first-name"\]/],
    ['auth.sub', 'unknown-field', 5, 3, /subject/],
    ['1 + stat', 'unknown-name', 4, 4, /`state`/],
    ['user.name', 'unknown-name', 0, 4, /auth\.subject/],
    ['now()', 'unknown-function', 0, 3, /without/],
    ['request.pth', 'unknown-field', 8, 3, /Did you mean `path`/],
    ['request.body', 'unknown-field', 8, 4, /`body` on its own/],
    ['parts.file.nam', 'unknown-field', 11, 3, /filename|Did you mean/],
    ['raw["sha"]', 'unknown-field', 7, 3, /./],
    ['upper([1])', 'wrong-type', 6, 3, /./],
    ['"a" - [1]', 'wrong-type', 0, 9, /./],
    ['now + 1', 'wrong-type', 0, 7, /duration/],
    ['{"a": 1} + {}', 'wrong-type', 0, 13, /merge/],
    ['1 && true', 'wrong-type', 0, 1, /Compare/],
    ['query.debug ? 1 : 2', 'wrong-type', 0, 11, /Compare/],
    ['size(5)', 'wrong-type', 5, 1, /./],
    ['upper()', 'wrong-arguments', 0, 7, /./],
    ['default(1)', 'wrong-arguments', 0, 10, /./],
    ['query.id = 1', 'expression-syntax', 9, 1, /`==`/],
    ['a === b', 'expression-syntax', 4, 1, /`==`/],
    ['true and false', 'expression-syntax', 5, 3, /`&&`/],
    ['query.id | upper', 'expression-syntax', 9, 1, /upper\(x\)/],
    ['query.id ?? 1', 'expression-syntax', 10, 1, /default/],
    ['body?.a', 'expression-syntax', 5, 1, /default/],
    ['"abc', 'expression-syntax', 0, 4, /./],
    ['(1', 'expression-syntax', 2, 0, /./],
    ['', 'empty-expression', 0, 0, /./],
    ['{a: 1}', 'bare-key', 1, 1, /`"a"`/],
    ['JSON.parse(body)', 'unknown-name', 0, 4, /`json\(x\)`/],
    ['Math.round(1.5)', 'unknown-name', 0, 4, /`round\(x\)`/],
    ['uuid', 'unknown-name', 0, 4, /uuid\(/],
    ['query()', 'unknown-function', 0, 5, /without/],
    ['status', 'unknown-name', 0, 6, /errors/],
    ['process.env.HOME', 'unknown-name', 0, 7, /./],
    ['[1].map(1, 2)', 'expression-syntax', 8, 1, /./],
    ['fixture("nope.txt").text', 'no-fixture', 8, 10, /hello\.txt/],
    ['fixture(query.id).text', 'fixture-name', 8, 8, /./],
    ['fixture("hello.txt").txt', 'unknown-field', 21, 3, /`text`/],
    ['fake("person.fulName")', 'unknown-fake', 5, 16, /person\.fullName/],
    ['fake("fullName")', 'unknown-fake', 5, 10, /person\.fullName/],
    ['date("YYYY", now, "Europe/Berln")', 'unknown-zone', 18, 14, /Europe\/Berlin/],
    ['query.id.matches("(?=x)")', 'bad-pattern', 17, 7, /look-around/],
    ['hmac("sha257", "k", "x")', 'bad-argument', 5, 8, /sha256/],
    ['${{ quer.id }}', 'unknown-name', 4, 4, /query/],
    ['  ${{ 1 +  }}', 'expression-syntax', 11, 0, /./],
    ['${{ 1', 'unclosed-expression', 0, 3, /single quotes/],
    ['${{ 1 }} x', 'one-expression', 0, 10, /./],
  ])('%s: %s at %i+%i', (source, code, offset, length, fix) => {
    const found = mistake(source);
    expect([found.code, found.offset, found.length]).toEqual([code, offset, length]);
    expect(`${found.fix} ${found.expected} ${found.message}`).toMatch(fix);
    expect(found.message).not.toContain('\n');
  });

  it('finds every mistake of an expression', () => {
    const found = mistake('foo + bar(1) + quer.id');
    expect([found, ...found.further!].map(({ offset, length }) => [offset, length])).toEqual([[0, 3], [6, 3], [15, 4]]);
  });

  it('lets the place decide which names are there', () => {
    expect(mistake('stats', { bound: ['status', 'reason'] }).fix).toBe('Did you mean `status`?');
  });

  it('has no name that is a word of CEL', () => {
    const named = (name: string): boolean => !('code' in compileExpression(`${name}.id`, { ...scope, bound: [name] }));
    expect([...celWords].filter(named)).toEqual([]);
    expect(['task', 'has', 'type', 'default', 'class', 'map', 'imported'].every(named)).toBe(true);
  });

  it('names the expression and the reason, on one line, when it fails', () => {
    const compiled = compileExpression('body.a\n  .b', scope);
    if ('code' in compiled) throw new Error(compiled.message);
    let failure: unknown;
    try {
      compiled.evaluate(facts({ json: '{}' }));
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ExpressionFailure);
    expect((failure as ExpressionFailure).expression).toBe('body.a .b');
    expect((failure as ExpressionFailure).reason).toBe('`body.a` is null, so it has no `b`');
  });
});

describe('randomness', () => {
  it('makes the same for the same place and call, and other values elsewhere', () => {
    expect(evaluate('uuid()')).toBe(evaluate('uuid()'));
    expect(evaluate('uuid()')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(evaluate('uuid()', { call: 2 })).not.toBe(evaluate('uuid()'));
    expect(evaluate('uuid()', {}, { label: 'elsewhere' })).not.toBe(evaluate('uuid()'));
    expect(evaluate('uuid() == uuid()')).toBe(false);
  });

  it('keeps random numbers within their bounds, past 2^53 too', () => {
    for (let call = 1; call <= 50; call += 1) {
      expect(evaluate('cel.bind(n, random(-3, 3), n >= -3 && n <= 3 && type(n) == "int")', { call })).toBe(true);
      expect(evaluate('cel.bind(n, random(9007199254740993, 9007199254740999), n >= 9007199254740993 && n <= 9007199254740999)', { call })).toBe(true);
      expect(evaluate('cel.bind(n, random(0.5, 1.0), n >= 0.5 && n <= 1)', { call })).toBe(true);
    }
  });

  it('makes card numbers and IBANs whose check digits are right', () => {
    const luhn = (text: string): number => [...text].reverse().reduce((sum, digit, index) => sum + (index % 2 ? (Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2) : Number(digit)), 0) % 10;
    for (let call = 1; call <= 20; call += 1) {
      expect(luhn(evaluate('fake("finance.creditCardNumber")', { call }) as string)).toBe(0);
      const iban = evaluate('fake("finance.iban")', { call }) as string;
      expect(BigInt(`${iban.slice(4)}1314${iban.slice(2, 4)}`) % 97n).toBe(1n);
    }
  });
});
