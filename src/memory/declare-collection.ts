import { didYouMean } from '../base/nearest.ts';
import type { Mistake } from '../base/diagnostic.ts';
import type { Collection, ColumnType, Compiler, Fixture, Row, Template } from '../model/index.ts';
import type { CollectionValue } from './collection-shape.ts';
import { compileRowSchema, type RowSchema } from './row-schema.ts';
import { layOutSeed, type Seed, type SeedProblem } from './seed-rows.ts';
import { inlineSource, readSeedFile, type SeedSource } from './seed-source.ts';

export { collectionsShape } from './collection-shape.ts';

/** So many bad rows are told one by one. */
const mostTold = 20;

type Key = Collection['key'];

/**
 * Compiles what stands under a name of `collections`. First rows are read and checked now, against the schema once its engine is
 * loaded: what is wrong with one is a mistake. Null when no collection can be made of it.
 */
export function compileCollection(name: string, given: unknown, compiler: Compiler): Collection | null {
  const value = given as CollectionValue;
  const key = keyOf(value);
  const unique = uniqueOf(value, key);
  const stampFields = { insert: Object.keys(value.onInsert ?? {}), write: Object.keys(value.onWrite ?? {}) };
  const schema = value.schema === undefined ? null : compileRowSchema(value.schema, compiler.at('schema'));
  checkNames(value, key, schema, compiler);
  const found = readSeed(name, value, key, unique, schema, compiler);
  const filled = [...(key.type === 'given' && !stampFields.insert.includes(key.field) ? [] : [key.field]), ...stampFields.insert, ...stampFields.write];
  const check = schema === null ? noProblems : (row: Row) => schema.check(row, filled);
  if (schema) compiler.before(schema.ready.then(() => found && tellProblems(schemaProblems(found, `${schema.text}${filled.join()}`, check), found, value, compiler)));
  const insert = stamp(value.onInsert, compiler.at('onInsert'));
  const write = stamp(value.onWrite, compiler.at('onWrite'));
  if (found) tellProblems(found.seed.problems, found, value, compiler);
  return {
    name, key, unique,
    seed: found?.seed.table ?? emptySeed(name, key, unique).table,
    columns: columnsOf(key, schema, found?.seed ?? null, filled),
    closed: schema?.closed ?? false,
    ...(schema && { ready: schema.ready }),
    filled: stampFields.insert.filter((field) => field !== key.field),
    check,
    stamps: { insert, write },
  };
}

const noProblems = (): readonly never[] => [];

function keyOf({ key }: CollectionValue): Key {
  if (typeof key === 'string') return { field: key, type: 'counted' };
  return { field: key?.field ?? 'id', type: key?.type ?? 'counted' };
}

/** The key is unique as it is. */
function uniqueOf({ unique = [] }: CollectionValue, key: Key): readonly string[] {
  return [...new Set(typeof unique === 'string' ? [unique] : unique)].filter((field) => field !== key.field);
}

function columnsOf(key: Key, schema: RowSchema | null, seed: Seed | null, filled: readonly string[]): ReadonlyMap<string, ColumnType> {
  const columns = new Map<string, ColumnType>([...(seed?.types ?? []), ...(schema?.columns ?? [])]);
  if (key.type !== 'given' && !columns.has(key.field)) columns.set(key.field, key.type === 'counted' ? 'number' : 'any');
  for (const field of filled) if (!columns.has(field)) columns.set(field, 'any');
  return columns;
}

/** Fields that the schema, the key and the stamps do not fit together on. */
function checkNames({ unique = [], onWrite }: CollectionValue, key: Key, schema: RowSchema | null, compiler: Compiler): void {
  if (onWrite && Object.hasOwn(onWrite, key.field)) compiler.at('onWrite').mistake({ code: 'fills-key', message: `\`${key.field}\` is the key, which cannot change at every write`, fix: 'Write it under `onInsert`, or take it out' }, [key.field], 'key');
  if (!schema?.closed) return;
  const { columns } = schema;
  const unknown = (field: string): Mistake => ({ code: 'unknown-field', message: `The schema allows no field \`${field}\``, expected: `one of ${[...columns.keys()].slice(0, 20).map((one) => `\`${one}\``).join(', ')}`, got: `\`${field}\``, fix: didYouMean(field, columns.keys()) ?? `Add it to the \`properties\` of the schema` });
  if (key.type === 'given' && !columns.has(key.field)) compiler.at('key').mistake(unknown(key.field));
  const fields = typeof unique === 'string' ? [unique] : unique;
  fields.forEach((field, index) => field === key.field || columns.has(field) || (isList(unique) ? compiler.at('unique', index) : compiler.at('unique')).mistake(unknown(field)));
}

interface FoundSeed {
  readonly source: SeedSource;
  readonly seed: Seed;
}

/** Rows of fixtures that were read before with the same words around them: variations and reloads have them in common. */
const read = new WeakMap<Fixture, { readonly signature: string; readonly found: FoundSeed }>();

/** Null when there are no first rows, or after a mistake. */
function readSeed(name: string, { rows }: CollectionValue, key: Key, unique: readonly string[], schema: RowSchema | null, compiler: Compiler): FoundSeed | null {
  if (rows === undefined) return null;
  const lay = (source: SeedSource): FoundSeed => ({ source, seed: layOutSeed(source, name, { key, unique }) });
  if (isList(rows)) {
    tellUnfilled(rows, compiler);
    return lay(inlineSource(rows));
  }
  const at = typeof rows === 'string' ? compiler.at('rows') : compiler.at('rows', 'file');
  const { file, columns: names } = typeof rows === 'string' ? { file: rows } : rows;
  const fixture = at.fixture(file);
  if (!fixture) return null;
  const columns = schema?.columns ?? new Map<string, ColumnType>();
  const signature = JSON.stringify([name, key, unique, names, [...columns]]);
  const known = read.get(fixture);
  if (known?.signature === signature) return known.found;
  const source = readSeedFile(fixture, names, columns);
  if ('code' in source) {
    at.mistake(source);
    return null;
  }
  const found = lay(source);
  read.set(fixture, { signature, found });
  return found;
}

/** What a schema said of rows, which are many: asked once. */
const checked = new WeakMap<FoundSeed, { readonly signature: string; readonly problems: readonly SeedProblem[] }>();

function schemaProblems(found: FoundSeed, signature: string, check: (row: Row) => ReturnType<Collection['check']>): readonly SeedProblem[] {
  const known = checked.get(found);
  if (known?.signature === signature) return known.problems;
  const problems = found.seed.rows.flatMap((row, index) => check(row).map(({ field, message }) => ({ index, field, message })));
  checked.set(found, { signature, problems });
  return problems;
}

function tellProblems(problems: readonly SeedProblem[], { source }: FoundSeed, { rows }: CollectionValue, compiler: Compiler): void {
  const at = compiler.at('rows');
  const told = problems.slice(0, mostTold);
  for (const { index, field, message, fix } of told) {
    const mistake: Mistake = { code: 'bad-row', message: `${source.place(index)}: ${message}`, fix };
    if (!isList(rows)) at.mistake(mistake);
    else at.mistake(mistake, field !== null && Object.hasOwn(rows[index]!, field) ? [index, field] : [index]);
  }
  if (problems.length > told.length) at.mistake({ code: 'bad-row', message: `and ${problems.length - told.length} more mistakes in these rows` });
}

/** First rows are there before any request: nothing can fill them. */
function tellUnfilled(rows: readonly Readonly<Record<string, unknown>>[], compiler: Compiler): void {
  let told = 0;
  rows.forEach((row, index) => {
    for (const field of Object.keys(row)) {
      const value = row[field];
      if (typeof value !== 'string' || !value.includes('${{') || told === mostTold) continue;
      told += 1;
      compiler.at('rows', index, field).mistake({ code: 'not-filled', message: 'First rows are not filled: `${{ … }}` has no meaning here', expected: 'a plain value', got: 'an expression', fix: 'Write the value itself; `onInsert` fills fields of rows that are made later' });
    }
  });
}

function stamp(fields: Readonly<Record<string, unknown>> | undefined, compiler: Compiler): Template<Row> | null {
  return fields === undefined || Object.keys(fields).length === 0 ? null : compiler.template<Row>(fields);
}

function emptySeed(name: string, key: Key, unique: readonly string[]): Seed {
  return layOutSeed(inlineSource([]), name, { key, unique });
}

function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value);
}
