import type { ValidateFunction } from 'ajv';
import type Ajv from 'ajv';

/** Makes values from JSON Schemas and checks them. */
export interface ValueMaker {
  /** The value of this seed, or why there is none. */
  make(schema: unknown, seed: number): { readonly value: unknown } | { readonly reason: string };
}

type Check = (value: unknown) => string | null;

/** Loads the faker and the validator, both too heavy for a start that does not need them. */
export async function loadValueMaker(): Promise<ValueMaker> {
  const [{ generateSync }, { RE2JS }, formats, ...drafts] = await Promise.all([import('json-schema-faker'), import('re2js'), import('ajv-formats'), import('ajv'), import('ajv/dist/2019.js'), import('ajv/dist/2020.js')]);
  /** Patterns of a schema run in linear time, like all others of a scenario. */
  const linear = Object.assign((pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find() };
  }, { code: 'linear' });
  const checks = new WeakMap<object, Check>();

  function checkOf(schema: unknown): Check {
    const kept = typeof schema === 'object' && schema !== null ? checks.get(schema) : undefined;
    if (kept) return kept;
    const check = compileCheck(schema);
    if (typeof schema === 'object' && schema !== null) checks.set(schema, check);
    return check;
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
        const check = checkOf(schema);
        const value = generateSync(schema as never, { seed, refResolver: (ref) => { throw new Error(`\`${ref}\` is not in this schema`); } });
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
