import { didYouMean } from '../base/nearest.ts';
import type { Json } from '../base/json.ts';
import { show } from '../base/show.ts';
import type { Collection, Compiler, Held, Row } from '../model/index.ts';

/** What a name holds that is bound to one row: known where the schema allows no other fields. */
export function heldRow(collection: Collection | null): Held | null {
  return collection?.closed === true ? { kind: 'map', fields: [...new Set([collection.key.field, ...collection.columns.keys()])] } : null;
}

export const heldList: Held = { kind: 'list' };

/** Reports names of fields that no row of the collection can have. `at`: where each stands below the compiler. */
export function checkNames(names: readonly { readonly name: string; readonly at: readonly (string | number)[]; readonly on?: 'key' }[], collection: Collection | null, compiler: Compiler): void {
  const row = heldRow(collection);
  if (row?.kind !== 'map') return;
  for (const { name, at, on } of names) {
    if (name.includes('${{') || row.fields.includes(name)) continue;
    compiler.mistake({ code: 'unknown-field', message: `Rows of \`${collection!.name}\` have no field ${show(name)}`, expected: `one of ${row.fields.slice(0, 20).map((one) => `\`${one}\``).join(', ')}`, got: show(name), fix: didYouMean(name, row.fields) }, at, on);
  }
}

/** The same for the fields of a row as it is written; an expression that gives the whole row is looked at when it is there. */
export function checkFieldNames(value: unknown, collection: Collection | null, compiler: Compiler): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  checkNames(Object.keys(value).map((name) => ({ name, at: [name], on: 'key' })), collection, compiler);
}

/** So many first rows are tried: what a schema asks of one field may depend on others. */
const mostTried = 20;

/** Reports fields that the schema takes neither alone nor in any of the first rows. `value`: what stands in the file, without expressions. */
export function checkFieldValues(value: Row, collection: Collection, compiler: Compiler): void {
  const rows: Row[] = [{}];
  for (const [, row] of collection.seed.entries()) if (rows.push(row) > mostTried) break;
  for (const field of Object.keys(value)) {
    if (field === collection.key.field || (collection.closed === true && !collection.columns.has(field))) continue;
    const problems = rows.map((row) => collection.check({ ...row, [field]: value[field] as Json }).find((problem) => problem.field === field));
    if (problems.some((problem) => problem === undefined)) continue;
    compiler.mistake({ code: 'bad-row', message: `Rows of \`${collection.name}\` can never be like that: ${problems[0]!.message}` }, [field]);
  }
}
