import type { Json } from '../base/json.ts';
import type { Row, TableView } from '../model/index.ts';
import { valueText } from './key-text.ts';
import { SeedTable } from './seed-table.ts';

/**
 * Changes laid over rows that stay as they are: a session's over the seed that all share, a draft's over the session's. What is
 * underneath must not change while the layer is in use.
 */
export class LayeredTable implements TableView {
  readonly #base: TableView;
  /** Fields whose values are found without a look at all rows. */
  readonly #unique: string[];
  readonly #keepsPlaces: boolean;
  /** Rows of the base with another content; null: gone. */
  readonly #over = new Map<string, Row | null>();
  /** Rows that come after those of the base. */
  readonly #added = new Map<string, Row>();
  /** Field to value to key, of the rows in this layer. */
  readonly #holders = new Map<string, Map<string, string>>();
  #size: number;
  #nextKey: number;
  #revision: number;

  /** `keepsPlaces`: a row that goes and comes again is in its old place, as it is once the layer is committed key by key. */
  constructor(base: TableView, unique: readonly string[], revision = base.revision, keepsPlaces = false) {
    this.#base = base;
    this.#unique = [...unique];
    this.#keepsPlaces = keepsPlaces;
    this.#size = base.size;
    this.#nextKey = base.nextKey;
    this.#revision = revision;
  }

  get size(): number {
    return this.#size;
  }

  get nextKey(): number {
    return this.#nextKey;
  }

  set nextKey(next: number) {
    this.#nextKey = next;
  }

  get revision(): number {
    return this.#revision;
  }

  get(key: string): Row | null {
    const added = this.#added.get(key);
    if (added !== undefined) return added;
    const over = this.#over.get(key);
    return over === undefined ? this.#base.get(key) : over;
  }

  *entries(): Iterable<readonly [key: string, row: Row]> {
    if (this.#over.size === 0) yield* this.#base.entries();
    else {
      for (const entry of this.#base.entries()) {
        const over = this.#over.get(entry[0]);
        if (over === undefined) yield entry;
        else if (over !== null) yield [entry[0], over];
      }
    }
    yield* this.#added.entries();
  }

  /** The rows of this layer alone, null for those that are gone: what a commit carries over. */
  *changed(): Iterable<readonly [key: string, row: Row | null]> {
    yield* this.#over.entries();
    yield* this.#added.entries();
  }

  holder(field: string, value: Json): string | null {
    if (!this.#unique.includes(field)) this.#indexToo(field);
    const own = this.#holdersOf(field).get(valueText(value));
    if (own !== undefined) return own;
    const under = this.#base.holder(field, value);
    return under === null || this.#over.has(under) ? null : under;
  }

  put(key: string, row: Row): void {
    const before = this.get(key);
    if (before === null) this.#size += 1;
    else this.#forgetHolders(key, before);
    if (this.#added.has(key) || (before === null && !(this.#keepsPlaces && this.#over.has(key)))) this.#added.set(key, row);
    else this.#over.set(key, row);
    for (const field of this.#unique) {
      const value = row[field];
      if (value !== undefined && value !== null) this.#holdersOf(field).set(valueText(value), key);
    }
    this.#revision += 1;
  }

  remove(key: string): void {
    const before = this.get(key);
    if (before === null) return;
    this.#size -= 1;
    this.#forgetHolders(key, before);
    if (!this.#added.delete(key)) this.#over.set(key, null);
    this.#revision += 1;
  }

  /** The rows as they are now, whatever happens to this table. */
  snapshot(): TableView {
    return new SeedTable(new Map(this.entries()), this.#nextKey);
  }

  /** A field that has become unique since the layer was begun, by an edit of the file. */
  #indexToo(field: string): void {
    this.#unique.push(field);
    const holders = this.#holdersOf(field);
    for (const [key, row] of this.changed()) {
      const value = row?.[field];
      if (value !== undefined && value !== null) holders.set(valueText(value), key);
    }
  }

  #holdersOf(field: string): Map<string, string> {
    let holders = this.#holders.get(field);
    if (!holders) this.#holders.set(field, (holders = new Map()));
    return holders;
  }

  #forgetHolders(key: string, row: Row): void {
    for (const field of this.#unique) {
      const value = row[field];
      if (value === undefined || value === null) continue;
      const holders = this.#holdersOf(field);
      const text = valueText(value);
      if (holders.get(text) === key) holders.delete(text);
    }
  }
}
