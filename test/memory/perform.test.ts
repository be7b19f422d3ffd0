import { describe, expect, it } from 'vitest';
import { exactNumber, type Json } from '../../src/base/json.ts';
import { perform } from '../../src/memory/index.ts';
import type { Draft, Operation, RowChoice } from '../../src/model/index.ts';
import { makeDraft } from '../support/facts.ts';
import { collectionOf } from './make-collection.ts';

const byId = (id: Json): RowChoice => ({ id, where: null });
const where = (tests: RowChoice['where']): RowChoice => ({ id: null, where: tests });

async function draftOfTasks(vars: Readonly<Record<string, Json>> = {}): Promise<Draft> {
  const tasks = await collectionOf('{ unique: [name], rows: [{ id: 1, name: a, open: true }, { id: 2, name: b, open: true }, { id: 3, name: c, open: false }] }');
  const notes = await collectionOf('{}', {}, 'notes');
  return makeDraft({ state: 'idle', vars, collections: [tasks, notes] });
}

function insert(rows: readonly Json[], more: Partial<Extract<Operation, { kind: 'insert' }>> = {}): Operation {
  return { kind: 'insert', collection: 'tasks', rows, skipBad: false, stamp: {}, keys: [], ...more };
}

describe('an operation', () => {
  it('on rows gives what `as` binds', async () => {
    const draft = await draftOfTasks();
    expect(perform(insert([{ name: 'd' }]), draft)).toEqual({ kind: 'done', value: { id: 4, name: 'd' } });
    expect(perform(insert([{ name: 'e' }, { name: 'f' }]), draft)).toEqual({ kind: 'done', value: [{ id: 5, name: 'e' }, { id: 6, name: 'f' }] });
    expect(perform(insert([{ name: 'e' }], { skipBad: true }), draft)).toMatchObject({ kind: 'done', value: { rows: [], errors: [{ row: 1, field: 'name' }] } });
    expect(perform({ kind: 'update', collection: 'tasks', rows: byId('1'), value: { open: false }, stamp: { by: 'x' } }, draft)).toEqual({ kind: 'done', value: { id: 1, name: 'a', open: false, by: 'x' } });
    expect(perform({ kind: 'update', collection: 'tasks', rows: where({ open: false }), value: { seen: 1 }, stamp: {} }, draft)).toMatchObject({ kind: 'done', value: [{ id: 1, seen: 1 }, { id: 3, seen: 1 }] });
    expect(perform({ kind: 'replace', collection: 'tasks', rows: byId(2), value: { name: 'z' }, stamp: {} }, draft)).toEqual({ kind: 'done', value: { id: 2, name: 'z' } });
    expect(perform({ kind: 'remove', collection: 'tasks', rows: byId(2) }, draft)).toEqual({ kind: 'done', value: { id: 2, name: 'z' } });
    expect(perform({ kind: 'remove', collection: 'tasks', rows: where({ seen: 1 }) }, draft)).toMatchObject({ kind: 'done', value: [{ id: 1 }, { id: 3 }] });
    expect(draft.table('tasks').size).toBe(3);
  });

  it('finds nothing missing that is not there, by key or by tests', async () => {
    const draft = await draftOfTasks();
    expect(perform({ kind: 'remove', collection: 'tasks', rows: byId(9) }, draft)).toMatchObject({ kind: 'failed', reason: 'missing', detail: 'There is no row with the key 9 in `tasks`' });
    expect(perform({ kind: 'update', collection: 'tasks', rows: where({ name: 'q' }), value: {}, stamp: {} }, draft)).toMatchObject({ kind: 'failed', reason: 'missing', detail: 'No row of `tasks` is like that' });
    expect(perform({ kind: 'restore', collections: ['tasks'], name: 'never' }, draft)).toMatchObject({ kind: 'failed', reason: 'missing', detail: 'There is no backup never of `tasks`' });
    expect(perform(insert([{}], { collection: 'gone' }), draft)).toMatchObject({ kind: 'failed', reason: 'missing', detail: 'There is no collection `gone`' });
  });

  it('never gives one unique value to two rows', async () => {
    const draft = await draftOfTasks();
    expect(perform({ kind: 'update', collection: 'tasks', rows: where({ open: true }), value: { name: 'same' }, stamp: {} }, draft)).toMatchObject({ kind: 'failed', reason: 'taken', errors: [{ row: 2, field: 'name' }] });
    expect(draft.table('tasks').get('1')).toEqual({ id: 1, name: 'a', open: true });
  });

  it('moves the state and sets variables', async () => {
    const draft = await draftOfTasks({ uploads: 1, last: null });
    perform({ kind: 'state', to: 'busy' }, draft);
    perform({ kind: 'set', values: { last: { id: 1 } } }, draft);
    expect([draft.state, draft.vars]).toEqual(['busy', { uploads: 1, last: { id: 1 } }]);
  });

  it('adds as on paper', async () => {
    const add = async (before: Json, amount: Json): Promise<unknown> => {
      const draft = await draftOfTasks({ n: before });
      const performed = perform({ kind: 'add', values: { n: amount } }, draft);
      return performed.kind === 'done' ? draft.vars['n'] : performed.detail;
    };
    expect(await Promise.all([add(1, 1), add(1, -0.9), add(0.1, 0.2), add(2 ** 53 - 1, 1), add(9007199254740993n, 1), add(9007199254740993n, -9007199254740993n), add(1.5, '2.25'), add(1e21, 1), add(0.001, -0.0005), add(-0.5, 0.5)]))
      .toEqual([2, 0.1, 0.3, 9007199254740992n, 9007199254740994n, 0, 3.75, 10n ** 21n + 1n, 0.0005, 0]);
    expect(String(await add(1e-7, 10n ** 20n))).toBe('100000000000000000000.0000001');
    expect(await add('5', 1)).toBe('The variable `n` is not a number: 5');
    expect(await add(null, 1)).toBe('The variable `n` is not a number: nothing');
    expect(await add(5, 'x')).toBe('What is added to `n` is not a number: x');
  });

  it('refuses a sum that could not be added to again', () => {
    const draft = makeDraft({ vars: { n: 1 } });
    expect(perform({ kind: 'add', values: { n: 1e300 } }, draft)).toMatchObject({ kind: 'done' });
    expect(perform({ kind: 'add', values: { n: exactNumber('1e999') as Json } }, draft)).toMatchObject({ kind: 'failed', reason: 'bad', detail: 'The sum of `n` would be too large a number' });
    expect(perform({ kind: 'add', values: { n: 1 } }, draft)).toMatchObject({ kind: 'done' });
  });

  it('adds to all variables or to none', async () => {
    const draft = await draftOfTasks({ a: 1, b: 'x' });
    expect(perform({ kind: 'add', values: { a: 1, b: 1 } }, draft)).toMatchObject({ kind: 'failed', reason: 'bad', errors: [{ field: 'b' }] });
    expect(draft.vars['a']).toBe(1);
  });
});

describe('a backup', () => {
  it('keeps the rows as they were, and a restore brings them back with their counter', async () => {
    const draft = await draftOfTasks();
    perform(insert([{ name: 'd' }]), draft);
    expect(perform({ kind: 'backup', collections: ['tasks', 'notes'], name: 'b1' }, draft)).toEqual({ kind: 'done', value: null });
    perform({ kind: 'remove', collection: 'tasks', rows: where(null) }, draft);
    perform(insert([{ name: 'z' }]), draft);
    perform(insert([{ text: 'note' }], { collection: 'notes' }), draft);
    expect(perform({ kind: 'restore', collections: ['tasks', 'notes'], name: 'b1' }, draft)).toEqual({ kind: 'done', value: null });
    expect([...draft.table('tasks').entries()].map(([, { name }]) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(draft.table('notes').size).toBe(0);
    expect(perform(insert([{ name: 'd' }]), draft)).toMatchObject({ reason: 'taken' });
    expect(perform(insert([{ name: 'e' }]), draft)).toMatchObject({ value: { id: 5, name: 'e' } });
  });

  it('is one of a hundred of a collection at most; one of them can be replaced', async () => {
    const draft = await draftOfTasks();
    for (let index = 0; index < 100; index += 1) perform({ kind: 'backup', collections: ['notes'], name: `b${index}` }, draft);
    expect(perform({ kind: 'backup', collections: ['notes'], name: 'one more' }, draft)).toMatchObject({ kind: 'failed', reason: 'bad' });
    expect(perform({ kind: 'backup', collections: ['notes'], name: 'b7' }, draft)).toMatchObject({ kind: 'done' });
  });
});
