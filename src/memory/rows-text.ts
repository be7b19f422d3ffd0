import { isNumeric, stringifyJson, type Json } from '../base/json.ts';
import { show } from '../base/show.ts';
import type { ColumnType, Row } from '../model/index.ts';
import { columnReader } from './column-types.ts';
import { csvRecords, CsvProblem, type CsvRecord } from './csv-records.ts';
import { newRow } from './new-row.ts';

export { CsvProblem } from './csv-records.ts';

/**
 * The rows of CSV text (RFC 4180) with a header line. An empty cell is null. Cells are read as the type of their column; where it
 * has none, a column of nothing but numbers, or `true` and `false`, is read as these. Throws CsvProblem.
 */
export function rowsFromCsv(text: string, columns?: ReadonlyMap<string, ColumnType>): readonly Row[] {
  return readCsvRows(text, { columns }).rows;
}

export interface CsvRows {
  readonly rows: readonly Row[];
  /** The line of each row, from 1. */
  readonly lines: readonly number[];
}

/** `names`: of the columns, for text without a header line. */
export function readCsvRows(text: string, options: { readonly columns?: ReadonlyMap<string, ColumnType> | undefined; readonly names?: readonly string[] | undefined }): CsvRows {
  const all = csvRecords(text);
  const records = options.names ? all : all.slice(1);
  const names = options.names ?? headerOf(all[0]);
  const readers = names.map((name, index) => columnReader(options.columns?.get(name), records, index));
  const rows: Row[] = [];
  for (const { line, cells } of records) {
    if (cells.length !== names.length) throw new CsvProblem(line, `expected ${counted(names.length)}${options.names ? ', as `columns` has names' : ', as the header line has'}, got ${cells.length}`);
    const row = newRow();
    for (let index = 0; index < names.length; index += 1) row[names[index]!] = readers[index]!(cells[index]!);
    rows.push(row);
  }
  return { rows, lines: records.map(({ line }) => line) };
}

function headerOf(record: CsvRecord | undefined): readonly string[] {
  if (!record) return [];
  const names = record.cells.map((cell) => (cell ?? '').trim());
  const unnamed = names.indexOf('');
  if (unnamed !== -1) throw new CsvProblem(record.line, `column ${unnamed + 1} has no name in the header line`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CsvProblem(record.line, `two columns are called ${show(twice)}`);
  return names;
}

function counted(cells: number): string {
  return `${cells} ${cells === 1 ? 'cell' : 'cells'}`;
}

/** CSV text (RFC 4180) with a header line of all fields, in order of appearance. Null and what is not there are empty cells, lists and maps JSON. */
export function rowsToCsv(rows: readonly Row[]): string {
  const names = new Set<string>();
  for (const row of rows) for (const name in row) names.add(name);
  const header = [...names];
  const lines = [header.map(quoted).join(',')];
  for (const row of rows) lines.push(header.map((name) => cellOf(row[name])).join(','));
  return header.length === 0 ? '' : `${lines.join('\r\n')}\r\n`;
}

function cellOf(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value === '' ? '""' : quoted(value);
  return typeof value === 'object' && !isNumeric(value) ? quoted(stringifyJson(value)) : String(value);
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) || cell.startsWith('\ufeff') ? `"${cell.replaceAll('"', '""')}"` : cell;
}
