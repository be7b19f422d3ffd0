import { isNumeric, type Json } from '../base/json.ts';
import type { Collection, Draft, Row, Stamped } from '../model/index.ts';
import { newRow, rowOf } from './new-row.ts';
import { RowBatch, type Written } from './row-batch.ts';
import { gotWords, numberAfter, readKey } from './row-key.ts';
import { stampAt } from './stamp.ts';

export type { RowError, Written } from './row-batch.ts';

/** A collection holds no more rows than this in a session. */
const mostRows = 1_000_000;

type Fields = Readonly<Record<string, Json>>;

export interface InsertOptions {
  /** True: good rows are kept and the others told of; otherwise all or none. */
  readonly skipBad: boolean;
  /** Fields that the server fills, laid over the rows. */
  readonly stamp: Stamped;
  /** Where keys are UUIDs: those of rows that bring none, by position. */
  readonly keys: readonly string[];
}

/**
 * Puts new rows into a collection. A row that brings no key gets one, at its head; a null key is none. Each row is checked (its
 * key, the schema, unique fields, also within the batch), and every error of every row is told; `taken` when nothing else is wrong.
 */
export function insertRows(draft: Draft, collection: Collection, values: readonly Json[], { skipBad, stamp, keys }: InsertOptions): Written {
  const table = draft.table(collection.name);
  if (table.size + values.length > mostRows) return full(collection);
  const batch = new RowBatch(table, collection, skipBad);
  let { nextKey } = table;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (!isMap(value)) {
      batch.refuse(null, `expected a map of fields, got ${gotWords(value)}`);
      continue;
    }
    while (collection.key.type === 'counted' && batch.hasKey(String(nextKey))) nextKey += 1;
    const keyed = withKey(value, stampAt(stamp, index), collection, keys[index], nextKey);
    if ('problem' in keyed) batch.refuse(collection.key.field, keyed.problem);
    else if (batch.take(keyed.key, keyed.row, null)) nextKey = numberAfter(keyed.key, nextKey);
  }
  return write(draft, collection, batch);
}

/** Merges fields into a row: the top ones alone. Its key cannot change. Throws for a key that no row has. */
export function updateRow(draft: Draft, collection: Collection, key: string, value: Json, stamp: Stamped): Written {
  return changeRows(draft, collection, [key], value, stamp, 'update');
}

/** Puts another row in the place of one, under the same key. Throws for a key that no row has. */
export function replaceRow(draft: Draft, collection: Collection, key: string, value: Json, stamp: Stamped): Written {
  return changeRows(draft, collection, [key], value, stamp, 'replace');
}

/** Updates or replaces several rows, all or none. Fields that the server filled when a row was made outlive its replacement. */
export function changeRows(draft: Draft, collection: Collection, keys: readonly string[], value: Json, stamp: Stamped, how: 'update' | 'replace'): Written {
  const table = draft.table(collection.name);
  const batch = new RowBatch(table, collection, false);
  for (const [index, key] of keys.entries()) {
    const before = table.get(key);
    const own = stampAt(stamp, index);
    if (before === null) throw new Error(`\`${collection.name}\` has no row with the key ${key}`);
    const problem = isMap(value) ? keyProblem({ ...value, ...own }, key, collection) : `expected a map of fields, got ${gotWords(value)}`;
    if (problem !== null) batch.refuse(isMap(value) ? collection.key.field : null, problem);
    else batch.take(key, changed(before, value as Fields, own, collection, how), before);
  }
  return write(draft, collection, batch);
}

function changed(before: Row, value: Fields, stamp: Fields, { key: { field }, filled = [] }: Collection, how: 'update' | 'replace'): Row {
  const row = how === 'update' ? rowOf(before) : newRow();
  if (how === 'replace') row[field] = before[field]!;
  for (const name of Object.keys(value)) if (name !== field) row[name] = value[name]!;
  if (how === 'replace') for (const name of filled) if (before[name] !== undefined) row[name] = before[name];
  for (const name of Object.keys(stamp)) if (name !== field) row[name] = stamp[name]!;
  return row;
}

function keyProblem(value: Fields, key: string, collection: Collection): string | null {
  const { field } = collection.key;
  const given = Object.hasOwn(value, field) ? value[field]! : null;
  if (given === null) return null;
  const read = readKey(given, collection);
  return 'text' in read && read.text === key ? null : `\`${field}\`: the key of a row cannot change: expected ${gotWords(key)}, got ${gotWords(given)}`;
}

/** The row with its key: the one it brings, or the one it gets. */
function withKey(value: Fields, stamp: Fields, collection: Collection, made: string | undefined, nextKey: number): { readonly key: string; readonly row: Row } | { readonly problem: string } {
  const { key: { field, type } } = collection;
  const given = (Object.hasOwn(stamp, field) ? stamp[field] : Object.hasOwn(value, field) ? value[field] : null) ?? null;
  const row = newRow();
  let key: string;
  if (given !== null) {
    const read = readKey(given, collection);
    if ('problem' in read) return { problem: `\`${field}\`: ${read.problem}` };
    key = read.text;
    for (const name of Object.keys(value)) row[name] = name === field ? read.value : value[name]!;
    for (const name of Object.keys(stamp)) row[name] = name === field ? read.value : stamp[name]!;
    return { key, row };
  }
  if (type === 'given' || (type === 'uuid' && made === undefined)) return { problem: `\`${field}\`: expected a key, got nothing` };
  key = type === 'uuid' ? made! : String(nextKey);
  row[field] = type === 'uuid' ? key : nextKey;
  for (const name of Object.keys(value)) if (name !== field) row[name] = value[name]!;
  for (const name of Object.keys(stamp)) if (name !== field) row[name] = stamp[name]!;
  return { key, row };
}

function write(draft: Draft, collection: Collection, batch: RowBatch): Written {
  const outcome = batch.outcome();
  if (outcome.kind === 'done') for (const { key, row } of batch.accepted) draft.put(collection.name, key, row);
  return outcome;
}

function full({ name }: Collection): Written {
  return { kind: 'failed', reason: 'bad', detail: `\`${name}\` is full: it holds at most ${mostRows} rows`, errors: [] };
}

function isMap(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumeric(value);
}
