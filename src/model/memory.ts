import type { Json } from '../base/json.ts';
import type { Template } from './facts.ts';

/** A row of a collection: JSON by field, in the order of its fields, without a prototype. Never changed in place. */
export type Row = Readonly<Record<string, Json>>;

/** What is wrong with one field of a row; `field` is null when it is the row as a whole. */
export interface RowProblem {
  readonly field: string | null;
  readonly expected: string;
  readonly got: string;
  /** The whole sentence: "`name`: expected text, got nothing". */
  readonly message: string;
}

/** The kind of value that a field of a collection holds, where schema or first rows tell: texts of a request are read as that. */
export type ColumnType = 'text' | 'number' | 'boolean' | 'any';

/** The rows of a collection, to be looked at. Keys are the text of the key field's value: `5` and `'5'` are one key. */
export interface TableView {
  readonly size: number;
  get(key: string): Row | null;
  /** The key of the row that has this value in a field under `unique`; null when none has. */
  holder(field: string, value: Json): string | null;
  /** In the order in which they were inserted. */
  entries(): Iterable<readonly [key: string, row: Row]>;
  /** The number that the next row gets, where keys are counted up. */
  readonly nextKey: number;
  /** Rises with every change to the table in its session: what was worked out from the rows can be kept until then. */
  readonly revision: number;
}

/** A collection as a scenario declares it, compiled. */
export interface Collection {
  readonly name: string;
  /** `given`: a row without the key is bad. */
  readonly key: { readonly field: string; readonly type: 'counted' | 'uuid' | 'given' };
  readonly unique: readonly string[];
  /** The first rows, shared by all sessions. */
  readonly seed: TableView;
  readonly columns: ReadonlyMap<string, ColumnType>;
  /** Every problem that the collection's schema has with a row; none when it has no schema. */
  check(row: Row): readonly RowProblem[];
  /** Resolves once `check` knows the schema, which is read while the plan is made; absent: it does. */
  readonly ready?: Promise<void>;
  /** True: by its schema, rows have no other fields than `columns`. */
  readonly closed?: boolean;
  /** Names of the fields of `stamps.insert`: a replaced row keeps what it has there. */
  readonly filled?: readonly string[];
  /** Fields that the server fills: `insert` when a row is made, `write` then and at every change. Null: none. */
  readonly stamps: { readonly insert: Template<Row> | null; readonly write: Template<Row> | null };
}

/** What one scenario remembers by its file: the beginning of every session. */
export interface MemoryPlan {
  /** The first state; null when the scenario has none. */
  readonly state: string | null;
  /** Every state that the scenarios of this root name; null when one of them moves to a state that an expression gives. */
  readonly states: ReadonlySet<string> | null;
  readonly vars: Readonly<Record<string, Json>>;
  readonly collections: ReadonlyMap<string, Collection>;
}

/** What a scenario remembers in a session, to be looked at. */
export interface MemoryView {
  readonly plan: MemoryPlan;
  readonly state: string | null;
  /** Null-prototype map; never changed in place. */
  readonly vars: Readonly<Record<string, Json>>;
  /** Throws for a name that `plan.collections` does not have. */
  table(collection: string): TableView;
  /** Names of backups of a collection. */
  backups(collection: string): readonly string[];
  /** The rows of a named backup; null when there is none of that name. */
  backup(name: string, collection: string): TableView | null;
}

/** The same, with changes that nobody else sees until they are committed. */
export interface Draft extends MemoryView {
  move(state: string): void;
  set(name: string, value: Json): void;
  put(collection: string, key: string, row: Row): void;
  remove(collection: string, key: string): void;
  /** Where keys are counted up: the next one, taken. */
  takeKey(collection: string): number;
  /** All rows of a collection for others. `nextKey`: what the next counted key is then. */
  replaceAll(collection: string, rows: Iterable<readonly [key: string, row: Row]>, nextKey: number): void;
  saveBackup(name: string, collection: string): void;
  /** An operation to be carried out when the session's time comes to `dueMs`. */
  later(dueMs: number, operation: Operation): void;
  /** What has been changed so far, as one commit; null when nothing has. */
  changes(): MemoryChange | null;
}

/** What one commit does to what a scenario remembers in a session. Data alone, so that a store can carry it out in one step. */
export interface MemoryChange {
  readonly kind: 'memory';
  readonly root: string;
  /** Null: it stays. A move to another state drops the moves that were waiting before it, unless it is one of them (`timed`). */
  readonly state: string | null;
  /** The state that the change was made in, for a store that has none yet: the scenario's first. */
  readonly from?: string | null;
  /** True: an operation whose time has come, not a request's. */
  readonly timed: boolean;
  /** Those that were set. */
  readonly vars: Readonly<Record<string, Json>>;
  readonly tables: readonly TableChange[];
  readonly backups: readonly BackupChange[];
  readonly later: readonly Pending[];
}

export interface TableChange {
  readonly collection: string;
  /** What the table stood on before: the seed while a session has changed nothing. */
  readonly base: TableView;
  /** True: all rows that were there go first. */
  readonly cleared: boolean;
  /** New and changed rows by key, in order; null for those that go. */
  readonly rows: ReadonlyMap<string, Row | null>;
  readonly nextKey: number;
  readonly unique: readonly string[];
}

export interface BackupChange {
  readonly name: string;
  readonly collection: string;
  readonly rows: TableView;
}

/** An operation that waits for its time. */
export interface Pending {
  readonly dueMs: number;
  readonly operation: Operation;
}

/** What a session keeps of one root's scenarios: raw, before a plan is laid under it. */
export interface StoredMemory {
  readonly state: string | null;
  readonly vars: Readonly<Record<string, Json>>;
  /** Null: the session has changed nothing there, so the seed of the scenario that answers holds. */
  table(collection: string): TableView | null;
  backups(collection: string): readonly string[];
  backup(name: string, collection: string): TableView | null;
}

/** Fields that the server fills: the same for all rows of an operation, or a list with those of each. */
export type Stamped = Readonly<Record<string, Json>> | readonly Readonly<Record<string, Json>>[];

/** What a change comes to once its templates are filled: data alone, carried out at once or later. */
export type Operation =
  | { readonly kind: 'state'; readonly to: string }
  | { readonly kind: 'set'; readonly values: Readonly<Record<string, Json>> }
  | { readonly kind: 'add'; readonly values: Readonly<Record<string, Json>> }
  | { readonly kind: 'insert'; readonly collection: string; readonly rows: readonly Json[]; readonly skipBad: boolean; readonly stamp: Stamped; readonly keys: readonly string[] }
  | { readonly kind: 'update'; readonly collection: string; readonly rows: RowChoice; readonly value: Json; readonly stamp: Stamped }
  | { readonly kind: 'replace'; readonly collection: string; readonly rows: RowChoice; readonly value: Json; readonly stamp: Stamped }
  | { readonly kind: 'remove'; readonly collection: string; readonly rows: RowChoice }
  | { readonly kind: 'backup'; readonly collections: readonly string[]; readonly name: string }
  | { readonly kind: 'restore'; readonly collections: readonly string[]; readonly name: string };

/** Rows by key, or by tests of their fields as an author writes them under `where`, filled. Null and null: all. */
export interface RowChoice {
  readonly id: Json;
  readonly where: Readonly<Record<string, Json>> | null;
}
