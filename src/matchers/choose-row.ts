import type { Collection, Row, TableView } from '../model/index.ts';
import { indexedKeys } from './indexed-keys.ts';
import { compileWhere, type Where } from './where.ts';

/** The first row, in order, that passes all tests; null when none does. A test for one key or one unique value is looked up. May throw ExpressionFailure. */
export function chooseRow(table: TableView, collection: Collection, where: Where): Row | null {
  const passes = compileWhere(where, collection.columns);
  const keys = indexedKeys(table, collection, where);
  // Several keys come only where a column mixes types: then the order of the table decides.
  if (keys !== null && keys.length <= 1) return keys.length === 0 ? null : firstThat([[keys[0]!, table.get(keys[0]!)!]], passes);
  return firstThat(table.entries(), passes);
}

function firstThat(entries: Iterable<readonly [string, Row]>, passes: (row: Row) => boolean): Row | null {
  for (const [, row] of entries) if (passes(row)) return row;
  return null;
}
