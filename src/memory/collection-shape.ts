import type { Mistake } from '../base/diagnostic.ts';
import { show } from '../base/show.ts';
import { languageNames } from '../expressions/index.ts';
import { schemaShape } from '../matchers/json-schema.ts';
import { anything, byKind, list, mapOf, object, oneOfWords, optional, text, type Out } from '../shapes/index.ts';

const keyTypes = ['counted', 'uuid', 'given'] as const;
const field = text({ pattern: /^.{1,200}$/s, expected: 'the name of a field' });

const keyShape = byKind([
  field,
  object({
    field: optional({ ...field, about: 'The field that holds the key; `id` unless said.' }),
    type: optional(oneOfWords(keyTypes, '`counted`: 1, 2, 3 and so on, unless a row brings its own; `uuid`: made for each row; `given`: each row brings its own.')),
  }, { name: 'the key of a collection', expected: 'a map such as `{ field: id, type: uuid }`', foreign: { name: 'Write `field`', kind: 'Write `type`' } }),
], { expected: 'the name of the key field, or a map such as `{ field: id, type: uuid }`', about: 'The field by which rows are told apart. `id`, counted up, unless said. A key has 2,000 letters at most.' });

const inlineRow = mapOf(anything(), { expected: 'a row (a map of fields)' });

const rowsShape = byKind([
  text({ expected: 'the name of a fixture' }),
  object({
    file: text({ expected: 'the name of a fixture, such as `hr/departments.csv`', about: 'A CSV, JSON or YAML fixture.' }),
    columns: optional(list(field, { min: 1, expected: 'a list of the names of the columns', about: 'The names of the columns of a CSV file without a header line.' })),
  }, { name: '`rows`', expected: 'a map such as `{ file: hr/jobs.csv, columns: [id, job] }`', foreign: { csv: 'Write `file`', header: 'Write `columns`', name: 'Write `file`', path: 'Write `file`', fields: 'Write `columns`' } }),
  list(inlineRow, { expected: 'a list of rows' }),
], { expected: 'the name of a fixture such as `hr/departments.csv`, `{ file, columns: […] }` or a list of rows', about: 'The first rows of every session: a CSV, JSON or YAML fixture, `{ file, columns: […] }` for CSV without a header line, or the rows themselves.' });

const stampShape = (about: string) => mapOf(anything(), { expected: 'a map of fields to values', about });

/** One collection as an author declares it. */
export const collectionShape = object({
  key: optional(keyShape),
  unique: optional(byKind([field, list(field)], { expected: 'a list of fields', about: 'Fields of which no two rows have the same value. Null is no value.' })),
  rows: optional(rowsShape),
  schema: optional({ ...schemaShape, about: 'The JSON Schema that every row obeys, inline or the name of a fixture.' }),
  onInsert: optional(stampShape('Fields that the server fills when a row is made, whatever the client sent: `{ created: \'${{ now }}\' }`.')),
  onWrite: optional(stampShape('Fields that the server fills when a row is made and at every change: `{ changed_by: \'${{ auth.subject }}\' }`.')),
}, {
  name: 'a collection', definition: 'collection', expected: 'a map with `key`, `unique`, `rows`, `schema`, `onInsert`, `onWrite`; `{}` for an empty collection',
  foreign: { id: 'Write `key`', primaryKey: 'Write `key`', primary: 'Write `key`', seed: 'Write `rows`', seeds: 'Write `rows`', data: 'Write `rows`', items: 'Write `rows`', file: 'Write `rows`', csv: 'Write `rows`', columns: 'Write `rows: { file, columns: […] }`, or `schema`', fields: 'Write `schema`', properties: 'Write `schema: { properties: … }`', required: 'Write `schema: { required: [ … ] }`', uniques: 'Write `unique`', index: 'Write `unique`', onCreate: 'Write `onInsert`', onUpdate: 'Write `onWrite`', onChange: 'Write `onWrite`', computed: 'Write `onInsert` or `onWrite`', default: 'Write `onInsert`', defaults: 'Write `onInsert`' },
});

/** The value of the top key `collections`. */
export const collectionsShape = mapOf(collectionShape, {
  key: mistakeInName, expected: 'a map of names to collections',
  about: 'Tables of rows that the scenario remembers, in each session its own: names to their key, first rows and rules. Expressions find each by its name.',
});

export type CollectionValue = Out<typeof collectionShape>;

function mistakeInName(name: string): Mistake | null {
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) {
    const fix = name.toLowerCase().replace(/[^a-z0-9_]+/g, '_').replace(/^[^a-z]+/, '').slice(0, 100);
    return { code: 'bad-name', message: `${show(name)} cannot be the name of a collection`, expected: 'a small letter, then small letters, digits and _', got: show(name), ...(fix !== '' && { fix: `Write \`${fix}\`` }) };
  }
  if (!languageNames.has(name)) return null;
  return { code: 'taken-name', message: `\`${name}\` is a name of the language`, expected: 'a name of its own', got: `\`${name}\``, fix: `Write another name, such as \`${name}_rows\`` };
}

