import type { ErrorObject } from 'ajv';
import { step } from './json-pattern.ts';

/** So many errors of one value are told. */
export const maxErrors = 100;

/** What may stand under `$schema`, without the `#` at its end. */
export const drafts = {
  'https://json-schema.org/draft/2020-12/schema': '2020',
  'https://json-schema.org/draft/2019-09/schema': '2019',
  'http://json-schema.org/draft-07/schema': '7',
  'https://json-schema.org/draft-07/schema': '7',
} as const;

/** One place where a value is not what the schema says. */
export interface SchemaError {
  /** Empty for the whole value, else like `items[2].id`. */
  readonly path: string;
  readonly expected: string;
  /** What stands there; undefined when nothing does. */
  readonly value: unknown;
}

/** An error of the engine as place, expectation and value. */
export function describeError(error: ErrorObject, whole: unknown): SchemaError {
  const { path, value } = pathOf(error.instancePath, whole);
  const params = error.params as Readonly<Record<string, unknown>>;
  const under = (name: unknown): { path: string; value: unknown } => ({ path: step(path, String(name)), value: (value as Readonly<Record<string, unknown>> | undefined)?.[String(name)] });
  switch (error.keyword) {
    case 'required': return { ...under(params.missingProperty), expected: 'a value (it is required)' };
    case 'additionalProperties': return { ...under(params.additionalProperty), expected: 'no such key' };
    case 'unevaluatedProperties': return { ...under(params.unevaluatedProperty), expected: 'no such key' };
    default: return { path, value, expected: expectedBy(error) };
  }
}

/** "integer", "one of …": completes "expected …". */
export function expectedBy(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'enum': return `one of ${(params.allowedValues as readonly unknown[]).slice(0, 10).map((value) => JSON.stringify(value)).join(', ')}`;
    case 'const': return JSON.stringify(params.allowedValue);
    case 'pattern': return `text matching \`${String(params.pattern)}\``;
    default: return (error.message ?? 'to be valid').replace(/^must (?:be )?/, '').replace(/^NOT /, 'not ').replace(/^match format "(.*)"$/, 'text of the format $1');
  }
}

/** A JSON Pointer as a path in words, with the value there. */
export function pathOf(pointer: string, whole: unknown): { readonly path: string; readonly value: unknown } {
  let value = whole;
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path = Array.isArray(value) ? `${path}[${key}]` : step(path, key);
    value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  }
  return { path, value };
}

/** A schema that was found well-formed at load. */
export interface SchemaCheck {
  passes(value: unknown): boolean;
  /** Empty exactly when `passes`. */
  errors(value: unknown): readonly SchemaError[];
}
