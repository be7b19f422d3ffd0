import { show, kindOf } from '../base/show.ts';
import type { ChangeKind, Compiler, Needs, Operation } from '../model/index.ts';
import type { Facts } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import { byKind, list, object, text, type Out } from '../shapes/index.ts';
import { afterShape } from './after.ts';
import { collectionShape } from './fields.ts';
import { operationAct } from './operation-act.ts';
import { bad, type Refusal } from './outcome.ts';

/** The name of a backup may be this long. */
const longestName = 200;

const fields = {
  in: byKind([collectionShape, list(collectionShape, { min: 1 })], { expected: 'the name of a collection, or a list of them', about: 'The collection, or a list of them: all or none.' }),
  name: text({ expected: 'the name of the backup', about: 'The name of the backup.' }),
};

const foreign = { as: 'Take `as` out: there is nothing to bind', to: 'Write `name`', from: 'Write `name`', file: 'Write `name`', collection: 'Write `in`', collections: 'Write `in`', id: 'Take it out: a backup has all rows', where: 'Take it out: a backup has all rows' };

/** The shape that `backup` and `restore` share. */
export function backupShape(key: 'backup' | 'restore') {
  return object(fields, { name: `\`${key}\``, expected: `a map such as \`{ in: tasks, name: before-import }\``, foreign });
}

type Value = Out<ReturnType<typeof backupShape>>;

export const backup = {
  key: 'backup',
  about: 'Keeps the rows of a collection, or of several, under a name; a backup of that name is replaced.',
  shape: backupShape('backup'),
  options: { after: afterShape, orElse: replyShape },
  examples: [
    { yaml: 'backup: { in: tasks, name: before-import }' },
    { yaml: "backup: { in: [tasks, people], name: '${{ params.name }}' }" },
  ],
  compile: (value, compiler, options) => operationAct(namedBackup('backup', value, compiler), options),
} satisfies ChangeKind<Value>;

/** The operation on named backups of the collections. */
export function namedBackup(kind: 'backup' | 'restore', value: Value, compiler: Compiler): { readonly needs: Needs; make(facts: Facts): Operation | Refusal } {
  const written = typeof value.in === 'string' ? [value.in] : value.in;
  for (const [index, name] of written.entries()) (typeof value.in === 'string' ? compiler.at('in') : compiler.at('in', index)).collection(name);
  const collections = [...new Set(written)];
  const name = compiler.at('name').template(value.name);
  if (name?.fixed && !isName(value.name)) compiler.at('name').mistake({ code: 'wrong-value', message: 'This is no name for a backup', expected: nameWords, got: show(value.name) });
  return {
    needs: name?.needs ?? 0,
    make(facts) {
      const given = name?.render(facts);
      const text = typeof given === 'number' || typeof given === 'bigint' ? String(given) : given;
      return isName(text) ? { kind, collections, name: text } : bad(`The name of the backup is not what it should be: expected ${nameWords}, got ${typeof text === 'string' ? show(text) : kindOf(text)}`);
    },
  };
}

const nameWords = `text of 1 to ${longestName} letters`;

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestName;
}
