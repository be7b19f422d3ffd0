import type { ChangeKind } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import { object, optional, type Out } from '../shapes/index.ts';
import { whereShape } from '../memory/index.ts';
import { afterShape } from './after.ts';
import { asShape, collectionShape, foreignFields } from './fields.ts';
import { isRefusal } from './outcome.ts';
import { heldList, heldRow } from './known-fields.ts';
import { binding, operationAct } from './operation-act.ts';
import { withChoice, compileChoice, idShape } from './row-choice.ts';

const shape = withChoice('remove', object(
  { in: collectionShape, id: optional(idShape), where: optional(whereShape), as: optional(asShape) },
  { name: '`remove`', expected: 'a map such as `{ in: tasks, id: 1 }`', foreign: foreignFields, oneOf: { keys: ['id', 'where'], atLeastOne: false } },
));

export const remove = {
  key: 'remove',
  about: 'Removes the row with this `id`, or the rows that pass `where`. `as` has what was removed: the row, or with `where` a list of rows. 404 when nothing is there.',
  shape,
  options: { after: afterShape, orElse: replyShape },
  examples: [
    { yaml: "remove: { in: tasks, id: '${{ params.id }}' }" },
    { yaml: 'remove: { in: tasks, where: { open: false }, as: removed }' },
    { yaml: "remove: { in: tasks, id: '${{ params.id }}' }\norElse: { status: 404, json: { error: no such task } }" },
    { yaml: '{ remove: { in: tasks, where: {} }, after: 1 h }' },
  ],
  compile(value, compiler, options) {
    const collection = compiler.at('in').collection(value.in);
    const choice = compileChoice(value, collection, compiler);
    if (value.as !== undefined) compiler.bind(value.as, ['as'], choice.one ? heldRow(collection) : heldList);
    return operationAct({
      needs: choice.needs,
      make(facts) {
        const rows = choice.choose(facts);
        return isRefusal(rows) ? rows : { kind: 'remove', collection: value.in, rows };
      },
      keep: binding(value.as),
    }, options);
  },
} satisfies ChangeKind<Out<typeof shape>>;
