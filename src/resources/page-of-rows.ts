import { parseSort, type SortField } from '../memory/index.ts';
import type { Row, TableView } from '../model/index.ts';
import { BadQuery } from './bad-query.ts';
import { readCursor, sortedCursor, writeCursor, type Cursor } from './cursor.ts';
import { byPosition, compareKeys, positionOf, sortedRows, sortText, type Entry, type Position } from './row-order.ts';

/** Some rows of a list. */
export interface RowsFound {
  readonly rows: readonly Row[];
  /** In the whole list. */
  readonly total: number;
}

/** Rows up to a cursor, null where they are the last. */
export interface RowsByCursor extends RowsFound {
  readonly next: string | null;
}

type Passes = ((row: Row) => boolean) | null;

/** The rows from a place in the list on, counted from 0. */
export function rowsFrom(table: TableView, passes: Passes, sort: readonly SortField[], from: number, size: number): RowsFound {
  if (sort.length > 0) {
    const entries = sortedRows(table, sort, passes);
    return { total: entries.length, rows: entries.slice(from, from + size).map(([, row]) => row) };
  }
  const rows: Row[] = [];
  let total = 0;
  for (const [, row] of table.entries()) {
    if (passes !== null && !passes(row)) continue;
    if (total >= from && rows.length < size) rows.push(row);
    total += 1;
    // What no one filters has as many rows as the table.
    if (passes === null && rows.length === size) break;
  }
  return { rows, total: passes === null ? table.size : total };
}

/** The rows after a cursor, or the first ones. Throws BadQuery for a cursor that leads nowhere. */
export function rowsAfter(table: TableView, passes: Passes, sort: readonly SortField[], asked: { readonly parameter: string; readonly cursor: string | null; readonly size: number }): RowsByCursor {
  const { parameter, cursor: text, size } = asked;
  const cursor = text === null ? null : readCursor(parameter, text);
  const order = sort.length === 0 && cursor?.kind === 'sorted' ? parseSort(cursor.sort) : sort;
  if (cursor !== null && (cursor.kind === 'sorted' ? cursor.sort : '') !== sortText(order)) throw new BadQuery(parameter, 'a cursor of the same order', text, 'Begin anew without a cursor');
  if (cursor?.kind === 'inserted' || order.length === 0) return inserted(table, passes, cursor?.kind === 'inserted' ? cursor : null, size);
  const entries = sortedRows(table, order, passes);
  const from = cursor === null ? 0 : firstAfter(entries, order, positionIn(table, order, cursor, asked));
  const page = entries.slice(from, from + size);
  const last = page.at(-1);
  return { total: entries.length, rows: page.map(([, row]) => row), next: last === undefined || from + size >= entries.length ? null : writeCursor(sortedCursor(sortText(order), positionOf(last, order))) };
}

/** In the order of insertion, whichever rows have come or gone since the page before. */
function inserted(table: TableView, passes: Passes, cursor: Extract<Cursor, { kind: 'inserted' }> | null, size: number): RowsByCursor {
  const page: Entry[] = [];
  let total = 0;
  let index = 0;
  let end = 0;
  let next: string | null = null;
  const begins = cursor === null ? () => true : beginning(table, cursor);
  let started = false;
  for (const entry of table.entries()) {
    started ||= begins(entry[0], index);
    index += 1;
    if (passes !== null && !passes(entry[1])) continue;
    total += 1;
    if (!started) continue;
    if (page.length < size) {
      page.push(entry);
      end = index;
    } else next ??= entry[0];
    if (passes === null && next !== null) break;
  }
  const last = page.at(-1);
  return {
    rows: page.map(([, row]) => row),
    total: passes === null ? table.size : total,
    next: next === null || last === undefined ? null : writeCursor({ kind: 'inserted', last: last[0], next, index: end }),
  };
}

/** Whether a page begins with this row. When neither neighbour of the cut is there any more, keys tell, or else the number of rows before it. */
function beginning(table: TableView, { last, next, index }: Extract<Cursor, { kind: 'inserted' }>): (key: string, at: number) => boolean {
  if (table.get(next) !== null) return (key) => key === next;
  if (table.get(last) !== null) {
    let passed = false;
    return (key) => {
      const begins = passed;
      passed ||= key === last;
      return begins;
    };
  }
  const counted = /^\d{1,15}$/;
  return counted.test(last) ? (key) => counted.test(key) && compareKeys(key, last) > 0 : (_key, at) => at >= index;
}

function positionIn(table: TableView, sort: readonly SortField[], cursor: Extract<Cursor, { kind: 'sorted' }>, { parameter, cursor: text }: { readonly parameter: string; readonly cursor: string | null }): Position {
  if (cursor.values !== null) return { key: cursor.key, values: cursor.values };
  const row = table.get(cursor.key);
  if (row === null) throw new BadQuery(parameter, 'a cursor whose row is still there', text, 'Begin anew without a cursor');
  return positionOf([cursor.key, row], sort);
}

function firstAfter(entries: readonly Entry[], sort: readonly SortField[], position: Position): number {
  const compare = byPosition(sort);
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(positionOf(entries[middle]!, sort), position) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
