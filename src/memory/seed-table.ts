import type { Json } from '../base/json.ts';
import type { Row, TableView } from '../model/index.ts';
import { valueText } from './key-text.ts';

/** Rows that never change: a collection's first ones, and those of a backup. Shared by everybody who stands on them. */
export class SeedTable implements TableView {
  readonly nextKey: number;
  readonly revision = 0;
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #holders = new Map<string, ReadonlyMap<string, string>>();

  constructor(rows: ReadonlyMap<string, Row>, nextKey: number) {
    this.#rows = rows;
    this.nextKey = nextKey;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row | null {
    return this.#rows.get(key) ?? null;
  }

  entries(): Iterable<readonly [key: string, row: Row]> {
    return this.#rows.entries();
  }

  holder(field: string, value: Json): string | null {
    let holders = this.#holders.get(field);
    if (!holders) {
      const made = new Map<string, string>();
      for (const [key, row] of this.#rows) if (row[field] !== undefined && row[field] !== null) made.set(valueText(row[field]), key);
      this.#holders.set(field, (holders = made));
    }
    return holders.get(valueText(value)) ?? null;
  }
}

/** No rows. */
export const emptyTable: TableView = new SeedTable(new Map(), 1);
