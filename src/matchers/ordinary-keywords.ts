import { fullFormats } from 'ajv-formats/dist/formats.js';
import { isMultiple } from '../base/json.ts';
import { plainNumbers } from '../base/plain-numbers.ts';
import { step } from './json-pattern.ts';
import type { SchemaError } from './schema-words.ts';
import { makePattern } from './values/pattern.ts';

/** Holds a value against a keyword or a schema. Every place where it fails is added to `out`; without one, the first ends it. */
export type Rule = (value: unknown, path: string, out: SchemaError[] | null) => boolean;

/** The kinds of values that keywords speak of; those of other kinds pass. */
export type Group = 'number' | 'string' | 'any' | 'array' | 'object';
type SchemaMap = Readonly<Record<string, unknown>>;
type Value = Readonly<Record<string, unknown>>;

/** The rule of what stands under a keyword, or null when that is anything but ordinary. `nested` compiles a schema in it. */
export type MakeRule = (given: unknown, nested: (schema: unknown) => Rule | null, schema: SchemaMap) => Rule | null;

export function fail(value: unknown, path: string, expected: string, out: SchemaError[] | null): false {
  out?.push({ path, expected, value });
  return false;
}

/** Passes when all do. */
export function every(rules: readonly Rule[]): Rule {
  return (value, path, out) => {
    let holds = true;
    for (const rule of rules) {
      if (rule(value, path, out)) continue;
      if (out === null) return false;
      holds = false;
    }
    return holds;
  };
}

export function isMap(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('isLosslessNumber' in value);
}

export function groupOf(value: unknown): Group | null {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value !== 'object' || value === null) return null;
  return Array.isArray(value) ? 'array' : isMap(value) ? 'object' : 'number';
}

/** A number as a double, which is how schemas compare them; anything else as it is. */
export function asDouble(value: unknown): unknown {
  return typeof value !== 'number' && groupOf(value) === 'number' ? Number(String(value)) : value;
}

/** Whether all items differ, in time linear in their text. Numbers must be doubles. */
export function allDiffer(items: readonly unknown[]): boolean {
  return new Set(items.map(canonical)).size === items.length;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical((value as Value)[key])}`).join(',')}}`;
}

function bound(sign: string, holds: (value: number, given: number) => boolean): MakeRule {
  return (given) => (isDouble(given) ? (value, path, out) => holds(asDouble(value) as number, given) || fail(value, path, `${sign} ${given}`, out) : null);
}

const multipleOf: MakeRule = (given) => {
  if (!isDouble(given) || given <= 0) return null;
  return (value, path, out) => isMultiple(asDouble(value) as number, given) || fail(value, path, `multiple of ${given}`, out);
};

const countUnits = { string: 'characters', array: 'items', object: 'properties' };

function countBound(side: 'more' | 'fewer', unit: keyof typeof countUnits): MakeRule {
  const count = unit === 'string' ? codePoints : unit === 'array' ? (value: unknown) => (value as readonly unknown[]).length : (value: unknown) => Object.keys(value as Value).length;
  return (given) => {
    if (!isDouble(given) || !Number.isInteger(given) || given < 0) return null;
    const expected = `not have ${side} than ${given} ${countUnits[unit]}`;
    return (value, path, out) => (side === 'more' ? count(value) <= given : count(value) >= given) || fail(value, path, expected, out);
  };
}

function codePoints(value: unknown): number {
  let count = 0;
  for (const _ of value as string) count += 1;
  return count;
}

const pattern: MakeRule = (given) => {
  if (typeof given !== 'string' || !formatTest('regex', 'string')!(given)) return null;
  const made = makePattern(given, false);
  return 'code' in made ? null : (value, path, out) => made.test(value as string) || fail(value, path, `text matching \`${given}\``, out);
};

function format(group: 'number' | 'string'): MakeRule {
  return (given) => {
    const test = typeof given === 'string' ? formatTest(given, group) : null;
    return test && ((value, path, out) => test(asDouble(value)) || fail(value, path, `text of the format ${String(given)}`, out));
  };
}

/** The engine's own formats: those of the other group pass, unknown ones have none. */
function formatTest(name: string, group: 'number' | 'string'): ((value: unknown) => boolean) | null {
  const found = Object.hasOwn(fullFormats, name) ? (fullFormats as Readonly<Record<string, unknown>>)[name] : null;
  if (found === null) return null;
  if (found === true) return () => true;
  const { type = 'string', validate = found } = found as { readonly type?: string; readonly validate?: unknown };
  if (type !== group) return () => true;
  return validate instanceof RegExp ? (value) => validate.test(value as string) : (validate as (value: unknown) => boolean);
}

const constant: MakeRule = (given) => (isScalar(given) ? (value, path, out) => asDouble(value) === given || fail(value, path, JSON.stringify(given), out) : null);

const oneOfValues: MakeRule = (given) => {
  if (!Array.isArray(given) || given.length === 0 || !given.every(isScalar) || hasTwice(given)) return null;
  const expected = `one of ${given.slice(0, 10).map((value) => JSON.stringify(value)).join(', ')}`;
  return (value, path, out) => given.includes(asDouble(value)) || fail(value, path, expected, out);
};

const not: MakeRule = (given, nested) => {
  const rule = nested(given);
  return rule && ((value, path, out) => !rule(value, path, null) || fail(value, path, 'not be valid', out));
};

function compileAll(given: unknown, nested: (schema: unknown) => Rule | null): readonly Rule[] | null {
  if (!Array.isArray(given) || given.length === 0) return null;
  const rules = given.map(nested);
  return rules.every((rule) => rule !== null) ? rules : null;
}

const allOf: MakeRule = (given, nested) => {
  const rules = compileAll(given, nested);
  return rules && every(rules);
};

/** As many of the schemas must hold: what the others found is only told when they do not. */
function someOf(word: 'anyOf' | 'oneOf', expected: string): MakeRule {
  const enough = word === 'anyOf' ? 1 : 2;
  return (given, nested) => {
    const rules = compileAll(given, nested);
    return rules && ((value, path, out) => {
      const before = out?.length ?? 0;
      let holding = 0;
      for (const rule of rules) if (rule(value, path, out) && (holding += 1) === enough) break;
      if (holding !== 1) return fail(value, path, expected, out);
      if (out) out.length = before;
      return true;
    });
  };
}

const ifThenElse: MakeRule = (given, nested, { then = true, else: otherwise = true }) => {
  const [test, whenTrue, whenFalse] = [nested(given), nested(then), nested(otherwise)];
  if (!test || !whenTrue || !whenFalse) return null;
  return (value, path, out) => {
    const holds = test(value, path, null);
    return (holds ? whenTrue : whenFalse)(value, path, out) || fail(value, path, `match "${holds ? 'then' : 'else'}" schema`, out);
  };
};

const items: MakeRule = (given, nested) => {
  const rule = nested(given);
  return rule && ((value, path, out) => {
    let holds = true;
    const list = value as readonly unknown[];
    for (let index = 0; index < list.length; index += 1) {
      if (rule(list[index], out === null ? '' : `${path}[${index}]`, out)) continue;
      if (out === null) return false;
      holds = false;
    }
    return holds;
  });
};

const uniqueItems: MakeRule = (given) => {
  if (typeof given !== 'boolean') return null;
  return (value, path, out) => !given || allDiffer(plainNumbers(value) as readonly unknown[]) || fail(value, path, 'have items that all differ', out);
};

const required: MakeRule = (given) => {
  if (!Array.isArray(given) || !given.every((name) => typeof name === 'string') || hasTwice(given)) return null;
  return every(given.map((name: string): Rule => (value, path, out) => own(value, name) !== undefined || fail(undefined, out === null ? '' : step(path, name), 'a value (it is required)', out)));
};

const properties: MakeRule = (given, nested) => {
  if (!isMap(given) || Object.hasOwn(given, '__proto__')) return null;
  const rules: Rule[] = [];
  for (const name of Object.keys(given)) {
    const rule = nested(given[name]);
    if (rule === null) return null;
    rules.push((value, path, out) => {
      const inner = own(value, name);
      return inner === undefined || rule(inner, out === null ? '' : step(path, name), out);
    });
  }
  return every(rules);
};

const additionalProperties: MakeRule = (given, nested, schema) => {
  const rule: Rule | null = given === false ? (value, path, out) => fail(value, path, 'no such key', out) : nested(given);
  const named = new Set(isMap(schema['properties']) ? Object.keys(schema['properties']) : []);
  return rule && ((value, path, out) => {
    let holds = true;
    for (const name of Object.keys(value as Value)) {
      if (named.has(name) || rule((value as Value)[name], out === null ? '' : step(path, name), out)) continue;
      if (out === null) return false;
      holds = false;
    }
    return holds;
  });
};

function own(value: unknown, name: string): unknown {
  return Object.hasOwn(value as Value, name) ? (value as Value)[name] : undefined;
}

function isDouble(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function hasTwice(list: readonly unknown[]): boolean {
  return new Set(list).size < list.length;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || isDouble(value);
}

/** Group by group and word by word in the order in which the engine tells of them. */
export const ordinaryKeywords: readonly (readonly [group: Group, keywords: Readonly<Record<string, MakeRule>>])[] = [
  ['any', { const: constant, enum: oneOfValues, not, anyOf: someOf('anyOf', 'match a schema in anyOf'), oneOf: someOf('oneOf', 'match exactly one schema in oneOf'), allOf, if: ifThenElse }],
  ['number', {
    maximum: bound('<=', (value, most) => value <= most), minimum: bound('>=', (value, least) => value >= least),
    exclusiveMaximum: bound('<', (value, limit) => value < limit), exclusiveMinimum: bound('>', (value, limit) => value > limit),
    multipleOf, format: format('number'),
  }],
  ['string', { maxLength: countBound('more', 'string'), minLength: countBound('fewer', 'string'), pattern, format: format('string') }],
  ['array', { maxItems: countBound('more', 'array'), minItems: countBound('fewer', 'array'), items, uniqueItems }],
  ['object', { maxProperties: countBound('more', 'object'), minProperties: countBound('fewer', 'object'), required, additionalProperties, properties }],
];
