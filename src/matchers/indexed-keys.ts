import { exactNumber, isNumeric, type Json } from '../base/json.ts';
import { keyText } from '../base/key-text.ts';
import type { Collection, TableView } from '../model/index.ts';
import { isTestMap } from './values/operators.ts';
import type { Where } from './where.ts';

/**
 * The keys of the few rows that can pass tests of equality on the key or on a unique field, looked up; the tests themselves are
 * still to be asked. In no order where a column mixes types. Null when no test is such a one, and every row has to be looked at.
 */
export function indexedKeys(table: TableView, { key, unique }: Collection, where: Where): readonly string[] | null {
  const asked = equalTo(where, key.field);
  if (asked !== undefined) {
    const keys = new Set(formsOf(asked).map((form) => keyText(form)));
    return [...keys].filter((text) => text !== null && table.get(text) !== null) as string[];
  }
  for (const field of unique) {
    const value = equalTo(where, field);
    if (value !== undefined && value !== null) return holders(table, field, value);
  }
  return null;
}

/** The scalar that a field is asked to equal; undefined when it is asked otherwise, or not at all. */
function equalTo(where: Where, field: string): Json | undefined {
  if (!Object.hasOwn(where, field)) return undefined;
  const test = where[field]!;
  const value = isTestMap(test) && 'equals' in test && Object.keys(test).length === 1 ? (test as Where)['equals']! : test;
  return typeof value === 'object' && value !== null && !isNumeric(value) ? undefined : value;
}

function holders(table: TableView, field: string, value: Json): readonly string[] {
  return [...new Set(formsOf(value).map((form) => table.holder(field, form)).filter((key) => key !== null))];
}

/** What may equal the value in a column of any type: a value of a query is text, whatever the column holds. */
function formsOf(value: Json): readonly Json[] {
  const text = String(value);
  return [value, text, ...(/^-?\d[\d.eE+-]{0,399}$/.test(text) && Number.isFinite(Number(text)) ? [exactNumber(text)] : []), ...(text === 'true' || text === 'false' ? [text === 'true'] : [])];
}
