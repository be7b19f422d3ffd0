import { parseJson, stringifyJson } from '../base/json.ts';
import { loadLater } from '../base/load-later.ts';
import { plainNumbers } from '../base/plain-numbers.ts';
import { show } from '../base/show.ts';
import { need, ExpressionFailure, type Compiler, type Content, type Facts, type ReplyKind } from '../model/index.ts';
import { anything, invalid, turned } from '../shapes/index.ts';
import { valueKind } from '../shapes/shape.ts';
import { brokenContent, plainBytes } from './content.ts';
import { loadValueMaker, type ValueMaker } from './value-maker.ts';
import { mistakeInSchema } from './schema-bounds.ts';

/** Seeds tried until a value passes its own schema: the faker does not honour every keyword at the first attempt. */
const maxAttempts = 20;

/** The value depends on seed, place and call. What the faker makes is checked against the schema before it is sent. */
export const generate = {
  key: 'generate',
  shape: turned(anything('A JSON Schema, or a fixture with one (JSON or YAML).'), (value, path, report) => {
    const kind = valueKind(value);
    if (kind === 'map' || kind === 'string' || kind === 'boolean') return value;
    report(path, { code: 'wrong-kind', message: 'Wrong kind of value for `generate`', expected: 'a JSON Schema, or the name of a fixture with one', got: show(value) });
    return invalid;
  }, { expected: 'a JSON Schema, or the name of a fixture with one' }),
  about: 'A value made by json-schema-faker from a JSON Schema; the same seed and call give the same value.',
  examples: [
    { yaml: 'generate: { const: 7 }', status: 200, headers: { 'content-type': 'application/json' }, body: '7' },
    { yaml: 'generate: { type: object, required: [id], properties: { id: { type: integer, minimum: 1 } } }', status: 200, headers: { 'content-type': 'application/json' } },
  ],
  compile(value, compiler) {
    if (typeof value !== 'string') return generated(value, compiler);
    return value.includes('${{') ? dynamicName(value, compiler) : fromFixture(value, compiler);
  },
} satisfies ReplyKind<unknown>;

function dynamicName(value: string, compiler: Compiler): Content {
  compiler.mistake({ code: 'dynamic-fixture', message: 'A schema is read when the scenario is loaded, so it cannot be an expression', expected: 'a JSON Schema, or the name of a fixture with one', got: value });
  return brokenContent;
}

function fromFixture(name: string, compiler: Compiler): Content {
  const fixture = compiler.fixture(name);
  if (!fixture) return brokenContent;
  try {
    const text = fixture.read().toString('utf8');
    return generated(/\.ya?ml$/i.test(name) ? readYaml(text) : parseJson(text), compiler);
  } catch (error) {
    compiler.mistake({ code: 'malformed-schema', message: `The fixture ${show(name)} is not a JSON Schema`, got: error instanceof Error ? show(error.message, 200) : undefined });
    return brokenContent;
  }
}

function readYaml(text: string): unknown {
  const { parse } = loadLater('yaml') as typeof import('yaml');
  return parse(text, { maxAliasCount: 100 });
}

function generated(written: unknown, compiler: Compiler): Content {
  const schema = plainNumbers(written);
  const mistake = mistakeInSchema(schema);
  if (mistake) {
    compiler.mistake(mistake);
    return brokenContent;
  }
  const template = compiler.template(schema);
  if (!template) return brokenContent;
  const label = `${compiler.label}:generate`;
  let maker: ValueMaker | null = null;
  compiler.before(loadValueMaker().then((made) => {
    maker = made;
    if (!template.fixed) return;
    const sample = attempt(made, schema, Array.from({ length: maxAttempts }, (_, index) => index + 1));
    if ('reason' in sample) compiler.mistake({ code: 'bad-schema', message: 'No value can be made from this schema', got: show(sample.reason, 200) });
  }));
  return {
    needs: template.needs | need.call,
    fixed: false,
    render(facts: Facts) {
      const random = facts.random(label);
      const filledSchema = template.fixed ? schema : plainNumbers(template.render(facts));
      const problem = template.fixed ? null : mistakeInSchema(filledSchema);
      const made = problem ? { reason: problem.message } : attempt(maker!, filledSchema, seeds(() => random.integer(1, 2_147_483_646)));
      if ('reason' in made) throw new ExpressionFailure('generate', made.reason);
      return plainBytes(Buffer.from(stringifyJson(made.value)), 'application/json');
    },
  };
}

function* seeds(next: () => number): Iterable<number> {
  for (let count = 0; count < maxAttempts; count += 1) yield next();
}

function attempt(maker: ValueMaker, schema: unknown, tries: Iterable<number>): { readonly value: unknown } | { readonly reason: string } {
  let reason = '';
  for (const seed of tries) {
    const made = maker.make(schema, seed);
    if ('value' in made) return made;
    reason = made.reason;
  }
  return { reason };
}
