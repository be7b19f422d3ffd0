import { compareNumbers, isNumeric, type Json } from '../base/json.ts';
import type { Row } from '../model/index.ts';

/** One field to sort by; those before it come first. */
export interface SortField {
  readonly field: string;
  readonly descending: boolean;
}

/** No list is sorted by more fields. */
const mostFields = 16;

/** Reads `-name,id`: by name from the last to the first, equal names by id. Empty text sorts by nothing. */
export function parseSort(text: string): readonly SortField[] {
  const fields: SortField[] = [];
  for (const part of text.split(',', mostFields)) {
    const [, sign, field] = /^\s*([-+]?)\s*(.*?)\s*$/s.exec(part)!;
    if (field !== '') fields.push({ field: field!, descending: sign === '-' });
  }
  return fields;
}

/**
 * Sorts the list itself, keeping the order of what is equal: numbers by value, then text by code unit, then false and true, then
 * the rest. Null and what is not there come last, also when descending.
 */
export function sortRows(rows: Row[], by: readonly SortField[]): Row[] {
  const [first] = by;
  if (first === undefined) return rows;
  if (by.length === 1) {
    const { field } = first;
    return rows.sort(first.descending ? (a, b) => descending(a[field], b[field]) : (a, b) => ascending(a[field], b[field]));
  }
  return rows.sort((a, b) => {
    for (const { field, descending: falls } of by) {
      const order = compareValues(a[field], b[field], falls);
      if (order !== 0) return order;
    }
    return 0;
  });
}

const last = 4;

function ascending(a: Json | undefined, b: Json | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  const rank = rankOf(a);
  const order = rank - rankOf(b);
  if (order !== 0) return order;
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  return rank === 2 ? Number(a) - Number(b) : 0;
}

/** Two values of a sorted field, either way. */
export function compareValues(a: Json | undefined, b: Json | undefined, falls: boolean): number {
  return falls ? descending(a, b) : ascending(a, b);
}

function descending(a: Json | undefined, b: Json | undefined): number {
  const aIsLast = rankOf(a) === last;
  return aIsLast || rankOf(b) === last ? ascending(a, b) : ascending(b, a);
}

function rankOf(value: Json | undefined): number {
  switch (typeof value) {
    case 'number': case 'bigint': return 0;
    case 'string': return 1;
    case 'boolean': return 2;
    case 'undefined': return last;
    default: return value === null ? last : isNumeric(value) ? 0 : 3;
  }
}
