import { exactNumber, isNumeric, parseJson, type Json } from '../base/json.ts';
import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import type { ColumnType, Row } from '../model/index.ts';
import type { CsvRecord } from './csv-records.ts';

const plainNumber = /^-?(?:0|[1-9]\d{0,399})(?:\.\d{1,400})?$/;
const jsonNumber = /^-?(?:0|[1-9]\d{0,399})(?:\.\d{1,400})?(?:[eE][-+]?\d{1,3})?$/;

/** How the cells of one column become values. */
export type ReadCell = (cell: string | null) => Json;

/** How a column of CSV is read: as its type says, or else as what all of its cells are: numbers, booleans, text. */
export function columnReader(type: ColumnType | undefined, records: readonly CsvRecord[], index: number): ReadCell {
  switch (type ?? typeOfCells(records, index)) {
    case 'number': return (cell) => (cell === null || cell === '' ? null : jsonNumber.test(cell) ? exactNumber(cell) : cell);
    case 'boolean': return (cell) => (cell === null || cell === '' ? null : (booleans.get(cell.toLowerCase()) ?? cell));
    case 'text': return (cell) => cell;
    case 'any': return readAny(columnReader(undefined, records, index));
  }
}

const booleans: ReadonlyMap<string, boolean> = new Map([['true', true], ['false', false]]);

/** Lists and maps as they are written in a cell; all else as the column's other cells suggest. */
function readAny(read: ReadCell): ReadCell {
  return (cell) => {
    if (cell === null || !/^\s*[[{]/.test(cell) || deeperThan(cell, maxJsonDepth)) return read(cell);
    try {
      return parseJson(cell);
    } catch {
      return cell;
    }
  };
}

function typeOfCells(records: readonly CsvRecord[], index: number): 'text' | 'number' | 'boolean' {
  let found: 'number' | 'boolean' | null = null;
  for (const { cells } of records) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    const type = plainNumber.test(cell) ? 'number' : booleans.has(cell.toLowerCase()) ? 'boolean' : 'text';
    if (type === 'text' || (found !== null && found !== type)) return 'text';
    found = type;
  }
  return found ?? 'text';
}

/** What the fields of rows hold: the type of all their values that are not null, or `any` where these differ. */
export function typesOfRows(rows: readonly Row[]): ReadonlyMap<string, ColumnType> {
  const types = new Map<string, ColumnType>();
  for (const row of rows) {
    for (const field in row) {
      const value = row[field]!;
      if (value === null) continue;
      const type = typeOfValue(value);
      const known = types.get(field);
      if (known === undefined) types.set(field, type);
      else if (known !== type && known !== 'any') types.set(field, 'any');
    }
  }
  return types;
}

function typeOfValue(value: Json): ColumnType {
  switch (typeof value) {
    case 'string': return 'text';
    case 'boolean': return 'boolean';
    case 'number': case 'bigint': return 'number';
    default: return isNumeric(value) ? 'number' : 'any';
  }
}
