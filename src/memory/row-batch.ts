import { jsonEquals } from '../base/json.ts';
import type { Collection, Row, TableView } from '../model/index.ts';
import { valueText } from './key-text.ts';
import { gotWords } from './row-key.ts';

/** What is wrong with one row of a batch. */
export interface RowError {
  /** From 1, in the batch. */
  readonly row: number;
  /** Null when it is the row as a whole. */
  readonly field: string | null;
  readonly message: string;
}

/** What became of rows that were to be written; nothing has been when it failed. */
export type Written =
  | { readonly kind: 'done'; readonly rows: readonly Row[]; readonly errors: readonly RowError[] }
  | { readonly kind: 'failed'; readonly reason: 'bad' | 'taken'; readonly detail: string; readonly errors: readonly RowError[] };

/** Of more errors the rest are counted alone. */
const mostErrors = 1_000;

/** Rows on their way into a collection: checked one by one, against the table and against each other, before any is written. */
export class RowBatch {
  readonly accepted: { readonly key: string; readonly row: Row }[] = [];
  readonly errors: RowError[] = [];
  readonly #table: TableView;
  readonly #collection: Collection;
  readonly #skipBad: boolean;
  readonly #keys = new Set<string>();
  /** Field to value, of the rows in this batch. */
  readonly #values = new Map<string, Set<string>>();
  #count = 0;
  #bad = 0;
  #onlyTaken = true;

  constructor(table: TableView, collection: Collection, skipBad: boolean) {
    this.#table = table;
    this.#collection = collection;
    this.#skipBad = skipBad;
  }

  /** Whether a key is in the table or the batch. */
  hasKey(key: string): boolean {
    return this.#keys.has(key) || this.#table.get(key) !== null;
  }

  /** A value of which no row can be made. */
  refuse(field: string | null, message: string): false {
    this.#count += 1;
    this.#bad += 1;
    this.#tell(field, message, false);
    return false;
  }

  /** Whether the row can be written. `before`: the row that it takes the place of; null for a new one. */
  take(key: string, row: Row, before: Row | null): boolean {
    this.#count += 1;
    const { check, key: { field: keyField }, unique } = this.#collection;
    let well = true;
    for (const { field, message } of check.call(this.#collection, row)) {
      well = false;
      this.#tell(field, message, false);
    }
    if (before === null && this.hasKey(key)) well = this.#tell(keyField, `\`${keyField}\`: there is a row with the key ${gotWords(key)}`, true);
    for (const field of unique) {
      if (this.#isFree(field, key, row, before)) continue;
      well = this.#tell(field, `\`${field}\`: another row has the value ${gotWords(row[field])}`, true);
    }
    if (!well) this.#bad += 1;
    if (well || !this.#skipBad) this.#claim(key, row);
    if (well) this.accepted.push({ key, row });
    return well;
  }

  /** What became of the batch: the accepted rows, or why none of them can be written. */
  outcome(): Written {
    if (this.#bad === 0 || this.#skipBad) return { kind: 'done', rows: this.accepted.map(({ row }) => row), errors: this.errors };
    const [first] = this.errors;
    const { name } = this.#collection;
    const detail = this.#count === 1
      ? `The row cannot be kept in \`${name}\`: ${first!.message}${this.errors.length > 1 ? `, and ${this.errors.length - 1} more` : ''}`
      : `${this.#bad} of ${this.#count} rows cannot be kept in \`${name}\`, so none was; row ${first!.row}: ${first!.message}`;
    return { kind: 'failed', reason: this.#onlyTaken ? 'taken' : 'bad', detail, errors: this.errors };
  }

  #isFree(field: string, key: string, row: Row, before: Row | null): boolean {
    const value = row[field];
    if (value === undefined || value === null || (before !== null && jsonEquals(before[field], value))) return true;
    const holder = this.#table.holder(field, value);
    return (holder === null || (before !== null && holder === key)) && !this.#values.get(field)?.has(valueText(value));
  }

  #claim(key: string, row: Row): void {
    this.#keys.add(key);
    for (const field of this.#collection.unique) {
      const value = row[field];
      if (value === undefined || value === null) continue;
      const values = this.#values.get(field);
      if (values) values.add(valueText(value));
      else this.#values.set(field, new Set([valueText(value)]));
    }
  }

  #tell(field: string | null, message: string, taken: boolean): false {
    this.#onlyTaken &&= taken;
    if (this.errors.length < mostErrors) this.errors.push({ row: this.#count, field, message });
    return false;
  }
}
