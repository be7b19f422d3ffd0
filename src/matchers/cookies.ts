import { need } from '../model/index.ts';
import { namedValues, valuesOf, type NamedKind } from './named-values.ts';

export const cookies: NamedKind = namedValues({
  key: 'cookies', label: 'cookie', pins: 'cookies', needs: need.nothing,
  about: 'Each named cookie passes its test. Quotes around a value are no part of it; percent-escapes are read.',
  values: (facts, name) => valuesOf(facts.request.cookies, name),
  names: (facts) => facts.request.cookies.keys(),
  examples: [
    { yaml: '{ sid: abc }', request: { headers: { cookie: 'a=1; sid="abc"' } }, holds: true },
    { yaml: '{ sid: { present: true } }', request: { headers: { cookie: 'theme=dark' } }, holds: false, because: ['cookie `sid`: expected something, got nothing'] },
  ],
});
