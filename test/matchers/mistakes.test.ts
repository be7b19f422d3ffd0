import { describe, expect, it } from 'vitest';
import { matcherKinds, matcherMapShape } from '../../src/matchers/index.ts';
import type { JsonSchema } from '../../src/shapes/index.ts';
import { compileForTest, type TestCompilerOptions } from '../support/compiler.ts';

/** Mistakes as `path: message | fix`. */
async function mistakes(yaml: string, options?: TestCompilerOptions): Promise<string[]> {
  const compiled = await compileForTest(yaml, options);
  return compiled.mistakes.map(({ path, at, message, fix }) => `${at === 'key' ? 'key ' : ''}${path.join('.')}: ${message}${fix ? ` | ${fix}` : ''}`);
}

describe('mistakes in tests of values', () => {
  it.each<[string, string]>([
    ['query: { id: { minn: 1 } }', 'key query.id.minn: `minn` is not an operator of a test | Did you mean `min`?'],
    ['query: { id: { color: 1 } }', 'key query.id.color: `color` is not an operator of a test'],
    ['query: { id: {} }', 'query.id: A test needs at least one operator'],
    ['query: { id: null }', 'query.id: Wrong value for `id` | Write `{ present: false }` for a value that must not be there, or `\'\'` for an empty one'],
    ['query: { id: [1, 2] }', 'query.id: Wrong value for `id` | Write `{ oneOf: [ … ] }` for one of several values'],
    ['query: { id: { oneOf: 1 } }', 'query.id.oneOf: Wrong kind of value for `oneOf`'],
    ['query: { id: { min: "3" } }', 'query.id.min: Wrong value for `min` | Take the quotes away'],
    ['query: { id: { min: 5, max: 3 } }', 'query.id.max: No value passes both `min` and `max`'],
    ['query: { id: { present: false, min: 3 } }', 'key query.id.min: A value that must not be there cannot pass `min` | Keep `present: false` or `min`'],
    ['query: { id: { ignoreCase: true } }', 'key query.id.ignoreCase: `ignoreCase` stands alone'],
    ['query: { id: { equals: a, ignoreCase: false } }', 'query.id.ignoreCase: Wrong value for `ignoreCase` | Leave it out: upper and lower case differ as it is'],
    ["query: { id: { matches: 'a(?=b)' } }", 'query.id.matches: The pattern uses lookaround (`(?=`), which cannot run in linear time | Say it with further operators, such as `startsWith`, `endsWith`, `not` or `all`'],
    ["query: { id: { matches: '(a)\\1' } }", 'query.id.matches: The pattern uses a back-reference (`\\1`), which cannot run in linear time | Say it with further operators, such as `startsWith`, `endsWith`, `not` or `all`'],
    ["query: { id: { matches: 'a(' } }", 'query.id.matches: The pattern is not well-formed: missing closing ): `a(`'],
    ["query: { id: '${{ headers.x }}' }", 'query.id: Matchers are not filled: `${{ … }}` has no meaning here | Use the matcher `if`, such as `if: query.id == headers["x-id"]`'],
    ["json: { a: [{ b: '${{ now }}' }] }", 'json.a.0.b: Matchers are not filled: `${{ … }}` has no meaning here | Use the matcher `if`, such as `if: query.id == headers["x-id"]`'],
    ["json: { a: { equals: { b: '${{ now }}' } } }", 'json.a.equals.b: Matchers are not filled: `${{ … }}` has no meaning here | Use the matcher `if`, such as `if: query.id == headers["x-id"]`'],
    ['json: { a: { startsWith: x, endswith: y } }', 'key json.a.endswith: `endswith` is not an operator of a test | Did you mean `endsWith`? For a literal map, write `equals: { … }`'],
    ['json: { type: report }', 'json.type: Wrong value for `type` | For a JSON map with the key `type`, write `equals: { type: … }`'],
    ['raw: { size: { max: 20 } }', 'raw.size.max: Wrong value for `max` | Write the unit, such as `20 B`'],
    ['raw: { size: { contains: 20 B } }', 'key raw.size.contains: `contains` is not an operator of a test here'],
    ['multipart: { f: { contains: x } }', 'key multipart.f.contains: `contains` is not a key of a test of a part | Write `text: { contains: … }` to test the part\'s text'],
    ['multipart: { f: { sise: 1 B } }', 'key multipart.f.sise: `sise` is not a key of a test of a part | Did you mean `size`?'],
    ['contentType: json', 'contentType: Wrong value for a media type | Write `application/json`'],
    ['contentType: application/json; charset=utf-8', 'contentType: Wrong value for a media type | Parameters are ignored: write `application/json`'],
    ['headers: { "a b": 1 }', 'key headers.a b: No header can have this name'],
    ['call: 0', 'call: Wrong value for `call`'],
    ['call: { by: query.id }', 'call: `call` needs to say which calls'],
    ['chance: 20', 'chance: Wrong value for `chance` | Write `20%`'],
    ['rate: { over: 10 }', 'rate: `rate` needs `per`'],
    ['chance: 0.20', 'chance: Wrong value for `chance` | Write `20%`'],
    ['body: { a: 1 }', 'key body: `body` is not a key of a map of matchers | Write `json` for a JSON body, `text` for any other'],
    ['any: []', 'any: Wrong kind of value for `any`'],
    ['qeury: { id: 1 }', 'key qeury: `qeury` is not a key of a map of matchers | Did you mean `query`?'],
    ['any: [{ qeury: { id: 1 } }]', 'key any.0.qeury: `qeury` is not a key of a map of matchers | Did you mean `query`?'],
    ['jsonPath: { "items[0]": 1 }', 'key jsonPath.items[0]: The JSONPath is not well-formed: expected \'$\''],
    ['xpath: { "//a[": 1 }', 'key xpath.//a[: The XPath is not well-formed'],
    ['schema: missing.json', 'schema: There is no fixture `missing.json`'],
  ])('finds what is wrong with %s', async (yaml, expected) => {
    const found = await mistakes(yaml);
    expect(found).toHaveLength(1);
    expect(found[0]!.startsWith(expected), `${found[0]} should begin with ${expected}`).toBe(true);
  });

  it('finds all mistakes of a map at once', async () => {
    expect(await mistakes('{ query: { a: { mn: 1 }, b: [1] }, raw: { size: 3 }, chance: 1 }')).toHaveLength(4);
  });

  it('takes a map that merely has keys like operators as a literal', async () => {
    expect(await mistakes('json: { size: { width: 3, length: 5 }, list: { min: 1, mix: 2 } }')).toEqual([]);
  });
});

describe('mistakes in schemas', () => {
  it.each<[string, string]>([
    ['schema: { type: strng }', 'schema: The JSON Schema is not valid at `type`'],
    ['schema: { properties: { a: { minimum: x } } }', 'schema: The JSON Schema is not valid at `properties.a.minimum`'],
    ['schema: { requierd: [a] }', 'schema: `requierd` is not a keyword of JSON Schema | Did you mean `required`?'],
    ['schema: { type: string, format: date_time }', 'schema: `date_time` is not a format of JSON Schema | Did you mean `date-time`?'],
    ['schema: { $ref: "https://example.com/s.json" }', 'schema: The JSON Schema refers to `https://example.com/s.json`, which is not in it | Nothing is fetched: copy what is referred to under `$defs`'],
    ['schema: { $ref: "#" }', 'schema: The JSON Schema refers to itself without end'],
    ['schema: { $schema: "http://json-schema.org/draft-04/schema#" }', 'schema: Unknown draft of JSON Schema'],
    ["schema: { pattern: '(?=a)' }", 'schema: The pattern uses lookaround (`(?=`), which cannot run in linear time (in `pattern` or `patternProperties`)'],
    ['schema: { $async: true }', 'schema: A JSON Schema with `$async` cannot be used'],
  ])('finds what is wrong with %s', async (yaml, expected) => {
    const found = await mistakes(yaml);
    expect(found.map((one) => one.slice(0, expected.length))).toEqual([expected]);
  });

  it('reads a schema from a fixture, JSON or YAML, and says in which file a mistake is', async () => {
    const fixtures = { 'a.json': '{"type":"object"}', 'b.yaml': 'type: object', 'c.json': '{"type":"objct"}', 'd.json': '{', 'e.json': '[]' };
    for (const name of ['a.json', 'b.yaml']) expect(await mistakes(`schema: ${name}`, { fixtures })).toEqual([]);
    expect((await mistakes('schema: c.json', { fixtures }))[0]).toMatch(/not valid at `type` \(in `c.json`\)/);
    expect((await mistakes('schema: d.json', { fixtures }))[0]).toMatch(/`d.json` cannot be read as a JSON Schema/);
    expect((await mistakes('schema: e.json', { fixtures }))[0]).toMatch(/`e.json` holds no JSON Schema/);
  });

  it('leaves vendor keywords and formats alone', async () => {
    expect(await mistakes('schema: { x-note: 1, example: {}, type: string, format: iban }')).toEqual([]);
  });
});

describe('the published shape', () => {
  it('has a JSON Schema with every kind, each described', () => {
    const definitions = new Map<string, JsonSchema>();
    expect(matcherMapShape.jsonSchema(definitions)).toEqual({ $ref: '#/$defs/matchers' });
    const properties = definitions.get('matchers')!.properties as Record<string, { description: string }>;
    expect(Object.keys(properties)).toEqual(matcherKinds.map((kind) => kind.key));
    for (const property of Object.values(properties)) expect(property.description).toBeTruthy();
    for (const name of ['textTest', 'sizeTest', 'countTest', 'jsonTest', 'partTest']) expect(definitions.has(name)).toBe(true);
  });
});
