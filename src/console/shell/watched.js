/**
 * A value that views may watch.
 * @template T
 * @typedef {{ readonly value: T, set(next: T): void, subscribe(listener: () => void): () => void }} Watched
 */

/**
 * @template T
 * @param {T} value
 * @returns {Watched<T>}
 */
export function watched(value) {
  /** @type {Set<() => void>} */
  const listeners = new Set();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
