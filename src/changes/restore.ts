import type { ChangeKind } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import type { Out } from '../shapes/index.ts';
import { afterShape } from './after.ts';
import { backupShape, namedBackup } from './backup.ts';
import { operationAct } from './operation-act.ts';

const shape = backupShape('restore');

export const restore = {
  key: 'restore',
  about: 'Gives collections the rows of a named backup, and no others. 404 when there is no backup of that name.',
  shape,
  options: { after: afterShape, orElse: replyShape },
  examples: [
    { yaml: 'restore: { in: tasks, name: before-import }' },
    { yaml: "restore: { in: tasks, name: '${{ params.name }}' }\norElse: { status: 404, json: { error: no such backup } }" },
  ],
  compile: (value, compiler, options) => operationAct(namedBackup('restore', value, compiler), options),
} satisfies ChangeKind<Out<typeof shape>>;
