import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/**
 * A JSON value whose numbers keep their digits: a number that a double would change comes as bigint (integers) or as
 * LosslessNumber (fractions, exponents). Maps have no prototype, so `__proto__` is a plain key.
 */
export type Json = null | boolean | number | bigint | string | LosslessNumber | readonly Json[] | { readonly [key: string]: Json };

/** Numbers longer than this keep their text but are compared as doubles: big-integer arithmetic on them would cost too much. */
const exactDigits = 400;

const longDigits = /\d[\d.]{14}[\d.]?\d|[eE][+-]?\d{2,}/;

/** Numbers longer than this are refused: nobody counts with them, and patterns over them run out of stack. */
const longestNumber = 10_000;

/** Reads JSON. Text with a run of 16 digits or more takes the exact path. Throws SyntaxError. */
export function parseJson(text: string): Json {
  if (!longDigits.test(text)) return withoutPrototypes(JSON.parse(text) as Json);
  JSON.parse(text); // the same verdict, and the engine's own message, for what is not JSON
  return withoutPrototypes(parse(text, undefined, boundedNumber) as Json);
}

function boundedNumber(source: string): number | bigint | LosslessNumber {
  if (source.length > longestNumber) throw new SyntaxError(`a number in it has more than ${longestNumber} digits`);
  return exactNumber(source);
}

/** A number in the cheapest form that keeps its digits. */
export function exactNumber(source: string): number | bigint | LosslessNumber {
  const value = Number(source);
  if (Number.isSafeInteger(value) && /^-?\d+$/.test(source)) return value;
  if (source.length <= exactDigits && /^-?\d+$/.test(source)) return BigInt(source);
  const digits = significantDigits(source);
  return Number.isFinite(value) && digits <= 15 && (value !== 0 || digits === 0) ? value : new LosslessNumber(source);
}

/** A number of a file: one that a double would spell another way (`1.10`, `1e3`) keeps its own spelling. */
export function writtenNumber(source: string): Numeric {
  const value = exactNumber(source);
  return typeof value === 'number' && String(value) !== source ? new LosslessNumber(source) : value;
}

/** The same number in the cheapest form that keeps its digits, whatever its spelling. */
export function cheapestNumber<T>(value: T): T | Numeric {
  return isLosslessNumber(value) ? exactNumber(value.value) : value;
}

function significantDigits(source: string): number {
  return source.replace(/[eE].*$/, '').replace(/[-+.]/g, '').replace(/^0+/, '').length;
}

/** Writes JSON, exact numbers with their own digits. */
export function stringifyJson(value: unknown, indent?: number): string {
  return (hasExactNumbers(value) ? stringify(value, undefined, indent) : JSON.stringify(value, undefined, indent)) ?? 'null';
}

/** Whether two JSON values are the same: maps without regard to order, `1` equal to `1.0`, exact numbers by their digits. */
export function jsonEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b) === 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || isLosslessNumber(a) || isLosslessNumber(b)) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => jsonEquals(item, b[index]));
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && jsonEquals((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

export type Numeric = number | bigint | LosslessNumber;

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || isLosslessNumber(value);
}

/** Negative, zero or positive, as for sorting; exact for decimals of any length. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (String(a).length > exactDigits || String(b).length > exactDigits) return Number(String(a)) - Number(String(b)) || 0;
  const [x, y] = alignDecimals(decimal(String(a)), decimal(String(b)));
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Whether a double is a whole number of times another one, by the decimals that both are written as: 19.99 is 1999 times 0.01. */
export function isMultiple(value: number, of: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isSafeInteger(value) && Number.isSafeInteger(of)) return value % of === 0;
  const [x, y] = alignDecimals(decimal(String(value)), decimal(String(of)));
  return x % y === 0n;
}

/** Whether a number has no fraction: `1.0` and `1e400` have none. */
export function isWhole(value: Numeric): boolean {
  if (typeof value !== 'object') return typeof value === 'bigint' || Number.isInteger(value);
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(value.value) ?? [];
  const digits = `${whole}${fraction}`.replace(/0+$/, '');
  return /^0*$/.test(digits) || digits.length <= whole.length + Number(exponent);
}

interface Decimal {
  readonly digits: bigint;
  /** value = digits × 10^exponent */
  readonly exponent: number;
}

function decimal(source: string): Decimal {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(source) ?? [];
  const digits = BigInt(`${whole}${fraction}` || '0') * (sign === '-' ? -1n : 1n);
  return { digits, exponent: Number(exponent) - fraction.length };
}

/** Both as whole numbers of the same power of ten. Exponents thousands apart are compared by magnitude alone. */
function alignDecimals(a: Decimal, b: Decimal): readonly [bigint, bigint] {
  const gap = a.exponent - b.exponent;
  if (a.digits === 0n || b.digits === 0n || Math.abs(gap) > 2000) {
    return gap > 0 && a.digits !== 0n && b.digits !== 0n ? [a.digits * 10n ** 2000n, b.digits] : gap < 0 && a.digits !== 0n && b.digits !== 0n ? [a.digits, b.digits * 10n ** 2000n] : [a.digits, b.digits];
  }
  return gap >= 0 ? [a.digits * 10n ** BigInt(gap), b.digits] : [a.digits, b.digits * 10n ** BigInt(-gap)];
}

function hasExactNumbers(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null) return false;
  if (isLosslessNumber(value)) return true;
  if (Array.isArray(value)) return value.some(hasExactNumbers);
  for (const key in value) if (hasExactNumbers((value as Record<string, unknown>)[key])) return true;
  return false;
}

/** The same value, its maps without a prototype: `__proto__` is a plain key. Lists are changed in place. */
export function withoutPrototypes(value: Json): Json {
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) (value as Json[])[index] = withoutPrototypes(value[index]!);
    return value;
  }
  const bare: Record<string, Json> = Object.create(null);
  for (const key of Object.keys(value)) bare[key] = withoutPrototypes((value as Record<string, Json>)[key]!);
  return bare;
}
