import { kindOf } from '../base/show.ts';
import { need, type Compiler, type Facts, type Needs } from '../model/index.ts';
import { byKind, list, text, type Out } from '../shapes/index.ts';
import { bad, type Refusal } from './outcome.ts';

/** A field, a list of them, or an expression that gives either: text with commas is a list. */
export const selectShape = byKind([text({ expected: 'the name of a field' }), list(text({ expected: 'the name of a field' }), { min: 1 })], {
  expected: 'the name of a field, or a list of them',
  about: 'The fields of each row, in this order; all unless said. Text with commas, such as that of a query parameter, names several.',
});

/** Null: all fields. */
export function compileSelect(written: Out<typeof selectShape> | undefined, compiler: Compiler): { readonly needs: Needs; of(facts: Facts): readonly string[] | null | Refusal } {
  if (written === undefined) return { needs: need.nothing, of: () => null };
  const template = compiler.template(written);
  return { needs: template?.needs ?? need.nothing, of: (facts) => fieldsOf(template?.render(facts)) };
}

function fieldsOf(value: unknown): readonly string[] | null | Refusal {
  if (value === null || value === undefined || value === '') return null;
  const given: unknown = typeof value === 'string' ? value.split(',').map((name) => name.trim()).filter((name) => name !== '') : value;
  if (Array.isArray(given) && given.every((name) => typeof name === 'string')) return given.length > 0 ? [...new Set(given)] : null;
  const message = `\`select\`: expected names of fields, got ${kindOf(value)}`;
  return bad(`The rows cannot be given: ${message}`, [{ field: 'select', expected: 'names of fields', got: kindOf(value), message }]);
}
