import type { Json } from '../base/json.ts';
import type { ChangeKind, Compiler } from '../model/index.ts';
import { anything, invalid, mapOf, turned, type Shape } from '../shapes/index.ts';
import { afterShape } from './after.ts';
import { operationAct } from './operation-act.ts';

type Values = Readonly<Record<string, unknown>>;

export const set = {
  key: 'set',
  about: 'Sets variables, each to a value of any kind.',
  shape: atLeastOne('set', mapOf(anything(), { expected: 'a map from names of variables to values, such as `{ uploads: 0 }`' })),
  options: { after: afterShape },
  examples: [
    { yaml: 'set: { uploads: 0 }' },
    { yaml: "set: { last: '${{ body.id }}', seen: '${{ now }}' }" },
    { yaml: '{ set: { open: false }, after: 1 min }' },
  ],
  compile(value, compiler, options) {
    nameVariables(value, compiler, 'sets');
    const values = compiler.template<Readonly<Record<string, Json>>>(value);
    return operationAct({ needs: values?.needs ?? 0, make: (facts) => ({ kind: 'set', values: values?.render(facts) ?? {} }) }, options);
  },
} satisfies ChangeKind<Values, Values>;

/** A map of variables that changes something. */
export function atLeastOne<O, I>(key: string, shape: Shape<Readonly<Record<string, O>>, I>): Shape<Readonly<Record<string, O>>, I> {
  return turned(shape, (value, path, report) => {
    if (Object.keys(value).length > 0) return value;
    report(path, { code: 'wrong-value', message: `\`${key}\` names no variable`, expected: 'a map with at least one', got: 'an empty map' });
    return invalid;
  });
}

/** Each must be a variable of the scenario. */
export function nameVariables(value: Values, compiler: Compiler, use: 'sets' | 'adds'): void {
  for (const name of Object.keys(value)) compiler.at(name).variable(name, use);
}
