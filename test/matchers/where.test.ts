import { describe, expect, it } from 'vitest';
import { ExpressionFailure, type ColumnType } from '../../src/model/index.ts';
import { parseJson, type Json } from '../../src/base/json.ts';
import { chooseRow } from '../../src/matchers/choose-row.ts';
import { whereTemplate } from '../../src/matchers/where-template.ts';
import { checkWhere, compileWhere, whereShape, type Where } from '../../src/matchers/where.ts';
import { invalid } from '../../src/shapes/index.ts';
import { makeCollection } from '../support/collection.ts';
import { readYaml, TestCompiler } from '../support/compiler.ts';
import { makeFacts, makeRequest } from '../support/facts.ts';

const columns: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([['id', 'number'], ['open', 'boolean'], ['code', 'text'], ['extra', 'any']]);
const passes = (where: unknown, row: string): boolean => compileWhere(where as Where, columns)(parseJson(row) as Where);
const tasks = makeCollection('tasks', [{ id: 1, owner: 'ada', open: true }, { id: 2, owner: 'bob', open: true }, { id: 3, owner: 'bob', open: false }]);

describe('tests of rows', () => {
  it.each<[string, string, boolean]>([
    ['{ id: "5" }', '{"id":5}', true],
    ['{ id: 5.0 }', '{"id":5}', true],
    ['{ id: "05" }', '{"id":5}', false],
    ['{ id: "9007199254740993" }', '{"id":9007199254740993}', true],
    ['{ id: "9007199254740993" }', '{"id":9007199254740992}', false],
    ['{ open: "true" }', '{"open":true}', true],
    ['{ open: "no" }', '{"open":false}', false],
    ['{ code: 7 }', '{"code":"7"}', true],
    ['{ code: 7 }', '{"code":"07"}', false],
    ['{ code: true }', '{"code":"true"}', true],
    ['{ extra: "5" }', '{"extra":5}', true],
    ['{ extra: 5 }', '{"extra":"5"}', true],
    ['{ extra: { a: 1 } }', '{"extra":{"a":1,"b":2}}', true],
    ['{ extra: { a: "1" } }', '{"extra":{"a":1}}', false],
    ['{ id: { oneOf: ["1", 2] } }', '{"id":1}', true],
    ['{ extra: { deep: { oneOf: a, min: "1" } } }', '{"extra":{"deep":"a"}}', false],
    ['{ extra: { deep: { above: "1", length: { min: "0" } } } }', '{"extra":{"deep":"22"}}', true],
    ['{ id: { not: "1" } }', '{"id":1}', false],
    ['{ id: { min: "3", below: "5" } }', '{"id":4}', true],
    ['{ code: { startsWith: 1, length: 3 } }', '{"code":"123"}', true],
    ['{ code: { matches: "^[a-c]+$" } }', '{"code":"abc"}', true],
    ['{ none: { present: false } }', '{"id":1}', true],
    ['{ none: null }', '{"id":1}', false],
    ['{ extra: null }', '{"extra":null}', true],
    ['{ type: 1, min: 2 }', '{"type":1,"min":2}', true],
    ['{ id: 1, code: a }', '{"id":1,"code":"b"}', false],
    ['{ constructor: { present: true } }', '{"id":1}', false],
    ['{}', '{"id":1}', true],
  ])('%s of %s: %s', (where, row, expected) => {
    expect(passes(readYaml(where), row)).toBe(expected);
  });

  it('are made once for a map', () => {
    const where = { code: { matches: '(a|b)+' } };
    expect(compileWhere(where, columns)({ code: 'ab' })).toBe(true);
    Object.assign(where, { code: 'other' });
    expect(compileWhere(where, columns)({ code: 'ab' })).toBe(true);
  });

  it.each<[Where, string, string]>([
    [{ id: { min: 'many' } }, 'where.id.min', 'it needs a number, got many'],
    [{ code: { matches: '(' } }, 'where.code.matches', 'The pattern is not well-formed'],
    [{ extra: { deep: [{ n: { min: 'many' } }] } }, 'where.extra.min', 'it needs a number, got many'],
    [{ code: { matches: null } }, 'where.code.matches', 'it needs text'],
    [{ code: { not: { matches: 'x(?=y)' } } }, 'where.code.not.matches', 'lookaround'],
  ])('fail with a reason when they were filled with what makes no test: %o', (where, place, reason) => {
    let failure: unknown;
    try {
      compileWhere(where, columns);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ExpressionFailure);
    expect((failure as ExpressionFailure).expression).toContain(place.split('.').slice(0, 2).join('.'));
    expect((failure as ExpressionFailure).reason).toContain(reason);
  });

  it('choose the first row in order, and one by its key at once', () => {
    const { seed } = tasks;
    expect(chooseRow(seed, tasks, { owner: 'bob' })?.['id']).toBe(2);
    expect(chooseRow(seed, tasks, { id: '3', owner: 'bob' })?.['id']).toBe(3);
    expect(chooseRow(seed, tasks, { id: { equals: 2 } })?.['id']).toBe(2);
    expect(chooseRow(seed, tasks, { id: { above: 1 } })?.['id']).toBe(2);
    const missing: readonly Where[] = [{ id: 9 }, { id: null }, { id: 1, owner: 'bob' }, { owner: null }];
    for (const where of missing) expect(chooseRow(seed, tasks, where)).toBeNull();
    expect(chooseRow({ ...seed, size: 3, nextKey: 4, revision: 0, holder: () => null, get: (key) => seed.get(key), entries: () => { throw new Error('all rows were read'); } }, tasks, { id: 2 })?.['owner']).toBe('bob');
  });
});

describe('a `where` that has not been filled', () => {
  const check = (yaml: string): readonly string[] => {
    const compiler = new TestCompiler();
    const where = whereShape.parse(readYaml(yaml), [], (path, mistake) => compiler.mistake(mistake, path));
    if (where !== invalid) checkWhere(where, tasks, compiler);
    return compiler.mistakes.map(({ path, code }) => `${path.join('.')}: ${code}`);
  };

  it('takes expressions wherever a value stands', () => {
    expect(check("{ a: '${{ query.a }}', b: { min: '${{ query.b }}', not: '${{ x }}' }, c: { oneOf: '${{ body.ids }}' }, d: { x: { matches: '${{ query.p }}' } }, e: ['${{ 1 }}'] }")).toEqual([]);
  });

  it('has its mistakes found at load', () => {
    expect(check("{ a: { mtaches: x, min: 1 }, b: { min: many }, c: { matches: '(' }, d: { not: { x: { matches: 'a(?!b)' } }, min: '${{ 1 }}' }, e: {}, f: { min: 5, max: 1 } }")).toEqual([
      'a.mtaches: unknown-operator', 'b.min: wrong-value', 'f.max: never-holds',
    ]);
    expect(check("{ c: { matches: '(' }, d: { not: { x: { matches: 'a(?!b)' } }, min: '${{ 1 }}' } }")).toEqual(['c.matches: wrong-pattern', 'd.not.x.matches: wrong-pattern']);
    expect(check('open')).toEqual([': wrong-kind']);
  });
});

describe('the template of a `where`', () => {
  const fill = (where: Where, url: string, body?: string): Json => {
    const compiler = new TestCompiler();
    const template = whereTemplate(where, compiler);
    expect(compiler.mistakes).toEqual([]);
    return template!.render(makeFacts(makeRequest({ url, ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body }) })));
  };

  it('fills values, operands and names of fields', () => {
    expect(JSON.stringify(fill({ '${{ query.by }}': '${{ query.id }}', n: { min: '${{ int(query.id) }}', oneOf: ['${{ query.id }}', 1] }, fix: [1, { a: 'b' }] }, '/?id=7&by=owner'))).toBe('{"owner":"7","n":{"min":7,"oneOf":["7",1]},"fix":[1,{"a":"b"}]}');
  });

  it('takes a map of a request for a value, never for a test', () => {
    const where = fill({ owner: '${{ body.owner }}', deep: { x: '${{ body.owner }}' }, equal: { equals: '${{ body.owner }}' } }, '/', '{"owner":{"present":true}}') as Where;
    expect(JSON.stringify(where)).toBe('{"owner":{"equals":{"present":true}},"deep":{"x":{"equals":{"present":true}}},"equal":{"equals":{"present":true}}}');
    expect(compileWhere({ owner: where['owner']! }, new Map())({ owner: 'ada' })).toBe(false);
  });

  it('is the same map each time when there is nothing to fill', () => {
    const template = whereTemplate({ open: true, hours: { min: 2 } }, new TestCompiler())!;
    const facts = makeFacts(makeRequest({}));
    expect(template.fixed).toBe(true);
    expect(template.render(facts)).toBe(template.render(facts));
  });

  it('tells every mistake at its place', () => {
    const compiler = new TestCompiler();
    expect(whereTemplate({ a: '${{ quer.x }}', b: { not: '${{ 1 + }}' }, '${{ nme }}': 1 }, compiler)).toBeNull();
    expect(compiler.mistakes.map(({ path, code }) => `${path.join('.')}: ${code}`)).toEqual(['a: unknown-name', 'b.not: expression-syntax', ': unknown-name']);
  });
});
