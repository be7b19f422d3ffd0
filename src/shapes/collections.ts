import type { Mistake } from '../base/diagnostic.ts';
import type { Path } from '../base/place.ts';
import { didYouMean } from '../base/nearest.ts';
import { gotWords, lastKey } from './scalars.ts';
import { invalid, valueKind, type In, type Invalid, type JsonSchema, type Out, type Report, type Shape, type ValueKind } from './shape.ts';

/** A list whose items are all of one shape. */
export function list<O, I>(item: Shape<O, I>, options: { min?: number; expected?: string; about?: string } = {}): Shape<readonly O[], readonly I[]> {
  const { min = 0 } = options;
  const expected = options.expected ?? `a list${min > 0 ? ` of at least ${min}` : ''}`;
  return {
    expected, kinds: ['list'], ...(options.about && { about: options.about }),
    parse(value, path, report) {
      if (!Array.isArray(value) || value.length < min) return reject(value, expected, path, report, Array.isArray(value) && value.length === 0 ? 'an empty list' : undefined);
      const items = value.map((inner, index) => item.parse(inner, [...path, index], report));
      return items.includes(invalid) ? invalid : (items as O[]);
    },
    jsonSchema: (definitions) => ({ type: 'array', items: item.jsonSchema(definitions), ...(min > 0 && { minItems: min }), ...describe(options.about) }),
  };
}

/** A map with keys of the author's choosing. `key` gives the mistake of a key, or null when it is well. Prototype-free. */
export function mapOf<O, I>(item: Shape<O, I>, options: { key?: (key: string) => Mistake | null; expected?: string; about?: string } = {}): Shape<Readonly<Record<string, O>>, Readonly<Record<string, I>>> {
  const expected = options.expected ?? 'a map';
  return {
    expected, kinds: ['map'], ...(options.about && { about: options.about }),
    parse(value, path, report) {
      if (valueKind(value) !== 'map') return reject(value, expected, path, report);
      const result: Record<string, O> = Object.create(null);
      let well = true;
      Object.keys(value as object).forEach((key) => {
        const mistake = options.key?.(key) ?? null;
        if (mistake) report([...path, key], mistake, 'key');
        const parsed = item.parse((value as Record<string, unknown>)[key], [...path, key], report);
        if (parsed === invalid || mistake) well = false;
        else result[key] = parsed;
      });
      return well ? result : invalid;
    },
    jsonSchema: (definitions) => ({ type: 'object', additionalProperties: item.jsonSchema(definitions), ...describe(options.about) }),
  };
}

/** A key that may be left out. Use as the value of a field of `object`. */
export interface Optional<S> { readonly optional: S }
export function optional<S extends Shape<any, any>>(shape: S): Optional<S> {
  return { optional: shape };
}

type Fields = Readonly<Record<string, Shape<any, any> | Optional<Shape<any, any>>>>;
type Simplify<T> = { [K in keyof T]: T[K] } & {};
type RequiredKeys<F extends Fields> = { [K in keyof F]: F[K] extends Optional<any> ? never : K }[keyof F];
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends Optional<any> ? K : never }[keyof F];
type FieldShape<F> = F extends Optional<infer S> ? S : F;
export type ObjectOut<F extends Fields> = Simplify<{ readonly [K in RequiredKeys<F>]: Out<FieldShape<F[K]>> } & { readonly [K in OptionalKeys<F>]?: Out<FieldShape<F[K]>> }>;
export type ObjectIn<F extends Fields> = Simplify<{ readonly [K in RequiredKeys<F>]: In<FieldShape<F[K]>> } & { readonly [K in OptionalKeys<F>]?: In<FieldShape<F[K]>> }>;

export interface ObjectOptions {
  expected?: string;
  about?: string;
  /** "a rule": names the thing in "`respnod` is not a key of a rule". */
  name?: string;
  /** Words that people bring from other tools, each with what to write here. */
  foreign?: Readonly<Record<string, string>>;
  /** Keys beginning with `x-` are ignored. */
  extensions?: boolean;
  /** Exactly one, or at most one, of these keys may stand. */
  oneOf?: { keys: readonly string[]; atLeastOne: boolean };
  /** Name under `$defs` of the published JSON Schema, so that it is written once. */
  definition?: string;
}

/** A map with fixed keys. An unknown key is a mistake with a suggestion. */
export function object<F extends Fields>(fields: F, options: ObjectOptions = {}): Shape<ObjectOut<F>, ObjectIn<F>> {
  const names = Object.keys(fields);
  const thing = options.name ?? 'this map';
  const expected = options.expected ?? `a map with ${names.slice(0, 8).map((name) => `\`${name}\``).join(', ')}${names.length > 8 ? ' …' : ''}`;
  const required = names.filter((name) => !('optional' in fields[name]!));
  const fieldOf = (name: string): Shape<unknown> => ('optional' in fields[name]! ? fields[name].optional : fields[name]!) as Shape<unknown>;
  return {
    expected, kinds: ['map'], ...(options.about && { about: options.about }),
    parse(value, path, report): ObjectOut<F> | Invalid {
      if (valueKind(value) !== 'map') return reject(value, expected, path, report);
      const given = value as Record<string, unknown>;
      const result: Record<string, unknown> = {};
      let well = true;
      let unknown = false;
      Object.keys(given).forEach((key) => {
        if (options.extensions && key.startsWith('x-')) return;
        if (!Object.hasOwn(fields, key)) {
          well = false;
          unknown = true;
          report([...path, key], unknownKey(key, names, thing, options), 'key');
          return;
        }
        const parsed = fieldOf(key).parse(given[key], [...path, key], report);
        if (parsed === invalid) well = false;
        else result[key] = parsed;
      });
      required.forEach((name) => {
        if (Object.hasOwn(given, name)) return;
        well = false;
        report(path, { code: 'missing-key', message: `${capital(thing)} needs \`${name}\``, expected: fieldOf(name).expected, got: 'nothing', fix: undefined });
      });
      // A misspelt key is most likely the one that is missing: one mistake, not two.
      if (options.oneOf && !checkOneOf(given, { ...options.oneOf, atLeastOne: options.oneOf.atLeastOne && !unknown }, thing, path, report)) well = false;
      return well ? (result as ObjectOut<F>) : invalid;
    },
    jsonSchema(definitions) {
      if (options.definition === undefined) return objectSchema(definitions);
      if (!definitions.has(options.definition)) {
        definitions.set(options.definition, {});
        definitions.set(options.definition, objectSchema(definitions));
      }
      return { $ref: `#/$defs/${options.definition}` };
    },
  };

  function objectSchema(definitions: Map<string, JsonSchema>): JsonSchema {
    return {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { ...fieldOf(name).jsonSchema(definitions), ...describe(fieldOf(name).about) }])),
      ...(options.extensions && { patternProperties: { '^x-': {} } }),
      additionalProperties: false,
      ...(required.length > 0 && { required }),
      ...describe(options.about),
    };
  }
}

function unknownKey(key: string, names: readonly string[], thing: string, { foreign }: ObjectOptions): Mistake {
  return { code: 'unknown-key', message: `\`${key}\` is not a key of ${thing}`, expected: `one of ${names.map((name) => `\`${name}\``).join(', ')}`, got: `\`${key}\``, fix: foreign && Object.hasOwn(foreign, key) ? foreign[key] : didYouMean(key, names) };
}

function checkOneOf(given: object, rule: { keys: readonly string[]; atLeastOne: boolean }, thing: string, path: Path, report: Report): boolean {
  const present = rule.keys.filter((key) => Object.hasOwn(given, key));
  if (present.length === 1 || (present.length === 0 && !rule.atLeastOne)) return true;
  const among = rule.keys.map((key) => `\`${key}\``).join(', ');
  if (present.length === 0) report(path, { code: 'missing-key', message: `${capital(thing)} needs one of ${among}`, expected: `one of ${among}`, got: 'none of them' });
  else report([...path, present[1]!], { code: 'too-many-keys', message: `${capital(thing)} can have only one of ${present.map((key) => `\`${key}\``).join(' and ')}`, expected: `one of ${among}`, got: present.map((key) => `\`${key}\``).join(' and '), fix: `Keep one of them` }, 'key');
  return false;
}

/** A choice made on the kind of the value: text or a map, one rule or a list of rules. The shapes' kinds must not overlap. */
export function byKind<const S extends readonly Shape<any, any>[]>(shapes: S, options: { expected?: string; about?: string } = {}): Shape<Out<S[number]>, In<S[number]>> {
  const table = new Map<ValueKind, Shape<unknown>>();
  for (const shape of shapes) for (const kind of shape.kinds) if (!table.has(kind)) table.set(kind, shape);
  const expected = options.expected ?? shapes.map((shape) => shape.expected).join(', or ');
  return {
    expected, kinds: [...table.keys()], ...(options.about && { about: options.about }),
    parse(value, path, report) {
      const shape = table.get(valueKind(value));
      return shape ? (shape.parse(value, path, report) as Out<S[number]> | Invalid) : reject(value, expected, path, report);
    },
    jsonSchema: (definitions) => ({ anyOf: shapes.map((shape) => shape.jsonSchema(definitions)), ...describe(options.about) }),
  };
}

/** A shape that is made when it is first needed: for shapes that contain themselves. */
export function lazily<O, I>(expected: string, kinds: readonly ValueKind[], make: () => Shape<O, I>): Shape<O, I> {
  let made: Shape<O, I> | undefined;
  const inner = (): Shape<O, I> => (made ??= make());
  return { expected, kinds, parse: (value, path, report) => inner().parse(value, path, report), jsonSchema: (definitions) => inner().jsonSchema(definitions) };
}

/** The value read by `shape`, then turned into another; `turn` may report mistakes of its own and give `invalid`. */
export function turned<A, I, B>(shape: Shape<A, I>, turn: (value: A, path: Path, report: Report) => B | Invalid, options: { expected?: string; about?: string } = {}): Shape<B, I> {
  return {
    expected: options.expected ?? shape.expected, kinds: shape.kinds, ...((options.about ?? shape.about) && { about: options.about ?? shape.about }),
    parse(value, path, report) {
      const parsed = shape.parse(value, path, report);
      return parsed === invalid ? invalid : turn(parsed, path, report);
    },
    jsonSchema: (definitions) => ({ ...shape.jsonSchema(definitions), ...describe(options.about) }),
  };
}

/**
 * A value that may also be written as text holding `${{ }}`, to be filled at request time. Whether the text is a well-formed
 * expression is found out when the rule is compiled.
 */
export function dynamic<O, I>(shape: Shape<O, I>): Shape<O | DynamicText, I | string> {
  return {
    expected: `${shape.expected} (or an expression \`\${{ … }}\`)`, kinds: shape.kinds.includes('string') ? shape.kinds : [...shape.kinds, 'string'], ...(shape.about && { about: shape.about }),
    parse: (value, path, report) => (typeof value === 'string' && value.includes('${{') ? new DynamicText(value) : shape.parse(value, path, report)),
    jsonSchema: (definitions) => ({ anyOf: [shape.jsonSchema(definitions), { type: 'string', pattern: '\\$\\{\\{' }], ...describe(shape.about) }),
  };
}

/** Text with `${{ }}` in a place where the language otherwise wants a number, a duration or a word. */
export class DynamicText {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

function reject(value: unknown, expected: string, path: Path, report: Report, got?: string): Invalid {
  report(path, { code: 'wrong-kind', message: path.length ? `Wrong kind of value for \`${lastKey(path)}\`` : 'Wrong kind of value', expected, got: got ?? gotWords(value) });
  return invalid;
}

function describe(about: string | undefined): JsonSchema {
  return about === undefined ? {} : { description: about };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
