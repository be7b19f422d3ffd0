import type { Json } from '../base/json.ts';
import { kindOf } from '../base/show.ts';
import { need, type ChangeKind, type Collection, type Compiler } from '../model/index.ts';
import { freshUuids, sentRow, stampOf } from '../memory/index.ts';
import { noFacts } from '../replies/no-facts.ts';
import { replyShape } from '../replies/index.ts';
import { byKind, list, object, oneOfWords, optional, text, type Out } from '../shapes/index.ts';
import { afterShape } from './after.ts';
import { checkRows, isChecked } from './check-rows.ts';
import { asShape, collectionShape, foreignFields } from './fields.ts';
import { checkFieldNames, heldList, heldRow } from './known-fields.ts';
import { binding, operationAct } from './operation-act.ts';
import { bad, isRefusal, type Refusal } from './outcome.ts';
import { rowShape } from './row-value.ts';

const expression = text({ pattern: /\$\{\{/, expected: 'an expression that gives a list' });

const shape = object({
  in: collectionShape,
  value: optional(rowShape),
  values: optional(byKind([list(rowShape), expression], { expected: 'a list of rows, or an expression that gives one', about: 'Several rows: all or none.' })),
  as: optional(asShape),
  bad: optional(oneOfWords(['skip'], '`skip`: rows that cannot be inserted are left out, and `as` is a map with `.rows` and `.errors`, each with `.row` (from 1), `.field` and `.message`.')),
}, { name: '`insert`', expected: 'a map such as `{ in: tasks, value: { name: scan } }`', foreign: { ...foreignFields, id: 'Write the key into `value`', where: 'Take it out: rows are inserted whether others are there or not' }, oneOf: { keys: ['value', 'values'], atLeastOne: true } });

export const insert = {
  key: 'insert',
  about: 'Inserts one row (`value`) or several (`values`), all or none. `as` has the row, or the list of rows, with keys and stamped fields. 422 when a row is bad, 409 when a key or a unique value is taken.',
  shape,
  options: { after: afterShape, orElse: replyShape },
  examples: [
    { yaml: "insert: { in: tasks, value: { name: '${{ body.name }}', open: true }, as: task }" },
    { yaml: "insert: { in: tasks, values: '${{ body }}', as: made }\norElse: { status: 422, json: { errors: '${{ failure.errors }}' } }" },
    { yaml: "insert: { in: tasks, values: '${{ body }}', bad: skip, as: imported }" },
    { yaml: 'insert:\n  in: tasks\n  values:\n    - { name: scan }\n    - { name: disinfect }' },
  ],
  compile(value, compiler, options) {
    const collection = compiler.at('in').collection(value.in);
    const many = value.values !== undefined;
    const at = compiler.at(many ? 'values' : 'value');
    const template = at.template(many ? value.values : value.value);
    const stamp = stampOf(collection, 'insert');
    const skipBad = value.bad === 'skip';
    const uuids = collection?.key.type === 'uuid';
    if (collection && template?.fixed) checkFixed(template.render(noFacts), { many, skipBad }, collection, at);
    if (!skipBad && !(template?.fixed && isChecked(collection))) (Array.isArray(value.values) ? value.values : [value.value]).forEach((row, index) => checkFieldNames(row, collection, many ? at.at(index) : at));
    if (value.as !== undefined) compiler.bind(value.as, ['as'], skipBad ? { kind: 'map', fields: ['rows', 'errors'] } : many ? heldList : heldRow(collection));
    const keep = binding(value.as);
    return operationAct({
      needs: (template?.needs ?? 0) | stamp.needs | (uuids ? need.call : 0),
      make(facts, draft) {
        const sent = rowsOf(template?.render(facts), many);
        if (isRefusal(sent)) return sent;
        const rows = sent.map((row) => sentRow(row, collection));
        const keys = uuids ? freshUuids(rows.length, (uuid) => draft.table(value.in).get(uuid) !== null, compiler.label, facts) : [];
        return { kind: 'insert', collection: value.in, rows, skipBad, stamp: stamp.renderAll(facts, compiler.label, rows.length), keys };
      },
      // Several rows are a list, even when they were one.
      keep: (given, facts) => keep(many && !skipBad && !Array.isArray(given) ? [given] : given, facts),
    }, options);
  },
} satisfies ChangeKind<Out<typeof shape>>;

/** Rows that stand in the file. */
function checkFixed(value: unknown, { many, skipBad }: { readonly many: boolean; readonly skipBad: boolean }, collection: Collection, compiler: Compiler): void {
  const rows = rowsOf(value, many);
  if (isRefusal(rows)) compiler.mistake({ code: 'wrong-kind', message: 'Wrong kind of value for `values`', expected: 'a list of rows', got: kindOf(value) });
  // A schema that cannot be read has been reported where it stands.
  else if (!skipBad) compiler.before((collection.ready ?? Promise.resolve()).then(() => checkRows(rows, many, collection, compiler), () => undefined));
}

function rowsOf(value: unknown, many: boolean): readonly Json[] | Refusal {
  if (!many) return [value as Json];
  return Array.isArray(value) ? (value as readonly Json[]) : bad(`What is to be inserted is not what it should be: expected a list of rows, got ${kindOf(value)}`);
}
