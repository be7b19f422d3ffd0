import { compareNumbers, isNumeric } from '../base/json.ts';
import { longestText, Problem, type Run } from './run.ts';
import { readTime } from './time.ts';
import { asText, Duration, isMap, kindOfValue, kindWords, quote, toNumber } from './values.ts';

/** The operands as written, for messages. */
export interface Operands {
  readonly left: string;
  readonly right: string;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type Comparison = '<' | '<=' | '>' | '>=';

/** `+` joins as soon as one side is text; everything else about numbers is in {@link calculate}. */
export function add(a: unknown, b: unknown, operands: Operands, run: Run): unknown {
  if (typeof a === 'bigint' && typeof b === 'bigint') return bounded(a + b);
  if (typeof a === 'string' || typeof b === 'string') return joinTexts(asText(a), asText(b), run);
  if (a instanceof Date && b instanceof Duration) return shift(a, b.ms);
  if (a instanceof Duration && b instanceof Date) return shift(b, a.ms);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ms + b.ms);
  if (Array.isArray(a) && Array.isArray(b)) {
    run.spend(a.length + b.length);
    return a.concat(b);
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    run.spend((a.length + b.length) >> 3);
    return Buffer.concat([a, b]);
  }
  return calculate('+', a, b, operands);
}

export function joinTexts(a: string, b: string, run: Run): string {
  const length = a.length + b.length;
  if (length > longestText) throw new Problem('the text is too long', 'costly');
  run.spend(length >> 6);
  return a + b;
}

export function subtract(a: unknown, b: unknown, operands: Operands): unknown {
  if (a instanceof Date && b instanceof Date) return new Duration(a.getTime() - b.getTime());
  if (a instanceof Date && b instanceof Duration) return shift(a, -b.ms);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ms - b.ms);
  return calculate('-', a, b, operands);
}

/** Arithmetic on numbers and on text that is a decimal number: whole with whole stays whole, exact at any size. */
export function calculate(op: Arithmetic, a: unknown, b: unknown, operands: Operands): bigint | number {
  const left = operand(a, operands.left, op);
  const right = operand(b, operands.right, op);
  if (typeof left === 'bigint' && typeof right === 'bigint') return bounded(calculateWhole(op, left, right));
  const result = calculateDecimal(op, Number(left), Number(right));
  if (!Number.isFinite(result)) throw new Problem('the result is too large a number');
  return result;
}

function calculateWhole(op: Arithmetic, left: bigint, right: bigint): bigint {
  switch (op) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return left / notZero(right);
    case '%': return left % notZero(right);
  }
}

function calculateDecimal(op: Arithmetic, left: number, right: number): number {
  switch (op) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return left / notZero(right);
    case '%': return left % notZero(right);
  }
}

function notZero<N extends bigint | number>(divisor: N): N {
  if (Number(divisor) === 0) throw new Problem('division by zero');
  return divisor;
}

function operand(value: unknown, written: string, op: string): bigint | number {
  const number = toNumber(value);
  if (number !== null) return number;
  if (value === null) throw new Problem(`\`${written}\` is null, and \`${op}\` needs a number`, 'missing');
  throw new Problem(`\`${written}\` is ${typeof value === 'string' ? `the text ${quote(value)}, no number` : kindWords[kindOfValue(value)]}, and \`${op}\` needs a number`);
}

const largest = 10n ** 400n;

/** Keeps whole numbers under 400 digits, so that no chain of products runs away. */
export function bounded(value: bigint): bigint {
  if (value >= largest || value <= -largest) throw new Problem('the result is too large a number');
  return value;
}

function shift(time: Date, ms: number): Date {
  const moved = new Date(time.getTime() + ms);
  if (Number.isNaN(moved.getTime())) throw new Problem('the time is out of range');
  return moved;
}

/** Same value: numbers by value whatever their form, a number and text (or true, false and text) when the text is how it is written. */
export function equals(a: unknown, b: unknown, run: Run): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length === b.length) run.spend(a.length >> 6);
    return a === b;
  }
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b) === 0;
  if (typeof a === 'string') return isScalar(b) && asText(b) === a;
  if (typeof b === 'string') return isScalar(a) && asText(a) === b;
  return equalObjects(a, b, run);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'boolean' || isNumeric(value);
}

function equalObjects(a: unknown, b: unknown, run: Run): boolean {
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Duration) return b instanceof Duration && a.ms === b.ms;
  if (a instanceof Uint8Array) {
    run.spend(a.length >> 6);
    return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  }
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    run.spend(a.length);
    return a.every((item, index) => equals(item, b[index], run));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  run.spend(keys.length);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equals(a[key], b[key], run));
}

/** Order of two values. Text against a number compares as numbers, text against a time as times, text against text letter by letter. */
export function compare(op: Comparison, a: unknown, b: unknown, operands: Operands, run: Run): boolean {
  const order = orderOf(op, a, b, operands, run);
  switch (op) {
    case '<': return order < 0;
    case '<=': return order <= 0;
    case '>': return order > 0;
    case '>=': return order >= 0;
  }
}

function orderOf(op: Comparison, a: unknown, b: unknown, operands: Operands, run: Run): number {
  if (typeof a === 'string' && typeof b === 'string') {
    run.spend(Math.min(a.length, b.length) >> 6);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (a instanceof Date || b instanceof Date) {
    const [left, right] = [readTime(a), readTime(b)];
    if (left && right) return left.getTime() - right.getTime();
  }
  if (a instanceof Duration && b instanceof Duration) return a.ms - b.ms;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (isNumeric(a) || isNumeric(b)) return compareNumbers(operand(a, operands.left, op), operand(b, operands.right, op));
  const [nothing, written] = a === null ? [true, operands.left] : [b === null, operands.right];
  if (nothing) throw new Problem(`\`${written}\` is null, and \`${op}\` needs a value`, 'missing');
  throw new Problem(`\`${op}\` cannot compare ${kindWords[kindOfValue(a)]} with ${kindWords[kindOfValue(b)]}`);
}

/** `x in y`: an item of a list, a key of a map, a piece of text. */
export function isIn(item: unknown, whole: unknown, operands: Operands, run: Run): boolean {
  if (Array.isArray(whole)) {
    run.spend(whole.length >> 2);
    return whole.some((candidate) => equals(item, candidate, run));
  }
  if (typeof whole === 'string') {
    run.spend(whole.length >> 6);
    return item !== null && whole.includes(asText(item));
  }
  if (whole === null) return false;
  if (isMap(whole)) return Object.hasOwn(whole, asText(item));
  throw new Problem(`\`${operands.right}\` is ${kindWords[kindOfValue(whole)]}, and \`in\` needs a list, a map or text`);
}
