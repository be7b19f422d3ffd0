import { isTextFields } from '../base/text-fields.ts';
import type { Json } from '../base/json.ts';
import type { Collection } from '../model/index.ts';
import { columnReader } from './column-types.ts';
import { newRow } from './new-row.ts';

/**
 * A row as a request gave it. One that came as text (a record of CSV, a form, a query) is read as a CSV fixture is: as numbers,
 * `true` and `false` where the collection's columns hold these, nothing where such a cell is empty.
 */
export function sentRow(value: Json, collection: Collection | null): Json {
  if (collection === null || !isTextFields(value)) return value;
  const fields = value as Readonly<Record<string, Json>>;
  const row = newRow();
  for (const name of Object.keys(fields)) {
    const field = fields[name]!;
    const type = collection.columns.get(name);
    row[name] = typeof field === 'string' && (type === 'number' || type === 'boolean') ? columnReader(type, [], 0)(field) : field;
  }
  return row;
}
