import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { CsvProblem, rowsFromCsv, rowsToCsv } from '../../src/memory/index.ts';
import type { ColumnType, Row } from '../../src/model/index.ts';

const values = (rows: readonly Row[]): readonly unknown[] => rows.map((row) => Object.values(row));

describe('CSV', () => {
  it('is read with quotes, line breaks in cells and any line ending', () => {
    expect(rowsFromCsv('\ufeffid,name\r\n1,"a ""b"", c"\r\n2,"two\nlines"\r\n\r\n3,5" pipe')).toEqual([{ id: 1, name: 'a "b", c' }, { id: 2, name: 'two\nlines' }, { id: 3, name: '5" pipe' }]);
    expect(values(rowsFromCsv('a,b\r1,2\r3,4'))).toEqual([[1, 2], [3, 4]]);
    expect(rowsFromCsv('')).toEqual([]);
    expect(rowsFromCsv('a,b\n')).toEqual([]);
  });

  it('has null for an empty cell, and empty text between quotes', () => {
    expect(rowsFromCsv('a,b,c\nx,,\n"",y,""\n')).toEqual([{ a: 'x', b: null, c: null }, { a: '', b: 'y', c: '' }]);
  });

  it('is numbers and booleans where a whole column is', () => {
    const [row] = rowsFromCsv('id,price,open,zip,code,big,mixed,none\n7,1.50,TRUE,01234,1e5,9007199254740993,1,\n8,-2,false,99999,x,1,true,\n');
    expect(row).toEqual({ id: 7, price: 1.5, open: true, zip: '01234', code: '1e5', big: 9007199254740993n, mixed: '1', none: null });
  });

  it('is what the types of the columns say', () => {
    const columns = new Map<string, ColumnType>([['id', 'text'], ['n', 'number'], ['b', 'boolean'], ['any', 'any'], ['bad', 'number']]);
    expect(rowsFromCsv('id,n,b,any,bad\n1,1e3,true,"[1,{""a"":null}]",x\n2,"",,3,4\n', columns)).toEqual([{ id: '1', n: 1000, b: true, any: [1, { a: null }], bad: 'x' }, { id: '2', n: null, b: null, any: '3', bad: 4 }]);
  });

  it('that is broken names the line', () => {
    const problem = (text: string): unknown => {
      try {
        return rowsFromCsv(text);
      } catch (error) {
        expect(error).toBeInstanceOf(CsvProblem);
        return (error as CsvProblem).message;
      }
    };
    expect(problem('a,b\n1,2\n"3\n,4\n')).toBe('line 3: a quote is never closed');
    expect(problem('a,b\n"x\ny",1\n1,2,3')).toBe('line 4: expected 2 cells, as the header line has, got 3');
    expect(problem('a,b\n"x"y,1')).toMatch(/^line 2: there are letters behind a closing quote/);
    expect(problem('a,,b\n1,2,3')).toBe('line 1: column 2 has no name in the header line');
    expect(problem('a, a\n1,2')).toBe('line 1: two columns are called a');
  });

  it('has no prototype to reach', () => {
    const [row] = rowsFromCsv('__proto__,constructor\nx,y\n');
    expect(Object.entries(row!)).toEqual([['__proto__', 'x'], ['constructor', 'y']]);
  });

  it('is written with the fields of all rows, quoted where it must be', () => {
    expect(rowsToCsv([{ id: 1, name: 'a,b' }, { id: 9007199254740993n, tags: ['x', 1], open: true, name: null, note: '' }] as Row[])).toBe('id,name,tags,open,note\r\n1,"a,b",,,\r\n9007199254740993,,"[""x"",1]",true,""\r\n');
    expect(rowsToCsv([])).toBe('');
  });

  it('comes back as it was written, types given', () => {
    const cell: Readonly<Record<ColumnType, fc.Arbitrary<Json>>> = {
      text: fc.oneof(fc.constant(null), fc.string(), fc.constantFrom('', '"', 'a,b', 'x\r\ny', '\n', ' 1 ', 'true')),
      number: fc.oneof(fc.constant(null), fc.integer(), fc.constantFrom(1.5, -0.25, 1e21, 1e-7), fc.bigInt({ min: 10n ** 16n, max: 10n ** 30n })),
      boolean: fc.constantFrom(true, false, null),
      any: fc.constantFrom<Json>(null, [1, 'a'], [], { a: [null, true] }),
    };
    const table = fc.record({ text: cell.text, number: cell.number, boolean: cell.boolean, any: cell.any, key: fc.integer() });
    const columns = new Map<string, ColumnType>([['text', 'text'], ['number', 'number'], ['boolean', 'boolean'], ['any', 'any'], ['key', 'number']]);
    fc.assert(fc.property(fc.array(table, { minLength: 1, maxLength: 5 }), (rows) => {
      expect(rowsFromCsv(rowsToCsv(rows as Row[]), columns)).toEqual(rows.map((row) => ({ ...row, key: row.key === 0 ? 0 : row.key })));
    }), { numRuns: 200 });
  });
});
