import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, compileTemplate, functionReference, nameReference } from '../../src/expressions/index.ts';
import { ExpressionFailure, type Facts } from '../../src/model/index.ts';
import { facts, scope } from './facts.ts';

const list = Array.from({ length: 100_000 }, (_, index) => index);
const text = 'x'.repeat(2_000_000);
const large: Facts = (() => {
  const plain = facts({ json: '{}' });
  const { body } = plain.request;
  return { ...plain, request: { ...plain.request, body: { ...body, present: true, mediaType: 'application/json', json: { list, text } } } };
})();

/** What an expression comes to: it may be refused, fail, or give plain data, and nothing else. */
function outcome(source: string, given: Facts): 'mistake' | 'failure' | 'value' {
  const compiled = compileExpression(source, scope);
  if ('code' in compiled) {
    expect(compiled.offset).toBeGreaterThanOrEqual(0);
    expect(compiled.offset + compiled.length).toBeLessThanOrEqual(source.length + 1);
    expect(compiled.message).not.toMatch(/\n/);
    return 'mistake';
  }
  try {
    JSON.stringify(compiled.evaluate(given), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    return 'value';
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    expect(error.reason).not.toMatch(/\n/);
    return 'failure';
  }
}

describe('an expression that wants too much', () => {
  it.each([
    'body.list.map(a, body.list.map(b, body.list.map(c, a + b + c)))',
    'body.list.exists(a, body.list.exists(b, body.list.exists(c, a < 0)))',
    'body.list.map(a, body.list)',
    'body.list.map(a, {"list": body.list, "a": a})',
    'body.list.map(a, body.text + a)',
    'body.list.map(a, sha256(body.text))',
    'body.list.map(a, body.text.contains("y"))',
    'body.list.map(a, body.list == body.list + [])',
    'body.list.map(a, toJson(body))',
    'body.list.map(a, unique(body.list))',
    'body.text.split("").map(a, body.text.split(""))',
    'padStart(body.text, 1000000000)',
    'repeat(body.text, 1000000)',
    'replace(body.text, "x", body.text)',
    'join(body.list.map(i, body.text), ",")',
    'body.list.map(i, body.list.sort())',
    'cel.bind(a, body.text + body.text, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, d + d + d + d))))',
    'cel.bind(a, 9999999999 * 9999999999, cel.bind(b, a * a * a * a, cel.bind(c, b * b * b * b, c * c * c * c + call)))',
    'range(call, 100000000)',
    'token(call + 1000000)',
  ])('%s ends as a failure', (source) => {
    expect(outcome(source, large)).toBe('failure');
  });

  it('answers a pattern that makes backtracking engines hang', () => {
    const given = { ...large, params: { x: 'a'.repeat(20_000) } };
    const compiled = compileExpression('params.x.matches("^(a+)+(b|a?)*$") && !params.x.matches("(a*)*c")', scope);
    expect('code' in compiled ? compiled.message : compiled.evaluate(given)).toBe(true);
  });

  it.each([['(', 50_000], ['!', 20_000], ['-', 19_999], ['[', 10_000], ['{"a":', 3000], ['1+', 9000], ['a.', 9000], ['x?', 9000], ['has(', 4000], ['f(', 5000], ['1||', 6000]])('is refused when %s comes %i times', (piece, times) => {
    expect(outcome(`${piece.repeat(times)}1`, facts())).toBe('mistake');
  });

  it('runs a long chain that is within the bounds', () => {
    expect(outcome(`${'call + '.repeat(1500)}1`, facts())).toBe('value');
    expect(outcome(`${'call == 1 && '.repeat(900)}true`, facts())).toBe('value');
  });
});

describe('random expressions', () => {
  const words = [
    ...nameReference().map(({ name }) => name),
    ...functionReference().map(({ name }) => `${name}(`),
    ...functionReference().map(({ name }) => `.${name}(`),
    ...functionReference().map(({ example }) => example),
    ...'( ) [ ] { } . , : ? ! + - * / % == != < <= > >= in && || "a" \'b\' "" 1 2.5 -3 0 9007199254740993 1e308 null true false i i, {"a":1} [1,2] .a .__proto__ .constructor ["x"] }} ${{ " \\ \n // r" b" """ has( cel.bind(i, .map(i, .filter(i, .sortBy(i,'.split(' '),
  ];
  const sources = fc.oneof(
    { weight: 3, arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((parts) => parts.join(' ')) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  );
  const given = facts({ url: '/?id=7&n=abc', json: '{"a":{"b":[1,2.5,"x",null,{"c":true}]},"items":[{"name":"pen","qty":2,"open":true}],"__proto__":1}', headers: { accept: '*/*' } });

  it('are refused, fail or give plain data, never anything else', () => {
    fc.assert(fc.property(sources, (source) => void outcome(source, given)), { numRuns: 3000 });
  });

  it('compile in templates to a template or to mistakes within the text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(sources.map((source) => `\${{ ${source} }}`), fc.string({ maxLength: 10 }), fc.constantFrom('${{', '}}', '"', '{')), { maxLength: 4 }), (parts) => {
        const source = parts.join('');
        const compiled = compileTemplate({ text: source }, scope);
        if ('mistakes' in compiled) {
          for (const { offset, length, path } of compiled.mistakes) {
            expect(path).toEqual(['text']);
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(offset + length).toBeLessThanOrEqual(source.length + 1);
          }
          return;
        }
        try {
          compiled.template.render(given);
        } catch (error) {
          if (!(error instanceof ExpressionFailure)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('calls every function with every kind of value without an exception of another kind', () => {
    const values = ['null', 'true', '-1', '0', '7', '2.5', '1e300', '99999999999999999999999', '""', '"abc"', '"12"', '"2026-01-01"', '"Europe/Berlin"', '[]', '[1, "a", null]', '[[1]]', '[{"a": 1}]', '{}', '{"a": 1}', 'now', 'duration("1h")', 'b"\\xff"', 'body', 'query'].map((value) => `dyn(${value})`);
    fc.assert(
      fc.property(fc.constantFrom(...functionReference().map(({ name }) => name)), fc.array(fc.constantFrom(...values), { maxLength: 4 }), (name, args) => void outcome(`${name}(${args.join(', ')})`, given)),
      { numRuns: 4000 },
    );
  });
});
