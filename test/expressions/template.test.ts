import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { compileTemplate, type TemplateMistake } from '../../src/expressions/index.ts';
import { need, type Template } from '../../src/model/index.ts';
import { facts, scope, type Given } from './facts.ts';

function template(value: unknown): Template {
  const compiled = compileTemplate(value, scope);
  if ('mistakes' in compiled) throw new Error(JSON.stringify(compiled.mistakes));
  return compiled.template;
}

function render(value: unknown, given: Given = {}): unknown {
  return template(value).render(facts(given));
}

function mistakes(value: unknown): readonly TemplateMistake[] {
  const compiled = compileTemplate(value, scope);
  return 'mistakes' in compiled ? compiled.mistakes : [];
}

describe('a template', () => {
  const given = { url: '/?id=7&open=true', json: '{"n":1.5,"list":[1,2],"id":9007199254740993,"none":null}' };

  it.each<[string, unknown]>([
    ['${{ body.n }}', 1.5],
    ['${{body.list}}', [1, 2]],
    ['${{ body.id }}', 9007199254740993n],
    ['${{ query.open == "true" }}', true],
    ['${{ query.nope }}', null],
    ['${{ body.list }}\n', [1, 2]],
    ['${{ {"a": {"b": 1}} }}', { a: { b: 1 } }],
    ['${{ {"a": {"b": 1}}}}', { a: { b: 1 } }],
    ['${{ "}}" }}', '}}'],
    ['${{ \'{{"\' + r"\\d}}" }}', '{{"\\d}}'],
    ['${{ """a " }} b""" }}', 'a " }} b'],
    ['${{ 1 // a comment }}\n + 1 }}', 2],
    ['${{ "${{" }} x }}', '${{ x }}'],
    [' ${{ body.n }}', ' 1.5'],
    ['n=${{ body.n }}', 'n=1.5'],
    ['[${{ query.nope }}]', '[]'],
    ['${{ body.list }} ${{ {"id": body.id} }}', '[1,2] {"id":9007199254740993}'],
    ['at ${{ now }} ${{ true }}', 'at 2026-03-01T12:00:00.000Z true'],
    ['$100 {{ x }} $ {{', '$100 {{ x }} $ {{'],
  ])('%s gives %o', (text, value) => {
    expect(render(text, given)).toEqual(value);
  });

  it('fills deep values and keys, and keeps exact numbers exact', () => {
    const value = { 'key ${{ 1 }}': [{ id: '${{ query.id }}' }, 'x'], big: 9007199254740993n, exact: new LosslessNumber('1.10'), none: null };
    expect(render(value, given)).toEqual({ 'key 1': [{ id: '7' }, 'x'], big: 9007199254740993n, exact: new LosslessNumber('1.10'), none: null });
  });

  it('gives what has no expression back as it is', () => {
    const value = { tasks: [{ id: 1, name: 'vuln scan' }] };
    expect(template(value).fixed).toBe(true);
    expect(render(value)).toBe(value);
  });

  it('is fixed when its expressions cannot change, and then makes its value once', () => {
    const made = template({ size: '${{ fixture("hello.txt").size }}', text: 'a ${{ 1 + 1 }}' });
    expect(made.fixed).toBe(true);
    expect(made.render(facts())).toEqual({ size: 5, text: 'a 2' });
    expect(made.render(facts())).toBe(made.render(facts()));
  });

  it('needs what any of its expressions needs', () => {
    expect(template({ a: '${{ query.a }}' }).needs).toBe(need.nothing);
    expect(template({ a: ['x ${{ body.a }}', { b: '${{ uuid() }}' }] }).needs).toBe(need.body | need.call);
  });

  it('draws different values at different places', () => {
    const [a, b, both] = render(['${{ uuid() }}', '${{ uuid() }}', '${{ uuid() }} ${{ uuid() }}']) as [string, string, string];
    expect(new Set([a, b, ...both.split(' ')]).size).toBe(4);
  });

  it('keeps a key named __proto__ a plain key', () => {
    const value = JSON.parse('{"__proto__":"${{ query.id }}"}') as unknown;
    expect(JSON.stringify(render(value, given))).toBe('{"__proto__":"7"}');
  });
});

describe('mistakes of a template', () => {
  it('finds all of them, each with its path and its letters', () => {
    const found = mistakes({ a: 'x ${{ quer.id }} ${{ 1 + }}', b: [{ c: '${{ stat }}' }, '${{ foo(1) + bar }}'], d: '${{ open' });
    expect(found.map(({ path, offset, length, code }) => [path.join('.'), offset, length, code])).toEqual([
      ['a', 6, 4, 'unknown-name'],
      ['a', 25, 0, 'expression-syntax'],
      ['b.0.c', 4, 4, 'unknown-name'],
      ['b.1', 4, 3, 'unknown-function'],
      ['b.1', 13, 3, 'unknown-name'],
      ['d', 0, 3, 'unclosed-expression'],
    ]);
  });

  it.each([
    ['${{ "abc }}', 'unclosed-text', 4],
    ['${{ {"a": 1 }}', 'unbalanced-brace', 13],
    ['${{ 1 } }}', 'unbalanced-brace', 6],
    ['a ${{ }} b', 'empty-expression', 5],
    ['${{', 'unclosed-expression', 0],
  ])('%s: %s at %i', (text, code, offset) => {
    expect(mistakes(text).map((found) => [found.code, found.offset])).toEqual([[code, offset]]);
  });

  it('refuses what is nested without end', () => {
    const value: { inner?: unknown } = {};
    value.inner = value;
    expect(mistakes(value).map(({ code }) => code)).toEqual(['template-too-large']);
  });
});
