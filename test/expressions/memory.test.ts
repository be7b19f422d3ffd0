import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../src/expressions/index.ts';
import { ExpressionFailure, type Collection, type TableView } from '../../src/model/index.ts';
import { makeCollection } from '../support/collection.ts';
import { makeDraft } from '../support/facts.ts';
import { evaluate, scope, type Given } from './facts.ts';

const departments = makeCollection('departments', [
  { id: 1, department: 'sales', open: true },
  { id: 2, department: 'legal', open: false },
  { id: 3, department: 'labs', open: true },
]);
const collections = ['departments'];
const of = (collection: Collection = departments): Given => ({ memory: makeDraft({ state: 'idle', vars: { uploads: 3, user: { name: 'Ada' }, none: null }, collections: [collection] }) });
const value = (source: string, given: Given = of(), vars?: readonly string[]): unknown => evaluate(source, given, { collections, ...(vars && { vars }) });

/** A table that counts how many of its rows are read. */
function counting(rows: number): { readonly collection: Collection; readonly read: () => number } {
  let read = 0;
  const table: TableView = {
    size: rows, nextKey: rows + 1, revision: 0, get: () => null, holder: () => null,
    *entries() {
      for (let id = 1; id <= rows; id += 1) {
        read += 1;
        yield [String(id), Object.assign(Object.create(null) as object, { id, name: `row ${id}` })];
      }
    },
  };
  return { collection: makeCollection('departments', [], { seed: table }), read: () => read };
}

describe('what a scenario remembers', () => {
  it('is at hand as `state` and `vars`, whose missing names are null', () => {
    expect(value('state')).toBe('idle');
    expect(evaluate('state')).toBeNull();
    expect(value('[vars.uploads + 1, vars["user"].name, vars.nothing, has(vars.none), has(vars.nothing), default(vars.nothing, 1)]')).toEqual([4, 'Ada', null, true, false, 1]);
    expect(value('vars[query.name]', { ...of(), url: '/?name=uploads' })).toBe(3);
    expect(JSON.stringify(value('vars'))).toBe('{"uploads":3,"user":{"name":"Ada"},"none":null}');
  });

  it('knows the variables that a scenario declares', () => {
    const mistake = (source: string, vars: readonly string[]) => compileExpression(source, { ...scope, vars });
    expect(value('vars.uploads', of(), ['uploads'])).toBe(3);
    expect(mistake('1 + vars.uplods', ['uploads', 'last'])).toMatchObject({ code: 'unknown-field', message: '`vars` has no `uplods`', expected: 'one of uploads, last', fix: 'Did you mean `uploads`?', offset: 9, length: 6 });
    expect(mistake('vars["uplods"]', ['uploads'])).toMatchObject({ fix: 'Did you mean `uploads`?' });
    expect([value('vars.other', of(), ['uploads']), value('default(vars["other"], 1)', of(), ['uploads']), value('has(vars.x)', of(), [])]).toEqual([null, 1, false]);
    expect(value('vars[query.name]', { ...of(), url: '/?name=other' }, ['uploads'])).toBeNull();
  });

  it('reads `__proto__` and `constructor` as plain names', () => {
    expect(value('[vars.constructor, vars["__proto__"], auth.claims.toString]')).toEqual([null, null, null]);
  });
});

describe('who calls', () => {
  it('is at hand as `auth`', () => {
    const caller = { scheme: 'token', subject: 'ada', claims: { role: 'admin', deep: { a: 1 } }, scope: ['read', 'write'] };
    expect(evaluate('[auth.subject, auth.claims.role, auth.claims.deep.a, auth.claims.none, auth.scope, auth.scheme, "read" in auth.scope]', { caller })).toEqual(['ada', 'admin', 1, null, ['read', 'write'], 'token', true]);
    expect(evaluate('auth.claims[query.claim]', { caller, url: '/?claim=role' })).toBe('admin');
  });

  it('is nobody where nobody was asked for', () => {
    expect(JSON.stringify(evaluate('auth'))).toBe('{"subject":null,"claims":{},"scope":[],"scheme":null}');
    expect(evaluate('default(auth.subject, "anonymous") + size(auth.scope) + has(auth.claims.role)')).toBe('anonymous0false');
  });
});

describe('a collection', () => {
  it.each([
    ['departments.filter(d, d.open).map(d, d.department)', ['sales', 'labs']],
    ['departments.map(d, d.open, d.id)', [1, 3]],
    ['departments.exists(d, d.department == "legal")', true],
    ['departments.all(d, d.open)', false],
    ['departments.exists_one(d, !d.open)', true],
    ['departments.sortBy(d, d.department).map(d, d.department)', ['labs', 'legal', 'sales']],
    ['size(departments) + departments.size()', 6],
    ['[departments[1].department, departments[int(query.at)].id]', ['legal', 3]],
    ['[first(departments).id, last(departments).id]', [1, 3]],
    ['has(departments[2]) && !has(departments[3]) && !has(departments[0].none)', true],
    ['default(departments[7].id, "none")', 'none'],
    ['departments.filter(d, departments.exists(e, e.id == d.id + 1)).map(d, d.id)', [1, 2]],
    ['size(departments + departments)', 6],
  ])('%s', (source, expected) => {
    expect(value(source, { ...of(), url: '/?at=2' })).toEqual(expected);
  });

  it('is the list of its rows', () => {
    expect(JSON.stringify(value('departments'))).toBe('[{"id":1,"department":"sales","open":true},{"id":2,"department":"legal","open":false},{"id":3,"department":"labs","open":true}]');
  });

  it('shows the rows as changes before it have left them', () => {
    const memory = makeDraft({ collections: [departments] });
    memory.remove('departments', '2');
    memory.put('departments', '4', { id: 4, department: 'it', open: true });
    expect(value('departments.map(d, d.department)', { memory })).toEqual(['sales', 'labs', 'it']);
    expect(value('size(departments)', { memory })).toBe(3);
  });

  it('reads no more rows than it must', () => {
    const read = (source: string): number => {
      const { collection, read: count } = counting(100_000);
      value(source, of(collection));
      return count();
    };
    expect(read('size(departments)')).toBe(0);
    expect(read('first(departments).id')).toBe(1);
    expect(read('departments[3].id')).toBe(4);
    expect(read('departments.exists(d, d.id == 5)')).toBe(5);
    expect(read('departments.all(d, d.id < 5)')).toBe(5);
    expect(read('[last(departments).id, size(departments + departments)]')).toBe(100_000);
  });

  it('can be gone through with 100,000 rows, and not with each of them again', () => {
    const { collection } = counting(100_000);
    expect(value('size(departments.filter(d, d.name.endsWith("7")))', of(collection))).toBe(10_000);
    expect(() => value('departments.all(d, departments.exists(e, e.id == 100000))', of(collection))).toThrow(new ExpressionFailure('departments.all(d, departments.exists(e, e.id == 100000))', 'it takes too many steps'));
  });

  it('is known where the scenario declares it only, and no position of it is text', () => {
    expect(compileExpression('departmnts', { ...scope, collections })).toMatchObject({ code: 'unknown-name', fix: 'Did you mean `departments`?' });
    expect(compileExpression('departments', scope)).toMatchObject({ code: 'unknown-name' });
    expect(compileExpression('departments.name', { ...scope, collections })).toMatchObject({ code: 'wrong-type' });
    expect(compileExpression('departments["1"]', { ...scope, collections })).toMatchObject({ code: 'wrong-type' });
    expect(compileExpression('departments.frist()', { ...scope, collections })).toMatchObject({ code: 'unknown-function', fix: 'Did you mean `first`?' });
    expect(() => value('departments[9]')).toThrow('`departments` has 3 items, none at 9');
  });
});

describe('a bound name', () => {
  it('is what was bound, and null where nothing was', () => {
    const given = { bound: { task: { id: 7, name: 'scan' }, time: '1700000000', hex: 'ab' } };
    expect(evaluate('[task.id + 1, "t=" + time + ",v1=" + hex, other]', given, { bound: ['task', 'time', 'hex', 'other'] })).toEqual([8, 't=1700000000,v1=ab', null]);
  });
});
