import { describe, expect, it } from 'vitest';
import Ajv from 'ajv';
import { changeKinds, doShape } from '../../src/changes/index.ts';
import type { Scheme } from '../../src/model/index.ts';
import { makeCollection } from '../support/collection.ts';
import { readYaml } from '../support/compiler.ts';
import { compileDo } from './act-for-test.ts';

const collections = [makeCollection('tasks', [{ id: 1, name: 'scan', owner: 'ada', open: true }]), makeCollection('people', [{ id: 1, name: 'ada' }])];
const scheme = (name: string): Scheme => ({ name, needs: 0, secretHeaders: [], secretNames: [], asksForCertificate: false, collections: [], routes: [], check: () => { throw new Error('not asked'); }, issue: () => ({ value: 't' }) });
const options = { collections, schemes: [scheme('token'), scheme('partner')], vars: ['uploads', 'last', 'seen', 'open', 'balance', 'total'] };

const definitions = new Map();
const schema = doShape.jsonSchema(definitions);
const accepts = new (Ajv as unknown as typeof Ajv.default)({ strict: false }).compile({ ...schema, $defs: Object.fromEntries(definitions) });

describe.each(changeKinds.map((kind) => [kind.key, kind] as const))('the change `%s`', (key, kind) => {
  it.each(kind.examples.map(({ yaml }) => [yaml]))('compiles its example %s', async (yaml) => {
    const { mistakes, act } = await compileDo(yaml, options);
    expect(mistakes).toEqual([]);
    expect(accepts(JSON.parse(JSON.stringify(readYaml(yaml)))), JSON.stringify(accepts.errors)).toBe(true);
    expect(typeof act.needs).toBe('number');
  });

  it('has an example, words for the reference page, and a JSON Schema', () => {
    expect(kind.key).toBe(key);
    expect(kind.examples.length).toBeGreaterThan(0);
    expect(kind.about).toMatch(/\.$/);
    expect(typeof kind.shape.jsonSchema(new Map())).toBe('object');
  });
});

it('has every change of the language', () => {
  expect(changeKinds.map(({ key }) => key)).toEqual(['state', 'set', 'add', 'insert', 'get', 'find', 'update', 'replace', 'remove', 'backup', 'restore', 'issue']);
});
