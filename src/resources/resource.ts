import type { Json } from '../base/json.ts';
import { need, type Collection, type Draft, type Facts, type Needs, type Row, type Stamped } from '../model/index.ts';
import { freshUuids, stampAt, stampOver, type Stamp } from '../memory/index.ts';
import { belongs, type Only } from './only.ts';
import type { Paging } from './paging.ts';

/** A resource, compiled: what its acts share. */
export interface Resource {
  readonly collection: Collection;
  /** The fields that the server fills, when a row is made and when one is changed. */
  readonly stamps: { readonly insert: Stamp; readonly write: Stamp };
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
export function writeNeeds({ collection, only, stamps }: Resource, on: 'insert' | 'write'): Needs {
  return need.body | only.needs | stamps[on].needs | (on === 'insert' && collection.key.type === 'uuid' ? need.call : need.nothing);
}

/** The fields that the server fills: those of the collection, and over them those by which a row is the caller's. */
export function stampFor(resource: Resource, on: 'insert' | 'write', owned: Row, facts: Facts): Readonly<Record<string, Json>> {
  return stampAt(stampsFor(resource, on, owned, facts, 1), 0);
}

/** The same for several rows. */
export function stampsFor({ stamps, label }: Resource, on: 'insert' | 'write', owned: Row, facts: Facts, rows: number): Stamped {
  const { method, path } = facts.request;
  return stampOver(stamps[on].renderAll(facts, `${label} ${method} ${path}`, rows), owned);
}

/** A row that is there for the caller; somebody else's is not there. */
export function rowFor({ collection }: Resource, key: string, owned: Row, draft: Draft): Row | null {
  const row = draft.table(collection.name).get(key);
  return row !== null && belongs(row, owned) ? row : null;
}

/** A key for each of so many rows, where keys are UUIDs. Needs `need.call`. */
export function drawKeys({ collection, label }: Resource, count: number, facts: Facts, draft: Draft): readonly string[] {
  if (collection.key.type !== 'uuid') return [];
  const table = draft.table(collection.name);
  return freshUuids(count, (uuid) => table.get(uuid) !== null, label, facts);
}
