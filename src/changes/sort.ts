import { kindOf } from '../base/show.ts';
import { parseSort, type SortField } from '../memory/index.ts';
import { need, type Compiler, type Facts, type Needs } from '../model/index.ts';
import { byKind, list, text, type Out } from '../shapes/index.ts';
import { bad, type Refusal } from './outcome.ts';

const field = text({ pattern: /./, expected: 'the name of a field, with a minus before it for the largest first' });

/** `name`, `-name`, or a list of such; an expression may give either. */
export const sortShape = byKind([field, list(field, { min: 1 })], {
  expected: '`name`, `-name`, or a list of such',
  about: 'The field by which the rows are ordered, `-name` for the largest first; or a list of fields. Without it they come in the order in which they were inserted.',
});

/** Fields of an order; a request cannot ask for more. */
const mostFields = 20;

export function compileSort(written: Out<typeof sortShape> | undefined, compiler: Compiler): { readonly needs: Needs; of(facts: Facts): readonly SortField[] | Refusal } {
  if (written === undefined) return { needs: need.nothing, of: () => [] };
  const template = compiler.template(written);
  return { needs: template?.needs ?? need.nothing, of: (facts) => fieldsOf(template?.render(facts)) };
}

function fieldsOf(value: unknown): readonly SortField[] | Refusal {
  const given: readonly unknown[] = Array.isArray(value) ? value : value === null || value === undefined || value === '' ? [] : [value];
  const wrong = given.find((one) => typeof one !== 'string');
  const fields = wrong === undefined ? given.flatMap((one) => parseSort(one as string)) : [];
  if (wrong === undefined && fields.length <= mostFields) return fields;
  const got = wrong === undefined ? `${fields.length} of them` : kindOf(wrong);
  const expected = wrong === undefined ? `at most ${mostFields} fields` : 'names of fields';
  const message = `\`sort\`: expected ${expected}, got ${got}`;
  return bad(`The rows cannot be given: ${message}`, [{ field: 'sort', expected, got, message }]);
}
