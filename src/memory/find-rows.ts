import { keyText } from '../base/key-text.ts';
import { indexedKeys } from '../matchers/indexed-keys.ts';
import type { Collection, Row, RowChoice, TableView } from '../model/index.ts';
import { newRow } from './new-row.ts';
import { sortRows, type SortField } from './sort-rows.ts';
import { compileWhere, type Where } from './where.ts';

export { parseSort, type SortField } from './sort-rows.ts';

export interface RowQuery {
  readonly choice: RowChoice;
  readonly sort?: readonly SortField[];
  /** At most so many rows; of a page, so many on it. */
  readonly limit?: number;
  /** `number` counts from 1. */
  readonly page?: { readonly number: number; readonly size: number };
  /** Fields of the rows, in this order; one that a row does not have is left out. None given: all. */
  readonly select?: readonly string[];
}

export interface Found {
  readonly rows: readonly Row[];
  /** Rows that were chosen, on all pages. */
  readonly total: number;
  /** The number of the next page; null on the last, and where none was asked for. */
  readonly next: number | null;
}

/** Rows of a collection in their order, or sorted; all, or a page of them. May throw ExpressionFailure for a test that cannot be asked. */
export function findRows(table: TableView, collection: Collection, { choice, sort = [], limit, page, select }: RowQuery): Found {
  const size = page === undefined ? (limit ?? Infinity) : Math.max(1, Math.min(page.size, limit ?? Infinity));
  const start = page === undefined ? 0 : (page.number - 1) * size;
  const { rows, total } = windowOf(table, collection, choice, sort, start, start + size);
  return { rows: select === undefined ? rows : rows.map((row) => pickFields(row, select)), total, next: page !== undefined && start + size < total ? page.number + 1 : null };
}

/** The keys of the rows that are chosen, in order. May throw ExpressionFailure. */
export function chooseKeys(table: TableView, collection: Collection, choice: RowChoice): readonly string[] {
  const keys: string[] = [];
  for (const [key] of chosen(table, collection, choice)) keys.push(key);
  return keys;
}

/** The rows from one position to before another among those chosen, and how many there are. */
function windowOf(table: TableView, collection: Collection, choice: RowChoice, sort: readonly SortField[], start: number, end: number): { readonly rows: readonly Row[]; readonly total: number } {
  const rows: Row[] = [];
  if (sort.length > 0) {
    for (const [, row] of chosen(table, collection, choice)) rows.push(row);
    return { rows: sortRows(rows, sort).slice(start, end), total: rows.length };
  }
  const all = choice.id === null && (choice.where === null || isEmpty(choice.where));
  if (all && start >= table.size) return { rows, total: table.size };
  let total = 0;
  for (const [, row] of chosen(table, collection, choice)) {
    if (total >= start && total < end) rows.push(row);
    total += 1;
    if (all && total >= end) return { rows, total: table.size };
  }
  return { rows, total };
}

/** The rows that are chosen, one after the other: looked up where the choice lets it. */
function chosen(table: TableView, collection: Collection, { id, where }: RowChoice): Iterable<readonly [key: string, row: Row]> {
  if (id !== null) return atKeys(table, [keyText(id)]);
  if (where === null || isEmpty(where)) return table.entries();
  const keys = indexedKeys(table, collection, where);
  return passing(keys === null ? table.entries() : atKeys(table, keys), compileWhere(where, collection.columns));
}

function* atKeys(table: TableView, keys: readonly (string | null)[]): Iterable<readonly [key: string, row: Row]> {
  for (const key of keys) {
    const row = key === null ? null : table.get(key);
    if (row !== null) yield [key!, row];
  }
}

function* passing(entries: Iterable<readonly [key: string, row: Row]>, passes: (row: Row) => boolean): Iterable<readonly [key: string, row: Row]> {
  for (const entry of entries) if (passes(entry[1])) yield entry;
}

/** The row with these fields alone, in this order; one that it does not have is left out. */
export function pickFields(row: Row, fields: readonly string[]): Row {
  const picked = newRow();
  for (const field of fields) if (row[field] !== undefined) picked[field] = row[field];
  return picked;
}

function isEmpty(where: Where): boolean {
  return Object.keys(where).length === 0;
}
