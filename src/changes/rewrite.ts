import type { Json } from '../base/json.ts';
import { chooseKeys, keyText, sentRow, stampOf, whereShape } from '../memory/index.ts';
import { need, type Act, type Collection, type Compiler, type Row } from '../model/index.ts';
import { noFacts } from '../replies/no-facts.ts';
import { object, optional, type Out } from '../shapes/index.ts';
import { asShape, collectionShape, foreignFields } from './fields.ts';
import { checkFieldNames, checkFieldValues, heldList, heldRow } from './known-fields.ts';
import { binding, operationAct } from './operation-act.ts';
import { isRefusal } from './outcome.ts';
import { compileChoice, idShape, withChoice } from './row-choice.ts';
import { rowShape } from './row-value.ts';

type Kind = 'update' | 'replace';

/** The shape that `update` and `replace` share. */
export function rewriteShape(kind: Kind) {
  return withChoice(kind, object(
    { in: collectionShape, id: optional(idShape), where: optional(whereShape), value: rowShape, as: optional(asShape) },
    { name: `\`${kind}\``, expected: 'a map such as `{ in: tasks, id: 1, value: { open: false } }`', foreign: { ...foreignFields, values: 'Write `value`' }, oneOf: { keys: ['id', 'where'], atLeastOne: false } },
  ));
}

export type Rewrite = Out<ReturnType<typeof rewriteShape>>;

/** Other fields for the chosen rows. */
export function compileRewrite(kind: Kind, value: Rewrite, compiler: Compiler, options: Readonly<Record<string, unknown>>): Act {
  const collection = compiler.at('in').collection(value.in);
  const choice = compileChoice(value, collection, compiler);
  if (collection) checkKey(value, collection, compiler);
  const fields = compiler.at('value').template<Json>(value.value);
  const stamp = stampOf(collection, 'write');
  checkFieldNames(value.value, collection, compiler.at('value'));
  // A schema that cannot be read has been reported where it stands.
  if (collection && fields?.fixed) compiler.before((collection.ready ?? Promise.resolve()).then(() => checkFieldValues(fields.render(noFacts) as Row, collection, compiler.at('value')), () => undefined));
  if (value.as !== undefined) compiler.bind(value.as, ['as'], choice.one ? heldRow(collection) : heldList);
  return operationAct({
    needs: choice.needs | (fields?.needs ?? 0) | stamp.needs,
    make(facts, draft) {
      const rows = choice.choose(facts);
      if (isRefusal(rows)) return rows;
      const count = collection === null || choice.one || !(stamp.needs & need.call) ? 1 : chooseKeys(draft.table(value.in), collection, rows).length;
      return { kind, collection: value.in, rows, value: sentRow(fields?.render(facts) ?? null, collection), stamp: stamp.renderAll(facts, compiler.label, count) };
    },
    keep: binding(value.as),
  }, options);
}

/** A row stays under its key: another one in the file could never be written. */
function checkKey({ id, value }: Rewrite, { name, key: { field } }: Collection, compiler: Compiler): void {
  if (typeof value === 'string' || !Object.hasOwn(value, field)) return;
  const given = value[field] as Json;
  const isPlain = (one: Json | undefined): boolean => one === undefined || !(typeof one === 'string' && one.includes('${{'));
  // One that an expression gives is looked at when it is there.
  if (given === null || !isPlain(given) || !isPlain(id) || (id !== undefined && keyText(id) === keyText(given))) return;
  compiler.mistake({ code: 'key-cannot-change', message: `\`${field}\` is the key of \`${name}\`, and the key of a row cannot change`, expected: `fields beside \`${field}\``, got: `\`${field}\``, fix: `Take \`${field}\` out, or \`remove\` the row and \`insert\` another` }, ['value', field], 'key');
}
