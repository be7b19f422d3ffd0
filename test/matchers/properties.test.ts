import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherMapShape } from '../../src/matchers/index.ts';
import { compileForTest } from '../support/compiler.ts';
import { makeFacts, makePart, makeRequest } from '../support/facts.ts';

const word = fc.constantFrom('a', 'b', 'ab', 'A', '1', '01', '1.0', '', 'x y', 'é', '2026-01-31', '__proto__', 'null');
const scalar = fc.oneof(word, fc.integer({ min: -2, max: 12 }), fc.boolean());
const small = fc.integer({ min: 0, max: 4 });

/** One to three operators that make sense together. */
const textTest: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  test: fc.oneof(
    { withCrossShrink: true, maxDepth: 2 }, scalar,
    fc.oneof(fc.record({ equals: scalar }), fc.record({ contains: word }), fc.record({ startsWith: word }), fc.record({ endsWith: word }), fc.record({ matches: fc.constantFrom('^a', '[0-9]+', 'b$') }), fc.record({ oneOf: fc.array(scalar, { minLength: 1, maxLength: 3 }) }))
      .chain((map) => fc.constantFrom(map, { ...map, ignoreCase: true }, { ...map, type: 'text' }, { ...map, length: { min: 1 } })),
    fc.oneof(fc.record({ min: small }), fc.record({ above: small }), fc.record({ max: small }), fc.record({ below: small }), fc.constant({ min: 1, below: 9 })),
    fc.record({ present: fc.boolean() }), fc.record({ date: fc.boolean() }), fc.record({ type: fc.constantFrom('number', ['boolean', 'integer']) }), fc.record({ length: small }),
    fc.record({ not: tie('test') }), fc.record({ not: tie('test'), present: fc.constant(true) }),
  ),
})).test;

const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('id', 'items', 'name', 'min'), tie('value'), { maxKeys: 3 })),
})).value;

const jsonTest: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, json, textTest, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('id', 'items', 'name'), tie('value'), { maxKeys: 3 })),
})).value;

const named = (test: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.dictionary(fc.constantFrom('id', 'tag', 'x-id'), test, { maxKeys: 2 });

const kinds: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  query: named(textTest), headers: named(textTest), cookies: named(textTest), params: named(textTest), form: named(textTest),
  json: jsonTest, jsonPath: fc.dictionary(fc.constantFrom('$.id', '$..name', '$.items[*]'), jsonTest, { maxKeys: 2 }), text: textTest,
  schema: fc.constantFrom({ type: 'object' }, { required: ['id'] }, { properties: { id: { type: 'integer', minimum: 2 } } }),
  raw: fc.record({ size: fc.constantFrom({ max: '3 B' }, { min: '2 B' }, '0') }), xpath: fc.dictionary(fc.constantFrom('//id', '/a/@b', 'count(//*)'), textTest, { maxKeys: 2 }),
  multipart: fc.dictionary(fc.constantFrom('file', 'id'), fc.oneof(scalar, fc.record({ filename: textTest, size: fc.constant({ max: '2 B' }), text: textTest, count: small, present: fc.boolean(), json: jsonTest, zip: fc.constant({ has: '*.csv', entries: { min: 1 } }) }, { requiredKeys: [] })), { maxKeys: 2 }),
  contentType: fc.constantFrom('application/json', ['text/*', 'application/xml']), call: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.record({ every: fc.integer({ min: 1, max: 3 }) })), chance: fc.constantFrom('0%', '50%', '100%'),
  if: fc.constantFrom('query.id == "1"', 'size(query) > 1'),
};
const leaf = fc.uniqueArray(fc.constantFrom(...Object.keys(kinds)), { minLength: 1, maxLength: 3 }).chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, kinds[key]!]))));

const map: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  map: fc.oneof({ maxDepth: 2 }, leaf, fc.record({ any: fc.array(tie('map'), { minLength: 1, maxLength: 3 }) }), fc.record({ all: fc.array(tie('map'), { minLength: 1, maxLength: 2 }) }), fc.record({ not: tie('map') })),
})).map;

const request = fc.record({
  pairs: fc.array(fc.tuple(fc.constantFrom('id', 'tag', 'x-id'), word), { maxLength: 4 }),
  type: fc.constantFrom(null, 'application/json', 'text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/zip'),
  body: fc.oneof(fc.constant(undefined), word, json.map((value) => JSON.stringify(value)), fc.constantFrom('<a b="1"><id>1</id></a>', 'id=1&tag=a', '{"id":9007199254740993}')),
  parts: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.array(fc.record({ name: fc.constantFrom('file', 'id'), text: word, filename: fc.option(word) }).map(makePart), { maxLength: 3 }) }),
  call: fc.integer({ min: 1, max: 4 }),
}).map(({ pairs, type, body, parts, call }) => {
  const query = new URLSearchParams(pairs).toString();
  const headers = [...pairs.filter(([name]) => name === 'x-id').flat(), 'cookie', pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; '), ...(type === null ? [] : ['Content-Type', type])];
  return makeFacts(makeRequest({ method: 'POST', url: `/?${query}`, rawHeaders: headers, ...(body !== undefined && { body }) }, parts), { call, params: Object.fromEntries(pairs) });
});

type Outcome = { readonly holds: boolean } | { readonly threw: string };

function outcome(ask: () => boolean): Outcome {
  try {
    return { holds: ask() };
  } catch (error) {
    return { threw: (error as Error).name };
  }
}

describe('any matcher', () => {
  it('holds exactly when its explanation is empty', async () => {
    await fc.assert(fc.asyncProperty(map, fc.array(request, { minLength: 4, maxLength: 8 }), async (source, requests) => {
      const { matcher, mistakes } = await compileForTest(source);
      fc.pre(mistakes.length === 0);
      for (const facts of requests) {
        const holds = outcome(() => matcher.holds(facts));
        const explained = outcome(() => matcher.explain(facts).length === 0);
        // What throws may also be told as one mismatch among others; it never makes a matcher hold.
        if ('threw' in holds || 'threw' in explained) expect('holds' in holds && holds.holds).toBe(false);
        else expect(holds).toEqual(explained);
        if ('threw' in holds) expect(['MalformedBody', 'ExpressionFailure']).toContain(holds.threw);
      }
    }), { numRuns: 150 });
  });

  it('never holds for a request that its pins rule out', async () => {
    await fc.assert(fc.asyncProperty(map, fc.array(request, { minLength: 2, maxLength: 4 }), async (source, requests) => {
      const { matcher, mistakes } = await compileForTest(source);
      fc.pre(mistakes.length === 0 && matcher.pins.length > 0);
      for (const facts of requests) {
        const pinned = matcher.pins.every((pin) => (pin.in === 'params' ? facts.params[pin.name] === pin.value : (facts.request[pin.in].get(pin.name) ?? []).includes(pin.value)));
        if (!pinned) expect(outcome(() => matcher.holds(facts))).not.toEqual({ holds: true });
      }
    }), { numRuns: 60 });
  });
});

describe('the shape of a map of matchers', () => {
  it('gives a checked map or mistakes for any value, never an exception', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('query', 'json', 'schema', 'xpath', 'jsonPath', 'multipart', 'raw', 'any', 'not', 'call', 'rate'), fc.jsonValue())), async (value) => {
      const { matcher, mistakes } = await compileForTest(typeof value === 'string' ? [value] : value);
      expect(mistakes.length > 0 || matcher.explain !== undefined).toBe(true);
    }), { numRuns: 200 });
    expect(matcherMapShape.expected).toContain('matchers');
  });
});
