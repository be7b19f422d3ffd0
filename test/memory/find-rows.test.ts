import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactNumber, writtenNumber, type Json } from '../../src/base/json.ts';
import { chooseKeys, compileWhere, emptyTable, findRows, keyText, LayeredTable, parseSort } from '../../src/memory/index.ts';
import { ExpressionFailure, type Collection, type ColumnType, type Row, type RowChoice, type TableView } from '../../src/model/index.ts';
import { collectionOf } from './make-collection.ts';

const all: RowChoice = { id: null, where: null };
const where = (tests: RowChoice['where']): RowChoice => ({ id: null, where: tests });
const ids = (rows: readonly Row[]): readonly unknown[] => rows.map(({ id }) => id);

async function people(): Promise<Collection> {
  return collectionOf('{ unique: [mail], rows: [{ id: 1, name: bob, age: 30, mail: b@x, open: true }, { id: 2, name: ada, age: null, mail: a@x }, { id: 3, name: eve, age: 9, code: 7 }, { id: 4, name: ada, age: 30 }] }');
}

describe('rows are chosen', () => {
  it('by key, whatever its type', async () => {
    const collection = await people();
    const find = (id: RowChoice['id']): readonly unknown[] => ids(findRows(collection.seed, collection, { choice: { id, where: null } }).rows);
    expect([find(2), find('2'), find(2n), find('02'), find([2]), find(9)]).toEqual([[2], [2], [2], [], [], []]);
  });

  it('by tests of their fields, a query\'s text read as the type of the column', async () => {
    const collection = await people();
    const keys = (tests: RowChoice['where']): readonly string[] => chooseKeys(collection.seed, collection, where(tests));
    expect(keys({ age: '30' })).toEqual(['1', '4']);
    expect(keys({ open: 'true' })).toEqual(['1']);
    expect(keys({ name: { oneOf: ['eve', 'bob'] }, age: { above: '9' } })).toEqual(['1']);
    expect(keys({ age: null })).toEqual(['2']);
    expect(keys({ code: { present: false } })).toEqual(['1', '2', '4']);
    expect(keys({ 'a.b': 1 })).toEqual([]);
    expect(keys({})).toEqual(['1', '2', '3', '4']);
    expect(chooseKeys(collection.seed, collection, all)).toEqual(['1', '2', '3', '4']);
  });

  it('by their key or a unique field without looking at the others', async () => {
    const collection = await people();
    const looked: TableView = { ...lookedUp(collection.seed), entries: () => { throw new Error('looked at all rows'); } };
    expect(chooseKeys(looked, collection, where({ id: '3' }))).toEqual(['3']);
    expect(chooseKeys(looked, collection, where({ mail: 'a@x', name: 'ada' }))).toEqual(['2']);
    expect(chooseKeys(looked, collection, where({ mail: { equals: 'a@x' }, name: 'bob' }))).toEqual([]);
    expect(chooseKeys(looked, collection, where({ mail: 'nobody' }))).toEqual([]);
  });

  it('the same whether they are looked up or looked at one by one', () => {
    const value = fc.constantFrom<Json>(1, '1', writtenNumber('1.0'), '1.0', true, 'true', 'True', 9007199254740993n, '9007199254740993', exactNumber('0.1234567890123456789'), '01', null, '');
    const type = fc.constantFrom<ColumnType | undefined>('text', 'number', 'boolean', 'any', undefined);
    fc.assert(fc.property(fc.array(value, { maxLength: 8 }), value, type, type, fc.boolean(), fc.constantFrom('id', 'mail'), (values, asked, ofKey, ofMail, asTest, field) => {
      const table = new LayeredTable(emptyTable, ['mail']);
      for (const one of values) {
        const key = keyText(one);
        if (key !== null && (table.holder('mail', one) ?? key) === key) table.put(key, { id: one, mail: one });
      }
      const columns = new Map(([['id', ofKey], ['mail', ofMail]] as const).flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const])));
      const collection: Collection = { name: 't', key: { field: 'id', type: 'given' }, unique: ['mail'], seed: emptyTable, columns, check: () => [], stamps: { insert: null, write: null } };
      const tests = { [field]: asTest ? { equals: asked } : asked };
      const passes = compileWhere(tests, columns);
      expect(new Set(chooseKeys(table, collection, where(tests)))).toEqual(new Set([...table.entries()].filter(([, row]) => passes(row)).map(([key]) => key)));
    }), { numRuns: 400 });
  });

  it('never by a pattern that cannot be used', async () => {
    const collection = await people();
    expect(() => chooseKeys(collection.seed, collection, where({ name: { matches: '(' } }))).toThrow(ExpressionFailure);
  });
});

describe('rows are sorted', () => {
  it('by one field or several, keeping the order of equal ones', async () => {
    const collection = await people();
    const sorted = (text: string): readonly unknown[] => ids(findRows(collection.seed, collection, { choice: all, sort: parseSort(text) }).rows);
    expect(sorted('name')).toEqual([2, 4, 1, 3]);
    expect(sorted('-name')).toEqual([3, 1, 2, 4]);
    expect(sorted('name,-id')).toEqual([4, 2, 1, 3]);
    expect(sorted('age')).toEqual([3, 1, 4, 2]);
    expect(sorted('-age')).toEqual([1, 4, 3, 2]);
    expect(sorted('nothing')).toEqual([1, 2, 3, 4]);
  });

  it('numbers by value, then text by code unit, then booleans, and nothing last both ways', async () => {
    const collection = await collectionOf('{}');
    const table = new LayeredTable(emptyTable, []);
    const values = ['b', 'B', 10, 9, 9007199254740993n, true, false, null, undefined, 'é'];
    values.forEach((v, id) => table.put(String(id), (v === undefined ? { id } : { id, v }) as Row));
    const sorted = (text: string): readonly unknown[] => findRows(table, collection, { choice: all, sort: parseSort(text) }).rows.map(({ v }) => v);
    expect(sorted('v')).toEqual([9, 10, 9007199254740993n, 'B', 'b', 'é', false, true, null, undefined]);
    expect(sorted('-v')).toEqual([true, false, 'é', 'b', 'B', 9007199254740993n, 10, 9, null, undefined]);
  });

  it('as `-name,id` says', () => {
    expect(parseSort(' -name, +id ,,')).toEqual([{ field: 'name', descending: true }, { field: 'id', descending: false }]);
    expect(parseSort('')).toEqual([]);
    expect(parseSort('a,'.repeat(100))).toHaveLength(16);
  });
});

describe('a list', () => {
  it('comes in pages with its total and the number of the next', async () => {
    const collection = await people();
    const page = (number: number, size: number): unknown => {
      const { rows, total, next } = findRows(collection.seed, collection, { choice: all, page: { number, size } });
      return [ids(rows), total, next];
    };
    expect([page(1, 3), page(2, 3), page(3, 3), page(1, 4), page(1e9, 1000)]).toEqual([[[1, 2, 3], 4, 2], [[4], 4, null], [[], 4, null], [[1, 2, 3, 4], 4, null], [[], 4, null]]);
  });

  it('pages what was filtered and sorted, and counts all of it', async () => {
    const collection = await people();
    expect(findRows(collection.seed, collection, { choice: where({ age: { min: 1 } }), sort: parseSort('-age'), page: { number: 2, size: 2 } })).toMatchObject({ rows: [{ id: 3 }], total: 3, next: null });
    expect(findRows(collection.seed, collection, { choice: where({ age: { min: 1 } }), page: { number: 1, size: 2 } })).toMatchObject({ rows: [{ id: 1 }, { id: 3 }], total: 3, next: 2 });
    expect(findRows(collection.seed, collection, { choice: all, limit: 1 })).toMatchObject({ rows: [{ id: 1 }], total: 4, next: null });
    expect(findRows(collection.seed, collection, { choice: all, limit: 0 })).toMatchObject({ rows: [], total: 4 });
  });

  it('shows the chosen fields in their order, those that are there', async () => {
    const collection = await people();
    const { rows } = findRows(collection.seed, collection, { choice: { id: 2, where: null }, select: ['mail', 'code', 'name', '__proto__', 'toString'] });
    expect(Object.entries(rows[0]!)).toEqual([['mail', 'a@x'], ['name', 'ada']]);
  });

  it('reads no further than the end of a plain page', async () => {
    const collection = await people();
    let read = 0;
    const table: TableView = { ...lookedUp(collection.seed), *entries() {
      for (const entry of collection.seed.entries()) {
        read += 1;
        yield entry;
      }
    } };
    expect(findRows(table, collection, { choice: where({}), page: { number: 1, size: 2 } })).toMatchObject({ total: 4, next: 2 });
    expect(read).toBeLessThanOrEqual(2);
  });

  it('of 100,000 rows is filtered, sorted and paged', async () => {
    const csv = `id,name,department_id\n${Array.from({ length: 100_000 }, (_, i) => `${i + 1},n${(i * 7919) % 100_003},${i % 12}`).join('\n')}\n`;
    const collection = await collectionOf('{ rows: big.csv }', { 'big.csv': csv });
    const query = { choice: where({ department_id: { min: '3' }, name: { startsWith: 'n' } }), sort: parseSort('-name'), page: { number: 3, size: 50 } };
    expect(findRows(collection.seed, collection, query)).toMatchObject({ total: 74_998, next: 4 });
  });
});

function lookedUp(table: TableView): Omit<TableView, 'entries'> {
  return { size: table.size, nextKey: table.nextKey, revision: table.revision, get: (key) => table.get(key), holder: (field, value) => table.holder(field, value) };
}
