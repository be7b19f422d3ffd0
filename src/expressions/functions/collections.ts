import { asTextFields, isTextFields } from '../../base/text-fields.ts';
import { compareNumbers, isNumeric, stringifyJson } from '../../base/json.ts';
import { countLetters, letterAt, sliceLetters } from '../letters.ts';
import { Problem, type Run } from '../run.ts';
import { asText, fromData, kindOfValue, kindWords, newMap, plain } from '../values.ts';
import type { FunctionEntry } from './define.ts';

const longestRange = 100_000;

/** Functions on lists and maps; some take text as well, letter by letter. None changes what it is given. */
export const collectionFunctions: readonly FunctionEntry[] = [
  { name: 'size', signature: 'size(x: text|list|map|bytes): number', about: 'How many letters, items, keys or bytes there are.', example: ['size([1, 2, 3])', '3'], ofRows: (rows) => BigInt(rows.size), call: ([x], run) => BigInt(size(x, run)) },
  { name: 'first', signature: 'first(x: list|text): any', about: 'The first item or letter; null when there is none.', example: ['first(["a", "b"])', '"a"'], ofRows: (rows) => (rows.size === 0 ? null : rows.at(0)), call: ([x]) => fromData(typeof x === 'string' ? letterAt(x, 0) || null : x[0]) },
  { name: 'last', signature: 'last(x: list|text): any', about: 'The last item or letter; null when there is none.', example: ['last(["a", "b"])', '"b"'], call: ([x]) => fromData(typeof x === 'string' ? letterAt(x, -1) || null : x.at(-1)) },
  { name: 'slice', signature: 'slice(x: list|text, start: whole, end?: whole): any', about: 'The items or letters from `start` up to, not including, `end`; negative numbers count from the end.', example: ['slice([1, 2, 3, 4], 1, 3)', '[2,3]'], call: ([x, start, end]) => (typeof x === 'string' ? sliceLetters(x, start, end) : x.slice(start, end)) },
  { name: 'reverse', signature: 'reverse(x: list|text): any', about: 'The items or letters in the opposite order.', example: ['reverse([1, 2, 3])', '[3,2,1]'], call: ([x], run) => reverse(x, run) },
  { name: 'sort', signature: 'sort(x: list): list', about: 'The items in order: numbers by value, text letter by letter, null first. `list.sortBy(i, i.price)` sorts by something of each item.', example: ['sort([3, 1, 2])', '[1,2,3]'], cost: 8, call: ([x]) => [...x].sort(order) },
  { name: 'unique', signature: 'unique(x: list): list', about: 'The items without those that were there before.', example: ['unique([1, 2, 1])', '[1,2]'], cost: 4, call: ([x], run) => unique(x, run) },
  { name: 'flatten', signature: 'flatten(x: list): list', about: 'A list of lists as one list.', example: ['flatten([[1, 2], [3]])', '[1,2,3]'], call: ([x], run) => flatten(x, run) },
  { name: 'range', signature: 'range(start: whole, end?: whole): list', about: 'The whole numbers from 0 up to, not including, one number, or from one up to another; 100,000 at most.', example: ['range(3).map(i, "item " + i)', '["item 0","item 1","item 2"]'], call: ([start, end], run) => range(start, end, run) },
  { name: 'keys', signature: 'keys(x: map): list', about: 'The keys of a map.', example: ['keys({"a": 1, "b": 2})', '["a","b"]'], call: ([x], run) => keysOf(x, run) },
  { name: 'values', signature: 'values(x: map): list', about: 'The values of a map.', example: ['values({"a": 1, "b": 2})', '[1,2]'], call: ([x], run) => keysOf(x, run).map((key) => x[key]) },
  { name: 'entries', signature: 'entries(x: map): list', about: 'A list of `{key, value}`, one for each key of a map.', example: ['entries({"a": 1})', '[{"key":"a","value":1}]'], call: ([x], run) => keysOf(x, run).map((key) => entry(key, x[key], run)) },
  { name: 'merge', signature: 'merge(a: map|null, ...b: map|null): map', about: 'One map of several; where keys meet, the later map wins. It does not go deeper than the first level.', example: ['merge({"id": 1, "open": true}, {"open": false})', '{"id":1,"open":false}'], call: (maps, run) => merge(maps, run) },
  { name: 'without', signature: 'without(x: map, ...keys: text): map', about: 'The map without these keys.', example: ['without({"id": 1, "secret": "x"}, "secret")', '{"id":1}'], call: ([x, ...keys], run) => without(x, keys, run) },
];

function size(value: string | readonly unknown[] | Uint8Array | object, run: Run): number {
  if (typeof value === 'string') return countLetters(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return keysOf(value, run).length;
}

function keysOf(map: object, run: Run): readonly string[] {
  const keys = Object.keys(map);
  run.spend(keys.length);
  return keys;
}

function reverse(value: string | readonly unknown[], run: Run): string | readonly unknown[] {
  run.spend(value.length);
  return typeof value === 'string' ? [...value].toReversed().join('') : value.toReversed();
}

/** The order of items and of keys to sort by. Throws Problem for kinds that have none between them. */
export function order(a: unknown, b: unknown): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  throw new Problem(`${kindWords[kindOfValue(a)]} and ${kindWords[kindOfValue(b)]} have no order`);
}

function unique(list: readonly unknown[], run: Run): readonly unknown[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    const mark = typeof item === 'string' ? `"${item}` : stringifyJson(plain(item));
    run.spend(1 + (mark.length >> 4));
    return seen.size !== seen.add(mark).size;
  });
}

function flatten(list: readonly unknown[], run: Run): readonly unknown[] {
  const flat: unknown[] = [];
  for (const item of list) {
    run.spend(Array.isArray(item) ? item.length : 1);
    if (Array.isArray(item)) for (const inner of item as readonly unknown[]) flat.push(inner);
    else flat.push(item);
  }
  return flat;
}

function range(start: number, end: number | undefined, run: Run): readonly bigint[] {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  const length = Math.max(0, to - from);
  if (length > longestRange) throw new Problem(`\`range\` gives ${longestRange} numbers at most`);
  run.spend(length);
  return Array.from({ length }, (_, index) => BigInt(from + index));
}

function entry(key: string, value: unknown, run: Run): object {
  run.spend(4);
  return Object.assign(newMap(), { key, value });
}

function merge(maps: readonly (object | null)[], run: Run): object {
  const merged = newMap();
  for (const map of maps) {
    if (map === null) continue;
    run.spend(2 * Object.keys(map).length);
    Object.assign(merged, map);
  }
  return maps.some(isTextFields) ? asTextFields(merged) : merged;
}

function without(map: object, keys: readonly string[], run: Run): object {
  const copy = merge([map], run) as Record<string, unknown>;
  for (const key of keys) delete copy[asText(key)];
  return copy;
}
