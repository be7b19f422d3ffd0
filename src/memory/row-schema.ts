import type { Mistake } from '../base/diagnostic.ts';
import { parseJson, stringifyJson, type Json } from '../base/json.ts';
import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import { printable } from '../base/show.ts';
import { makeSchemaCheck, type SchemaCheck, type SchemaError } from '../matchers/json-schema.ts';
import type { ColumnType, Compiler, Row, RowProblem } from '../model/index.ts';
import { valueKind } from '../shapes/index.ts';
import { rowOf } from './new-row.ts';
import { gotWords } from './row-key.ts';
import { readYamlValue } from './yaml-rows.ts';

type SchemaMap = Readonly<Record<string, unknown>>;

/** The schema of a collection's rows. */
export interface RowSchema {
  /** What the schema names, with the types it asks for. */
  readonly columns: ReadonlyMap<string, ColumnType>;
  /** True: no other fields. */
  readonly closed: boolean;
  /** The same for equal schemas. */
  readonly text: string;
  /** Resolves once rows can be checked; a schema that cannot be used has been reported by then, and no row is. */
  readonly ready: Promise<void>;
  /** `filled`: fields that the server fills, which the schema of a client's rows need not name. */
  check(row: Row, filled: readonly string[]): readonly RowProblem[];
}

/** Compiles the schema of a collection, inline or a fixture. Null after a mistake. */
export function compileRowSchema(value: unknown, compiler: Compiler): RowSchema | null {
  const schema = typeof value === 'string' ? readFixture(value, compiler) : value;
  if (schema === null) return null;
  const isMap = valueKind(schema) === 'map';
  const columns = isMap ? columnsOf(schema as SchemaMap) : new Map<string, ColumnType>();
  const closed = isMap && isClosed(schema as SchemaMap);
  let check: SchemaCheck | null = null;
  const ready = (async () => {
    const made = await makeSchemaCheck(schema);
    if ('code' in made) compiler.mistake(typeof value === 'string' ? { ...made, message: `${made.message} (in \`${value}\`)` } : made);
    else check = made;
  })();
  return {
    columns, closed, ready, text: stringifyJson(schema),
    check(row, filled) {
      const checked = closed ? withoutFields(row, filled.filter((field) => !columns.has(field))) : row;
      return check === null || check.passes(checked) ? [] : check.errors(checked).map(problemOf);
    },
  };
}

function withoutFields(row: Row, fields: readonly string[]): Row {
  if (!fields.some((field) => row[field] !== undefined)) return row;
  const copy = rowOf(row);
  for (const field of fields) delete copy[field];
  return copy;
}

function readFixture(name: string, compiler: Compiler): unknown {
  const fixture = compiler.fixture(name);
  if (!fixture) return null;
  const mistake = (mistake: Omit<Mistake, 'code'>): null => {
    compiler.mistake({ code: 'wrong-schema', ...mistake });
    return null;
  };
  try {
    const source = fixture.read().toString('utf8');
    if (deeperThan(source, maxJsonDepth)) return mistake({ message: `The fixture \`${name}\` is nested deeper than ${maxJsonDepth} levels` });
    const schema: Json = /\.ya?ml$/i.test(name) ? readYamlValue(source) : parseJson(source);
    if (typeof schema === 'boolean' || valueKind(schema) === 'map') return schema;
    return mistake({ message: `The fixture \`${name}\` holds no JSON Schema`, expected: 'a map', got: gotWords(schema) });
  } catch (error) {
    return mistake({ message: `The fixture \`${name}\` cannot be read as a JSON Schema: ${error instanceof Error ? error.message : String(error)}`, expected: 'JSON, or YAML in a file named `.yaml`' });
  }
}

function columnsOf({ properties }: SchemaMap): ReadonlyMap<string, ColumnType> {
  const map = valueKind(properties) === 'map' ? (properties as SchemaMap) : {};
  return new Map(Object.keys(map).map((field) => [field, columnType(map[field])]));
}

/** What values of a property are, null aside. */
function columnType(property: unknown): ColumnType {
  if (valueKind(property) !== 'map') return 'any';
  const { type, enum: options, const: only } = property as SchemaMap;
  const words = type !== undefined ? (Array.isArray(type) ? type : [type]) : Array.isArray(options) ? options.map(wordOf) : only !== undefined ? [wordOf(only)] : [];
  const types = new Set(words.filter((word) => word !== 'null').map((word) => typesByWord.get(word as string) ?? 'any'));
  const [first] = types;
  return types.size === 1 ? first! : 'any';
}

const typesByWord: ReadonlyMap<string, ColumnType> = new Map([['string', 'text'], ['integer', 'number'], ['number', 'number'], ['boolean', 'boolean']]);

function wordOf(value: unknown): string {
  return valueKind(value);
}

/** Whether the schema names all the fields that there can be. */
function isClosed(schema: SchemaMap): boolean {
  return schema['additionalProperties'] === false && valueKind(schema['properties']) === 'map' && schema['patternProperties'] === undefined;
}

function problemOf({ path, expected, value }: SchemaError): RowProblem {
  const words = inWords(expected);
  const got = typeof value === 'string' ? `"${printable(value.slice(0, 80))}${value.length > 80 ? '…' : ''}"` : value === undefined ? 'nothing' : gotWords(value as Json);
  return { field: path === '' ? null : path, expected: words, got, message: `${path === '' ? '' : `\`${path}\`: `}expected ${words}, got ${got}` };
}

const wordsByType: Readonly<Record<string, string>> = { string: 'text', integer: 'a whole number', number: 'a number', boolean: 'true or false', array: 'a list', object: 'a map', null: 'nothing' };

/** What a schema expects, in the words of the language. */
function inWords(expected: string): string {
  const types = expected.split(/,\s*/);
  if (types.every((type) => Object.hasOwn(wordsByType, type))) return types.map((type) => wordsByType[type]).join(' or ');
  for (const [pattern, words] of bounds) if (pattern.test(expected)) return expected.replace(pattern, words);
  return expected;
}

const bounds: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^not have more than /, 'at most '], [/^not have fewer than /, 'at least '],
  [/^>= /, 'at least '], [/^<= /, 'at most '], [/^> /, 'more than '], [/^< /, 'less than '],
];
