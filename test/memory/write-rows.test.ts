import { describe, expect, it } from 'vitest';
import { parseJson, type Json } from '../../src/base/json.ts';
import { insertRows, mergePatch, replaceRow, updateRow, type InsertOptions, type Written } from '../../src/memory/index.ts';
import type { Collection, Draft } from '../../src/model/index.ts';
import { makeDraft } from '../support/facts.ts';
import { collectionOf } from './make-collection.ts';

const none: InsertOptions = { skipBad: false, stamp: {}, keys: [] };

function insert(draft: Draft, collection: Collection, values: readonly Json[], options: Partial<InsertOptions> = {}): Written {
  return insertRows(draft, collection, values, { ...none, ...options });
}

function rowsOf(draft: Draft, { name }: Collection): readonly unknown[] {
  return [...draft.table(name).entries()].map(([, row]) => row);
}

describe('keys', () => {
  it('are counted up from behind the first rows, at the head of the row', async () => {
    const tasks = await collectionOf('{ rows: [{ id: 4, name: a }] }');
    const draft = makeDraft({ collections: [tasks] });
    const written = insert(draft, tasks, [{ name: 'b' }, { name: 'c', id: null }]);
    expect(written).toMatchObject({ kind: 'done', rows: [{ id: 5, name: 'b' }, { id: 6, name: 'c' }] });
    expect(rowsOf(draft, tasks).map((row) => Object.keys(row as object))).toEqual([['id', 'name'], ['id', 'name'], ['id', 'name']]);
  });

  it('that are brought along are kept, and counting goes on behind them', async () => {
    const tasks = await collectionOf('{}');
    const draft = makeDraft({ collections: [tasks] });
    insert(draft, tasks, [{ id: 10 }, { id: '12' }, {}]);
    expect(rowsOf(draft, tasks)).toEqual([{ id: 10 }, { id: 12 }, { id: 13 }]);
    expect(insert(draft, tasks, [{}])).toMatchObject({ rows: [{ id: 14 }] });
  });

  it('never make the counter run away', async () => {
    const tasks = await collectionOf('{}');
    const draft = makeDraft({ collections: [tasks] });
    insert(draft, tasks, [{ id: Number.MAX_SAFE_INTEGER }, { id: 2 ** 53 }, { id: 10n ** 30n }]);
    expect(insert(draft, tasks, [{}])).toMatchObject({ rows: [{ id: 1 }] });
  });

  it('that are counted must be whole numbers', async () => {
    const tasks = await collectionOf('{}');
    const written = insert(makeDraft({ collections: [tasks] }), tasks, [{ id: 'abc' }, { id: 1.5 }, { id: [1] }]);
    expect(written).toMatchObject({ kind: 'failed', reason: 'bad', errors: [
      { row: 1, field: 'id', message: '`id`: expected a whole number, got abc' },
      { row: 2, message: '`id`: expected a whole number, got 1.5' },
      { row: 3, message: '`id`: expected a whole number, got a list' },
    ] });
  });

  it('are the given UUIDs by position, unless a row brings its own', async () => {
    const tasks = await collectionOf('{ key: { type: uuid } }');
    expect(insert(makeDraft({ collections: [tasks] }), tasks, [{}, { id: 'mine' }], { keys: ['u1', 'u2'] })).toMatchObject({ rows: [{ id: 'u1' }, { id: 'mine' }] });
  });

  it('must come with the row where they are given, or from what the server fills', async () => {
    const users = await collectionOf('{ key: { field: name, type: given } }');
    expect(insert(makeDraft({ collections: [users] }), users, [{ name: 'x'.repeat(2000) }, { name: 'y'.repeat(2001) }])).toMatchObject({ reason: 'bad', errors: [{ row: 2, field: 'name', message: '`name`: expected at most 2000 letters, got 2001' }] });
    const counted = await collectionOf('{}');
    expect(insert(makeDraft({ collections: [counted] }), counted, [{ id: parseJson('9'.repeat(5000)) }])).toMatchObject({ reason: 'bad', errors: [{ message: '`id`: expected at most 2000 letters, got 5000' }] });
    const draft = makeDraft({ collections: [users] });
    expect(insert(draft, users, [{ age: 1 }])).toMatchObject({ reason: 'bad', errors: [{ field: 'name', message: '`name`: expected a key, got nothing' }] });
    expect(insert(draft, users, [{ name: '' }])).toMatchObject({ errors: [{ message: '`name`: expected text or a number, got an empty text' }] });
    expect(insert(draft, users, [{ age: 1 }], { stamp: { name: 'ada' } })).toMatchObject({ rows: [{ name: 'ada', age: 1 }] });
  });
});

describe('a batch', () => {
  const yaml = '{ unique: [name], schema: { required: [name], properties: { name: { type: string }, hours: { type: integer } } } }';

  it('is kept as a whole or not at all, every error of every row told', async () => {
    const tasks = await collectionOf(yaml);
    const draft = makeDraft({ collections: [tasks] });
    const written = insert(draft, tasks, [{ name: 'a' }, { hours: 'x' }, 7, { name: 'a' }]);
    expect(written).toEqual({
      kind: 'failed', reason: 'bad', detail: '3 of 4 rows cannot be kept in `tasks`, so none was; row 2: `name`: expected a value (it is required), got nothing',
      errors: [
        { row: 2, field: 'name', message: '`name`: expected a value (it is required), got nothing' },
        { row: 2, field: 'hours', message: '`hours`: expected a whole number, got "x"' },
        { row: 3, field: null, message: 'expected a map of fields, got 7' },
        { row: 4, field: 'name', message: '`name`: another row has the value a' },
      ],
    });
    expect(draft.table('tasks').size).toBe(0);
    expect(draft.changes()).toBeNull();
  });

  it('keeps its good rows when the bad ones are skipped, and tells of those', async () => {
    const tasks = await collectionOf(yaml);
    const draft = makeDraft({ collections: [tasks] });
    const written = insert(draft, tasks, [{ name: 1 }, { name: 'a' }, { name: 'a' }, { name: 'b' }], { skipBad: true });
    expect(written).toMatchObject({ kind: 'done', rows: [{ id: 1, name: 'a' }, { id: 2, name: 'b' }], errors: [{ row: 1 }, { row: 3 }] });
  });

  it('is `taken` when values or keys of others are all that is wrong', async () => {
    const tasks = await collectionOf(yaml);
    const draft = makeDraft({ collections: [tasks] });
    insert(draft, tasks, [{ name: 'a' }]);
    expect(insert(draft, tasks, [{ name: 'a' }])).toMatchObject({ reason: 'taken', detail: 'The row cannot be kept in `tasks`: `name`: another row has the value a' });
    expect(insert(draft, tasks, [{ id: 1, name: 'b' }])).toMatchObject({ reason: 'taken', errors: [{ field: 'id', message: '`id`: there is a row with the key 1' }] });
    expect(insert(draft, tasks, [{ id: 1, name: 5 }])).toMatchObject({ reason: 'bad' });
  });

  it('tells of a thousand errors at most', async () => {
    const tasks = await collectionOf(yaml);
    const written = insert(makeDraft({ collections: [tasks] }), tasks, Array.from({ length: 1500 }, () => ({})));
    expect(written).toMatchObject({ kind: 'failed', detail: expect.stringContaining('1500 of 1500 rows') });
    expect(written.errors).toHaveLength(1000);
  });

  it('leaves null out of what must be unique', async () => {
    const tasks = await collectionOf('{ unique: code }');
    expect(insert(makeDraft({ collections: [tasks] }), tasks, [{ code: null }, { code: null }, {}])).toMatchObject({ kind: 'done' });
  });

  it('cannot reach a prototype', async () => {
    const tasks = await collectionOf('{}');
    const draft = makeDraft({ collections: [tasks] });
    insert(draft, tasks, [parseJson('{"__proto__":{"admin":true},"constructor":1}')], { stamp: parseJson('{"__proto__":5}') as never });
    const [row] = rowsOf(draft, tasks) as object[];
    expect(Object.keys(row!)).toEqual(['id', '__proto__', 'constructor']);
    expect(Object.getPrototypeOf(row)).toBeNull();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('a change of a row', () => {
  const yaml = "{ unique: [name], onInsert: { made: x }, rows: [{ id: 1, name: a, made: early, hours: 2 }, { id: 2, name: b }], schema: { properties: { hours: { type: [integer, 'null'] } } } }";

  it('merges the fields at the top, with what the server fills over them', async () => {
    const tasks = await collectionOf(yaml);
    const draft = makeDraft({ collections: [tasks] });
    const written = updateRow(draft, tasks, '1', { id: '1', hours: null, by: 'client' }, { by: 'server' });
    expect(written).toMatchObject({ kind: 'done', rows: [{ id: 1, name: 'a', made: 'early', hours: null, by: 'server' }] });
    expect(tasks.seed.get('1')).toEqual({ id: 1, name: 'a', made: 'early', hours: 2 });
  });

  it('that replaces it keeps its key and what the server filled when it was made', async () => {
    const tasks = await collectionOf(yaml);
    const draft = makeDraft({ collections: [tasks] });
    expect(replaceRow(draft, tasks, '1', { name: 'z', made: 'forged' }, {})).toMatchObject({ kind: 'done' });
    expect(draft.table('tasks').get('1')).toEqual({ id: 1, name: 'z', made: 'early' });
  });

  it('cannot give it another key, a bad field or what another row has', async () => {
    const tasks = await collectionOf(yaml);
    const draft = makeDraft({ collections: [tasks] });
    expect(updateRow(draft, tasks, '1', { id: 9 }, {})).toMatchObject({ reason: 'bad', errors: [{ field: 'id', message: '`id`: the key of a row cannot change: expected 1, got 9' }] });
    expect(updateRow(draft, tasks, '1', { hours: 'x' }, {})).toMatchObject({ reason: 'bad', errors: [{ row: 1, field: 'hours', message: '`hours`: expected a whole number or nothing, got "x"' }] });
    expect(updateRow(draft, tasks, '1', { name: 'b' }, {})).toMatchObject({ reason: 'taken' });
    expect(updateRow(draft, tasks, '1', 'text', {})).toMatchObject({ reason: 'bad', errors: [{ field: null }] });
    expect(updateRow(draft, tasks, '1', { name: 'a' }, {})).toMatchObject({ kind: 'done' });
    expect(() => updateRow(draft, tasks, '7', {}, {})).toThrow('no row');
  });

  it('frees a value for others', async () => {
    const tasks = await collectionOf(yaml);
    const draft = makeDraft({ collections: [tasks] });
    updateRow(draft, tasks, '1', { name: 'c' }, {});
    expect(updateRow(draft, tasks, '2', { name: 'a' }, {})).toMatchObject({ kind: 'done' });
  });
});

it('a merge patch does what RFC 7386 shows, without changing either value', () => {
  const examples: readonly (readonly [string, string, string])[] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'], ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'], ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'], ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'], ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'], ['{"a":"b"}', '["c"]', '["c"]'], ['{"a":"foo"}', 'null', 'null'], ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'], ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'], ['{}', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
  ];
  for (const [target, patch, result] of examples) {
    const before = parseJson(target);
    expect(mergePatch(before, parseJson(patch))).toEqual(parseJson(result));
    expect(before).toEqual(parseJson(target));
  }
});
