import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/base/json.ts';
import { makeOrdinaryCheck } from '../../src/matchers/ordinary-schema.ts';
import { makeEngineCheck } from '../../src/matchers/schema-engine.ts';

/** Numbers as the text that they come in: a double, a long integer, a long fraction. */
const number = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -3, max: 6 }).map(String) }, fc.constantFrom('0.5', '-0', '1.0', '2.50', '19.99', '19.995', '1e3', '1e400', '9007199254740993', '2147483648', '0.1234567890123456789'));
const text = fc.constantFrom('', 'a', 'ab', 'abc', '😀', '😀é', '\ud800', '2026-01-31', '2026-02-30', '2026-01-31T10:00:00Z', '2026-01-31 10:00:00z', '2016-12-31T23:59:60Z', '10:00:00Z', 'a@b.test', '2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d', 'https://x.test/a', '127.0.0.1', 'P1D', '[');
const name = fc.constantFrom('a', 'b', 'x y', '1', 'toString', '__proto__');

/** A value as JSON text. */
const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true }, fc.constantFrom('null', 'true', 'false'), number, text.map((one) => JSON.stringify(one)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc.uniqueArray(fc.tuple(name, tie('value')), { maxLength: 3, selector: ([key]) => key }).map((fields) => `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${inner}`).join(',')}}`),
  ),
})).value;

const scalar = fc.oneof(fc.constantFrom(null, true, false), fc.integer({ min: -3, max: 6 }), fc.constant(0.5), text);
const count = fc.integer({ min: 0, max: 3 });
const limit = fc.oneof(fc.integer({ min: -3, max: 6 }), fc.constantFrom(0.5, -0, 1e21));
const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'array', 'object');
const formats = ['date', 'time', 'date-time', 'iso-time', 'iso-date-time', 'duration', 'uri', 'uri-reference', 'email', 'hostname', 'ipv4', 'ipv6', 'regex', 'uuid', 'json-pointer', 'byte', 'int32', 'int64', 'double', 'password'];
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined, freq: 3 });

interface Tied { schema: unknown; map: object }
const schema = fc.letrec<Tied>((tie) => ({
  schema: fc.oneof({ maxDepth: 3 }, { weight: 1, arbitrary: fc.boolean() as fc.Arbitrary<unknown> }, { weight: 8, arbitrary: tie('map') }),
  map: fc.tuple(
    fc.record({ type: fc.oneof(type, type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })) }, { requiredKeys: [] }),
    fc.oneof(
      fc.constant({}), fc.record({ enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 12 }) }), fc.record({ const: scalar }),
      fc.record({ title: some(fc.constant('t')), default: some(scalar), 'x-note': some(fc.constant(1)), examples: some(fc.constant([{ a: 1 }])) }),
      fc.record({ maximum: some(limit), minimum: some(limit), exclusiveMaximum: some(limit), exclusiveMinimum: some(limit), multipleOf: some(fc.constantFrom(1, 0.5, 3, 0.01)), format: some(fc.constantFrom(...formats)) }),
      fc.record({ maxLength: some(count), minLength: some(count), pattern: some(fc.constantFrom('^a', '[a-c]{2}', '\\.test$', '^(a+)+$')), format: some(fc.constantFrom(...formats)) }),
      fc.record({ maxItems: some(count), minItems: some(count), uniqueItems: some(fc.boolean()), items: some(tie('schema')) }),
      fc.record({
        maxProperties: some(count), minProperties: some(count), required: some(fc.uniqueArray(name, { maxLength: 3 })),
        properties: some(fc.dictionary(name.filter((one) => one !== '__proto__'), tie('schema'), { maxKeys: 3 })), additionalProperties: some(fc.oneof(fc.boolean(), tie('schema'))),
      }),
      fc.record({ not: tie('schema') }), fc.uniqueArray(fc.constantFrom('then', 'else'), { minLength: 1 }).chain((branches) => fc.record(Object.fromEntries(['if', ...branches].map((word) => [word, tie('schema')])))),
      fc.constantFrom('allOf', 'anyOf', 'oneOf').chain((word) => fc.record({ [word]: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) })),
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: tie('map') }),
  ).map((parts) => Object.fromEntries(parts.flatMap((part) => Object.entries(part as object)).filter(([, one]) => one !== undefined))),
})).map;

const draft = fc.constantFrom({}, {}, { $schema: 'http://json-schema.org/draft-07/schema#' }, { $schema: 'https://json-schema.org/draft/2019-09/schema', $id: 'https://x.test/a.json' });

describe('an ordinary schema', () => {
  it('finds what the engine finds, in the same words and order', async () => {
    await fc.assert(fc.asyncProperty(schema, draft, fc.array(value, { minLength: 1, maxLength: 12 }), async (body, head, values) => {
      const whole = { ...head, ...body };
      const quick = makeOrdinaryCheck(whole);
      const engine = await makeEngineCheck(whole);
      if (quick === null || 'code' in engine) throw new Error(`not ordinary: ${JSON.stringify(whole)} ${JSON.stringify(engine)}`);
      for (const json of values) {
        const came = parseJson(json);
        expect(quick.errors(came), json).toEqual(engine.errors(came));
        expect(quick.passes(came)).toBe(engine.passes(came));
      }
    }), { numRuns: 200 });
  }, 20_000);

  it('is one that the engine takes: with anything odd in it, the engine is asked', async () => {
    const words = ['type', 'enum', 'const', 'maximum', 'multipleOf', 'maxLength', 'pattern', 'format', 'items', 'uniqueItems', 'required', 'properties', 'additionalProperties', 'allOf', 'not', 'if', 'then', '$schema', '$id', '$ref', '$defs', '$async', 'nullable', 'title', 'deprecated', 'default', 'example', 'x-a', 'prefixItems', 'requierd'];
    const odd = fc.oneof(fc.constantFrom<unknown>(null, true, 0, -1, 1.5, Infinity, NaN, '', 'string', 'date', 'date_time', '(', '(?=a)', '\\1', '#', 'https://x.test/a', 'https://json-schema.org/draft/2020-12/schema', [], {}, { $id: 'a b' }, JSON.parse('{"__proto__":{"type":"x"}}')), schema, fc.array(fc.oneof(type, scalar, schema), { maxLength: 2 }));
    let taken = 0;
    await fc.assert(fc.asyncProperty(fc.oneof(schema, fc.constant({})), fc.constantFrom(...words), odd, fc.boolean(), async (body, word, given, nested) => {
      const whole = nested ? { properties: { a: { ...body, [word]: given } } } : { ...body, [word]: given };
      if (makeOrdinaryCheck(whole) === null) return;
      taken += 1;
      expect(await makeEngineCheck(whole)).not.toHaveProperty('code');
    }), { numRuns: 300 });
    expect(taken).toBeGreaterThan(25);
  }, 20_000);

  it.each([
    { $ref: '#/$defs/a', $defs: { a: {} } }, { type: 'strng' }, { type: [] }, { requierd: ['a'] }, { properties: { a: { minimum: 'x' } } }, { patternProperties: { a: {} } },
    { format: 'date_time' }, { format: 'iban' }, { pattern: '(?=a)' }, { enum: [{}] }, { enum: [] }, { items: [{}] }, { nullable: true }, { $schema: 'http://json-schema.org/draft-04/schema#' }, { else: {} }, { properties: { a: { $id: 'https://x.test/a' } } },
  ])('is not %j', (odd) => {
    expect(makeOrdinaryCheck(odd)).toBeNull();
  });

  it.each([
    ['19.99', 0.01, true], ['0.3', 0.1, true], ['1.15', 0.05, true], ['123456789.01', 0.01, true], ['-0.07', 0.01, true], ['0', 0.3, true], ['1e308', 0.01, true],
    ['19.995', 0.01, false], ['19.990000001', 0.01, false], ['0.35', 0.1, false], ['7', 3, false], ['1e400', 2, false], ['1e-7', 0.01, false],
  ])('says whether %s is a multiple of %d by the decimals written', async (json, of, passes) => {
    const engine = await makeEngineCheck({ multipleOf: of });
    if ('code' in engine) throw new Error(engine.message);
    expect([makeOrdinaryCheck({ multipleOf: of })!.passes(parseJson(json)), engine.passes(parseJson(json))]).toEqual([passes, passes]);
  });

  it('counts equal items among a hundred thousand at once, and tells of a hundred places at most', async () => {
    const items = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    const check = makeOrdinaryCheck({ uniqueItems: true, items: { maxProperties: 1 } })!;
    expect(check.passes(items)).toBe(true);
    expect(check.errors([...items, { index: 0 }])).toHaveLength(1);
    expect(makeOrdinaryCheck({ items: false })!.errors(items)).toHaveLength(100);
  });
});
