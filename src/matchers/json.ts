import { need, type MatcherKind } from '../model/index.ts';
import { notJson } from './body-type.ts';
import { compileJsonPattern } from './json-pattern.ts';
import type { Mismatch } from '../model/index.ts';
import { jsonTest } from './values/test-shape.ts';

const asJson = { 'content-type': 'application/json' };
const post = (body: string): { method: string; headers: Record<string, string>; body: string } => ({ method: 'POST', headers: asJson, body });

export const json: MatcherKind<unknown, unknown> = {
  key: 'json',
  about: 'The JSON body contains at least this: maps by key, lists of the same length in order, with tests at any depth. A key that is missing is not `null`.',
  shape: jsonTest,
  examples: [
    { yaml: '{ status: PASSED, items: [{ id: 1 }] }', request: post('{"status":"PASSED","items":[{"id":1.0,"name":"x"}],"more":true}'), holds: true },
    { yaml: '{ items: [{ id: 1 }, { id: 2 }, { id: 3 }] }', request: post('{"items":[{"id":1},{"id":2},{"id":4}]}'), holds: false, because: ['body `items[2].id`: expected 3, got 4'] },
    { yaml: '{ items: [{ id: 1 }, { id: 2 }] }', request: post('{"items":[{"id":1}]}'), holds: false, because: ['body `items`: expected a list of 2, got a list of 1'] },
    { yaml: '{ id: 1 }', request: post('{"id":"1"}'), holds: false, because: ['body `id`: expected 1, got "1"'] },
    { yaml: '{ id: 9007199254740993 }', request: post('{"id":9007199254740992}'), holds: false, because: ['body `id`: expected 9007199254740993, got 9007199254740992'] },
    { yaml: '{ user: { age: { min: 18 }, name: { present: true } } }', request: post('{"user":{"age":17}}'), holds: false, because: ['body `user.age`: expected at least 18, got 17', 'body `user.name`: expected something, got nothing'] },
    { yaml: '{ note: null }', request: post('{"note":null}'), holds: true },
    { yaml: '{ note: null }', request: post('{}'), holds: false, because: ['body `note`: expected null, got nothing'] },
    { yaml: '{ note: { present: false } }', request: post('{"note":null}'), holds: false, because: ['body `note`: expected nothing, got null'] },
    { yaml: '{ tags: { contains: red, length: 2 } }', request: post('{"tags":["blue","red"]}'), holds: true },
    { yaml: '{ range: { equals: { min: 1, max: 5 } } }', request: post('{"range":{"max":5,"min":1}}'), holds: true },
    { yaml: '{ role: { not: { oneOf: [admin, root] } } }', request: post('{"role":"root"}'), holds: false, because: ['body `role`: expected anything but one of admin, root, got root'] },
    { yaml: '{ user: { name: Ada } }', request: post('{"user":"Ada"}'), holds: false, because: ['body `user`: expected a map like {"name":"Ada"}, got Ada'] },
    { yaml: '{ id: 1 }', request: { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'id=1' }, holds: false, because: ['body: expected JSON, got application/x-www-form-urlencoded'] },
    { yaml: '{ id: 1 }', request: {}, holds: false, because: ['body: expected JSON, got nothing'] },
  ],
  compile(value, compiler) {
    const pattern = compileJsonPattern(value, { at: 'body', label: 'body' }, compiler);
    return {
      needs: need.body, leaves: pattern.leaves, pins: [],
      holds(facts) {
        const came = facts.request.body.json;
        return came !== undefined && pattern.passes(came);
      },
      explain({ request: { body } }) {
        if (body.json === undefined) return [notJson(body)];
        const mismatches: Mismatch[] = [];
        pattern.explain(body.json, '', mismatches);
        return mismatches;
      },
    };
  },
};
