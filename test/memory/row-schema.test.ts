import { describe, expect, it, vi } from 'vitest';
import { compileRowSchema } from '../../src/memory/row-schema.ts';
import { rowOf } from '../../src/memory/new-row.ts';
import { TestCompiler } from '../support/compiler.ts';

vi.mock('../../src/matchers/schema-engine.ts', () => ({ makeEngineCheck: () => ({ code: 'wrong-schema', message: 'the engine was asked' }) }));

describe('the schema of rows', () => {
  it('needs no engine when it is ordinary', async () => {
    const compiler = new TestCompiler();
    const schema = compileRowSchema({ type: 'object', additionalProperties: false, required: ['name'], properties: { id: { type: 'integer', minimum: 1 }, name: { type: 'string', minLength: 1 }, at: { type: ['string', 'null'], format: 'date-time' } } }, compiler)!;
    await schema.ready;
    expect(schema.check(rowOf({ id: 9007199254740993n, name: 'Ana', at: null }), [])).toEqual([]);
    expect(schema.check(rowOf({ id: 0, name: '', at: 'noon', age: 3 }), []).map(({ message }) => message)).toEqual([
      '`age`: expected no such key, got 3', '`id`: expected at least 1, got 0', '`name`: expected at least 1 characters, got ""', '`at`: expected text of the format date-time, got "noon"',
    ]);
    expect(compiler.mistakes).toEqual([]);
  });

  it('is left to the engine when it is not', async () => {
    const compiler = new TestCompiler();
    await compileRowSchema({ $ref: '#/$defs/row', $defs: { row: {} } }, compiler)!.ready;
    expect(compiler.mistakes).toMatchObject([{ message: 'the engine was asked' }]);
  });
});
