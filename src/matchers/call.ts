import { need, type Compiler, type Facts, type MatcherKind } from '../model/index.ts';
import { byKind, invalid, number, object, optional, text, turned, type ObjectOut } from '../shapes/index.ts';
import { mismatch } from './mismatch.ts';

const ordinal = number({ min: 1 });
const map = object({ equals: optional(ordinal), min: optional(ordinal), max: optional(ordinal), every: optional(ordinal), by: optional(text({ expected: 'an expression' })) }, { name: '`call`', expected: 'a map with `max`, `min`, `every`, `equals` and `by`' });

/** A map that says which calls, or a bare number. */
const shape = byKind([ordinal, turned(map, (value, path, report) => {
  const { by: _by, ...which } = value;
  if (Object.keys(which).length > 0) return value;
  report(path, { code: 'missing-key', message: '`call` needs to say which calls', expected: 'one of `equals`, `min`, `max`, `every`', got: 'none of them' });
  return invalid;
})], { expected: 'a number such as `3`, or a map such as `{ max: 2 }` or `{ every: 5 }`' });

type Call = number | ObjectOut<{ equals: { optional: typeof ordinal }; min: { optional: typeof ordinal }; max: { optional: typeof ordinal }; every: { optional: typeof ordinal }; by: { optional: ReturnType<typeof text> } }>;

export const call: MatcherKind<Call, (typeof shape)['_in']> = {
  key: 'call',
  about: 'This is the n-th request to the route in the session, from 1, whichever rule answers: a number, `{ max: 2 }`, `{ min: 3 }` or `{ every: 5 }`; counted apart with `by: EXPRESSION`.',
  shape,
  examples: [
    { yaml: '1', request: {}, holds: true },
    { yaml: '3', request: {}, holds: false, because: ['call: expected 3, got 1'] },
    { yaml: '{ max: 2 }', request: {}, holds: true },
    { yaml: '{ min: 2 }', request: {}, holds: false, because: ['call: expected at least 2, got 1'] },
    { yaml: '{ every: 5 }', request: {}, holds: false, because: ['call: expected every 5th, got 1'] },
    { yaml: '{ equals: 1, by: query.id }', request: { url: '/?id=7' }, holds: true },
  ],
  compile(value, compiler) {
    const { equals, min, max, every, by } = typeof value === 'number' ? { equals: value } as Exclude<Call, number> : value;
    const { count, needs } = counting(by, compiler);
    const words = [
      ...(equals === undefined ? [] : [String(equals)]), ...(min === undefined ? [] : [`at least ${min}`]),
      ...(max === undefined ? [] : [`at most ${max}`]), ...(every === undefined ? [] : [`every ${ordinalWord(every)}`]),
    ].join(' and ');
    const passes = (n: number): boolean => (equals === undefined || n === equals) && (min === undefined || n >= min) && (max === undefined || n <= max) && (every === undefined || n % every === 0);
    return {
      needs, leaves: 1, pins: [],
      holds: (facts) => passes(count(facts)),
      explain(facts) {
        const n = count(facts);
        return passes(n) ? [] : [mismatch('call', 'call', { expected: words, got: String(n), nearness: 0 })];
      },
    };
  },
};

function counting(by: string | undefined, compiler: Compiler): { count: (facts: Facts) => number; needs: number } {
  if (by === undefined) return { count: (facts) => facts.call, needs: need.call };
  const expression = compiler.at('by').expression(by);
  const counter = compiler.counter({ by: expression, windowMs: null, limit: null });
  return { count: (facts) => facts.count(counter).count, needs: need.call | (expression?.needs ?? 0) };
}

function ordinalWord(n: number): string {
  const teens = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;
}
