import { need, type Facts, type MatcherKind, type Mismatch } from '../model/index.ts';
import { mapOf } from '../shapes/index.ts';
import { compileJsonPattern, step } from './json-pattern.ts';
import { jsonTest } from './values/test-shape.ts';

export const vars: MatcherKind<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>> = {
  key: 'vars',
  about: 'Each named variable of the scenario passes its test, as in the matcher `json`.',
  shape: mapOf(jsonTest, { expected: 'a map of variables to values or tests' }),
  examples: [
    { yaml: '{ uploads: 3 }', request: {}, memory: { vars: { uploads: 3 } }, holds: true },
    { yaml: '{ uploads: 3 }', request: {}, memory: { vars: { uploads: 2 } }, holds: false, because: ['vars `uploads`: expected 3, got 2'] },
    { yaml: '{ uploads: { min: 1 }, last: { present: true } }', request: {}, memory: { vars: { uploads: 0 } }, holds: false, because: ['vars `uploads`: expected at least 1, got 0', 'vars `last`: expected something, got nothing'] },
    { yaml: '{ user: { name: Ada } }', request: {}, memory: { vars: { user: { name: 'Bob', id: 1 } } }, holds: false, because: ['vars `user.name`: expected Ada, got Bob'] },
    { yaml: '{ ids: { contains: 7 } }', request: {}, memory: { vars: { ids: [5, 7] } }, holds: true },
  ],
  compile(value, compiler) {
    // One by one: a variable may be called like an operator.
    const tests = Object.keys(value).map((name) => {
      compiler.at(name).variable(name);
      return { name, path: step('', name), pattern: compileJsonPattern(value[name], { at: 'vars', label: 'vars' }, compiler.at(name)) };
    });
    return {
      needs: need.nothing, leaves: tests.reduce((leaves, { pattern }) => leaves + pattern.leaves, 0), pins: [],
      holds: (facts) => tests.every(({ name, pattern }) => pattern.passes(own(facts, name))),
      explain(facts) {
        const mismatches: Mismatch[] = [];
        for (const { name, path, pattern } of tests) pattern.explain(own(facts, name), path, mismatches);
        return mismatches;
      },
    };
  },
};

function own({ memory: { vars: values } }: Facts, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
