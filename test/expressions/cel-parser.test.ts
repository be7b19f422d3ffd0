import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { array, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { createParser } from '../../src/expressions/cel-parser.ts';

const limits = { maxAstNodes: 60, maxDepth: 12, maxListElements: 5, maxMapEntries: 5, maxCallArguments: 4 };
const environment = new Environment({ limits });
const parse = createParser(limits);

/** What was read, or what is wrong, without what cel-js keeps for its evaluator. */
function outcomeOf(read: () => ASTNode): unknown {
  try {
    return plain(read());
  } catch (error) {
    const { code, summary, range } = error as { code?: string; summary?: string; range?: unknown };
    return { code, summary, range };
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || !('op' in value)) return typeof value === 'bigint' ? `${value}n` : value;
  const { op, args, pos, start, end } = value as ASTNode & { pos: number; start: number; end: number };
  return { op, args: plain(args), pos, start, end };
}

function expectSame(source: string): void {
  expect(outcomeOf(() => parse(source))).toEqual(outcomeOf(() => environment.parse(source).ast));
}

test.each([
  'a.b[0] + 1', '[1, 2].all(x, x > 1)', 'list.exists(1, x)', 'list.exists_one(x, x > 1)', 'list.map(x, x + 1)', 'list.map(x, x > 1, x + 1)', 'list.filter(x)', 'list.filter(x, true)', 'has(a.b)', 'has(a)', 'has(1, 2)',
  'cel.bind(x, 1, x + x)', 'cel.bind(1, 1, 1)', 'optional.of(1).or(optional.none())', 'a.orValue(b)', 'a.or(b, c)', 'map(1, 2)', 'x ? y : z', '1u + b"ab"', "r'\\d'", '{"a": 1, "b": [2]}', 'a.?b', '"', '1 +', 'a..b', 'in', '[1,2,3,4,5,6]', 'f(1,2,3,4,5)', '((((((((((((((1))))))))))))))', 'a-b.c',
])('reads %s as all of cel-js does', expectSame);

test('reads any row of words as all of cel-js does', () => {
  const word = constantFrom('a', 'x', '1', '2.5', '"t"', 'true', 'null', '+', '-', '&&', '!', '==', 'in', '?', ':', '(', ')', '[', ']', '{', '}', ',', '.', '.all(', '.map(', '.filter(', '.exists(', 'has(', 'cel.bind(', '.or(', 'size(');
  assert(property(array(word, { maxLength: 12 }), (words) => expectSame(words.join(' '))), { numRuns: 2000 });
});
