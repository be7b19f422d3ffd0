import { need } from '../model/index.ts';
import { mapOf } from '../shapes/index.ts';
import { namedValues, valuesOf, type NamedKind } from './named-values.ts';
import { textTest } from './values/test-shape.ts';

const about = 'Each named header passes its test; of repeated headers, any one. Upper and lower case of names are the same.';

export const headers: NamedKind = namedValues({
  key: 'headers', label: 'header', pins: 'headers', needs: need.nothing, about,
  shape: mapOf(textTest, {
    about, expected: 'a map of header names to values or tests',
    key: (name) => (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) ? null : { code: 'wrong-name', message: 'No header can have this name', expected: 'letters, digits and dashes', got: `\`${name}\`` }),
  }),
  fold: (name) => name.toLowerCase(),
  values: (facts, name) => valuesOf(facts.request.headers, name),
  names: (facts) => facts.request.headers.keys(),
  examples: [
    { yaml: '{ Accept: application/json }', request: { headers: { accept: 'application/json' } }, holds: true },
    { yaml: '{ accept: { contains: json } }', request: {}, holds: false, because: ['header `accept`: expected text containing json, got nothing'] },
    { yaml: '{ x-version: 2 }', request: { headers: { 'X-Versoin': '2' } }, holds: false, because: ['header `x-version`: missing; got `x-versoin`'] },
    { yaml: "{ authorization: { matches: '^Bearer .+' } }", request: { headers: { authorization: 'Basic eDp5' } }, holds: false, because: ['header `authorization`: expected text matching `^Bearer .+`, got "Basic eDp5"'] },
  ],
});
