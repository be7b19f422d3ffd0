import { printable } from '../base/show.ts';
import { need, type MatcherKind, type Mismatch } from '../model/index.ts';
import { notJson } from './body-type.ts';
import { compileSchema, schemaShape, type SchemaError } from './json-schema.ts';
import { mismatchInWords } from './mismatch.ts';
import { showBriefly } from './values/words.ts';

const asJson = { 'content-type': 'application/json' };
const post = (body: string): { method: string; headers: Record<string, string>; body: string } => ({ method: 'POST', headers: asJson, body });

export const schema: MatcherKind<unknown, string | Readonly<Record<string, unknown>>> = {
  key: 'schema',
  about: 'The JSON body is valid against a JSON Schema, inline or a fixture file; the draft is that of its `$schema` (7, 2019-09 or 2020-12), 2020-12 when it names none.',
  shape: schemaShape,
  examples: [
    { yaml: '{ type: object, required: [id], properties: { id: { type: integer } } }', request: post('{"id":9007199254740993}'), holds: true },
    { yaml: '{ type: object, required: [id, name], properties: { id: { type: integer } } }', request: post('{"id":"x"}'), holds: false, because: ['body `name`: expected a value (it is required), got nothing', 'body `id`: expected integer, got "x"'] },
    { yaml: '{ properties: { items: { items: { enum: [a, b] } } } }', request: post('{"items":["a","c"]}'), holds: false, because: ['body `items[1]`: expected one of "a", "b", got "c"'] },
    { yaml: '{ additionalProperties: false, properties: { id: {} } }', request: post('{"id":1,"extra":2}'), holds: false, because: ['body `extra`: expected no such key, got 2'] },
    { yaml: "{ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: number }], additionalItems: false }", request: post('[1]'), holds: true },
    { yaml: "{ type: string, pattern: '^(a+)+$' }", request: post('"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"'), holds: false, because: ['body: expected text matching `^(a+)+$`, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"'] },
    { yaml: '{ type: object }', request: { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' }, holds: false, because: ['body: expected JSON, got text/csv'] },
  ],
  compile(value, compiler) {
    const check = compileSchema(value, compiler);
    return {
      needs: need.body, leaves: 1, pins: [],
      holds: ({ request: { body } }) => body.json !== undefined && check.passes(body.json),
      explain({ request: { body } }) {
        if (body.json === undefined) return [notJson(body)];
        return explainSchema(check.errors(body.json), 'body', 'body');
      },
    };
  },
};

/** The mismatches of a value that is well-formed but not valid: 422 in a strict answer. */
export function explainSchema(errors: readonly SchemaError[], at: string, label: string): readonly Mismatch[] {
  return errors.map(({ path, expected, value }) => {
    const got = typeof value === 'string' ? `"${printable(value.slice(0, 80))}${value.length > 80 ? '…' : ''}"` : showBriefly(value);
    return mismatchInWords(path === '' ? at : `${at}${path.startsWith('[') ? '' : '.'}${path}`, `${path === '' ? label : `${label} \`${path}\``}: expected ${expected}, got ${got}`, expected, got, 0, 422);
  });
}
