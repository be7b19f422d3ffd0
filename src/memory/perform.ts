import type { Json } from '../base/json.ts';
import { show } from '../base/show.ts';
import type { Collection, Draft, Operation, Row, RowChoice } from '../model/index.ts';
import { addNumbers, amountOf } from './add-numbers.ts';
import { chooseKeys } from './find-rows.ts';
import { gotWords } from './row-key.ts';
import { changeRows, insertRows, type RowError, type Written } from './write-rows.ts';

/** What became of an operation. When it failed the draft may hold part of it: it is thrown away. */
export type Performed =
  /** `value` is what `as` binds. */
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly reason: 'missing' | 'bad' | 'taken'; readonly detail: string; readonly errors: readonly RowError[] };

/** Backups that a session keeps of one collection. */
const mostBackups = 100;

const nothing: Performed = { kind: 'done', value: null };

/**
 * Carries an operation out on a draft. Gives for `insert` the row, or a list where there were several, or with `skipBad` a map
 * of `rows` and `errors`; for `update`, `replace` and `remove` the row when it was chosen by `id`, else the list of rows; for
 * `add` the new values. Chosen rows of which there is none are `missing`. May throw ExpressionFailure for a test that cannot be asked.
 */
export function perform(operation: Operation, draft: Draft): Performed {
  switch (operation.kind) {
    case 'state':
      draft.move(operation.to);
      return nothing;
    case 'set':
      for (const name of Object.keys(operation.values)) draft.set(name, operation.values[name]!);
      return nothing;
    case 'add': return add(operation.values, draft);
    case 'insert': return withCollection(operation.collection, draft, (collection) => {
      const written = insertRows(draft, collection, operation.rows, operation);
      if (written.kind === 'failed') return written;
      if (operation.skipBad) return done(map({ rows: written.rows, errors: written.errors }));
      return done(operation.rows.length === 1 ? written.rows[0] : written.rows);
    });
    case 'update': case 'replace': return withRows(operation, draft, (collection, keys) => ofWritten(changeRows(draft, collection, keys, operation.value, operation.stamp, operation.kind), operation.rows));
    case 'remove': return withRows(operation, draft, ({ name }, keys) => {
      const table = draft.table(name);
      const rows = keys.map((key) => table.get(key)!);
      for (const key of keys) draft.remove(name, key);
      return done(operation.rows.id === null ? rows : rows[0]);
    });
    case 'backup': return backup(operation.collections, operation.name, draft);
    case 'restore': return restore(operation.collections, operation.name, draft);
  }
}

function add(values: Readonly<Record<string, Json>>, draft: Draft): Performed {
  const sums: Record<string, Json> = Object.create(null);
  const errors: RowError[] = [];
  for (const name of Object.keys(values)) {
    const before = Object.hasOwn(draft.vars, name) ? draft.vars[name] : undefined;
    const number = typeof before === 'string' ? null : amountOf(before);
    const amount = amountOf(values[name]);
    if (number === null) errors.push({ row: 1, field: name, message: `The variable \`${name}\` is not a number: ${gotWords(before ?? null)}` });
    else if (amount === null) errors.push({ row: 1, field: name, message: `What is added to \`${name}\` is not a number: ${gotWords(values[name])}` });
    else {
      const sum = addNumbers(number, amount);
      // What could not be added to again is not kept.
      if (amountOf(sum) === null) errors.push({ row: 1, field: name, message: `The sum of \`${name}\` would be too large a number` });
      else sums[name] = sum;
    }
  }
  if (errors.length > 0) return { kind: 'failed', reason: 'bad', detail: errors[0]!.message, errors };
  for (const name of Object.keys(sums)) draft.set(name, sums[name]!);
  return done(sums);
}

function backup(collections: readonly string[], name: string, draft: Draft): Performed {
  return all(collections, draft, (collection) => {
    const kept = draft.backups(collection);
    if (kept.length >= mostBackups && !kept.includes(name)) return failed('bad', `There are ${kept.length} backups of \`${collection}\`, and no more are kept: give the new one the name of another`);
    draft.saveBackup(name, collection);
    return nothing;
  });
}

function restore(collections: readonly string[], name: string, draft: Draft): Performed {
  return all(collections, draft, (collection) => {
    const rows = draft.backup(name, collection);
    if (rows === null) return failed('missing', `There is no backup ${show(name)} of \`${collection}\``);
    draft.replaceAll(collection, rows.entries(), rows.nextKey);
    return nothing;
  });
}

/** The first failure ends it. */
function all(collections: readonly string[], draft: Draft, carryOut: (collection: string) => Performed): Performed {
  for (const name of collections) {
    const performed = withCollection(name, draft, () => carryOut(name));
    if (performed.kind === 'failed') return performed;
  }
  return nothing;
}

/** An operation that waited may find that a reload has taken its collection away. */
function withCollection(name: string, draft: Draft, carryOut: (collection: Collection) => Performed): Performed {
  const collection = draft.plan.collections.get(name);
  return collection === undefined ? failed('missing', `There is no collection \`${name}\``) : carryOut(collection);
}

function withRows({ collection: name, rows }: { readonly collection: string; readonly rows: RowChoice }, draft: Draft, carryOut: (collection: Collection, keys: readonly string[]) => Performed): Performed {
  return withCollection(name, draft, (collection) => {
    const keys = chooseKeys(draft.table(name), collection, rows);
    if (keys.length > 0) return carryOut(collection, keys);
    return failed('missing', rows.id === null ? `No row of \`${name}\` is like that` : `There is no row with the key ${gotWords(rows.id)} in \`${name}\``);
  });
}

function ofWritten(written: Written, { id }: RowChoice): Performed {
  return written.kind === 'failed' ? written : done(id === null ? written.rows : written.rows[0]);
}

function done(value: unknown): Performed {
  return { kind: 'done', value };
}

function failed(reason: 'missing' | 'bad', detail: string): Performed {
  return { kind: 'failed', reason, detail, errors: [] };
}

function map<T extends Readonly<Record<string, readonly (Row | RowError)[]>>>(members: T): T {
  return Object.assign(Object.create(null) as object, members) as T;
}
