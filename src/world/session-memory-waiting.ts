import type { WaitingOperation } from './session-memory-store.ts';

/** The operations of one session that wait for their time: the earliest first, of equal ones the first that was asked for. */
export class WaitingOperations {
  #waiting: WaitingOperation[] = [];
  readonly #ids = new Set<number>();

  get size(): number {
    return this.#waiting.length;
  }

  all(): readonly WaitingOperation[] {
    return this.#waiting;
  }

  add(operation: WaitingOperation): void {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(operation, this.#waiting[middle]!)) high = middle;
      else low = middle + 1;
    }
    this.#waiting.splice(low, 0, operation);
    this.#ids.add(operation.id);
  }

  takeDue(nowMs: number): WaitingOperation | null {
    const first = this.#waiting[0];
    if (first === undefined || first.dueMs > nowMs) return null;
    this.#ids.delete(first.id);
    return this.#waiting.shift()!;
  }

  /** Takes out those with these ids, and gives them. Ids of none that waits cost no look at all that do: each of many that are due names one. */
  remove(ids: readonly number[]): readonly WaitingOperation[] {
    const there = new Set(ids.filter((id) => this.#ids.delete(id)));
    if (there.size === 0) return [];
    const gone = this.#waiting.filter(({ id }) => there.has(id));
    this.#waiting = this.#waiting.filter(({ id }) => !there.has(id));
    return gone;
  }
}

function isBefore(a: WaitingOperation, b: WaitingOperation): boolean {
  return a.dueMs !== b.dueMs ? a.dueMs < b.dueMs : a.id < b.id;
}
