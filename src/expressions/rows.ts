import type { TableView } from '../model/index.ts';
import { Problem, type Run } from './run.ts';

/** The rows of a table, in order, read one after the other as they are asked for. */
export class Rows {
  readonly #table: TableView;
  readonly #run: Run;

  constructor(table: TableView, run: Run) {
    this.#table = table;
    this.#run = run;
  }

  get size(): number {
    return this.#table.size;
  }

  /** Every row that is read is paid for, as an item of a list is. */
  *[Symbol.iterator](): Iterator<unknown> {
    for (const [, row] of this.#table.entries()) {
      this.#run.spend(2);
      yield row;
    }
  }

  /** The row at a position, which must be below the size. */
  at(position: number): unknown {
    let index = 0;
    for (const [, row] of this.#table.entries()) {
      if (index === position) return row;
      index += 1;
      this.#run.spend(1);
    }
    throw new Problem(`there is no row at ${position}`, 'missing');
  }

  /** All rows as a list, made once in an evaluation. */
  list(): readonly unknown[] {
    return this.#run.once(this.#table, () => {
      this.#run.spend(this.#table.size);
      return Array.from(this.#table.entries(), ([, row]) => row);
    });
  }
}
