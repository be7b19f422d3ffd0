import { anything, boolean, byKind, gotWords, invalid, list, mapOf, number, object, oneOfWords, optional, text, valueKind, type Out, type Shape } from '../shapes/index.ts';

/** The methods that a resource can answer. */
export const resourceMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Rows of a batch unless `batch` says otherwise. */
export const usualBatch = 1000;
/** Rows of a page unless `page` says otherwise. */
export const usualSize = 20;
/** The most rows that a client may ask for in one page, unless `page` says otherwise. */
export const usualMostRows = 1000;

const parameter = (about: string): Shape<string> => text({ pattern: /^[^\s&=#+%]{1,64}$/, expected: 'the name of a query parameter', about });
const member = (about: string): Shape<string> => text({ pattern: /^[^\r\n]{1,64}$/, expected: 'the name of a key', about });

const paramsShape = object({
  page: optional(parameter('The number of the page, from 1 (`by: number`); `page` unless said.')),
  offset: optional(parameter('How many rows to pass over (`by: offset`); `offset` unless said.')),
  cursor: optional(parameter('Where to go on (`by: cursor`); `cursor` unless said.')),
  size: optional(parameter('How many rows to give; `size` by number (`limit` is understood as well), `limit` by offset or cursor, unless said.')),
  sort: optional(parameter('The order; `sort` unless said.')),
  fields: optional(parameter('The fields to give; `fields` unless said.')),
}, { name: '`params`', expected: 'a map from `page`, `size`, `offset`, `cursor`, `sort` and `fields` to the names of query parameters', foreign: { limit: 'Write `size: limit`', order: 'Write `sort: order`', select: 'Write `fields: select`' } });

const pageShape = object({
  by: optional(oneOfWords(['number', 'offset', 'cursor', 'none'], 'How a client asks for a page: by its `number` from 1, by an `offset`, by a `cursor`; `none`: the list is always whole. `number` unless said.')),
  size: optional(number({ min: 1, max: 100_000, about: 'Rows of a page when the client does not say; 20 unless said.' })),
  max: optional(number({ min: 1, max: 1_000_000, about: 'The most rows that a client may ask for; more is 400. 1,000 unless said.' })),
  params: optional(paramsShape),
  items: optional(member('The list stands under this key of a map; unless said, the body is the list.')),
  next: optional(member('Beside the list: what to ask the next page by (a cursor, a page number, an offset), or null.')),
  total: optional(member('Beside the list: how many rows there are in all.')),
}, { name: '`page`', foreign: { limit: 'Write `size`', per: 'Write `size`', style: 'Write `by`', type: 'Write `by`', cursor: 'Write `by: cursor`', offset: 'Write `by: offset`', data: 'Write `items: data`' } });

const ownValue: Shape<unknown> = {
  expected: 'text, a number, `true` or `false`',
  kinds: ['string', 'number', 'boolean'],
  parse(value, path, report) {
    const kind = valueKind(value);
    if (kind === 'string' || kind === 'number' || kind === 'boolean') return value;
    report(path, { code: 'wrong-kind', message: 'Wrong kind of value under `only`', expected: ownValue.expected, got: gotWords(value), fix: 'It is written into rows as well, so that a test does not fit' });
    return invalid;
  },
  jsonSchema: () => ({ type: ['string', 'number', 'boolean'] }),
};

const resourceMap = object({
  of: text({ expected: 'the name of a collection', about: 'The collection whose rows it serves.' }),
  auth: optional(byKind([text(), mapOf(anything())], { expected: 'a scheme under `auth`, `none`, or a map such as `{ partner: { scope: write } }`', about: 'Who may call: as in a rule.' })),
  only: optional(mapOf(ownValue, { expected: 'a map from fields to values', about: 'Only rows with these values are there for the caller, and every row that is written gets them.' })),
  page: optional(pageShape),
  methods: optional(list(oneOfWords(resourceMethods), { min: 1, expected: 'a list of methods, such as `[GET, POST]`', about: 'The methods that it answers; all unless said. Others are 405.' })),
  many: optional(boolean('`true`: `PATCH` and `DELETE` on the list change all rows that pass the filters of the query.')),
  upsert: optional(boolean('`true`: `PUT` to a key that is not there makes the row (201) instead of 404.')),
  requireIfMatch: optional(boolean('`true`: `PUT`, `PATCH` and `DELETE` of a row need `If-Match`; without it they are 428.')),
  batch: optional(object({ max: number({ min: 1, max: 1_000_000, about: 'The most rows of one `POST`; more is 413.' }) }, { name: '`batch`' })),
}, {
  name: 'a resource', definition: 'resource', expected: 'a map with `of`, `auth`, `only`, `page` …',
  foreign: { in: 'Write `of`', collection: 'Write `of`', from: 'Write `of`', where: 'Write `only`', filter: 'Write `only`', paging: 'Write `page`', pagination: 'Write `page`', method: 'Write `methods`', requires: 'Write `auth`' },
});

const resourceShape = byKind([text(), resourceMap], { expected: 'the name of a collection, or a map with `of`' });

/** What stands under `resources`: paths to collections. */
export const resourcesShape = mapOf(resourceShape, {
  expected: 'a map from paths, such as `/departments`, to collections',
  about: 'Collections served as REST resources: a list under the path, each row under its key. A route beside a resource wins.',
});

export type ResourceValue = Out<typeof resourceShape>;
export type ResourceMap = Out<typeof resourceMap>;
export type PageValue = Out<typeof pageShape>;
