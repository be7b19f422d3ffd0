import type { CST } from 'yaml';

/** Values of a scenario are nested at most this deep. */
export const deepestNesting = 100;

/** The offset of the first value that is nested too deeply, or null. Walks with a list of its own, not by recursion. */
export function tooDeepAt(tokens: readonly CST.Token[]): number | null {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepestNesting + 1) return level[0]!.offset;
    const below: CST.Token[] = [];
    for (const token of level) {
      if (token.type === 'document' && token.value) below.push(token.value);
      else if ('items' in token) {
        for (const { key, value } of token.items) {
          if (key && 'items' in key) below.push(key);
          if (value && 'items' in value) below.push(value);
        }
      }
    }
    level = below;
  }
  return null;
}
