import type { ChangeKind } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import { afterShape } from './after.ts';
import { compileRewrite, rewriteShape, type Rewrite } from './rewrite.ts';

export const update = {
  key: 'update',
  about: 'Gives the row with this `id`, or the rows that pass `where`, the fields of `value`; their other fields stay. `as` has the row, or with `where` a list of rows. 404 when nothing is there, 422 when a row would be bad, 409 when a unique value is taken.',
  shape: rewriteShape('update'),
  options: { after: afterShape, orElse: replyShape },
  examples: [
    { yaml: "update: { in: tasks, id: '${{ params.id }}', value: '${{ body }}', as: task }" },
    { yaml: "update: { in: tasks, where: { owner: ada, open: true }, value: { open: false }, as: closed }" },
    { yaml: "update: { in: tasks, id: '${{ params.id }}', value: { open: false } }\norElse: { status: 404, json: { error: no such task } }" },
    { yaml: "{ update: { in: tasks, id: '${{ params.id }}', value: { open: false } }, after: 5 s }" },
  ],
  compile: (value, compiler, options) => compileRewrite('update', value, compiler, options),
} satisfies ChangeKind<Rewrite>;
