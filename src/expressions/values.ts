import { LosslessNumber, isLosslessNumber } from 'lossless-json';
import { stringifyJson } from '../base/json.ts';
import { longestText, Problem } from './run.ts';

/**
 * What a value is, as far as it is known. At run time whole numbers are bigint and all others number, so that `7 / 2`
 * and `7.0 / 2` differ as CEL has it; a whole JSON number becomes bigint when it is read out of its list or map.
 */
export type Kind = 'any' | 'text' | 'number' | 'bool' | 'null' | 'list' | 'map' | 'time' | 'duration' | 'bytes';

/** Kinds in the words of messages. */
export const kindWords: Readonly<Record<Kind, string>> = {
  any: 'any value',
  text: 'text',
  number: 'a number',
  bool: 'true or false',
  null: 'null',
  list: 'a list',
  map: 'a map',
  time: 'a time',
  duration: 'a duration',
  bytes: 'bytes',
};

/** A span of time. */
export class Duration {
  readonly ms: number;
  constructor(ms: number) {
    if (!Number.isFinite(ms)) throw new Problem('the duration is too long');
    this.ms = ms;
  }
  /** As CEL and protobuf write it: `5400s`, `0.25s`. */
  toString(): string {
    return `${this.ms / 1000}s`;
  }
}

export type ValueMap = Readonly<Record<string, unknown>>;

export function kindOfValue(value: unknown): Kind {
  switch (typeof value) {
    case 'string': return 'text';
    case 'bigint': case 'number': return 'number';
    case 'boolean': return 'bool';
    case 'object': break;
    default: return 'null';
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'time';
  if (value instanceof Duration) return 'duration';
  if (value instanceof Uint8Array) return 'bytes';
  return isLosslessNumber(value) ? 'number' : 'map';
}

export function isMap(value: unknown): value is ValueMap {
  return kindOfValue(value) === 'map';
}

/** A value as it comes out of data: whole JSON numbers are integers. */
export function fromData(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return value === undefined ? null : value;
}

/** An empty map without a prototype: every key is a plain key. */
export function newMap(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/** Text as a message shows it: in quotes, cut short. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

const decimalText = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const wholeText = /^[+-]?\d{1,400}$/;

/** The number that a value is or, as text, spells out; null when it is none. */
export function toNumber(value: unknown): bigint | number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'string') {
    if (wholeText.test(value)) return BigInt(value);
    return value.length <= 400 && decimalText.test(value) ? Number(value) : null;
  }
  return isLosslessNumber(value) ? Number(value.value) : null;
}

/** A value in the middle of text: null is empty, lists and maps are JSON, times are ISO 8601, bytes are base64. */
export function asText(value: unknown): string {
  switch (typeof value) {
    case 'string': return value;
    case 'object': break;
    case 'undefined': return '';
    default: return String(value);
  }
  if (value === null) return '';
  if (value instanceof LosslessNumber) return value.value;
  const leaf = plainLeaf(value);
  return typeof leaf === 'string' ? leaf : stringifyJson(plain(value));
}

/** Most items, keys and letters of a value that leaves an expression; references to the same list count each time. */
const mostNodes = 6_000_000;
const deepest = 500;

/** A value as plain data: safe whole numbers are number, times, durations and bytes text. What needs no change is not copied. */
export function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? plainDeep(value, { nodes: mostNodes, letters: 2 * longestText }, deepest) : plainScalar(value);
}

function plainDeep(value: object, left: { nodes: number; letters: number }, depth: number): unknown {
  const leaf = plainLeaf(value);
  if (leaf !== undefined) return leaf;
  if (depth === 0) throw new Problem('the value is nested too deeply');
  return Array.isArray(value) ? plainList(value, left, depth) : plainMap(value as ValueMap, left, depth);
}

function plainList(list: readonly unknown[], left: { nodes: number; letters: number }, depth: number): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index];
    const made = plainItem(item, left, depth);
    if (made !== item) (copy ??= list.slice())[index] = made;
  }
  return copy ?? list;
}

function plainMap(map: ValueMap, left: { nodes: number; letters: number }, depth: number): ValueMap {
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(map)) {
    const item = map[key];
    const made = plainItem(item, left, depth);
    if (made !== item) (copy ??= Object.assign(newMap(), map))[key] = made;
  }
  return copy ?? map;
}

function plainItem(item: unknown, left: { nodes: number; letters: number }, depth: number): unknown {
  left.nodes -= 1;
  if (typeof item === 'string') left.letters -= item.length;
  if (left.nodes < 0 || left.letters < 0) throw new Problem('the value is too large', 'costly');
  return typeof item === 'object' && item !== null ? plainDeep(item, left, depth - 1) : plainScalar(item);
}

/** The text or number of an object that is no list and no map; undefined for those. */
function plainLeaf(value: object): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Duration) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return value instanceof LosslessNumber ? value : undefined;
}

function plainScalar(value: unknown): unknown {
  if (typeof value === 'bigint') return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Problem('the result is no number that can be written');
  return value === undefined ? null : value;
}
