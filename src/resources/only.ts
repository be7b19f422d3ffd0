import { exactNumber, isNumeric, jsonEquals, type Json } from '../base/json.ts';
import { didYouMean } from '../base/nearest.ts';
import { need, type Collection, type ColumnType, type Compiler, type Facts, type Needs, type Row } from '../model/index.ts';

/** Which rows are there for a caller. */
export interface Only {
  readonly needs: Needs;
  /** The values that the caller's rows have, and get. May throw ExpressionFailure. */
  values(facts: Facts): Row;
}

const noValues: Row = Object.freeze(Object.create(null) as Row);

/** Everybody's rows are there for everybody. */
export const everyRow: Only = { needs: need.nothing, values: () => noValues };

/** Compiles `only`. */
export function compileOnly(written: Readonly<Record<string, unknown>>, { name, key, columns, closed = false }: Collection, compiler: Compiler): Only {
  const fields = Object.keys(written);
  for (const field of fields) {
    if (field === key.field) compiler.at(field).mistake({ code: 'wrong-value', message: `\`only\` cannot be about \`${field}\`, the key of \`${name}\``, expected: 'another field', got: `\`${field}\`` }, [], 'key');
    else if (closed && !columns.has(field)) compiler.at(field).mistake({ code: 'unknown-field', message: `Rows of \`${name}\` have no field \`${field}\``, expected: `one of ${[...columns.keys()].map((one) => `\`${one}\``).join(', ')}`, got: `\`${field}\``, fix: didYouMean(field, columns.keys()) }, [], 'key');
  }
  const template = compiler.template<Readonly<Record<string, Json>>>(written);
  if (!template) return everyRow;
  return {
    needs: template.needs,
    values(facts) {
      const filled = template.render(facts);
      const values: Record<string, Json> = Object.create(null);
      for (const field of fields) values[field] = asColumn(filled[field] ?? null, columns.get(field) ?? 'any');
      return values;
    },
  };
}

/** Whether a row has these values. */
export function belongs(row: Row, values: Row): boolean {
  for (const field in values) if (!jsonEquals(row[field] ?? null, values[field])) return false;
  return true;
}

/** A value that is not of its column's type comes as the text of a request or a number of a file. */
export function asColumn(value: Json, type: ColumnType): Json {
  switch (type) {
    case 'text': return isNumeric(value) || typeof value === 'boolean' ? String(value) : value;
    case 'number': return typeof value === 'string' && isNumberText(value) ? exactNumber(value) : value;
    case 'boolean': return value === 'true' ? true : value === 'false' ? false : value;
    case 'any': return value;
  }
}

/** As JSON writes it: `05` is text. Longer ones are compared with no number. */
export function isNumberText(text: string): boolean {
  return text.length <= 400 && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$/.test(text);
}
