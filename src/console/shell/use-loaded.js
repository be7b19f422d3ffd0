import { useEffect, useRef, useState } from '../htm.js';
import { Problem } from './api.js';

/**
 * What a view shows of the server: the last good value stays while another is loaded.
 * @template T
 * @typedef {{ readonly value: T | null, readonly problem: Problem | null, reload(): void }} Loaded
 */

/**
 * Loads once the view is there, when an input changes, and when `reload` is called. What was loaded for other inputs is not shown for these.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {readonly unknown[]} inputs
 * @returns {Loaded<T>}
 */
export function useLoaded(load, inputs) {
  const [state, setState] = useState(/** @type {{ of: readonly unknown[], value: T | null, problem: Problem | null }} */ ({ of: inputs, value: null, problem: null }));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).then(
      (value) => !stop.signal.aborted && setState({ of: inputs, value, problem: null }),
      (error) => !stop.signal.aborted && setState((now) => ({ of: inputs, value: equal(now.of, inputs) ? now.value : null, problem: asProblem(error) })),
    );
    return () => stop.abort();
  }, [...inputs, turn]);
  const fits = equal(state.of, inputs);
  return { value: fits ? state.value : null, problem: fits ? state.problem : null, reload: () => setTurn((now) => now + 1) };
}

/** @param {readonly unknown[]} some @param {readonly unknown[]} others */
function equal(some, others) {
  return some.length === others.length && some.every((one, index) => Object.is(one, others[index]));
}

const refreshMs = 1000;

/** @param {unknown} error */
export function asProblem(error) {
  return error instanceof Problem ? error : new Problem(0, error instanceof Error ? error.message : String(error));
}

/**
 * Calls `reload` when the server has told of something, at most once a second.
 * @param {import('./watched.js').Watched<any>} told
 * @param {() => void} reload
 * @param {() => boolean} [concerns] Whether it is worth it.
 */
export function useRefresh(told, reload, concerns = () => true) {
  const latest = useRef({ reload, concerns });
  latest.current = { reload, concerns };
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | null} */
    let waiting = null;
    const stop = told.subscribe(() => {
      if (!latest.current.concerns()) return;
      waiting ??= setTimeout(() => {
        waiting = null;
        latest.current.reload();
      }, refreshMs);
    });
    return () => {
      stop();
      if (waiting !== null) clearTimeout(waiting);
    };
  }, [told]);
}
