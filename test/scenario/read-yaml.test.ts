import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { stringifyJson } from '../../src/base/json.ts';
import { Mistakes } from '../../src/scenario/mistakes.ts';
import { readYaml } from '../../src/scenario/read-yaml.ts';

function read(text: string) {
  const mistakes = new Mistakes();
  const file = readYaml('f.yaml', text, mistakes);
  return { ...file, lines: mistakes.sorted().map(formatDiagnostic) };
}

const json = (text: string): string => {
  const { value, lines } = read(text);
  expect(lines).toEqual([]);
  return stringifyJson(value);
};

describe('values', () => {
  test('keep every digit of a number', () => {
    expect(json('a: 9007199254740993\nb: 0.1234567890123456789\nc: -123456789012345678901234567890\nd: 1.10\ne: 1e3\nf: 2.0\ng: -0')).toBe('{"a":9007199254740993,"b":0.1234567890123456789,"c":-123456789012345678901234567890,"d":1.10,"e":1e3,"f":2.0,"g":-0}');
  });
  test('stay text where YAML 1.1 made them something else', () => {
    expect(json('a: yes\nb: off\nc: 2024-01-01\nd: 1_000\ne: 12:30')).toBe('{"a":"yes","b":"off","c":"2024-01-01","d":"1_000","e":"12:30"}');
  });
  test('have keys as they are written: numbers, booleans, null, `__proto__`', () => {
    const { value } = read('404: a\n1.10: b\ntrue: c\nnull: d\n__proto__: e\nconstructor: f');
    expect(Object.keys(value as object)).toEqual(['404', '1.10', 'true', 'null', '__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBeNull();
  });
  test('come from anchors and merges, own keys first', () => {
    expect(json('x-a: &a { p: 1, q: 2 }\nb: { <<: *a, q: 3 }\nc: { q: 4, <<: [*a, { r: 5 }] }\nd: *a')).toBe('{"x-a":{"p":1,"q":2},"b":{"p":1,"q":3},"c":{"q":4,"p":1,"r":5},"d":{"p":1,"q":2}}');
  });
  test('may follow a byte order mark and Windows line ends', () => {
    const { value, lines, places } = read('\ufeffa: 1\r\nb:\r\n  - x\r\n  - y\r\n');
    expect(lines).toEqual([]);
    expect(stringifyJson(value)).toBe('{"a":1,"b":["x","y"]}');
    expect(places.place(['b', 1])).toEqual({ file: 'f.yaml', line: 4, column: 5 });
    expect(places.place(['a'])).toEqual({ file: 'f.yaml', line: 1, column: 4 });
  });
  test('of an empty file are null', () => {
    expect(read('').value).toBeNull();
    expect(read('# only a comment\n').value).toBeNull();
  });
});

describe('places', () => {
  const text = [
    'routes:',
    '  GET /a:',
    '    respond:',
    '      text: |',
    '        first ${{ a }}',
    '',
    '          deeper ${{ b }}',
    "      html: 'it''s ${{ c }}'",
    '      xml: "tab\\t\\u00e9 ${{ d }}"',
    '      plain: one',
    '        two ${{ e }}',
    '      folded: >-',
    '        one',
    '        two ${{ f }}',
    '      empty:',
  ].join('\n');
  const { places, value } = read(text);
  const reply = (value as { routes: Record<string, { respond: Record<string, string> }> }).routes['GET /a']!.respond;
  const lines = text.split('\n');

  test.each(['text:a', 'text:b', 'html:c', 'xml:d', 'plain:e', 'folded:f'])('are exact inside a text: %s', (name) => {
    const [key, letter] = name.split(':') as [string, string];
    const offset = reply[key]!.indexOf(`{ ${letter} }`) + 2;
    const line = lines.findIndex((one) => one.includes(`{ ${letter} }`));
    expect(places.place(['routes', 'GET /a', 'respond', key], 'value', offset)).toEqual({ file: 'f.yaml', line: line + 1, column: lines[line]!.indexOf(`{ ${letter} }`) + 3 });
  });
  test('of keys and values', () => {
    expect(places.place(['routes', 'GET /a'], 'key')).toMatchObject({ line: 2, column: 3 });
    expect(places.place(['routes', 'GET /a', 'respond', 'html'])).toMatchObject({ line: 8, column: 13 });
  });
  test('of an empty value are those of its key', () => {
    expect(places.place(['routes', 'GET /a', 'respond', 'empty'])).toMatchObject({ line: 15, column: 7 });
  });
  test('of what is missing are those of what it is missing from', () => {
    expect(places.place(['routes', 'GET /a', 'respond', 'status'])).toMatchObject({ line: 3, column: 5 });
    expect(places.place(['nothing', 'at', 'all'])).toMatchObject({ line: 1, column: 1 });
  });
  test('of merged and aliased values are where they were first written', () => {
    const merged = read('x-a: &a\n  p: 1\nb:\n  <<: *a\nc: *a').places;
    expect(merged.place(['b', 'p'])).toMatchObject({ line: 2, column: 6 });
    expect(merged.place(['c', 'p'])).toMatchObject({ line: 2, column: 6 });
  });
});

describe('one mistake of YAML', () => {
  test('does not hide those after it', () => {
    expect(read('a: { x: ${{ y }} }\nb: *zip\nc: @d\ne: 1\ne: 2').lines.map((line) => line.split(' ')[0])).toEqual(['f.yaml:1:9', 'f.yaml:2:4', 'f.yaml:3:4', 'f.yaml:5:1']);
  });
  test('has no follow-ups', () => {
    expect(read('a: { x: ${{ f(1, [2]) }}, y: b }\nz: 1').lines).toHaveLength(1);
    expect(read('a: }\nb: ]\nc: x: y').lines).toHaveLength(1);
  });
  test('leaves the rest to be read: an expression without quotes is taken as it was meant', () => {
    expect(stringifyJson(read('a: { x: ${{ f(1, "b: c") }}, y: [${{ z }}] }').value)).toBe(stringifyJson({ a: { x: '${{ f(1, "b: c") }}', y: ['${{ z }}'] } }));
  });
  test('is not made of what stands in comments, quotes and blocks', () => {
    expect(json("# ${{ a: b }} { ${{\na: '${{ {\"x\": 1} }}'\nb: \"${{ [1] # 2 }}\"\nc: |\n  * /x ${{ { }} # d\ne: ${{ f }} and ${{ g(1, 2) }} # ${{")).toBe(
      stringifyJson({ a: '${{ {"x": 1} }}', b: '${{ [1] # 2 }}', c: '* /x ${{ { }} # d\n', e: '${{ f }} and ${{ g(1, 2) }}' }),
    );
  });
});

describe('what would cost too much is refused', () => {
  test.each([
    ['deep lists', '['.repeat(20_000)],
    ['deep blocks', '- '.repeat(20_000)],
    ['deep maps', '{a: '.repeat(20_000)],
    ['deep keys', '? '.repeat(20_000)],
  ])('%s', (_, text) => {
    const { value, lines } = read(text);
    expect(value).toBeUndefined();
    expect(lines[0]).toContain('Nested deeper than 100 levels');
  });
  test('aliases that multiply', () => {
    const bomb = Array.from({ length: 20 }, (_, level) => `x${level}: &x${level} [${Array.from({ length: 10 }, () => (level === 0 ? 'x' : `*x${level - 1}`)).join(', ')}]`).join('\n');
    const { value, lines } = read(bomb);
    expect(value).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('more than 1,000,000 values when its aliases are written out');
  });
  test('a text of more than 5 MB', () => {
    expect(read('#'.repeat(5_000_001)).lines[0]).toContain('The scenario file is too large');
  });
  test('thousands of unquoted expressions, told one by one up to a bound', () => {
    const { lines } = read(Array.from({ length: 1000 }, (_, index) => `k${index}: { a: \${{ b }} }`).join('\n'));
    expect(lines.length).toBeGreaterThanOrEqual(500);
  });
});

describe('what is nested without end', () => {
  test.each(['a: '.repeat(300_000), '- '.repeat(100_000), '? '.repeat(100_000), '[a: '.repeat(100_000), '"a": '.repeat(200_000)])('is a mistake, never an exception: %.10j', (text) => {
    expect(read(`x: { y: ${text} }`).lines.length).toBeGreaterThan(0);
    expect(read(text).lines.length).toBeGreaterThan(0);
  });
});
