import { compareNumbers, isNumeric, type Numeric } from '../../base/json.ts';
import { bounded, calculate } from '../operators.ts';
import { Problem, type Run } from '../run.ts';
import { readTime } from '../time.ts';
import { asText, fromData, toNumber } from '../values.ts';
import type { FunctionEntry } from './define.ts';

export const numberFunctions: readonly FunctionEntry[] = [
  { name: 'number', signature: 'number(x: any): any', about: 'The number that a text spells out (`"12"`, `"1.5"`, `"-3e2"`); null stays null, other text is a failure.', example: ['number("1.5") * 2', '3'], call: ([x]) => (x === null ? null : asNumber(x, 'number')) },
  { name: 'int', signature: 'int(x: any): number', about: 'A whole number: text read, a fraction cut off, a time as seconds since 1970.', example: ['int("41") + 1', '42'], call: ([x]) => (x instanceof Date ? BigInt(Math.floor(x.getTime() / 1000)) : cut(asNumber(x, 'int'))) },
  { name: 'uint', signature: 'uint(x: any): number', about: 'A whole number that is not negative.', example: ['uint("7")', '7'], call: ([x]) => unsigned(cut(asNumber(x, 'uint'))) },
  { name: 'double', signature: 'double(x: any): number', about: 'A number with a fraction, so that division keeps it.', example: ['double(7) / 2', '3.5'], call: ([x]) => Number(asNumber(x, 'double')) },
  { name: 'abs', signature: 'abs(x: number): number', about: 'The number without its sign.', example: ['abs(-3)', '3'], call: ([x]) => (x < 0 ? -x : x) },
  { name: 'round', signature: 'round(x: number, digits?: whole): number', about: 'The number rounded to so many digits after the point (0 unless said); halves go away from zero.', example: ['round(2.345, 2)', '2.35'], check: ([, digits]) => (digits !== undefined && (Number(digits) < 0 || Number(digits) > 15) ? { code: 'bad-argument', message: '`round` takes 0 to 15 digits', argument: 1 } : null), call: ([x, digits = 0]) => round(x, digits) },
  { name: 'floor', signature: 'floor(x: number): number', about: 'The next whole number down.', example: ['floor(2.7)', '2'], call: ([x]) => whole(x, Math.floor) },
  { name: 'ceil', signature: 'ceil(x: number): number', about: 'The next whole number up.', example: ['ceil(2.1)', '3'], call: ([x]) => whole(x, Math.ceil) },
  { name: 'min', signature: 'min(...x: any): any', about: 'The smallest of some numbers, or of the numbers in a list (null when it is empty).', example: ['min(3, 1, 2)', '1'], call: (args, run) => extreme(args, -1, 'min', run) },
  { name: 'max', signature: 'max(...x: any): any', about: 'The largest of some numbers, or of the numbers in a list (null when it is empty).', example: ['max([3, 1, 2])', '3'], call: (args, run) => extreme(args, 1, 'max', run) },
  { name: 'sum', signature: 'sum(x: list): number', about: 'The numbers of a list added up; 0 for an empty one.', example: ['[{"qty": 2}, {"qty": 3}].map(i, i.qty).sum()', '5'], call: ([x]) => sum(x) },
  { name: 'average', signature: 'average(x: list): any', about: 'The mean of the numbers of a list; null for an empty one.', example: ['average([1, 2])', '1.5'], call: ([x]) => (x.length === 0 ? null : Number(sum(x)) / x.length) },
];

function asNumber(value: unknown, name: string): bigint | number {
  const number = typeof value === 'boolean' ? BigInt(value) : toNumber(value);
  if (number !== null) return number;
  if (value === null) throw new Problem(`\`${name}\` needs a number, not null`, 'missing');
  const time = name === 'int' && typeof value === 'string' ? readTime(value) : null;
  if (time) return BigInt(Math.floor(time.getTime() / 1000));
  throw new Problem(`${JSON.stringify(asText(value).slice(0, 40))} is no number`);
}

function cut(value: bigint | number): bigint {
  return typeof value === 'bigint' ? value : wholeNumber(Math.trunc(value));
}

function unsigned(value: bigint): bigint {
  if (value < 0n) throw new Problem(`${value} is negative, and \`uint\` needs 0 or more`);
  return value;
}

function whole(value: bigint | number, how: (value: number) => number): bigint {
  return typeof value === 'bigint' ? value : wholeNumber(how(value));
}

function wholeNumber(value: number): bigint {
  if (!Number.isFinite(value)) throw new Problem('the result is too large a number');
  return bounded(BigInt(value));
}

/** Rounds the number as it is written, so that 2.345 gives 2.35 although its double is a little less. */
function round(value: bigint | number, digits: number): bigint | number {
  if (typeof value === 'bigint') return value;
  if (digits < 0 || digits > 15) throw new Problem('`round` takes 0 to 15 digits');
  const size = Math.abs(value);
  const [mantissa, exponent = '0'] = String(size).split('e');
  const scaled = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  if (!Number.isFinite(scaled)) return value;
  if (digits === 0) return wholeNumber(Math.sign(value) * scaled);
  const [rounded, power = '0'] = String(scaled).split('e');
  return Math.sign(value) * Number(`${rounded}e${Number(power) - digits}`);
}

function extreme(args: readonly unknown[], sign: 1 | -1, name: string, run: Run): unknown {
  const items = args.length === 1 && Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  run.spend(items.length);
  let best: Numeric | null = null;
  for (const item of items) {
    const value = isNumeric(item) ? item : toNumber(item);
    if (value === null) throw new Problem(`\`${name}\` needs numbers, and one is ${item === null ? 'null' : JSON.stringify(asText(item).slice(0, 40))}`);
    if (best === null || compareNumbers(value, best) * sign > 0) best = value;
  }
  return fromData(best);
}

function sum(list: readonly unknown[]): bigint | number {
  let total: bigint | number = 0n;
  for (const item of list) total = calculate('+', total, fromData(item), { left: 'sum', right: 'an item of the list' });
  return total;
}
