import { isLosslessNumber, parse } from 'lossless-json';
import { withoutPrototypes, writtenNumber, type Json, type Numeric } from '../base/json.ts';
import { DamagedDatabase, textOf } from './world-database-connection.ts';

const escaped = 'json:';

/** Text for a column, whatever it holds: a database's text has no NUL and no lone surrogates, so such text goes in as JSON. */
export function storedText(text: string): string {
  return text.startsWith(escaped) || !isPlain(text) ? `${escaped}${JSON.stringify(text)}` : text;
}

/** The way back. Throws {@link DamagedDatabase} or SyntaxError. */
export function readText(value: unknown): string {
  const text = textOf(value);
  if (!text.startsWith(escaped)) return text;
  const inner: unknown = JSON.parse(text.slice(escaped.length));
  if (typeof inner !== 'string') throw new DamagedDatabase('A text in it is not what it should be');
  return inner;
}

/** Whether text is the same in a database and in JSON's quotes. */
export function isPlain(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

/** JSON that `stringifyJson` wrote: each number comes back with its digits, and with its spelling where a file gave it one (`1.10`). Throws {@link DamagedDatabase} or SyntaxError. */
export function readJson(value: unknown): Json {
  const text = textOf(value);
  const plain = JSON.parse(text) as Json;
  return withoutPrototypes(JSON.stringify(plain) === text && !/\d{16}/.test(text) ? plain : (parse(text, undefined, storedNumber) as Json));
}

/** A double where that is written in just this way, whole numbers aside, which are exact whatever their size. */
function storedNumber(source: string): Numeric {
  const double = Number(source);
  return String(double) === source && !/^-?\d+$/.test(source) ? double : writtenNumber(source);
}

/** The same, which must be a map. */
export function readMap(value: unknown): Readonly<Record<string, Json>> {
  const json = readJson(value);
  if (typeof json !== 'object' || json === null || Array.isArray(json) || isLosslessNumber(json)) throw new DamagedDatabase('A row in it is not the map that it should be');
  return json as Readonly<Record<string, Json>>;
}

export function readNumber(value: unknown): number {
  if (!Number.isFinite(value)) throw new DamagedDatabase('A number in it is not what it should be');
  return value as number;
}
