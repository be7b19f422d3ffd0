import { isNumeric, type Json } from '../base/json.ts';
import { show } from '../base/show.ts';
import { checkTest, checkWhere, fieldTests, testTemplate, unfilledTest, UnfitTest, whereTemplate, type Where } from '../memory/where.ts';
import { need, type Collection, type Compiler, type Facts, type Needs, type RowChoice, type Template } from '../model/index.ts';
import { gotWords, invalid, lastKey, valueKind, type Shape } from '../shapes/index.ts';
import { bad, missing, type Refusal } from './outcome.ts';

const scalarOrTest = ['string', 'number', 'boolean', 'map'] as const;

/** The key of a row, or a test that its key passes. */
export const idShape: Shape<Json, unknown> = {
  ...unfilledTest,
  expected: 'the key of a row, such as `1` or `${{ params.id }}`',
  about: 'The key of the row, read as the type of the key; or a test of it.',
  kinds: scalarOrTest,
  parse(value, path, report) {
    if ((scalarOrTest as readonly string[]).includes(valueKind(value))) return unfilledTest.parse(value, path, report);
    report(path, { code: 'wrong-kind', message: `Wrong kind of value for \`${lastKey(path)}\``, expected: idShape.expected, got: gotWords(value) });
    return invalid;
  },
};

/** What says which rows a change is about. */
export interface WrittenChoice {
  readonly id?: Json;
  readonly where?: Where;
}

/** Which rows, compiled. */
export interface CompiledChoice {
  readonly needs: Needs;
  /** One row by its key: `as` is then that row, otherwise a list. */
  readonly one: boolean;
  /** Never all rows by accident: a key that came to nothing is the key of no row. */
  choose(facts: Facts): RowChoice | Refusal;
}

/** The shape of a change that has to say which rows it is about: neither `id` nor `where` would mean all. */
export function withChoice<O extends WrittenChoice, I>(key: string, shape: Shape<O, I>): Shape<O, I> {
  return {
    ...shape,
    parse(value, path, report) {
      const read = shape.parse(value, path, report);
      if (read === invalid || read.id !== undefined || read.where !== undefined) return read;
      const all = key === 'get' ? 'the first row there is' : 'all of them';
      report(path, { code: 'missing-key', message: `\`${key}\` needs to say which ${key === 'get' ? 'row' : 'rows'}`, expected: '`id` or `where`', got: 'neither', fix: `Write \`id: …\` for one row, or \`where: { … }\` with tests; \`where: {}\` is ${all}` });
      return invalid;
    },
  };
}

/** Compiles `id` or `where`. */
export function compileChoice(value: WrittenChoice, collection: Collection | null, compiler: Compiler): CompiledChoice {
  if (value.where !== undefined) {
    const at = compiler.at('where');
    if (collection) checkWhere(value.where, collection, at);
    return byTests(whereTemplate(value.where, at), collection);
  }
  const at = compiler.at('id');
  const id = value.id ?? null;
  const template = testTemplate(id, at);
  if (valueKind(id) !== 'map') return byKey(template, collection?.name ?? '');
  // `id: { oneOf: [1, 2] }`: a test of the field that is the key.
  checkTest(id, at);
  const field = collection?.key.field ?? 'id';
  return byTests(template && { ...template, render: (facts) => Object.assign(Object.create(null) as Record<string, Json>, { [field]: template.render(facts) }) }, collection);
}

function byTests(template: Template<Where> | null, collection: Collection | null): CompiledChoice {
  return {
    needs: template?.needs ?? need.nothing,
    one: false,
    choose(facts) {
      const where = template?.render(facts) ?? {};
      return refusalOf(where, collection) ?? { id: null, where };
    },
  };
}

/** Tests that a request filled with what makes none are its mistake, as a bad row is. */
function refusalOf(where: Where, collection: Collection | null): Refusal | null {
  try {
    if (collection) fieldTests(where, collection.columns);
    return null;
  } catch (error) {
    if (!(error instanceof UnfitTest)) throw error;
    const { field, expected, got, words } = error;
    return bad(`The rows cannot be chosen: ${words}`, [{ field, expected, got, message: words }]);
  }
}

function byKey(template: Template<Json> | null, name: string): CompiledChoice {
  return {
    needs: template?.needs ?? need.nothing,
    one: true,
    choose(facts) {
      const id = template?.render(facts) ?? null;
      if (typeof id === 'string' || typeof id === 'boolean' || isNumeric(id)) return { id, where: null };
      return missing(`There is no row with the key ${id === null ? 'nothing' : show(id)} in \`${name}\``);
    },
  };
}
