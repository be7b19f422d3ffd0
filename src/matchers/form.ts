import { need } from '../model/index.ts';
import { namedValues, valuesOf, type NamedKind } from './named-values.ts';

const urlEncoded = { 'content-type': 'application/x-www-form-urlencoded' };

export const form: NamedKind = namedValues({
  key: 'form', label: 'form', pins: null, needs: need.body,
  about: 'Each named field of a form (`application/x-www-form-urlencoded`, or the fields without a file name of `multipart/form-data`) passes its test.',
  values: (facts, name) => valuesOf(facts.request.body.form, name),
  names: (facts) => facts.request.body.form?.keys() ?? [],
  examples: [
    { yaml: '{ user: alice, age: { min: 18 } }', request: { method: 'POST', headers: urlEncoded, body: 'user=alice&age=20' }, holds: true },
    { yaml: '{ user: alice, age: { min: 18 } }', request: { method: 'POST', headers: urlEncoded, body: 'user=bob&age=12' }, holds: false, because: ['form `user`: expected alice, got bob', 'form `age`: expected at least 18, got 12'] },
    { yaml: '{ grant_type: password }', request: { method: 'POST', headers: urlEncoded, body: 'granttype=password' }, holds: false, because: ['form `grant_type`: missing; got `granttype`'] },
    { yaml: '{ user: alice }', request: {}, holds: false, because: ['form `user`: expected alice, got nothing'] },
  ],
});
