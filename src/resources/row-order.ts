import type { Json } from '../base/json.ts';
import { compareValues, type SortField } from '../memory/index.ts';
import type { Row, TableView } from '../model/index.ts';

/** A row with its key. */
export type Entry = readonly [key: string, row: Row];

/** Where a row stands in an order: by its values of the sorted fields, then by its key, so that no two stand at one place. */
export interface Position {
  readonly values: readonly Json[];
  readonly key: string;
}

interface Ordered {
  readonly revision: number;
  readonly sort: string;
  readonly entries: readonly Entry[];
}

/** The last order that was asked of a table: good until the table changes. */
const orders = new WeakMap<TableView, Ordered>();

/** The rows that pass, sorted. */
export function sortedRows(table: TableView, sort: readonly SortField[], passes: ((row: Row) => boolean) | null): readonly Entry[] {
  const known = orders.get(table);
  const text = sortText(sort);
  const order = known?.revision === table.revision && known.sort === text ? known : null;
  if (order !== null) return passes === null ? order.entries : order.entries.filter(([, row]) => passes(row));
  const placed: { readonly entry: Entry; readonly position: Position }[] = [];
  for (const entry of table.entries()) if (passes === null || passes(entry[1])) placed.push({ entry, position: positionOf(entry, sort) });
  const compare = byPosition(sort);
  const entries = placed.sort((a, b) => compare(a.position, b.position)).map(({ entry }) => entry);
  if (passes === null) orders.set(table, { revision: table.revision, sort: text, entries });
  return entries;
}

export function positionOf([key, row]: Entry, sort: readonly SortField[]): Position {
  return { key, values: sort.map(({ field }) => row[field] ?? null) };
}

/** Negative, zero or positive, as for sorting. */
export function byPosition(sort: readonly SortField[]): (a: Position, b: Position) => number {
  return (a, b) => {
    for (let index = 0; index < sort.length; index += 1) {
      const order = compareValues(a.values[index]!, b.values[index]!, sort[index]!.descending);
      if (order !== 0) return order;
    }
    return compareKeys(a.key, b.key);
  };
}

/** As a client writes it: `name,-age`. */
export function sortText(sort: readonly SortField[]): string {
  return sort.map(({ field, descending }) => `${descending ? '-' : ''}${field}`).join(',');
}

const wholeNumber = /^(?:0|[1-9]\d{0,14})$/;

/** Counted keys by their number, others by their letters. */
export function compareKeys(a: string, b: string): number {
  if (wholeNumber.test(a) && wholeNumber.test(b)) return Number(a) - Number(b);
  return a === b ? 0 : a < b ? -1 : 1;
}
