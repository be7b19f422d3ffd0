import type { ValidateFunction } from 'ajv';
import type Ajv from 'ajv';

/** Makes values from JSON Schemas and checks them. */
export interface ValueMaker {
  /** The value of this seed, or why there is none. */
  make(schema: unknown, seed: number): { readonly value: unknown } | { readonly reason: string };
}

type Check = (value: unknown) => string | null;

interface Known {
  readonly check: Check;
  readonly fakeable: unknown;
}

/** Loads the faker and the validator, both too heavy for a start that does not need them. */
export async function loadValueMaker(): Promise<ValueMaker> {
  const [{ generateSync }, { RE2JS }, formats, ...drafts] = await Promise.all([import('json-schema-faker'), import('re2js'), import('ajv-formats'), import('ajv'), import('ajv/dist/2019.js'), import('ajv/dist/2020.js')]);
  /** Patterns of a schema run in linear time, like all others of a scenario. */
  const linear = Object.assign((pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find() };
  }, { code: 'linear' });
  const known = new WeakMap<object, Known>();

  function knownOf(schema: unknown): Known {
    const kept = typeof schema === 'object' && schema !== null ? known.get(schema) : undefined;
    if (kept) return kept;
    const made = { check: compileCheck(schema), fakeable: withBothBounds(schema) };
    if (typeof schema === 'object' && schema !== null) known.set(schema, made);
    return made;
  }

  /** A validator of its own for each schema: one for all would keep every schema that it has ever seen. */
  function compileCheck(schema: unknown): Check {
    const Validator = drafts[draftOf(schema)]!.default as unknown as typeof Ajv.default;
    const ajv = new Validator({ strict: false, allErrors: false, logger: false, code: { regExp: linear } });
    formats.default.default(ajv as never);
    const validate = ajv.compile(schema as never) as ValidateFunction;
    return (value) => (validate(value) ? null : `${validate.errors?.[0]?.instancePath || 'the value'} ${validate.errors?.[0]?.message ?? 'does not fit'}`);
  }

  return {
    make(schema, seed) {
      try {
        const { check, fakeable } = knownOf(schema);
        const value = generateSync(fakeable as never, { seed, refResolver: (ref) => { throw new Error(`\`${ref}\` is not in this schema`); } });
        const problem = check(value);
        return problem === null ? { value } : { reason: `the faker found no value that fits the schema: ${problem}` };
      } catch (error) {
        return { reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

/** Which of draft 7, 2019-09, 2020-12 a schema is written in, as 0, 1, 2; the last unless it says otherwise. */
function draftOf(schema: unknown): 0 | 1 | 2 {
  const named = typeof schema === 'object' && schema !== null ? String((schema as { $schema?: unknown }).$schema ?? '') : '';
  return /draft-0?[4-7]/.test(named) ? 0 : named.includes('2019-09') ? 1 : 2;
}

/** Keys behind which stand values, not schemas. */
const plain = new Set(['const', 'enum', 'default', 'examples', 'example']);
const span = 1000;

/** A copy in which a number that is bounded on one side is so on the other: the faker's own bounds are -1000 and 1000, whatever the schema's one is. */
function withBothBounds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withBothBounds);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(schema).map(([key, inner]) => [key, plain.has(key) ? inner : withBothBounds(inner)]));
  const low = lastNumber(copy['minimum'], copy['exclusiveMinimum'], Math.max);
  const high = lastNumber(copy['maximum'], copy['exclusiveMaximum'], Math.min);
  const step = typeof copy['multipleOf'] === 'number' ? copy['multipleOf'] * 10 : 0;
  if (low !== null && high === null) copy['maximum'] = low + Math.max(span, step);
  if (high !== null && low === null) copy['minimum'] = high - Math.max(span, step);
  return copy;
}

function lastNumber(a: unknown, b: unknown, pick: (a: number, b: number) => number): number | null {
  const numbers = [a, b].filter((one) => typeof one === 'number');
  return numbers.length === 0 ? null : numbers.reduce((x, y) => pick(x, y));
}
