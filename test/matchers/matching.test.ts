import { describe, expect, it } from 'vitest';
import { need } from '../../src/model/index.ts';
import { compileForTest } from '../support/compiler.ts';
import { makeFacts, makeRequest } from '../support/facts.ts';

const compile = async (yaml: string) => {
  const { matcher, mistakes } = await compileForTest(yaml);
  expect(mistakes).toEqual([]);
  return matcher;
};
const get = (url: string, headers: Record<string, string> = {}) => makeFacts(makeRequest({ url, headers }));

describe('a map of matchers', () => {
  it('pins plain values, header names in lower case', async () => {
    const matcher = await compile('{ query: { id: 1, q: { contains: x } }, headers: { X-Api: k, accept: { equals: a } }, json: { a: 1 } }');
    expect(matcher.pins).toEqual([
      { in: 'query', name: 'id', value: '1' },
      { in: 'headers', name: 'x-api', value: 'k' },
      { in: 'headers', name: 'accept', value: 'a' },
    ]);
    expect(matcher.needs).toBe(need.body);
    expect(matcher.leaves).toBe(5);
  });

  it('compares a number with text as it is written', async () => {
    const matcher = await compile('{ query: { v: 1.10, w: { oneOf: [1e3, 2.0] } } }');
    expect(['/?v=1.10&w=2.0', '/?v=1.10&w=1e3', '/?v=1.1&w=2.0', '/?v=1.10&w=2'].map((url) => matcher.holds(get(url)))).toEqual([true, true, false, false]);
  });

  it('pins of alternatives only what all of them share, and nothing under not', async () => {
    expect((await compile('any: [{ query: { a: 1, b: 1 } }, { query: { b: 1 } }]')).pins).toEqual([{ in: 'query', name: 'b', value: '1' }]);
    expect((await compile('not: { query: { a: 1 } }')).pins).toEqual([]);
    expect((await compile('all: [{ query: { a: 1 } }, { params: { b: x } }]')).pins).toHaveLength(2);
  });

  it('holds always when it is empty', async () => {
    const matcher = await compile('{}');
    expect([matcher.holds(get('/')), matcher.explain(get('/')), matcher.needs]).toEqual([true, [], need.nothing]);
  });

  it('explains in the order written and says how near each leaf came', async () => {
    const matcher = await compile('{ contentType: text/csv, query: { name: anna, size: { min: 3 } } }');
    const mismatches = matcher.explain(get('/?name=anne&size=1'));
    expect(mismatches.map(({ at, nearness }) => [at, nearness])).toEqual([['headers.content-type', 0], ['query.name', 0.75], ['query.size', 0]]);
  });

  it('does not touch the body before the head fits', async () => {
    const matcher = await compile('{ json: { a: 1 }, query: { id: 1 } }');
    const facts = makeFacts(makeRequest({ method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }));
    expect(matcher.holds(facts)).toBe(false);
  });
});

describe('text', () => {
  it.each<[string, string, boolean]>([
    ['{ id: 1 }', '1', true], ['{ id: 1 }', '1.0', false], ['{ id: 1 }', '+1', false], ['{ id: true }', 'true', true], ['{ id: 9007199254740993 }', '9007199254740993', true],
    ['{ id: { min: 3 } }', '12abc', false], ['{ id: { min: 3 } }', '0x10', false], ['{ id: { min: 3 } }', '', false], ['{ id: { min: 3 } }', '3.0', true], ['{ id: { above: -1 } }', '-0.5', true],
    ['{ id: { min: 9007199254740993 } }', '9007199254740992', false], ['{ id: { max: 1.5 } }', '1.50', true],
    ['{ id: { length: 1 } }', '%F0%9F%98%80', true], ['{ id: { type: integer } }', '12', true], ['{ id: { type: integer } }', '1.5', false], ['{ id: { type: [boolean, number] } }', 'false', true],
    ['{ id: { matches: "^[a-z]+$", ignoreCase: true } }', 'ABC', true], ['{ id: { not: abc, ignoreCase: true } }', 'ABC', false], ['{ id: { oneOf: [A, b], ignoreCase: true } }', 'a', true],
    ['{ id: { not: { matches: "^a" }, min: 1 } }', '5', true], ['{ id: { date: true } }', '2026-02-28T10:00:00Z', true], ['{ id: { date: true } }', '2025-02-29', false],
    ['{ id: { date: true } }', 'Sat, 21 Nov 2026 08:00:00 GMT', true], ['{ id: { date: false } }', 'soon', true], ['{ id: { not: { present: true } } }', 'x', false],
  ])('test %s of %s holds: %s', async (test, value, holds) => {
    expect((await compile(`query: ${test}`)).holds(get(`/?id=${value.replace('+', '%2B').replaceAll(' ', '%20').replaceAll(':', '%3A')}`))).toBe(holds);
  });

  it('is searched in linear time, whatever the pattern', async () => {
    const matcher = await compile("query: { q: { matches: '^(a+)+$' } }");
    expect(matcher.holds(get(`/?q=${'a'.repeat(8000)}!`))).toBe(false);
  });

  it('needs one value that passes all of a test', async () => {
    expect((await compile('query: { n: { min: 5, max: 6 } }')).holds(get('/?n=1&n=9'))).toBe(false);
    expect((await compile('query: { n: { min: 5, max: 6 } }')).holds(get('/?n=1&n=5'))).toBe(true);
  });
});

describe('call and rate', () => {
  it('count apart by an expression, through a counter of the route', async () => {
    const { matcher, counters } = await compileForTest('{ call: { max: 2, by: query.id }, rate: { over: 3, per: 1 min, by: "${{ query.id }}" } }');
    expect(counters.map(({ windowMs, limit, by }) => [windowMs, limit, by?.source])).toEqual([[null, null, 'query.id'], [60_000, 3, 'query.id']]);
    const facts = makeFacts(makeRequest({ url: '/?id=7' }), { count: (counter) => ({ count: counter.windowMs === null ? 2 : 4, resetMs: 5 }) });
    expect(matcher.holds(facts)).toBe(true);
    expect(matcher.needs & need.call).toBe(need.call);
  });

  it('hold on every n-th call', async () => {
    const matcher = await compile('call: { every: 3 }');
    expect([1, 2, 3, 4, 5, 6].filter((call) => matcher.holds(makeFacts(makeRequest({}), { call })))).toEqual([3, 6]);
  });

  it('draw the same chance for the same seed and call, about as often as said', async () => {
    const matcher = await compile('chance: 20%');
    const held = (seed: number) => Array.from({ length: 500 }, (_, index) => matcher.holds(makeFacts(makeRequest({}), { seed, call: index + 1 })));
    expect(held(1)).toEqual(held(1));
    expect(held(1)).not.toEqual(held(2));
    expect(held(1).filter(Boolean).length).toBeGreaterThan(60);
    expect(held(1).filter(Boolean).length).toBeLessThan(140);
  });
});

describe('if', () => {
  it('refuses at load an expression that is no condition', async () => {
    const { mistakes } = await compileForTest('if: \'"text"\'');
    expect(mistakes.map((mistake) => mistake.code)).toEqual(['never-holds']);
  });

  it('reports what the expression room finds wrong', async () => {
    const { mistakes } = await compileForTest('if: quary.id == "1"');
    expect(mistakes).toHaveLength(1);
  });
});
