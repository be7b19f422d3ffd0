import type { Json } from '../../src/base/json.ts';
import { keyText } from '../../src/base/key-text.ts';
import { SeedTable } from '../../src/memory/index.ts';
import type { Collection, ColumnType, ExampleMemory, Draft, Row } from '../../src/model/index.ts';
import { makeDraft } from './facts.ts';

/** A collection with these first rows, whose keys are under `id`. Columns are of the type that the first row tells. */
export function makeCollection(name: string, rows: readonly Readonly<Record<string, Json>>[], more: Partial<Collection> = {}): Collection {
  const bare = rows.map((row): Row => Object.assign(Object.create(null) as Record<string, Json>, row));
  return {
    name, key: { field: 'id', type: 'counted' }, unique: [],
    seed: new SeedTable(new Map(bare.map((row) => [keyText(row['id'])!, row])), rows.length + 1),
    columns: new Map(Object.entries(rows[0] ?? {}).map(([field, value]) => [field, typeOf(value)])),
    check: () => [], stamps: { insert: null, write: null }, ...more,
  };
}

/** What an example says that the scenario remembers. */
export function exampleMemory({ state, vars, rows = {} }: ExampleMemory = {}): { readonly collections: readonly Collection[]; readonly draft: Draft } {
  const collections = Object.entries(rows).map(([name, ofName]) => makeCollection(name, ofName));
  return { collections, draft: makeDraft({ state: state ?? null, ...(vars && { vars }), collections }) };
}

function typeOf(value: Json): ColumnType {
  switch (typeof value) {
    case 'string': return 'text';
    case 'boolean': return 'boolean';
    case 'number': case 'bigint': return 'number';
    default: return 'any';
  }
}
