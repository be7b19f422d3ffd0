import type { Mistake } from '../base/diagnostic.ts';

const maxNodes = 10_000;
const maxDepth = 64;
const maxLength = 1_000_000;
const maxItems = 100_000;
const maxRepeats = 1_000;

/** Keys whose numbers decide how much is made, with the most that they may ask for. */
const bounds: Readonly<Record<string, number>> = { minLength: maxLength, minItems: maxItems, minContains: maxItems, minProperties: maxItems };

/** What in a schema would make the faker work without end, reach outside, or run a pattern that it cannot. Null when it is well. */
export function mistakeInSchema(schema: unknown): Mistake | null {
  const seen = { nodes: 0 };
  return walk(schema, 0, 1, seen);
}

function walk(node: unknown, depth: number, times: number, seen: { nodes: number }): Mistake | null {
  if (typeof node !== 'object' || node === null) return null;
  seen.nodes += 1;
  if (depth > maxDepth || seen.nodes > maxNodes) return tooLarge(`at most ${maxNodes} parts, ${maxDepth} deep`);
  if (Array.isArray(node)) return firstMistake(node, (inner) => walk(inner, depth + 1, times, seen));
  const map = node as Readonly<Record<string, unknown>>;
  const own = mistakeIn(map, times);
  if (own) return own;
  const inside = typeof map['minItems'] === 'number' ? times * Math.max(1, map['minItems']) : times;
  return firstMistake(Object.entries(map), ([key, inner]) => walk(inner, depth + 1, key === 'items' || key === 'contains' ? inside : times, seen));
}

function mistakeIn(map: Readonly<Record<string, unknown>>, times: number): Mistake | null {
  for (const [key, most] of Object.entries(bounds)) {
    const value = map[key];
    if (typeof value === 'number' && value * times > most) return tooLarge(`\`${key}\` of together at most ${most}`, `${value}${times > 1 ? ` in each of ${times}` : ''}`);
  }
  const ref = map['$ref'];
  if (typeof ref === 'string' && !ref.startsWith('#')) return { code: 'bad-schema', message: 'A schema cannot reach outside of itself', expected: 'a `$ref` that begins with `#`', got: ref };
  const { pattern } = map;
  if (typeof pattern === 'string' && [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].reduce((product, found) => product * Math.max(1, Number(found[1]), Number(found[2] || 0)), 1) > maxRepeats) {
    return tooLarge(`a pattern that repeats at most ${maxRepeats} times`, pattern);
  }
  return null;
}

function firstMistake<T>(items: readonly T[], look: (item: T) => Mistake | null): Mistake | null {
  for (const item of items) {
    const mistake = look(item);
    if (mistake) return mistake;
  }
  return null;
}

function tooLarge(expected: string, got?: string): Mistake {
  return { code: 'too-large', message: 'This schema asks for too much', expected, got };
}
