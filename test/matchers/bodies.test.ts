import { describe, expect, it } from 'vitest';
import { MalformedBody, need, type ExampleRequest, type Facts, type Part } from '../../src/model/index.ts';
import { compileForTest } from '../support/compiler.ts';
import { makeFacts, makePart, makeRequest } from '../support/facts.ts';

function post(body: string, type: string | null = 'application/json', extra: Partial<ExampleRequest> = {}): Facts {
  return makeFacts(makeRequest({ method: 'POST', body, headers: type === null ? {} : { 'content-type': type }, ...extra }));
}

async function sentences(yaml: string, facts: Facts): Promise<string[]> {
  const { matcher, mistakes } = await compileForTest(yaml);
  expect(mistakes).toEqual([]);
  expect(matcher.holds(facts)).toBe(matcher.explain(facts).length === 0);
  return matcher.explain(facts).map((mismatch) => mismatch.text);
}

async function malformed(yaml: string, facts: Facts): Promise<string> {
  const { matcher } = await compileForTest(yaml);
  try {
    matcher.holds(facts);
  } catch (error) {
    if (error instanceof MalformedBody) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('JSON bodies', () => {
  it('that are not well-formed are thrown, and told beside other mismatches', async () => {
    expect(await malformed('json: { a: 1 }', post('{"a":'))).toMatch(/not well-formed JSON/);
    const { matcher } = await compileForTest('{ json: { a: 1 }, query: { id: 1 } }');
    expect(matcher.holds(post('{"a":'))).toBe(false);
    expect(matcher.explain(post('{"a":')).map((mismatch) => mismatch.text)).toEqual([expect.stringContaining('not well-formed JSON'), 'query `id`: expected 1, got nothing']);
    expect(() => matcher.explain(post('{"a":', 'application/json', { url: '/?id=1' }))).toThrow(MalformedBody);
  });

  it('without a Content-Type are read when they are JSON', async () => {
    expect(await sentences('json: { a: 1 }', post('{"a":1}', null))).toEqual([]);
    expect(await sentences('json: { a: 1 }', post('a=1', null))).toEqual(['body: expected JSON, got text without a Content-Type']);
  });

  it('compare numbers exactly', async () => {
    expect(await sentences('json: { a: 9007199254740993, b: 0.1, c: 100 }', post('{"a":9007199254740993,"b":0.10,"c":1e2}'))).toEqual([]);
    expect(await sentences('json: { a: { above: 9007199254740992 } }', post('{"a":9007199254740993}'))).toEqual([]);
    expect(await sentences('json: { a: 1.10, b: { min: 1e3 }, c: { oneOf: [2.0] } }', post('{"a":1.1,"b":1000,"c":2}'))).toEqual([]);
    expect(await sentences('json: { a: { type: integer }, b: { type: integer }, c: { type: null } }', post('{"a":1e400,"b":1.0,"c":null}'))).toEqual([]);
    expect(await sentences('json: { a: { type: integer } }', post('{"a":1e-400}'))).toHaveLength(1);
    expect(await sentences('schema: { properties: { a: { minimum: 9007199254740993 } } }', post('{"a":90071992547409930}'))).toEqual([]);
  });

  it('take __proto__ and constructor as plain keys', async () => {
    expect(await sentences('json: { __proto__: { present: true } }', post('{"__proto__":{"x":1}}'))).toEqual([]);
    expect(await sentences('json: { constructor: { present: false }, toString: { present: false } }', post('{"a":1}'))).toEqual([]);
    expect(await sentences('schema: { required: [constructor] }', post('{}'))).toEqual(['body `constructor`: expected a value (it is required), got nothing']);
  });

  it('hold for what is not there only further down', async () => {
    expect(await sentences('json: { a: { b: { present: false } } }', post('{}'))).toEqual([]);
    expect(await sentences('json: { a: {} }', post('{}'))).toEqual(['body `a`: expected a map, got nothing']);
    expect(await sentences('json: { a: { b: { present: false } } }', post('{"a":3}'))).toEqual(['body `a`: expected a map like {"b":{"present":false}}, got 3']);
  });

  it('name odd keys in brackets and never print control characters', async () => {
    expect(await sentences('json: { "a b": { "c.d": 1 } }', post('{"a b":{"c.d":"\\u0000\\u001b[2J"}}'))).toEqual(['body `[\\"a b\\"][\\"c.d\\"]`: expected 1, got "\\\\u0000\\\\u001b[2J"']);
  });
});

describe('numbers in JSON bodies', () => {
  it('that no double holds are compared, however long and whatever their exponent', async () => {
    for (const number of [`1${'0'.repeat(500)}`, `${'9'.repeat(5000)}.5`, '1e-999999999', '1.2345678901234567890e999999999', `0.${'1'.repeat(5000)}`]) {
      expect(await sentences('json: { x: 1 }', post(`{"x":${number}}`))).toHaveLength(1);
      expect(await sentences('json: { x: { above: 1, type: integer } }', post(`{"x":${number}}`))).toBeInstanceOf(Array);
    }
  });

  it('are refused beyond ten thousand digits, and digits in a string are not', async () => {
    expect(await malformed('json: { x: 1 }', post(`{"x":${'9'.repeat(3_000_000)}}`))).toMatch(/a number in it has more than 10000 digits/);
    expect(await sentences('json: { x: 1 }', post(`{"x":1,"s":"${'9'.repeat(3_000_000)}"}`))).toEqual([]);
  });
});

describe('JSONPath', () => {
  it('gives up on a body that nested .. would search without end', async () => {
    const deep = `${'[['.repeat(95)}${Array.from({ length: 20_000 }, () => '1').join(',')}${']]'.repeat(95)}`;
    const { matcher } = await compileForTest('jsonPath: { "$..*..*..[?@.x]": 1 }');
    expect(matcher.explain(post(deep)).map((mismatch) => mismatch.got)).toEqual(['a body too large to be searched']);
  });

  it('finds by .. in the order of the document', async () => {
    const body = post('{"a":[{"id":1},{"b":{"id":2}}],"id":3,"c":[[{"id":4}]]}');
    expect(await sentences('jsonPath: { "$..id": 9 }', body)).toEqual(['body `$..id`: expected 9, got 3, 1, 2 and 1 more']);
    expect(await sentences('jsonPath: { "$[?@..id].length": { present: false }, "$.a..*": { b: { id: 2 } } }', body)).toEqual([]);
  });

  it('contains maps and lists as json does', async () => {
    expect(await sentences('jsonPath: { "$.items[*]": { id: 2 } }', post('{"items":[{"id":1},{"id":2,"x":3}]}'))).toEqual([]);
    expect(await sentences('jsonPath: { "$.items[*]": { id: 5 } }', post('{"items":[{"id":1},{"id":2}]}'))).toEqual(['body `$.items[*]`: expected {"id":5}, got 2 others']);
  });

  it('does not hang on a pattern that comes with the body', async () => {
    expect(await sentences('jsonPath: { "$[?match(@.t, @.p)].t": { present: false } }', post(JSON.stringify([{ t: `${'a'.repeat(5000)}!`, p: '(a+)+' }])))).toEqual([]);
  });
});

describe('schemas', () => {
  it('whose references multiply are refused at load, or give up on the body that makes them', async () => {
    const twice = Array.from({ length: 30 }, (_, level) => `a${level}: { allOf: [{ $ref: "#/$defs/a${level + 1}" }, { $ref: "#/$defs/a${level + 1}" }] }`);
    const { mistakes } = await compileForTest(`schema: { $ref: "#/$defs/a0", $defs: { ${twice.join(', ')}, a30: { type: object } } }`);
    expect(mistakes).toEqual([expect.objectContaining({ message: 'The JSON Schema multiplies its references without bound' })]);
    const tree = 'schema: { $ref: "#/$defs/n", $defs: { n: { type: object, properties: { n: { allOf: [{ $ref: "#/$defs/n" }, { $ref: "#/$defs/n" }] }, $ref: { const: { $ref: x } } } } } }';
    const nested = (levels: number): Facts => post(`${'{"n":'.repeat(levels)}{}${'}'.repeat(levels)}`);
    expect(await sentences(tree, nested(10))).toEqual([]);
    expect(await sentences(tree, nested(100))).toEqual([expect.stringMatching(/a value that the schema can be held against/)]);
  });

  it('find two equal items among a hundred thousand at once', async () => {
    const items = Array.from({ length: 100_000 }, (_, index) => `{"i":${index}}`);
    expect(await sentences('schema: { uniqueItems: true }', post(`[${items.join(',')}]`))).toEqual([]);
    expect(await sentences('schema: { uniqueItems: true }', post('[{"a":1,"b":2},{"b":2,"a":1}]'))).toEqual(['body: expected items that all differ, got [{"a":1,"b":2},{"b":2,"a":1}]'.replace('expected items', 'expected have items')]);
  });

  it('keep names given by $id to themselves', async () => {
    const one = '{ $id: "https://x.test/a", $defs: { t: { $id: "https://x.test/t", type: string } }, $ref: "https://x.test/t" }';
    expect(await sentences(`all: [{ schema: ${one} }, { schema: ${one.replace('type: string', 'minLength: 1')} }]`, post('"x"'))).toEqual([]);
    const { mistakes } = await compileForTest('schema: { $ref: "https://x.test/t" }');
    expect(mistakes).toHaveLength(1);
  });

  it('are of draft 7, 2019-09 and 2020-12, the last unless said', async () => {
    expect(await sentences('schema: { prefixItems: [{ type: string }] }', post('[1]'))).toEqual(['body `[0]`: expected string, got 1']);
    expect(await sentences('schema: { $schema: "https://json-schema.org/draft/2019-09/schema", items: [{ type: string }] }', post('[1]'))).toEqual(['body `[0]`: expected string, got 1']);
    expect(await sentences('schema: { $schema: "http://json-schema.org/draft-07/schema", dependencies: { a: [b] } }', post('{"a":1}'))).toHaveLength(1);
  });
});

describe('XML bodies', () => {
  const xml = 'application/xml';
  it.each([
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /DOCTYPE/],
    ['<?xml version="1.0"?><!-- c --><!DOCTYPE a><a/>', /DOCTYPE/],
    ['<a><b></a>', /not well-formed XML/],
    ['<a>&unknown;</a>', /not well-formed XML/],
    ['hello', /not well-formed XML/],
    [`${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`, /nested deeper than 200/],
    [`<a>${'<b/>'.repeat(100_001)}</a>`, /more than 100000 elements/],
    [`<a>${'<!---->'.repeat(100_001)}</a>`, /more than 100000 elements, attributes, comments/],
    [`<a ${Array.from({ length: 100_001 }, (_, index) => `a${index}="1"`).join(' ')}/>`, /more than 100000 elements, attributes/],
    ['<a b="', /not well-formed XML/],
    ['<', /not well-formed XML/],
  ])('like %.60j are refused', async (body, reason) => {
    expect(await malformed('xpath: { "//a": 1 }', post(body, xml))).toMatch(reason);
  });

  it('of many elements are searched at once, in the order of the document', async () => {
    const many = post(`<r>${Array.from({ length: 49_000 }, (_, index) => `<a n="${index}"/>`).join('')}</r>`, xml);
    expect(await sentences('xpath: { "count(//a)": 49000, "string(//a[last()]/@n)": 48999, "string(//a/@n)": 0, "//a/@n": 9999 }', many)).toEqual([]);
    const mixed = post('<r><b i="1"/><a i="2"><b i="3"/></a><b i="4"/></r>', xml);
    expect(await sentences('xpath: { "string((//a | //b)/@i)": 1, "string((//b[@i=4] | //a)/@i)": 2, "count(//a | //b | //b)": 4, "string(//b[3]/preceding::a/@i)": "", "string(//b[@i=4]/preceding::a/@i)": 2 }', mixed)).toEqual([]);
  });

  it.each(['//a[following::b = preceding::c]', '//a[//b = //c]', '//*[contains(/r/@big, "zz")]', '//a[count(//a) > 0]', '//a/namespace::*'])('are searched within a bound of steps, whatever %s costs', async (path) => {
    const body = `<r big="${'z '.repeat(500_000)}" xmlns:q="urn:q">${'<a/><b>1</b><c>2</c>'.repeat(5000)}</r>`;
    expect(await sentences(`xpath: { '${path}': { present: true } }`, post(body, xml))).toEqual([`body \`${path}\`: expected something, got a body too large to be searched`]);
  });

  it('may speak of a DOCTYPE in text, and use the five entities', async () => {
    expect(await sentences('xpath: { "/a": "<!DOCTYPE x> & <b>" }', post('<a><![CDATA[<!DOCTYPE x>]]> &amp; &lt;b&gt;</a>', 'text/xml'))).toEqual([]);
  });

  it('are read in the encoding that they name', async () => {
    const bytes = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>', 'latin1');
    expect(await sentences('xpath: { "/a": é }', makeFacts(makeRequest({ method: 'POST', bytes, headers: { 'content-type': xml } })))).toEqual([]);
  });

  it('give numbers and truth values of an XPath as text', async () => {
    expect(await sentences('xpath: { "count(//b)": 2, "boolean(//c)": false, "string(//b[2])": y }', post('<a><b>x</b><b>y</b></a>', xml))).toEqual([]);
  });
});

describe('multipart bodies', () => {
  const file: Part = makePart({ name: 'file', filename: 'r.zip', type: 'application/zip', sizeBytes: 25_000_001, text: null, zip: { entries: [{ name: 'report.csv', sizeBytes: 1 }, { name: 'logs/a.txt', sizeBytes: 1 }] } });
  const facts = (...parts: Part[]): Facts => makeFacts(makeRequest({ method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' } }, parts));

  it('are asked for the entries of a zip by glob and number', async () => {
    expect(await sentences("multipart: { file: { zip: { has: ['*.csv', '**/*.txt', 'logs/?.txt', '**'], lacks: '*.exe', entries: { min: 1, max: 2 } } } }", facts(file))).toEqual([]);
    expect(await sentences("multipart: { file: { zip: { has: '*.txt', lacks: ['logs/**'], entries: 3 } } }", facts(file))).toEqual([
      'part `file` zip: expected an entry `*.txt`, got `report.csv`, `logs/a.txt`',
      'part `file` zip: expected no entry `logs/**`, got `logs/a.txt`',
      'part `file` zip entries: expected 3, got 2',
    ]);
    expect(await sentences("multipart: { file: { zip: { has: '*' } } }", facts({ ...file, zip: { problem: 'end of central directory\nnot found' } }))).toEqual(['part `file` zip: expected a zip archive that can be read, got a broken one (end of central directory\\u000anot found)']);
    expect(await sentences('multipart: { file: { zip: {} } }', facts({ ...file, zip: null, type: 'text/csv' }))).toEqual(['part `file` zip: expected a zip archive, got text/csv']);
  });

  it('say which status a strict answer has: too large, wrong type, invalid, else 400', async () => {
    const { matcher } = await compileForTest('multipart: { file: { filename: x.zip, size: { max: 20 MB }, type: image/*, json: { a: 1 } }, meta: { schema: { type: object } } }');
    const mismatches = matcher.explain(facts(file, makePart({ name: 'meta', text: '[]' })));
    expect(mismatches.map(({ at, status, text }) => [at, status ?? 400, text])).toEqual([
      ['parts.file.filename', 400, 'part `file` filename: expected x.zip, got r.zip'],
      ['parts.file.type', 415, 'part `file` type: expected image/*, got application/zip'],
      ['parts.file.size', 413, 'part `file` size: expected at most 20 MB, got 25000001 B'],
      ['parts.file.json', 400, 'part `file`: expected JSON, got application/zip that cannot be read as text'],
      ['parts.meta.json', 422, 'part `meta` json: expected object, got []'],
    ]);
    expect(matcher.needs).toBe(need.body | need.partText);
  });

  it('hold when one of several parts of a name passes, and tell of the nearest otherwise', async () => {
    const parts = facts(makePart({ name: 'f', filename: 'a.txt' }), makePart({ name: 'f', filename: 'b.zip', type: 'application/zip' }));
    expect(await sentences('multipart: { f: { filename: b.zip, type: application/zip, count: 2 } }', parts)).toEqual([]);
    expect(await sentences('multipart: { f: { filename: c.zip, type: application/zip } }', parts)).toEqual(['part `f` filename: expected c.zip, got b.zip']);
    expect(await sentences('multipart: { f: { present: false }, g: { count: 0 } }', parts)).toEqual(['part `f`: expected no such part, got 2']);
    expect(await sentences('multipart: { g: x }', facts())).toEqual(['part `g`: got no parts']);
  });

  it('shield the log from names that hold control characters', async () => {
    expect(await sentences('multipart: { file: {} }', facts(makePart({ name: 'a\r\n`b`' })))).toEqual(['part `file`: got `a\\u000d\\u000a`b``']);
  });
});
