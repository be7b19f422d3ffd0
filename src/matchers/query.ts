import { need } from '../model/index.ts';
import { namedValues, valuesOf, type NamedKind } from './named-values.ts';

export const query: NamedKind = namedValues({
  key: 'query', label: 'query', pins: 'query', needs: need.nothing,
  about: 'Each named value of the query passes its test; of repeated values, any one. Names are compared letter by letter.',
  values: (facts, name) => valuesOf(facts.request.query, name),
  names: (facts) => facts.request.query.keys(),
  examples: [
    { yaml: '{ id: 1 }', request: { url: '/?id=1' }, holds: true },
    { yaml: '{ id: 1 }', request: { url: '/?id=2' }, holds: false, because: ['query `id`: expected 1, got 2'] },
    { yaml: '{ id: 1 }', request: { url: '/?id=01' }, holds: false, because: ['query `id`: expected 1, got 01'] },
    { yaml: '{ id: 1 }', request: { url: '/?Id=1' }, holds: false, because: ['query `id`: missing; got `Id`'] },
    { yaml: '{ id: 1 }', request: { url: '/' }, holds: false, because: ['query `id`: expected 1, got nothing'] },
    { yaml: '{ tag: red }', request: { url: '/?tag=blue&tag=red' }, holds: true },
    { yaml: '{ tag: { not: red } }', request: { url: '/?tag=blue&tag=red' }, holds: false, because: ['query `tag`: expected anything but red, got blue, red'] },
    { yaml: '{ tag: { not: red } }', request: { url: '/' }, holds: true },
    { yaml: '{ debug: { present: false } }', request: { url: '/?debug' }, holds: false, because: ['query `debug`: expected nothing, got ""'] },
    { yaml: '{ page: { min: 1, max: 9 } }', request: { url: '/?page=12' }, holds: false, because: ['query `page`: expected at most 9, got 12'] },
    { yaml: '{ name: "a b" }', request: { url: '/?name=a+b' }, holds: true },
    { yaml: '{ q: { contains: Zip, ignoreCase: true } }', request: { url: '/?q=a.ZIP' }, holds: true },
    { yaml: '{ day: { date: true } }', request: { url: '/?day=2026-02-30' }, holds: false, because: ['query `day`: expected a date, got 2026-02-30'] },
    { yaml: '{ code: { length: { min: 3 } } }', request: { url: '/?code=ab' }, holds: false, because: ['query `code`: expected a length of at least 3, got ab'] },
    { yaml: '{ sort: { oneOf: [name, date] } }', request: { url: '/?sort=size' }, holds: false, because: ['query `sort`: expected one of name, date, got size'] },
  ],
});
