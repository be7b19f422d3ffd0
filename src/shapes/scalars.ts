import { cheapestNumber, isNumeric, type Numeric } from '../base/json.ts';
import { parseDuration, parsePercent, parseSize } from '../base/units.ts';
import { didYouMean } from '../base/nearest.ts';
import { kindOf, show } from '../base/show.ts';
import { invalid, type Invalid, type JsonSchema, type Report, type Shape, type ValueKind } from './shape.ts';
import type { Path } from '../base/place.ts';

/** Text. `pattern` is checked with `expected` as the words for it; `forNumber` mends a number that stands there bare. */
export function text(options: { expected?: string; pattern?: RegExp; about?: string; forNumber?: (written: string) => string } = {}): Shape<string> {
  const expected = options.expected ?? 'text';
  return scalar<string>({
    expected, about: options.about, kinds: ['string'],
    read: (value) => (typeof value === 'string' && (!options.pattern || options.pattern.test(value)) ? value : invalid),
    schema: { type: 'string', ...(options.pattern && { pattern: options.pattern.source }) },
    fix: (value) => (isNumeric(value) && options.forNumber ? options.forNumber(String(value)) : isNumeric(value) || typeof value === 'boolean' ? `Put it in quotes: \`'${String(value)}'\`` : undefined),
  });
}

/** A number within bounds (inclusive). Integers only, unless `fraction` is set. */
export function number(options: { min?: number; max?: number; fraction?: boolean; expected?: string; about?: string } = {}): Shape<number> {
  const { min = -Infinity, max = Infinity, fraction = false } = options;
  const range = Number.isFinite(min) && Number.isFinite(max) ? ` from ${min} to ${max}` : Number.isFinite(min) ? ` of at least ${min}` : Number.isFinite(max) ? ` of at most ${max}` : '';
  return scalar<number>({
    expected: options.expected ?? `${fraction ? 'a number' : 'a whole number'}${range}`, about: options.about, kinds: ['number'],
    read(written) {
      const value = cheapestNumber(written);
      return typeof value === 'number' && value >= min && value <= max && (fraction || Number.isInteger(value)) ? value : invalid;
    },
    schema: { type: fraction ? 'number' : 'integer', ...(Number.isFinite(min) && { minimum: min }), ...(Number.isFinite(max) && { maximum: max }) },
  });
}

export function boolean(about?: string): Shape<boolean> {
  return scalar<boolean>({
    expected: '`true` or `false`', about, kinds: ['boolean'],
    read: (value) => (typeof value === 'boolean' ? value : invalid),
    schema: { type: 'boolean' },
    fix: (value) => (value === 'yes' || value === 'on' ? 'Write `true`' : value === 'no' || value === 'off' ? 'Write `false`' : undefined),
  });
}

/** One of a few words. */
export function oneOfWords<const W extends string>(words: readonly W[], about?: string): Shape<W> {
  return scalar<W>({
    expected: words.map((word) => `\`${word}\``).join(', ').replace(/, ([^,]*)$/, ' or $1'), about, kinds: ['string'],
    read: (value) => (words.includes(value as W) ? (value as W) : invalid),
    schema: { enum: words },
    fix: (value) => (typeof value === 'string' ? didYouMean(value, words) : undefined),
  });
}

/** Bytes, written with a unit: `20 MB`, `1 KiB`. */
export function size(about?: string): Shape<number, string | number> {
  return quantity('a size with its unit, such as `20 MB` or `1 KiB`', parseSize, about, (value) => `Write the unit, such as \`${value} B\``);
}

/** Milliseconds, written with a unit: `100 ms`, `2 s`, `5 min`, `1 h`. */
export function duration(about?: string): Shape<number, string | number> {
  return quantity('a duration with its unit, such as `100 ms` or `2 s`', parseDuration, about, (value) => `Write the unit, such as \`${value} ms\` or \`${value} s\``);
}

/** A share from 0 to 1, written `20%`. */
export function percent(about?: string): Shape<number, string> {
  return quantity('a percentage from `0%` to `100%`', parsePercent, about, (value) => `Write \`${asPercent(Number(String(value)))}%\``) as Shape<number, string>;
}

/** What someone means who writes 0.2, or 20. */
function asPercent(value: number): number {
  return value > 0 && value < 1 ? Number((value * 100).toPrecision(12)) : value;
}

function quantity(expected: string, parse: (text: string) => number | null, about: string | undefined, fix: (value: Numeric) => string): Shape<number, string | number> {
  return scalar<number>({
    expected, about, kinds: ['string', 'number'],
    read: (value) => (cheapestNumber(value) === 0 ? 0 : typeof value === 'string' ? (parse(value) ?? invalid) : invalid),
    schema: { type: ['string', 'integer'] },
    fix: (value) => (isNumeric(value) ? fix(value) : undefined),
  }) as Shape<number, string | number>;
}

/** Any value at all, kept as it is. */
export function anything(about?: string): Shape<unknown> {
  return scalar<unknown>({ expected: 'any value', about, kinds: ['null', 'boolean', 'number', 'string', 'list', 'map'], read: (value) => value ?? null, schema: {} });
}

interface ScalarOptions<T> {
  expected: string;
  about: string | undefined;
  kinds: readonly ValueKind[];
  read(value: unknown): T | Invalid;
  schema: JsonSchema;
  fix?(value: unknown): string | undefined;
}

function scalar<T>(options: ScalarOptions<T>): Shape<T> {
  const { expected, about, kinds } = options;
  return {
    expected, kinds, ...(about !== undefined && { about }),
    parse(value: unknown, path: Path, report: Report) {
      const read = options.read(value);
      if (read === invalid) report(path, { code: 'wrong-value', message: `Wrong value${path.length ? ` for \`${lastKey(path)}\`` : ''}`, expected, got: gotWords(value), fix: options.fix?.(value) });
      return read;
    },
    jsonSchema: () => (about === undefined ? options.schema : { ...options.schema, description: about }),
  };
}

/** What came, for a message: a scalar as it is, a map or a list by its kind. */
export function gotWords(value: unknown): string {
  return value === null || value === undefined || (typeof value === 'object' && !isNumeric(value)) ? kindOf(value) : show(value);
}

/** The nearest map key on the way to a value: `headers` for `headers` and for `headers[2]`. */
export function lastKey(path: Path): string {
  return String(path.findLast((step) => typeof step === 'string') ?? path.at(-1) ?? '');
}
