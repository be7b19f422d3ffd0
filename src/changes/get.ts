import { show } from '../base/show.ts';
import { chooseKeys, whereShape } from '../memory/index.ts';
import { chooseRow } from '../memory/where.ts';
import type { ChangeKind, Collection, Row, RowChoice, TableView } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import { object, optional, type Out } from '../shapes/index.ts';
import { asShape, collectionShape, foreignFields } from './fields.ts';
import { heldRow } from './known-fields.ts';
import { done, isRefusal, missing, undone } from './outcome.ts';
import { compileChoice, idShape, withChoice } from './row-choice.ts';

const shape = withChoice('get', object(
  { in: collectionShape, id: optional(idShape), where: optional(whereShape), as: optional(asShape) },
  { name: '`get`', expected: 'a map such as `{ in: tasks, id: 1, as: task }`', foreign: foreignFields, oneOf: { keys: ['id', 'where'], atLeastOne: false } },
));

export const get = {
  key: 'get',
  about: 'Looks up the row with this `id`, or the first that passes `where`, and binds it by `as`. 404 when there is none, 422 when what a request gives for a test cannot be read.',
  shape,
  options: { orElse: replyShape },
  examples: [
    { yaml: "get: { in: tasks, id: '${{ params.id }}', as: task }" },
    { yaml: "get: { in: tasks, where: { owner: '${{ query.owner }}', open: true }, as: task }" },
    { yaml: "get: { in: tasks, id: '${{ params.id }}', as: task }\norElse: { status: 404, json: { error: '${{ failure.detail }}' } }" },
  ],
  compile({ in: name, ...value }, compiler) {
    const collection = compiler.at('in').collection(name);
    const choice = compileChoice(value, collection, compiler);
    if (value.as !== undefined) compiler.bind(value.as, ['as'], heldRow(collection));
    return {
      needs: choice.needs,
      run(facts, draft) {
        const rows = choice.choose(facts);
        if (isRefusal(rows)) return undone(rows);
        const row = collection && rowOf(draft.table(name), collection, rows);
        if (row === null) return undone(missing(rows.where === null ? `There is no row with the key ${show(rows.id)} in \`${name}\`` : `No row of \`${name}\` is like that`));
        if (value.as !== undefined) facts.bind(value.as, row);
        return done;
      },
    };
  },
} satisfies ChangeKind<Out<typeof shape>>;

function rowOf(table: TableView, collection: Collection, choice: RowChoice): Row | null {
  if (choice.where !== null) return chooseRow(table, collection, choice.where);
  const [key] = chooseKeys(table, collection, choice);
  return key === undefined ? null : table.get(key);
}
