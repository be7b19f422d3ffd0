import type { Json } from '../base/json.ts';
import { need, type Collection, type Draft, type Facts, type Needs, type Row } from '../model/index.ts';
import { belongs, type Only } from './only.ts';
import type { Paging } from './paging.ts';

/** A resource, compiled: what its acts share. */
export interface Resource {
  readonly collection: Collection;
  readonly only: Only;
  readonly paging: Paging;
  /** Query parameters that carry a scheme's secrets: no filters. */
  readonly secretNames: ReadonlySet<string>;
  /** The most rows of one POST. */
  readonly mostRows: number;
  readonly upsert: boolean;
  readonly requireIfMatch: boolean;
  /** What seeded keys depend on, beside seed and call. */
  readonly label: string;
}

/** What an act that writes needs of a request, beside its body. */
export function writeNeeds({ collection, only }: Resource, on: 'insert' | 'write'): Needs {
  const { stamps, key } = collection;
  const inserting = on === 'insert' ? (stamps.insert?.needs ?? 0) | (key.type === 'uuid' ? need.call : 0) : 0;
  return need.body | only.needs | (stamps.write?.needs ?? 0) | inserting;
}

/** The fields that the server fills: those of the collection, and over them those by which a row is the caller's. */
export function stampFor({ collection: { stamps } }: Resource, on: 'insert' | 'write', owned: Row, facts: Facts): Readonly<Record<string, Json>> {
  return Object.assign(Object.create(null) as Record<string, Json>, on === 'insert' ? stamps.insert?.render(facts) : undefined, stamps.write?.render(facts), owned);
}

/** A row that is there for the caller; somebody else's is not there. */
export function rowFor({ collection }: Resource, key: string, owned: Row, draft: Draft): Row | null {
  const row = draft.table(collection.name).get(key);
  return row !== null && belongs(row, owned) ? row : null;
}

/** A UUID of version 4 for each of so many rows (RFC 9562 §5.4), where keys are UUIDs. Needs `need.call`. */
export function drawKeys({ collection, label }: Resource, count: number, facts: Facts, draft: Draft): readonly string[] {
  if (collection.key.type !== 'uuid') return [];
  const table = draft.table(collection.name);
  const random = facts.random(`${label}:uuid`);
  return Array.from({ length: count }, () => {
    for (;;) {
      const bytes = random.bytes(16);
      bytes[6] = (bytes[6]! & 0x0f) | 0x40;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      const key = bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      // A counter that starts over, as after a reload, draws the same keys again, and the rows are still there.
      if (table.get(key) === null) return key;
    }
  });
}

/** The row with these fields alone, in this order; one that it does not have is left out. */
export function choose(row: Row, fields: readonly string[] | null): Row {
  if (fields === null) return row;
  const chosen: Record<string, Json> = Object.create(null);
  for (const field of fields) if (Object.hasOwn(row, field)) chosen[field] = row[field]!;
  return chosen;
}
