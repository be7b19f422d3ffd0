import type { Json } from '../base/json.ts';
import { emptyTable, MemoryDraft, perform } from '../memory/index.ts';
import type { Collection, Compiler, StoredMemory } from '../model/index.ts';

const nothingStored: StoredMemory = { state: null, vars: {}, table: () => null, backups: () => [], backup: () => null };

/**
 * Reports rows of a file that no request could ever insert: against the schema, without a key, two of them with one unique value.
 * `many`: the compiler stands at a list of rows, not at one.
 */
export function checkRows(rows: readonly Json[], many: boolean, collection: Collection, compiler: Compiler): void {
  const { name, key } = collection;
  if (!isChecked(collection)) return;
  const draft = new MemoryDraft('', { state: null, states: null, vars: {}, collections: new Map([[name, { ...collection, seed: emptyTable }]]) }, nothingStored);
  const keys = key.type === 'uuid' ? rows.map((_row, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`) : [];
  const performed = perform({ kind: 'insert', collection: name, rows, skipBad: false, stamp: {}, keys }, draft);
  if (performed.kind === 'done') return;
  for (const { row, field, message } of performed.errors) {
    const at = many ? [row - 1] : [];
    const given = rows[row - 1];
    const inField = field !== null && typeof given === 'object' && given !== null && Object.hasOwn(given, field);
    compiler.mistake({ code: 'bad-row', message: `This row can never be inserted into \`${name}\`: ${message}` }, inField ? [...at, field] : at);
  }
}

/** Whether rows of a file can be looked at whole: what the server fills is known when a row is made. */
export function isChecked(collection: Collection | null): boolean {
  return collection !== null && collection.stamps.insert === null && collection.stamps.write === null;
}
