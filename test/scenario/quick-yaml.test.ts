import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { formatPath } from '../../src/scenario/places.ts';
import type { Path } from '../../src/base/place.ts';
import { stringifyJson } from '../../src/base/json.ts';
import { FilePlaces } from '../../src/scenario/file-places.ts';
import { Mistakes } from '../../src/scenario/mistakes.ts';
import { readQuickly } from '../../src/scenario/quick-yaml.ts';
import { readYaml } from '../../src/scenario/read-yaml.ts';
import { Lines } from '../../src/scenario/source-tree.ts';

const timeoutMs = 120_000;

/** Holds the quick reader to the YAML library: what it reads, it reads the same, places included. Gives whether it read the text. */
function compare(text: string): boolean {
  const tree = readQuickly(text);
  if (!tree) return false;
  const mistakes = new Mistakes();
  const full = readYaml('f.yaml', text, mistakes);
  expect(mistakes.sorted(), text).toEqual([]);
  expect(stringifyJson(tree.value), text).toBe(stringifyJson(full.value));
  const places = new FilePlaces('f.yaml', text, new Lines(text), tree);
  for (const { path, value } of walk(tree.value, [])) {
    const at = (one: typeof places): unknown => [one.place(path, 'key'), one.place(path), ...(typeof value === 'string' ? [1, 3, value.length - 1].map((offset) => one.place(path, 'value', offset)) : [])];
    expect(at(places), `${formatPath(path)} of ${text}`).toEqual(at(full.places as FilePlaces));
  }
  return true;
}

function* walk(value: unknown, path: Path): Generator<{ path: Path; value: unknown }> {
  yield { path, value };
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* walk(item, [...path, index]);
  else if (typeof value === 'object' && value !== null && !('isLosslessNumber' in value)) for (const [key, inner] of Object.entries(value)) yield* walk(inner, [...path, key]);
}

describe('the quick reader', () => {
  test('reads the shipped scenarios as the library does', () => {
    const folder = new URL('../../scenarios/cleaner/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    const read = files.filter((name) => compare(readFileSync(new URL(name, folder), 'utf8')));
    expect(read.length).toBeGreaterThan(files.length / 2);
  });

  test.each([
    'a: 1\n', 'a: 1', 'a:\n  b: 1\n\n  # comment\n  c: two words # comment\n', 'a:\n- 1\n- 2\nb: 3', 'a:\n  - b: 1\n    c: 2\n  - - 1\n    - 2\n  -\n    d: 3\n  -\n',
    "a: { b: 'it''s', c: [1, two words, \"x\\ty\\u00e9\"], d: {} , e: [] }\n", '"a b": 1\n\'c\': 2\nGET /x/{id}: {}\n404: x\nnull: y\n', 'a: |\n  one\n    two\n\n  three\n\nb: |-\n  x\nc: 1\n',
    'a: { "x":1, "y": 2 }\n', 'a: x#y\nb: http://x/y:z?a=b&c=d\nc: { d: http://x:80/y, e: a:b }\n', 'a: -1\nb: 1.50\nc: 1e3\nd: 9007199254740993\ne: 0.1234567890123456789\nf: 1.2.3\ng: 2024-01-01\nh: yes\ni: ~\nj: True\nk: -x\n',
    'a: ${{ query.id }}\nb: x ${{ f(1, 2) }} y\nc: \'${{ {"a": 1} }}\'\n', 'a:\r\n  b: 1\r\n  c: |\r\n    x\r\n    y\r\n  d:\r\n    - z\r\n', 'a:\n  b:\nc:\n', '# only\n\na: 1 #x\n', 'a:   spaced   \nb:   {  x:  1  ,  y:  2  }   # c\n', 'a: b - c\nd: e? f! g% h@ `i` j&k *l\n', '-a: 1\n', 'a: [ - ]', 'a: [-1, -x]',
    'x-a: &a { p: 1, q: [1, 2] }\nb: *a\nc: { <<: *a, q: 3 }\nd:\n  <<: *a\n  r: 1\ne:\n  r: 1\n  <<: [*a, { s: 1 }]\nf: [*a, *a]\ng:\n  - *a   # again\n  - x: *a\n', 'a: &x text\nb: *x\nc: [*x, "*x"]\nd:\n  - *x\n  - &y { z: 1 }\n  - *y\n',
    'a: &x\n  b: 1\n  c: &y\n    - 1\nd: *x\ne: *y\n', 'a: &x   # c\n  b: 1\nc: &y   2  # d\nd: { e: &z   3, f: [*x,*y , *z] }\n', "a: { b: &x 'q', c: *x, d: [&y 1, *y] }\n", 'a: &x |\n  one\n  two\nb: *x\n', 'a: &x { k: 1 }\nb: { <<: *x, <<: *x }\n',
  ])('reads as the library does: %j', (text) => {
    compare(text);
  });

  test('reads what most scenarios are written in', () => {
    expect(compare('# c\nscenario: a\nbase: /x\nroutes:\n  GET /tasks/{id}:\n    - when: { query: { id: 1 } }\n      respond: { file: a.zip }   # from fixtures/\n    - respond:\n        status: 404\n        text: |\n          gone ${{ query.id }}\n        headers: { x-a: "b", y: \'c: d\' }\n')).toBe(true);
  });

  test.each([
    'a: *x', 'a: !x 1', '<<: 1', 'a: {<<: [1]}', 'a: &x\n', 'a: &x 1\nb: &x 2', 'a: &x { b: *x }', 'a: &x *y', '- &x a: 1', 'a: &x @y', '&x a: 1', 'a: &x 1\n*x : 2', 'a: *x: b', '? a', 'a: >\n  x\n', 'a: |+\n  x\n', 'a: |2\n  x\n', 'a: x\n  y', "a: 'x\n  y'", '{a: 1}', '- a', 'a', '', '%YAML 1.2\n---\na: 1', '---\na: 1', 'a: 1\n...\n', 'a:\t1', 'a: { b }', 'a: { b: }', 'a: [1,]', 'a: 1\na: 2', 'a: { b: 1, b: 2 }',
    'a: b: c', 'a: ${{ x', 'a: { x: ${{ y }} }', 'a: 0123', 'a: +1', 'a: .nan', 'a: 0x10', 'a: -0', 'a: 1.', 'a: "\\x41"', 'a: "\\q"', 'a: @x', 'a: 1\n  b: 2', ' a: 1\nb: 2', 'a:\n  b: 1\n c: 2', 'a:\n  - 1\n b: 2', 'a: [1\n, 2]', `a: ${'['.repeat(70)}${']'.repeat(70)}`, 'a: \ue000', 'a: "x" y', 'a: [x] y', '* /x: {}', 'a: {b: 1}}', 'a:\n  -\n  - 1',
  ])('leaves to the library: %j', (text) => {
    expect(readQuickly(text)).toBeNull();
  });

  const pieces = ['a', 'b', 'key', 'x y', 'GET /a/{id}', '1', '-1', '1.5', 'true', 'null', '~', ': ', ':', ':\n', '\n', '\n  ', '\n    ', '\n      ', '  ', ' ', '- ', '-', '{', '}', '{ ', ' }', '[', ']', ', ', ',', '"', "'", "'b'", '"c"', '"\\n"', '|\n', '|-\n', '#', ' # c', '${{ x }}', '\r\n', '?', '!', '&', '*', '%', '@', '\\', 'é', '😀', '=', '/', '.', '---', '$', '`', '>', '<<', '<<: *x', '&x ', '*x', '&y ', '*y', '\n  b: ', '\n- ', '\n  - '];
  test('agrees with the library on any text that it reads', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 25 }), (parts) => { compare(`a: ${parts.join('')}`); }), { numRuns: 1500 });
    fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 25 }), (parts) => { compare(parts.join('')); }), { numRuns: 1500 });
  }, timeoutMs);

  const sample = `# a comment
scenario: cleaner   # unique
base: /xyz/api
x-bundle: &bundle   # a comment
  file: a.zip      # another
  digest: true
before:
- { delay: 1 s, when: { query: { a: 'b: c' } } }
routes:
  GET /tasks/{id}:
    - &first
      name: it is "one"
      when: { query: { id: 1, ids: [1, -2, "x, y"] } }
      respond: { <<: *bundle, status: 503 }
    - respond:
        <<: *bundle
        text: |
          gone \${{ query.id }}

            deeper # not a comment
        headers: {}
    - *first

  POST /tasks: { respond: { "a":1, text: "\${{ x }} \\u00e9" } }
errors:
  404:
`;
  const edit = fc.record({ at: fc.nat(sample.length), cut: fc.constantFrom(0, 0, 1, 1, 2, 5), piece: fc.constantFrom(...pieces) });
  test('agrees with the library on a scenario with a few slips', () => {
    expect(compare(sample)).toBe(true);
    fc.assert(fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let text = sample;
      for (const { at, cut, piece } of edits) text = text.slice(0, at) + piece + text.slice(at + cut);
      compare(text);
    }), { numRuns: 1200 });
  }, timeoutMs);

  const leaf = fc.oneof(fc.constantFrom<unknown>(null, true, 0, 1, -7, 1.25, 404, '', 'x', 'two words', "it's", 'a: b', 'a #b', '- x', 'line\nline\n', 'x\n\n  y\n', '${{ a }}', '[x]', 'true', '12', 'é "q" \\'), fc.string({ maxLength: 6 }));
  const { any } = fc.letrec((tie) => ({ any: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fc.oneof(fc.constantFrom('a', 'b c', 'GET /x', '404', '"q"'), fc.string({ maxLength: 4 })), tie('any'), { maxKeys: 4 })) }));
  test('agrees with the library on any values, in every style that they can be written in', () => {
    let read = 0;
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c d'), any, { minKeys: 1, maxKeys: 3 }), fc.record({ collectionStyle: fc.constantFrom('any', 'block', 'flow'), singleQuote: fc.boolean(), indentSeq: fc.boolean(), indent: fc.constantFrom(2, 3, 4), flowCollectionPadding: fc.boolean() }), (value, style) => {
      if (compare(stringify(value, { ...style, lineWidth: 0 } as object))) read += 1;
    }), { numRuns: 800 });
    expect(read).toBeGreaterThan(100);
  }, timeoutMs);
});
