import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RuleIndex } from '../../src/engine/rule-index.ts';
import type { Facts, Matcher, Rule } from '../../src/model/index.ts';
import { compileForTest } from '../support/compiler.ts';
import { makeFacts, makeRequest } from '../support/facts.ts';

const word = fc.constantFrom('1', '2', '01', 'a', 'A', 'a b', 'é', '');
const test = fc.oneof(word, fc.integer({ min: 0, max: 3 }), fc.record({ equals: word }), fc.record({ equals: word, ignoreCase: fc.constant(true) }), fc.record({ not: word }), fc.record({ oneOf: fc.array(word, { minLength: 1, maxLength: 2 }) }), fc.record({ present: fc.boolean() }));
const names = fc.constantFrom('id', 'tag');
const leaf = fc.record({ query: fc.dictionary(names, test, { maxKeys: 2 }), headers: fc.dictionary(fc.constantFrom('x-id', 'X-Tag'), test, { maxKeys: 1 }), cookies: fc.dictionary(names, test, { maxKeys: 1 }), params: fc.dictionary(names, test, { maxKeys: 1 }) }, { requiredKeys: [] });
const when = fc.oneof({ weight: 6, arbitrary: leaf }, fc.record({ any: fc.array(leaf, { minLength: 1, maxLength: 3 }) }), fc.record({ all: fc.array(leaf, { minLength: 1, maxLength: 2 }) }), fc.record({ not: leaf }), fc.constant(null));
const request = fc.record({ query: fc.array(fc.tuple(names, word), { maxLength: 3 }), header: fc.option(fc.tuple(fc.constantFrom('X-Id', 'x-tag'), fc.constantFrom('1', 'a', 'A'))), cookie: fc.option(fc.tuple(names, fc.constantFrom('1', 'a'))), params: fc.dictionary(names, word, { maxKeys: 2 }) })
  .map(({ query, header, cookie, params }): Facts => makeFacts(makeRequest({ url: `/?${new URLSearchParams(query).toString()}`, rawHeaders: [...(header ?? []), ...(cookie ? ['Cookie', cookie.join('=')] : [])] }), { params }));

function ruleOf(matcher: Matcher | null, index: number): Rule {
  return { index, name: null, when: matcher } as Rule;
}

/** The first rule that holds, tried one by one. */
function firstOf(rules: readonly Rule[], facts: Facts): number {
  return rules.findIndex((rule) => rule.when === null || rule.when.holds(facts));
}

describe('the rules worth trying', () => {
  it('never leave out one that holds, and come in the order written', async () => {
    await fc.assert(fc.asyncProperty(fc.array(when, { minLength: 9, maxLength: 16 }), fc.array(request, { minLength: 3, maxLength: 8 }), async (sources, requests) => {
      const compiled = await Promise.all(sources.map(async (source) => (source === null ? null : compileForTest(source))));
      fc.pre(compiled.every((one) => one === null || one.mistakes.length === 0));
      const rules = compiled.map((one, index) => ruleOf(one === null ? null : one.matcher, index));
      const index = new RuleIndex(rules);
      for (const facts of requests) {
        const candidates = index.candidates(facts) ?? rules.map((rule) => rule.index);
        expect([...candidates]).toEqual([...new Set(candidates)].sort((a, b) => a - b));
        for (const rule of rules) if (rule.when === null || rule.when.holds(facts)) expect(candidates).toContain(rule.index);
        const chosen = candidates.find((position) => rules[position]!.when === null || rules[position]!.when!.holds(facts)) ?? -1;
        expect(chosen).toBe(firstOf(rules, facts));
      }
    }), { numRuns: 60 });
  });

  it('are one or two of 10,000 that differ in a value', async () => {
    const matchers = await Promise.all(Array.from({ length: 50 }, (_, id) => compileForTest({ query: { id } })));
    const rules = Array.from({ length: 10_000 }, (_, index) => ruleOf({ ...matchers[index % 50]!.matcher, pins: [{ in: 'query', name: 'id', value: String(index) }] }, index));
    const index = new RuleIndex([...rules, ruleOf(null, 10_000)]);
    expect(index.candidates(makeFacts(makeRequest({ url: '/?id=7777' })))).toEqual([7777, 10_000]);
    expect(index.candidates(makeFacts(makeRequest({ url: '/?id=7&id=5&id=7' })))).toEqual([5, 7, 10_000]);
    expect(index.candidates(makeFacts(makeRequest({ url: '/?id=__proto__' })))).toEqual([10_000]);
  });

  it('are all of them where looking up would cost more than it saves', async () => {
    const few = Array.from({ length: 8 }, (_, index) => ruleOf(null, index));
    expect(new RuleIndex(few).candidates(makeFacts(makeRequest({})))).toBeNull();
    const { matcher } = await compileForTest({ query: { id: 1 } });
    const many = Array.from({ length: 100 }, (_, index) => ruleOf({ ...matcher, pins: [{ in: 'query', name: `n${index}`, value: '1' }] }, index));
    expect(new RuleIndex(many).candidates(makeFacts(makeRequest({})))).toBeNull();
  });
});
