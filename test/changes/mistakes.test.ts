import { describe, expect, it } from 'vitest';
import { makeCollection } from '../support/collection.ts';
import type { Scheme } from '../../src/model/index.ts';
import { compileDo } from './act-for-test.ts';

const silent: Scheme = { name: 'basic', needs: 0, secretHeaders: [], secretNames: [], asksForCertificate: false, collections: [], routes: [], check: () => { throw new Error('not asked'); }, issue: null };
const tasks = makeCollection('tasks', [{ id: 1, name: 'scan', open: true }], { unique: ['name'], check: (row) => (typeof row['name'] === 'string' ? [] : [{ field: 'name', expected: 'text', got: 'nothing', message: '`name`: expected text, got nothing' }]) });
const options = { collections: [tasks], schemes: [silent], vars: ['uploads'] };

async function mistakesOf(yaml: unknown): Promise<readonly string[]> {
  const { mistakes } = await compileDo(yaml, options);
  return mistakes.map(({ path, code, message, fix }) => `${path.join('.')} [${code}] ${message}${fix ? ` | ${fix}` : ''}`);
}

describe('a change that cannot work is a mistake', () => {
  it.each([
    ['`after` beside several kinds in one map', '{ set: { uploads: 1 }, state: x, after: 1 s }', 'after [unclear-key] `after` belongs to one change, and this map has `set` and `state` | Write a list, so that it is clear which one is meant: `[ { set: … }, { state: … } ]`'],
    ['no kind', 'after: 5 s', ' [missing-key] A change needs to say what it does'],
    ['an unknown kind', 'insret: { in: tasks, value: {} }', 'insret [unknown-key] `insret` is not a key of a change | Did you mean `insert`?'],
    ['a kind of another tool', 'delete: { in: tasks, id: 1 }', 'delete [unknown-key] `delete` is not a key of a change | Write `remove`'],
    ['its keys beside it', '{ get: { in: tasks, id: 1 }, as: task }', 'as [unknown-key] `as` is not a key of a change | Write `as` in the map behind the change, such as `get: { in: tasks, id: 1, as: task }`'],
    ['an empty list', '[]', ' [wrong-kind] Wrong kind of value'],
    ['a `get` that waits', '{ get: { in: tasks, id: 1, as: task }, after: 1 s }', 'after [key-without-its-key] `get` cannot wait: what it gives is for this request | Take `after` out'],
    ['an `orElse` that never answers', '{ state: x, orElse: { status: 404 } }', 'orElse [key-without-its-key] `state` cannot fail, so `orElse` would never answer | Take `orElse` out'],
    ['an `orElse` after the reply', '{ remove: { in: tasks, id: 1 }, after: 1 s, orElse: { status: 404 } }', 'orElse [key-without-its-key] A change that waits fails after the reply, so `orElse` would never answer | Take `orElse` out'],
    ['an `as` after the reply', '{ insert: { in: tasks, value: { name: a }, as: task }, after: 1 s }', 'insert.as [key-without-its-key] A change that waits gives nothing to this request, so `as` would be empty | Take `as` out, or `after`'],
    ['an `as` of what yields nothing', 'backup: { in: tasks, name: b, as: x }', 'backup.as [unknown-key] `as` is not a key of `backup` | Take `as` out: there is nothing to bind'],
    ['a wait without its unit', '{ state: x, after: 5 }', 'after [wrong-value] Wrong value for `after` | Write the unit, such as `5 ms` or `5 s`'],
    ['a wait that never ends', '{ state: x, after: 4000 d }', 'after [wrong-value] Wrong value for `after`'],
    ['no rows chosen', 'remove: { in: tasks }', 'remove [missing-key] `remove` needs to say which rows | Write `id: …` for one row, or `where: { … }` with tests; `where: {}` is all of them'],
    ['no row chosen', 'get: { in: tasks, as: task }', 'get [missing-key] `get` needs to say which row | Write `id: …` for one row, or `where: { … }` with tests; `where: {}` is the first row there is'],
    ['rows chosen twice', 'update: { in: tasks, id: 1, where: {}, value: {} }', 'update.where [too-many-keys] `update` can have only one of `id` and `where` | Keep one of them'],
    ['a key that is nothing', 'remove: { in: tasks, id: }', 'remove.id [wrong-kind] Wrong kind of value for `id`'],
    ['an `id` of `find`', 'find: { in: tasks, id: 1, as: x }', 'find.id [unknown-key] `id` is not a key of `find` | Write `get` for one row by its key'],
    ['a `find` that binds nothing', 'find: { in: tasks }', 'find [missing-key] `find` needs `as`'],
    ['a name that cannot be one', 'find: { in: tasks, as: My-Tasks }', 'find.as [wrong-value] Wrong value for `as`'],
    ['an unknown collection', 'insert: { in: taks, value: {} }', 'insert.in [unknown-collection] There is no collection `taks`'],
    ['a collection by expression', "insert: { in: '${{ params.table }}', value: {} }", 'insert.in [wrong-value] `in` names a collection, and no expression can | Write one rule for each collection'],
    ['nothing to insert', 'insert: { in: tasks }', 'insert [missing-key] `insert` needs one of `value`, `values`'],
    ['a row that is no map', 'insert: { in: tasks, value: scan }', 'insert.value [wrong-value] Wrong value for `value`'],
    ['a list under `value`', 'insert: { in: tasks, value: [{ name: a }] }', 'insert.value [wrong-kind] Wrong kind of value for `value`'],
    ['values that are no list', "insert: { in: tasks, values: '${{ {\"a\": 1} }}' }", 'insert.values [wrong-kind] Wrong kind of value for `values`'],
    ['a row against the schema', 'insert: { in: tasks, value: { open: true } }', 'insert.value [bad-row] This row can never be inserted into `tasks`: `name`: expected text, got nothing'],
    ['one unique value twice', 'insert: { in: tasks, values: [{ name: a }, { name: b }, { name: a }] }', 'insert.values.2.name [bad-row] This row can never be inserted into `tasks`: `name`: another row has the value a'],
    ['another key', 'update: { in: tasks, id: 1, value: { id: 2 } }', 'update.value.id [key-cannot-change] `id` is the key of `tasks`, and the key of a row cannot change | Take `id` out, or `remove` the row and `insert` another'],
    ['a broken pattern', "remove: { in: tasks, where: { name: { matches: '(' } } }", 'remove.where.name.matches [wrong-pattern]'],
    ['an unknown variable', 'add: { uplaods: 1 }', 'add.uplaods [unknown-variable] There is no variable `uplaods`'],
    ['a variable by the name of a prototype', 'set: { __proto__: 1 }', 'set.__proto__ [unknown-variable] There is no variable `__proto__`'],
    ['no variable', 'set: {}', 'set [wrong-value] `set` names no variable'],
    ['text to add', "add: { uploads: '1' }", 'add.uploads [wrong-kind] Only numbers can be added | Take the quotes away'],
    ['an unknown name', "set: { uploads: '${{ taks.id }}' }", 'set'],
    ['a name before it is bound', "[{ set: { uploads: '${{ task.id }}' } }, { get: { in: tasks, id: 1, as: task } }]", '0.set'],
    ['a failure outside of `orElse`', "set: { uploads: '${{ failure.detail }}' }", 'set'],
    ['a broken `orElse`', '{ get: { in: tasks, id: 1 }, orElse: { satus: 404 } }', 'orElse.satus [unknown-key] `satus` is not a key of a reply | Did you mean `status`?'],
    ['a scheme that issues nothing', 'issue: { scheme: basic, subject: a, as: x }', 'issue.scheme [cannot-issue] The scheme `basic` issues nothing'],
    ['an unknown scheme', 'issue: { scheme: tokne, subject: a, as: x }', 'issue.scheme [unknown-scheme] There is no scheme `tokne`'],
    ['an empty name of a backup', "backup: { in: tasks, name: '' }", 'backup.name [wrong-value] This is no name for a backup'],
    ['a state that is none', "state: ''", 'state [wrong-value] This is no state'],
    ['a limit that is none', 'find: { in: tasks, limit: many, as: x }', 'find.limit'],
    ['a page before the first', 'find: { in: tasks, page: 0, as: x }', 'find.page'],
  ])('%s', async (_what, yaml, expected) => {
    const found = await mistakesOf(yaml);
    expect(found, found.join('\n')).toHaveLength(1);
    expect(found[0]!.startsWith(expected), found[0]).toBe(true);
  });

  it('a row against a schema that is still being read is told once it is', async () => {
    let known = false;
    const ready = Promise.resolve().then(() => { known = true; });
    const late = makeCollection('late', [], { ready, check: () => (known ? [{ field: 'name', expected: 'text', got: 'nothing', message: '`name`: expected text, got nothing' }] : []) });
    const { mistakes } = await compileDo('insert: { in: late, values: [{}] }', { collections: [late] });
    expect(mistakes).toMatchObject([{ code: 'bad-row', path: ['insert', 'values', 0] }]);
  });

  describe('where the schema allows no other fields', () => {
    const closed = makeCollection('jobs', [{ id: 1, name: 'scan', open: true }], { closed: true, check: (row) => (row['name'] === undefined || typeof row['name'] === 'string' ? [] : [{ field: 'name', expected: 'text', got: 'a number', message: '`name`: expected text, got a number' }]) });
    const filledAtWrite = { ...closed, name: 'stamped', stamps: { insert: { needs: 0, fixed: true, render: () => ({}) }, write: null } };

    it.each([
      ['a field of a row beside an expression', "insert: { in: jobs, value: { nme: '${{ body.name }}' } }", 'insert.value.nme [unknown-field] Rows of `jobs` have no field nme | Did you mean `name`?'],
      ['a field of one row of several', "insert: { in: jobs, values: [{ name: '${{ body.name }}' }, { nme: '${{ body.name }}' }] }", 'insert.values.1.nme [unknown-field]'],
      ['a field of a row that the server fills', 'insert: { in: stamped, value: { nme: a } }', 'insert.value.nme [unknown-field]'],
      ['a field that is updated', 'update: { in: jobs, id: 1, value: { nme: a } }', 'update.value.nme [unknown-field]'],
      ['a field that is replaced', "replace: { in: jobs, id: 1, value: { nme: '${{ body.name }}' } }", 'replace.value.nme [unknown-field]'],
      ['a value that the schema never takes', 'update: { in: jobs, id: 1, value: { name: 1 } }', 'update.value.name [bad-row] Rows of `jobs` can never be like that: `name`: expected text, got a number'],
      ['a field to sort by', 'find: { in: jobs, sort: [open, -nme], as: x }', 'find.sort.1 [unknown-field] Rows of `jobs` have no field nme'],
      ['a field to give', 'find: { in: jobs, select: nme, as: x }', 'find.select [unknown-field]'],
    ])('%s is a mistake', async (_what, yaml, expected) => {
      const { mistakes } = await compileDo(yaml, { collections: [closed, filledAtWrite] });
      const found = mistakes.map(({ path, code, message, fix }) => `${path.join('.')} [${code}] ${message}${fix ? ` | ${fix}` : ''}`);
      expect(found, found.join('\n')).toHaveLength(1);
      expect(found[0]!.startsWith(expected), found[0]).toBe(true);
    });

    it('what there is, what an expression names and the key are none', async () => {
      const { mistakes } = await compileDo("- update: { in: jobs, id: 1, value: { name: b, open: false } }\n- find: { in: jobs, sort: -id, select: [id, '${{ query.field }}'], as: a }\n- find: { in: jobs, sort: '${{ query.sort }}', select: 'id,name', as: b }\n- insert: { in: jobs, values: [{ nme: a }], bad: skip }", { collections: [closed] });
      expect(mistakes).toEqual([]);
    });
  });

  it('all of them are told at once', async () => {
    expect(await mistakesOf("- remove: { in: taks, id: 1 }\n- add: { nope: 1 }\n- issue: { scheme: basic, as: x }")).toHaveLength(3);
  });

  it('a value that a request gives is none', async () => {
    expect(await mistakesOf("- insert: { in: tasks, value: { name: '${{ body.name }}' } }\n- update: { in: tasks, id: '${{ params.id }}', value: { id: 1 } }\n- update: { in: tasks, id: 1, value: { id: 1 } }\n- insert: { in: tasks, values: [{}], bad: skip }")).toEqual([]);
  });
});
