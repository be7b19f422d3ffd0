import { describe, expect, it } from 'vitest';
import { collectionsShape, compileCollection } from '../../src/memory/index.ts';
import { invalid } from '../../src/shapes/index.ts';
import type { Collection } from '../../src/model/index.ts';
import { readYaml, TestCompiler } from '../support/compiler.ts';
import { Client } from './client.ts';

/** A collection as a scenario declares it. */
async function declared(name: string, yaml: string): Promise<Collection> {
  const compiler = new TestCompiler();
  const value = collectionsShape.parse({ [name]: readYaml(yaml) }, [], (path, mistake, at) => compiler.mistake(mistake, path, at));
  const collection = value === invalid ? null : compileCollection(name, (value as Record<string, unknown>)[name], compiler.at(name));
  await compiler.ready();
  if (!collection || compiler.mistakes.length > 0) throw new Error(compiler.mistakes.map(({ message }) => message).join('\n'));
  return collection;
}

describe('a collection with a schema', async () => {
  const tasks = await declared('tasks', `
    key: id
    unique: [name]
    schema: { type: object, required: [name], additionalProperties: false, properties: { id: { type: integer }, name: { type: string }, size: { type: number }, owner: { type: string } } }
    rows: [{ id: 1, name: scan, size: 1.5, owner: a }]
  `);
  const client = new Client("/tasks: { of: tasks, only: { owner: '${{ auth.subject }}' }, upsert: true, many: true }", [tasks]);
  const a = { caller: { scheme: 'key', subject: 'a', claims: {}, scope: [] } };

  it('is checked at every write', async () => {
    expect((await client.send('POST', '/tasks', { ...a, body: [{ name: 'x', size: 'big' }, { nmae: 'y' }] })).problem!.more!['errors']).toMatchObject([{ row: 1, field: 'size' }, { row: 2 }, { row: 2 }]);
    expect((await client.send('PATCH', '/tasks/1', { ...a, body: { name: null } })).status).toBe(422);
    expect((await client.send('PUT', '/tasks/1', { ...a, body: {} })).status).toBe(422);
    expect((await client.send('PATCH', '/tasks?id=1', { ...a, body: { size: 'big' } })).problem!.more!['errors']).toMatchObject([{ key: '1', field: 'size' }]);
  });

  it('knows its fields', async () => {
    expect((await client.get('/tasks?nmae=scan', a)).status).toBe(400);
    expect((await client.get('/tasks?size_gte=1.5&fields=id', a)).json).toEqual([{ id: 1 }]);
  });

  it('takes rows through every method', async () => {
    expect((await client.send('PUT', '/tasks/7', { ...a, body: { name: 'y' } })).json).toEqual({ id: 7, name: 'y', owner: 'a' });
    expect((await client.send('POST', '/tasks', { ...a, body: { name: 'z' } })).headers['location']).toBe('/tasks/8');
    expect((await client.send('POST', '/tasks', { ...a, body: { name: 'z' } })).status).toBe(409);
  });
});

describe('a collection that fills its key', async () => {
  const notes = await declared('notes', "{ key: { field: slug, type: given }, onInsert: { slug: '${{ \"n\" + string(int(call)) }}' } }");

  it('fills it on POST, and leaves it to the path on PUT', async () => {
    const client = new Client('/notes: { of: notes, upsert: true }', [notes]);
    expect((await client.send('POST', '/notes', { body: { text: 'x' } })).headers['location']).toBe('/notes/n1');
    expect((await client.send('PUT', '/notes/mine', { body: { text: 'y' } })).json).toEqual({ slug: 'mine', text: 'y' });
    expect((await client.get('/notes/mine')).status).toBe(200);
  });
});
