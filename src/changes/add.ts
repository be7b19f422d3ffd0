import { isNumeric, type Json, type Numeric } from '../base/json.ts';
import type { ChangeKind } from '../model/index.ts';
import { gotWords, invalid, mapOf, type Shape } from '../shapes/index.ts';
import { replyShape } from '../replies/index.ts';
import { afterShape } from './after.ts';
import { operationAct } from './operation-act.ts';
import { atLeastOne, nameVariables } from './set.ts';

type Amounts = Readonly<Record<string, Numeric | string>>;

const amountShape: Shape<Numeric | string> = {
  expected: 'a number, or an expression `${{ … }}` that gives one',
  kinds: ['number', 'string'],
  parse(value, path, report) {
    if (isNumeric(value) || (typeof value === 'string' && value.includes('${{'))) return value;
    report(path, { code: 'wrong-kind', message: 'Only numbers can be added', expected: amountShape.expected, got: gotWords(value), fix: typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? 'Take the quotes away' : 'Write `set` to give a variable another value' });
    return invalid;
  },
  jsonSchema: () => ({ anyOf: [{ type: 'number' }, { type: 'string', pattern: '\\$\\{\\{' }] }),
};

export const add = {
  key: 'add',
  about: 'Adds numbers to variables: `-1` takes one away. 422 when a variable or what is added is no number.',
  shape: atLeastOne('add', mapOf(amountShape, { expected: 'a map from names of variables to numbers, such as `{ uploads: 1 }`' })),
  options: { after: afterShape, orElse: replyShape },
  examples: [
    { yaml: 'add: { uploads: 1 }' },
    { yaml: "add: { balance: '${{ -number(body.amount) }}' }" },
    { yaml: "add: { total: '${{ body.amount }}' }\norElse: { status: 400, text: '${{ failure.detail }}' }" },
  ],
  compile(value, compiler, options) {
    nameVariables(value, compiler, 'adds');
    const values = compiler.template<Readonly<Record<string, Json>>>(value);
    return operationAct({ needs: values?.needs ?? 0, make: (facts) => ({ kind: 'add', values: values?.render(facts) ?? {} }) }, options);
  },
} satisfies ChangeKind<Amounts, Amounts>;
