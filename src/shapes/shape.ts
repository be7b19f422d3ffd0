import type { Mistake } from '../base/diagnostic.ts';
import type { Path } from '../base/place.ts';

/** JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { readonly [key: string]: unknown };

/** Receives the mistakes of a value: `at: 'key'` points at the map key rather than at what stands behind it. */
export type Report = (path: Path, mistake: Mistake, at?: 'key' | 'value') => void;

/** What a shape's `parse` gives when the value does not fit; the mistakes have been reported by then. */
export const invalid: unique symbol = Symbol('invalid');
export type Invalid = typeof invalid;

/**
 * The form of one value of the scenario language. From a shape come the check of a file, the TypeScript type of the
 * value (`Out` when read, `In` as an author writes it), the published JSON Schema and the reference page.
 */
export interface Shape<Out, In = Out> {
  /** "a duration such as `2 s`": completes the sentence "expected …". */
  readonly expected: string;
  /** What the value means, for the reference page and for editors. */
  readonly about?: string;
  /** The kinds of YAML value that can be of this shape; a choice between shapes is made on them. */
  readonly kinds: readonly ValueKind[];
  parse(value: unknown, path: Path, report: Report): Out | Invalid;
  jsonSchema(definitions: Map<string, JsonSchema>): JsonSchema;
  /** Carries the types only; never there at run time. */
  readonly _in?: In;
}

export type ValueKind = 'null' | 'boolean' | 'number' | 'string' | 'list' | 'map';

export type Out<S> = S extends Shape<infer O, infer _> ? O : never;
export type In<S> = S extends Shape<infer _, infer I> ? I : never;

/** The kind of a value that came out of a YAML file or a plain object. */
export function valueKind(value: unknown): ValueKind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'boolean': return 'boolean';
    case 'string': return 'string';
    case 'number': case 'bigint': return 'number';
    default: return isExactNumber(value) ? 'number' : 'map';
  }
}

/** A number of more digits than a double keeps, as the lossless JSON reader gives it. */
function isExactNumber(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'isLosslessNumber' in value;
}
