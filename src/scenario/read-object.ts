import { isLosslessNumber } from 'lossless-json';
import { kindOf } from '../base/show.ts';
import type { Path } from '../base/place.ts';
import type { Mistakes } from './mistakes.ts';
import { formatPath, type Places } from './places.ts';

const deepest = 100;

/** A scenario that was given as an object: a copy of its plain data, and names for the places in it. */
export function readObject(file: string, value: unknown, mistakes: Mistakes): { readonly value: unknown; readonly places: Places } {
  const bad = new Set<string>();
  const places: Places = {
    file,
    place: () => ({ file, line: 1, column: 1 }),
    mistaken: (path) => bad.size > 0 && path.some((_, index) => bad.has(formatPath(path.slice(0, index + 1)))),
    words: (path) => (path.length === 0 ? null : `\`${formatPath(path)}\``),
  };
  const refuse = (path: Path, message: string, fix?: string): null => {
    mistakes.add(places, path, { code: 'not-plain-data', message, expected: 'text, numbers, true or false, null, lists and maps', fix });
    bad.add(formatPath(path));
    return null;
  };
  return { value: copyPlain(value, [], new Set(), refuse), places };
}

type Refuse = (path: Path, message: string, fix?: string) => null;

function copyPlain(value: unknown, path: Path, above: Set<object>, refuse: Refuse): unknown {
  switch (typeof value) {
    case 'string': case 'boolean': case 'bigint': return value;
    case 'undefined': return null;
    case 'number': return Number.isFinite(value) ? value : refuse(path, `\`${value}\` is not a number that JSON can carry`);
    case 'object': break;
    default: return refuse(path, `A ${typeof value} cannot stand in a scenario`);
  }
  if (value === null || isLosslessNumber(value)) return value;
  if (value instanceof RegExp) return refuse(path, 'A regular expression object cannot stand in a scenario', `Write its text: \`${value.source}\``);
  if (above.has(value)) return refuse(path, 'The object contains itself');
  if (path.length > deepest) return refuse(path, `The object is nested deeper than ${deepest} levels`);
  above.add(value);
  const copy = Array.isArray(value) ? value.map((item, index) => copyPlain(item, [...path, index], above, refuse)) : copyMap(value, path, above, refuse);
  above.delete(value);
  return copy;
}

function copyMap(value: object, path: Path, above: Set<object>, refuse: Refuse): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!plain) return refuse(path, `${value.constructor?.name ?? kindOf(value)} is not plain data`);
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) copy[key] = copyPlain(inner, [...path, key], above, refuse);
  }
  return copy;
}
