import { need } from '../model/index.ts';
import { namedValues, none, type NamedKind } from './named-values.ts';

export const params: NamedKind = namedValues({
  key: 'params', label: 'param', pins: 'params', needs: need.nothing,
  about: 'Each named `{segment}` of the path passes its test; the rest that `**` took stands under `**`.',
  values: (facts, name) => (Object.hasOwn(facts.params, name) ? [facts.params[name]!] : none),
  names: (facts) => Object.keys(facts.params),
  examples: [
    { yaml: '{ id: { min: 1 } }', request: {}, holds: false, because: ['param `id`: expected at least 1, got nothing'] },
    { yaml: '{ id: { not: 0 } }', request: {}, holds: true },
  ],
});
