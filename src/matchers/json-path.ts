import type { Path } from '../base/place.ts';
import { need, type Compiler, type MatcherKind, type Mismatch } from '../model/index.ts';
import { mapOf } from '../shapes/index.ts';
import { notJson } from './body-type.ts';
import { compileJsonPattern } from './json-pattern.ts';
import { loadJsonPath, tooMuchToSearch, type JsonQuery } from './json-query.ts';
import { mismatch, mismatchInWords } from './mismatch.ts';
import { compileTest, type Nested, type ValueTest } from './values/compile-test.ts';
import { isTestMap } from './values/operators.ts';
import { jsonTest } from './values/test-shape.ts';

const asJson = { 'content-type': 'application/json' };
const store = { method: 'POST', headers: asJson, body: '{"books":[{"title":"A","price":8},{"title":"B","price":20,"id":9007199254740993}]}' };

export const jsonPath: MatcherKind<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>> = {
  key: 'jsonPath',
  about: 'For each JSONPath (RFC 9535) one of the nodes that it finds in the JSON body passes the test. No node is a value that is not there.',
  shape: mapOf(jsonTest, { expected: 'a map from JSONPath to a test' }),
  examples: [
    { yaml: '{ "$.books[*].title": B }', request: store, holds: true },
    { yaml: '{ "$.books[*].price": { above: 20 } }', request: store, holds: false, because: ['body `$.books[*].price`: expected more than 20, got 8, 20'] },
    { yaml: '{ "$.books[?@.price < 10].title": { present: false } }', request: store, holds: false, because: ['body `$.books[?@.price < 10].title`: expected nothing, got A'] },
    { yaml: '{ "$..id": 9007199254740993 }', request: store, holds: true },
    { yaml: "{ \"$.books[?search(@.title, '^[A-C]$')].price\": 20 }", request: store, holds: true },
    { yaml: '{ "$.id": 1 }', request: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }, holds: false, because: ['body: expected JSON, got text/plain'] },
  ],
  compile(value, compiler) {
    const tests = Object.keys(value).map((path) => ({ path, query: compileQuery(path, compiler), test: compileNodeTest(value[path], path, compiler.at(path)) }));
    return {
      needs: need.body, leaves: tests.length, pins: [],
      holds({ request: { body } }) {
        const came = body.json;
        return came !== undefined && tests.every(({ query, test }) => {
          const nodes = query(came);
          return nodes !== tooMuchToSearch && test.passesAny(nodes);
        });
      },
      explain({ request: { body } }) {
        if (body.json === undefined) return [notJson(body)];
        return tests.flatMap(({ path, query, test }) => explainOne(path, query(body.json), test));
      },
    };
  },
};

function explainOne(path: string, nodes: ReturnType<JsonQuery>, test: ValueTest): readonly Mismatch[] {
  const at = `body${path.replace(/^\$/, '')}`;
  const label = `body \`${path}\``;
  if (nodes === tooMuchToSearch) return [mismatchInWords(at, `${label}: expected ${test.expected}, got a body too large to be searched`, test.expected, 'a body too large to be searched')];
  return test.passesAny(nodes) ? [] : [mismatch(at, label, test.shortfall(nodes))];
}

/** A literal map or list is contained, as under `json`; of several nodes any one passes. */
function compileNodeTest(raw: unknown, path: string, compiler: Compiler): ValueTest {
  const nested: Nested = (inner, under) => compileJsonPattern(inner, { at: `body${path.slice(1)}`, label: 'body' }, under);
  if (isTestMap(raw) || typeof raw !== 'object' || raw === null || 'isLosslessNumber' in raw) return compileTest(raw, 'json', compiler, nested);
  const pattern = nested(raw, compiler);
  return {
    expected: pattern.expected, exact: null, isTooLarge: () => false,
    passes: (value) => pattern.passes(value),
    passesAny: (values) => (values.length === 0 ? pattern.passes(undefined) : values.some((value) => pattern.passes(value))),
    shortfall: (values) => ({ expected: pattern.expected, got: values.length === 0 ? 'nothing' : values.length === 1 ? 'another value' : `${values.length} others`, nearness: 0 }),
  };
}

function compileQuery(path: string, compiler: Compiler): JsonQuery {
  let query: JsonQuery | null = null;
  const where: Path = [path];
  compiler.before(loadJsonPath().then((compile) => {
    const made = compile(path);
    if (typeof made === 'function') query = made;
    else compiler.mistake(made, where, 'key');
  }));
  return (value) => query?.(value) ?? [];
}
