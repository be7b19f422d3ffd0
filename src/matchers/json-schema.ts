import type { Mistake } from '../base/diagnostic.ts';
import { parseJson } from '../base/json.ts';
import type { Compiler } from '../model/index.ts';
import { byKind, mapOf, anything, text, type Shape } from '../shapes/index.ts';
import { makeOrdinaryCheck } from './ordinary-schema.ts';
import type { SchemaCheck } from './schema-words.ts';

export type { SchemaCheck, SchemaError } from './schema-words.ts';

/** An inline JSON Schema, or the name of a fixture that holds one. */
export const schemaShape: Shape<unknown, string | Readonly<Record<string, unknown>>> = byKind(
  [text({ expected: 'the name of a fixture' }), mapOf(anything(), { expected: 'an inline JSON Schema' })],
  { expected: 'a JSON Schema, inline or the name of a fixture such as `schemas/task.json`', about: 'A JSON Schema of draft 7, 2019-09 or 2020-12.' },
);

/** The check of a schema, or what is wrong with it. The engine is loaded for a schema that is not ordinary. */
export async function makeSchemaCheck(schema: unknown): Promise<SchemaCheck | Mistake> {
  return makeOrdinaryCheck(schema) ?? (await import('./schema-engine.ts')).makeEngineCheck(schema);
}

/** Compiles a schema once it is read and what it needs is loaded; until then nothing passes. What is wrong with it is a mistake. */
export function compileSchema(value: unknown, compiler: Compiler): SchemaCheck {
  let check: SchemaCheck | null = null;
  const fixture = typeof value === 'string' ? compiler.fixture(value) : null;
  if (typeof value !== 'string' || fixture !== null) {
    compiler.before((async () => {
      const read = fixture ? await readSchema(fixture.name, fixture.read().toString('utf8')) : { schema: value };
      if ('code' in read) return compiler.mistake(read);
      const made = await makeSchemaCheck(read.schema);
      if ('code' in made) compiler.mistake(fixture ? { ...made, message: `${made.message} (in \`${fixture.name}\`)` } : made);
      else check = made;
    })());
  }
  return { passes: (came) => check?.passes(came) ?? false, errors: (came) => check?.errors(came) ?? [{ path: '', expected: 'a schema that could be read', value: came }] };
}

/** A schema file is JSON, or YAML by its name. */
async function readSchema(name: string, source: string): Promise<{ readonly schema: unknown } | Mistake> {
  try {
    const schema = /\.ya?ml$/i.test(name) ? (await import('yaml')).parse(source, { maxAliasCount: 100 }) as unknown : parseJson(source);
    if (typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null && !Array.isArray(schema))) return { schema };
    return { code: 'wrong-schema', message: `The fixture \`${name}\` holds no JSON Schema`, expected: 'a map', got: Array.isArray(schema) ? 'a list' : String(schema) };
  } catch (error) {
    return { code: 'wrong-schema', message: `The fixture \`${name}\` cannot be read as a JSON Schema: ${error instanceof Error ? error.message : String(error)}`, expected: 'JSON, or YAML in a file named `.yaml`' };
  }
}
