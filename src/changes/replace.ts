import type { ChangeKind } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import { afterShape } from './after.ts';
import { compileRewrite, rewriteShape, type Rewrite } from './rewrite.ts';

export const replace = {
  key: 'replace',
  about: 'Gives the row with this `id`, or each row that passes `where`, the fields of `value` and no others but its key. `as` has the row, or with `where` a list of rows. 404 when nothing is there, 422 when a row would be bad, 409 when a unique value is taken.',
  shape: rewriteShape('replace'),
  options: { after: afterShape, orElse: replyShape },
  examples: [
    { yaml: "replace: { in: tasks, id: '${{ params.id }}', value: '${{ body }}', as: task }" },
    { yaml: "replace: { in: tasks, id: 1, value: { name: scan } }\norElse: { status: 404, json: { error: no such task } }" },
  ],
  compile: (value, compiler, options) => compileRewrite('replace', value, compiler, options),
} satisfies ChangeKind<Rewrite>;
