/**
 * Ids in the order of their making: `e1`, `e2` … in a run that leaves nothing behind, so that a run repeats exactly; with a
 * start in time before the number where ids of earlier runs are kept.
 */
export function createIds(prefix: string, startedAtMs: number | null): () => string {
  const head = startedAtMs === null ? prefix : `${prefix}${startedAtMs.toString(36)}-`;
  let last = 0;
  return () => `${head}${(last += 1)}`;
}
