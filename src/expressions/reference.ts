import { functions } from './functions/index.ts';
import { names } from './names.ts';
import { specialForms } from './special-forms.ts';

/** A name of expressions, for the reference page. */
export interface NameReference {
  readonly name: string;
  readonly about: string;
  readonly example: string;
}

/** A function of expressions, for the reference page. `value` is the JSON of what the example gives for {@link exampleBody}. */
export interface FunctionReference {
  readonly name: string;
  readonly signature: string;
  readonly about: string;
  readonly example: string;
  readonly value: string;
}

/** The JSON body that the examples of functions speak of. */
export const exampleBody = '{"customer":{"name":"Ada"},"items":[{"name":"pen","qty":2,"open":true},{"name":"ink","qty":1,"open":false}]}';

export function nameReference(): readonly NameReference[] {
  return [...names.values()].map(({ name, about, example }) => ({ name, about, example }));
}

/** Special forms first, then the functions table by table. */
export function functionReference(): readonly FunctionReference[] {
  return [...specialForms.values(), ...functions.values()].map(({ name, signature, about, example: [example, value] }) => ({ name, signature, about, example, value }));
}
