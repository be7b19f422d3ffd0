import { compareNumbers, exactNumber, isNumeric, type Json, type Numeric } from '../base/json.ts';
import type { Collection, Multi, Row } from '../model/index.ts';
import { BadQuery } from './bad-query.ts';
import { isNumberText } from './only.ts';

/** Whether a row passes the filters of a query. */
export type Filter = (row: Row) => boolean;

/** Each row is asked for each of them. */
const mostValues = 200;

/** A filter asks its value of each value that stands behind its name: of some kinds one has to fit, of others all. */
const operators: Readonly<Record<string, { readonly all: boolean; readonly passes: (value: Json | undefined, wanted: Wanted) => boolean }>> = {
  eq: { all: false, passes: (value, wanted) => compare(value, wanted) === 0 },
  ne: { all: true, passes: (value, wanted) => compare(value, wanted) !== 0 },
  gt: { all: true, passes: (value, wanted) => (compare(value, wanted) ?? 0) > 0 },
  gte: { all: true, passes: (value, wanted) => (compare(value, wanted) ?? -1) >= 0 },
  lt: { all: true, passes: (value, wanted) => (compare(value, wanted) ?? 0) < 0 },
  lte: { all: true, passes: (value, wanted) => (compare(value, wanted) ?? 1) <= 0 },
  like: { all: false, passes: (value, wanted) => (typeof value === 'string' || isNumeric(value)) && String(value).toLowerCase().includes(wanted.lower) },
};

/** A value of a query: text, and the number that it may stand for. */
interface Wanted {
  readonly text: string;
  readonly lower: string;
  readonly number: Numeric | null;
}

/** The filter of a query; null when it has none. `names`: the parameters that are filters. Throws BadQuery. */
export function readFilter(names: readonly string[], query: Multi, collection: Collection): Filter | null {
  const count = names.reduce((sum, name) => sum + query.get(name)!.length, 0);
  if (count > mostValues) throw new BadQuery(names[0]!, `at most ${mostValues} values of filters in all`, count);
  const tests = names.map((name) => compileTest(name, query.get(name)!, collection));
  if (tests.length === 0) return null;
  return tests.length === 1 ? tests[0]! : (row) => tests.every((passes) => passes(row));
}

/** The field that a filter is about, and how it asks: `age_gte` is about `age`, unless there is a column of that very name. */
export function splitName(name: string, columns: Collection['columns']): { readonly field: string; readonly operator: string } {
  const found = columns.has(name) ? null : /^(.+)_(gte?|lte?|ne|like)$/.exec(name);
  return found ? { field: found[1]!, operator: found[2]! } : { field: name, operator: 'eq' };
}

function compileTest(name: string, values: readonly string[], { columns }: Collection): Filter {
  const { field, operator } = splitName(name, columns);
  const { all, passes } = operators[operator]!;
  const wanted = values.map((text): Wanted => ({ text, lower: text.toLowerCase(), number: isNumberText(text) ? exactNumber(text) : null }));
  const broken = /^[gl]te?$/.test(operator) && columns.get(field) === 'number' ? wanted.find(({ number }) => number === null) : undefined;
  if (broken) throw new BadQuery(name, 'a number', broken.text);
  const [only] = wanted;
  // `address.city` goes down into a map, where no field is named so.
  const path = columns.has(field) || !field.includes('.') ? null : field.split('.');
  const valueOf = path === null ? (row: Row): Json | undefined => row[field] : (row: Row): Json | undefined => (Object.hasOwn(row, field) ? row[field] : deepValue(row, path));
  if (wanted.length === 1) return (row) => passes(valueOf(row), only!);
  return all ? (row) => wanted.every((one) => passes(valueOf(row), one)) : (row) => wanted.some((one) => passes(valueOf(row), one));
}

/** Negative, zero or positive; null for what cannot be compared. Read as the type of the row's own value. */
function compare(value: Json | undefined, { text, number }: Wanted): number | null {
  switch (typeof value) {
    case 'string': return value === text ? 0 : value < text ? -1 : 1;
    case 'boolean': return String(value) === text ? 0 : null;
    case 'undefined': return null;
    default:
      if (value === null) return text === 'null' ? 0 : null;
      return number !== null && isNumeric(value) ? compareNumbers(value, number) : null;
  }
}

function deepValue(row: Row, path: readonly string[]): Json | undefined {
  let value: Json | undefined = row as Json;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || isNumeric(value) || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, Json>>)[name];
  }
  return value;
}
