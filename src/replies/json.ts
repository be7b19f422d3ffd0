import { stringifyJson } from '../base/json.ts';
import { anything } from '../shapes/index.ts';
import type { ReplyKind } from '../model/kind.ts';
import { contentOf, plainBytes } from './content.ts';
import { filled } from './value.ts';

/** Numbers keep their digits; a value that is wholly one expression keeps its type. */
export const json = {
  key: 'json',
  shape: anything('The JSON value to answer with.'),
  about: 'JSON; numbers keep their digits.',
  examples: [
    { yaml: '{ json: { tasks: [] } }', status: 200, headers: { 'content-type': 'application/json', 'content-length': '12' }, body: '{"tasks":[]}' },
    { yaml: 'json: { id: 9007199254740993, price: 1.10 }', status: 200, body: '{"id":9007199254740993,"price":1.10}' },
    { yaml: '{ status: 404, json: { error: 404, message: resource not found, success: false } }', status: 404, body: '{"error":404,"message":"resource not found","success":false}' },
  ],
  compile: (value, compiler) => contentOf(filled(value, compiler, (one) => Buffer.from(stringifyJson(one))), (bytes) => plainBytes(bytes, 'application/json')),
} satisfies ReplyKind<unknown>;
