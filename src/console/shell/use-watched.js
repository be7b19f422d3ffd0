import { useEffect, useState } from '../htm.js';

/**
 * The value as it is now; the view is drawn again when it changes.
 * @template T
 * @param {import('./watched.js').Watched<T>} one
 * @returns {T}
 */
export function useWatched(one) {
  const [value, setValue] = useState(() => one.value);
  useEffect(() => {
    const look = () => setValue(() => one.value);
    look();
    return one.subscribe(look);
  }, [one]);
  return value;
}
