import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { sampleBySchema } from '../../src/cli/sample-by-schema.ts';

const ajv = new Ajv2020({ strict: false });
(addFormats as unknown as (given: object) => void)(ajv);

test.each<[unknown, unknown]>([
  [{ type: 'string', minLength: 6 }, 'textxx'],
  [{ type: 'string', maxLength: 2 }, 'te'],
  [{ type: 'string', format: 'date' }, '2026-11-01'],
  [{ type: 'integer', minimum: 3 }, 3],
  [{ type: 'number', exclusiveMaximum: 0 }, -1],
  [{ type: ['null', 'boolean'] }, true],
  [{ enum: ['x', 'y'] }, 'x'],
  [{ const: null }, null],
  [{ type: 'array', minItems: 2, items: { type: 'integer' } }, [1, 1]],
  [{ type: 'object', required: ['id', 'name'], properties: { id: { type: 'integer' }, name: {}, note: { type: 'string' } } }, { id: 1, name: 'name' }],
  [{ properties: { a: { type: 'string' }, b: {} } }, { a: 'a' }],
  [{ type: 'object', required: ['a'], properties: { a: { type: 'object', required: ['b'], properties: { b: { minimum: 2, type: 'integer' } } } } }, { a: { b: 2 } }],
])('for %j it is %j', (schema, value) => {
  expect(sampleBySchema(schema)).toEqual({ value });
  expect(ajv.validate(schema as object, value)).toBe(true);
});

test('leaves out the members that the server fills', () => {
  expect(sampleBySchema({ required: ['id', 'name'], properties: { id: { type: 'integer' }, name: {} } }, ['id'])).toEqual({ value: { name: 'name' } });
});

test.each([{ type: 'string', pattern: '^a' }, { oneOf: [{}] }, { $ref: '#/$defs/a' }, { type: 'string', format: 'regex' }, { type: 'integer', minimum: 5, maximum: 4 }, { properties: { a: { type: 'string', pattern: 'x' } } }, false])('is none for %j, which asks for more than can be told by hand', (schema) => {
  expect(sampleBySchema(schema)).toBeNull();
});
