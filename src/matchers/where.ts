import { exactNumber, isNumeric, type Json } from '../base/json.ts';
import { didYouMean } from '../base/nearest.ts';
import type { Path } from '../base/place.ts';
import { show } from '../base/show.ts';
import { ExpressionFailure, type Collection, type ColumnType, type Compiler, type Mismatch, type Row } from '../model/index.ts';
import { invalid, mapOf, valueKind, type Invalid, type Report, type Shape } from '../shapes/index.ts';
import { compileJsonPattern, type JsonPattern } from './json-pattern.ts';
import { isTestMap, operandProblem, operators, type OperandKind, type OperatorName } from './values/operators.ts';
import { compilePattern, type TestSite } from './values/pattern.ts';
import { jsonTest } from './values/test-shape.ts';

/** Tests of a row's fields: all must pass. */
export type Where = Readonly<Record<string, Json>>;

/** A test that was filled with what makes none: a bound that is no number, a broken pattern. */
export class UnfitTest extends ExpressionFailure {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
  /** What is wrong, in a sentence that begins with the field. */
  readonly words: string;
  constructor(place: string, { reason, words, expected, got }: { readonly reason: string; readonly words: string; readonly expected: string; readonly got: string }) {
    super(place, reason);
    this.field = place.split('.')[1]!;
    this.expected = expected;
    this.got = got;
    this.words = `\`${this.field}\`: ${words}`;
  }
}

const compiled = new WeakMap<Where, { readonly columns: ReadonlyMap<string, ColumnType>; readonly tests: readonly FieldTest[] }>();

/** The test of one field. `undefined` is a value that is not there. */
export interface FieldTest {
  readonly field: string;
  /** Completes "expected …". */
  readonly expected: string;
  passes(value: Json | undefined): boolean;
  /** How near a value comes, from 0 to 1. */
  nearness(value: Json | undefined): number;
}

/**
 * Tests of rows by field, filled: plain values and tests as in the matcher `json`, read as the type of the column: `'5'` is 5
 * where numbers are, and 5 is `'5'` where text is. A field that a row does not have is a value that is not there.
 * Throws UnfitTest for what no test can be made of.
 */
export function compileWhere(where: Where, columns: ReadonlyMap<string, ColumnType>): (row: Row) => boolean {
  const tests = fieldTests(where, columns);
  return (row) => {
    for (let index = 0; index < tests.length; index += 1) if (!tests[index]!.passes(valueOf(row, tests[index]!))) return false;
    return true;
  };
}

/** The tests that {@link compileWhere} joins, each by itself; made once for a map. Throws UnfitTest. */
export function fieldTests(where: Where, columns: ReadonlyMap<string, ColumnType>): readonly FieldTest[] {
  const known = compiled.get(where);
  if (known?.columns === columns) return known.tests;
  const tests = Object.keys(where).map((field) => fieldTest(field, where[field]!, columns.get(field) ?? 'any'));
  compiled.set(where, { columns, tests });
  return tests;
}

/** What a row has in the field of a test. */
export function valueOf(row: Row, { field }: FieldTest): Json | undefined {
  return Object.hasOwn(row, field) ? row[field] : undefined;
}

/** A value or a test of one field, any of it with `${{ }}` in it. */
export const unfilledTest: Shape<Json, unknown> = { ...jsonTest, parse: parseUnfilled };

/** A map of fields to values or tests, any of them with `${{ }}` in it. */
export const whereShape: Shape<Where, Readonly<Record<string, unknown>>> = mapOf(unfilledTest, {
  expected: 'a map of fields to values or tests, such as `{ open: true }`',
  about: 'Tests of the fields of a row: all must pass. Values are read as the type of the column.',
});

/** Reports what can be told of `where` before it is filled, beyond its shape: broken patterns, fields that no row can have. */
export function checkWhere(where: Where, { name, closed, columns }: Collection, compiler: Compiler): void {
  for (const field of Object.keys(where)) {
    if (closed && !columns.has(field) && !field.includes('${{')) compiler.mistake({ code: 'unknown-field', message: `Rows of \`${name}\` have no field ${show(field)}`, expected: `one of ${[...columns.keys()].slice(0, 20).map((one) => `\`${one}\``).join(', ')}`, got: show(field), fix: didYouMean(field, columns.keys()) }, [field], 'key');
    checkTest(where[field]!, compiler.at(field));
  }
}

/** Reads a test in which any text may still have to be filled. */
function parseUnfilled(value: unknown, path: Path, report: Report): Json | Invalid {
  let well = true;
  jsonTest.parse(value, path, (at, mistake, where) => {
    if (mistake.code === 'not-filled') return;
    well = false;
    report(at, mistake, where);
  });
  return well ? ((value ?? null) as Json) : invalid;
}

/** The same for one test, such as that of `id`. */
export function checkTest(raw: Json, compiler: Compiler): void {
  if (Array.isArray(raw)) raw.forEach((item: Json, index) => checkTest(item, compiler.at(index)));
  if (valueKind(raw) !== 'map') return;
  const map = raw as Where;
  for (const key of Object.keys(map)) {
    const inner = map[key]!;
    if (!isTestMap(map)) checkTest(inner, compiler.at(key));
    else if (key === 'not' || key === 'contains') checkTest(inner, compiler.at(key));
    else if (key === 'matches' && typeof inner === 'string' && !inner.includes('${{')) compilePattern(inner, false, compiler.at(key));
  }
}

function fieldTest(field: string, raw: Json, column: ColumnType): FieldTest {
  const byType = new Map<ColumnType, JsonPattern>();
  const patternAs = (type: ColumnType): JsonPattern => {
    let pattern = byType.get(type);
    if (!pattern) byType.set(type, (pattern = compileJsonPattern(readTest(field, raw, type), { at: field, label: field }, atRequestTime(`where.${field}`))));
    return pattern;
  };
  const patternFor = (value: Json | undefined): JsonPattern => patternAs(typeOf(value) ?? column);
  return {
    field,
    expected: patternAs(column).expected,
    passes: (value) => patternFor(value).passes(value),
    nearness(value) {
      const { leaves } = patternFor(value);
      const found: Mismatch[] = [];
      patternFor(value).explain(value, '', found);
      return 1 - found.reduce((sum, { nearness }) => sum + 1 - nearness, 0) / Math.max(leaves, found.length);
    },
  };
}

/** What a row has in a column is of the column's type; where it is not, the value that is there decides. */
function typeOf(value: Json | undefined): ColumnType | null {
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'boolean' : isNumeric(value) ? 'number' : null;
}

/** A plain value or a test, with its literals read as the type of the column. */
function readTest(field: string, raw: Json, type: ColumnType): Json {
  if (Array.isArray(raw)) return raw.map((item: Json) => readTest(field, item, 'any'));
  if (valueKind(raw) !== 'map') return readAs(raw, type);
  const read: Record<string, Json> = Object.create(null);
  const isTest = isTestMap(raw);
  for (const key of Object.keys(raw as Where)) {
    const inner = (raw as Where)[key]!;
    read[key] = isTest ? readOperand(field, key as OperatorName, inner, type) : readTest(field, inner, 'any');
  }
  return read;
}

function readOperand(field: string, name: OperatorName, value: Json, type: ColumnType): Json {
  switch (operators[name].operand as OperandKind) {
    case 'literal': return readAs(value, type);
    case 'value': case 'part': return readTest(field, value, type);
    case 'literals': return Array.isArray(value) ? value.map((item: Json) => readAs(item, type)) : [readAs(value, type)];
    case 'count': return isTestMap(value) ? readTest(field, value, 'number') : readAs(value, 'number');
    default: {
      const operand = readAs(value, operandTypes[operators[name].operand as OperandKind] ?? 'any');
      const problem = operandProblem(name, operand, 'json');
      if (problem) throw new UnfitTest(`where.${field}.${name}`, { ...problem, reason: `it needs ${problem.expected}, got ${problem.got}`, words: `\`${name}\` needs ${problem.expected}, got ${problem.got}` });
      return operand;
    }
  }
}

/** What text of a request is read as where it is an operand. */
const operandTypes: Readonly<Partial<Record<OperandKind, ColumnType>>> = { number: 'number', flag: 'boolean', true: 'boolean' };

function readAs(value: Json, type: ColumnType): Json {
  switch (type) {
    case 'text': return isNumeric(value) || typeof value === 'boolean' ? String(value) : value;
    case 'number': return typeof value === 'string' && value.length <= 400 && jsonNumber.test(value) ? exactNumber(value) : value;
    case 'boolean': return value === 'true' ? true : value === 'false' ? false : value;
    case 'any': return value;
  }
}

/** As JSON writes it: `05` is text, as it is no key of the row 5 either. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$/;

/** Where a test of a request stands: what is wrong with it fails then and there. */
function atRequestTime(place: string): TestSite {
  return {
    at: (...path) => atRequestTime(`${place}.${path.join('.')}`),
    mistake({ message, expected = 'a test', got = '' }) {
      const words = got === '' || message.includes(got) ? message : `${message}: ${got}`;
      throw new UnfitTest(place, { reason: words, words: `${words[0]!.toLowerCase()}${words.slice(1)}`, expected, got });
    },
  };
}
