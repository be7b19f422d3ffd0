import { describe, expect, it } from 'vitest';
import { need } from '../../src/model/index.ts';
import { resourcesShape } from '../../src/resources/index.ts';
import { closedColumns, compileResources, makeCollection, type Compiled } from './client.ts';

const contacts = makeCollection('contacts', [], closedColumns({ id: 'number', name: 'text', tenant: 'text' }));
const sizes = makeCollection('sizes', [], { columns: new Map([['size', 'text'], ['page', 'number']]) });
const compile = (yaml: string): Compiled => compileResources(yaml, [contacts, sizes]);
const shown = ({ routes }: Compiled): string[] => routes.map(({ method, segments }) => `${method} ${segments.map((segment) => (segment.kind === 'param' ? `/{${segment.name}}` : segment.kind === 'literal' ? `/${segment.text}` : '')).join('')}`);
const told = (yaml: string): string[] => compile(yaml).mistakes.map(({ path, message, expected, fix }) => [`${path.join('.')}: ${message}`, expected && `expected ${expected}`, fix].filter(Boolean).join('; '));

describe('a resource', () => {
  it('answers a list and its items', () => {
    expect(shown(compile('/contacts: contacts'))).toEqual(['GET /contacts', 'POST /contacts', 'GET /contacts/{id}', 'PUT /contacts/{id}', 'PATCH /contacts/{id}', 'DELETE /contacts/{id}']);
  });

  it('answers the methods that it names, and changes of many rows when it says so', () => {
    expect(shown(compile('/contacts: { of: contacts, methods: [GET, DELETE], many: true }'))).toEqual(['GET /contacts', 'DELETE /contacts', 'GET /contacts/{id}', 'DELETE /contacts/{id}']);
  });

  it('names the key so that it does not meet a name of the path', () => {
    expect(shown(compile('/{id}/contacts: { of: contacts, methods: [PUT] }'))).toEqual(['PUT /{id}/contacts/{item_id}']);
    expect(shown(compile('/{id}/{item_id}/contacts: { of: contacts, methods: [PUT] }'))).toEqual(['PUT /{id}/{item_id}/contacts/{item_id_2}']);
  });

  it('hands `auth` back as it is written', () => {
    expect(compile('/contacts: { of: contacts, auth: { key: { scope: write } } }').routes[0]!.auth).toEqual({ key: { scope: 'write' } });
    expect(compile('/contacts: { of: contacts, auth: none }').routes[0]!.auth).toBe('none');
    expect(compile('/contacts: contacts').routes[0]!.auth).toBeUndefined();
  });

  it('needs the body only where it writes, and the call only where keys are drawn', () => {
    const { routes } = compileResources('/things: things', [makeCollection('things', [], { key: { field: 'id', type: 'uuid' } })]);
    expect(routes.map(({ method, act }) => `${method} ${act.needs}`)).toEqual([`GET ${need.nothing}`, `POST ${need.body | need.call}`, `GET ${need.nothing}`, `PUT ${need.body}`, `PATCH ${need.body}`, `DELETE ${need.nothing}`]);
  });

  it('needs what `only` reads', () => {
    expect(compile("/contacts: { of: contacts, only: { tenant: '${{ body.tenant }}' } }").routes[0]!.act.needs).toBe(need.body);
  });
});

describe('mistakes', () => {
  it.each<[string, string[]]>([
    ['/contacts: contcts', ['/contacts: There is no collection `contcts`']],
    ['/contacts: { of: contcts }', ['/contacts.of: There is no collection `contcts`']],
    ['/contacts: { auth: key }', ['/contacts: A resource needs `of`; expected the name of a collection']],
    ['/contacts: { of: contacts, collection: contacts }', ['/contacts.collection: `collection` is not a key of a resource; expected one of `of`, `auth`, `only`, `page`, `methods`, `many`, `upsert`, `requireIfMatch`, `batch`; Write `of`']],
    ['/contacts: { of: contacts, only: { tennant: a } }', ['/contacts.only.tennant: Rows of `contacts` have no field `tennant`; expected one of `id`, `name`, `tenant`; Did you mean `tenant`?']],
    ['/contacts: { of: contacts, only: { id: 1 } }', ['/contacts.only.id: `only` cannot be about `id`, the key of `contacts`; expected another field']],
    ['/contacts: { of: contacts, only: { tenant: { oneOf: [a, b] } } }', ['/contacts.only.tenant: Wrong kind of value under `only`; expected text, a number, `true` or `false`; It is written into rows as well, so that a test does not fit']],
    ['/contacts: { of: contacts, page: { size: 50, max: 20 } }', ['/contacts.page.size: `size` is more than a client may ask for; expected at most `max`, 20']],
    ['/contacts: { of: contacts, page: { by: number, params: { cursor: c } } }', ['/contacts.page.params.cursor: A list paged `by: number` has no parameter `cursor`; expected one of `page`, `size`, `sort`, `fields`']],
    ['/contacts: { of: contacts, page: { by: cursor, params: { size: cursor } } }', ['/contacts.page.params.size: `size` and `cursor` cannot both be the parameter `cursor`; Give one of them another name under `params`']],
    ['/contacts: { of: contacts, page: { params: { size: name } } }', ['/contacts.page.params.size: `name` is a field of `contacts`, by which lists are filtered; expected the name of no field']],
    ['/contacts: { of: contacts, page: { next: next, total: n } }', ['/contacts.page.next: `next` stands beside the list, and the list has no key; expected `items` beside it; Write `items: items`; without it, the header `Link` leads to the next page', '/contacts.page.total: `total` stands beside the list, and the list has no key; expected `items` beside it; Write `items: items`; without it, the header `X-Total-Count` tells how many rows there are']],
    ['/contacts: { of: contacts, page: { items: a, next: a } }', ['/contacts.page.next: `a` cannot be two things in one map; Give one of them another name']],
    ['/contacts: { of: contacts, page: { by: none, items: a, next: b } }', ['/contacts.page.next: A list that is always whole has no next page; Take `next` out, or write `by: number`, `offset` or `cursor`']],
    ['/sizes: { of: sizes, page: { size: 5 } }', ['/sizes.page.params: Pages cannot be asked for: `page` is a field of `sizes`, by which lists are filtered; Give the parameter a name: `params: { page: … }`']],
    ['/contacts: { of: contacts, methods: [GET], upsert: true, many: false }', ['/contacts.upsert: `upsert` says nothing of /contacts, which does not answer PUT; expected `PUT` among `methods`; Take `upsert` out']],
    ['/contacts: { of: contacts, methods: [GTE] }', ['/contacts.methods.0: Wrong value for `methods`; expected `GET`, `POST`, `PUT`, `PATCH` or `DELETE`; Did you mean `GET`?']],
  ])('%s', (yaml, expected) => {
    expect(told(yaml)).toEqual(expected);
  });

  it('lets a column take a usual name where nobody asked for pages', () => {
    expect(told('/sizes: sizes')).toEqual([]);
  });

  it('publishes what it takes', () => {
    const definitions = new Map<string, Record<string, unknown>>();
    expect(resourcesShape.jsonSchema(definitions)).toMatchObject({ type: 'object' });
    expect(Object.keys(definitions.get('resource')!['properties'] as object)).toEqual(['of', 'auth', 'only', 'page', 'methods', 'many', 'upsert', 'requireIfMatch', 'batch']);
  });
});
