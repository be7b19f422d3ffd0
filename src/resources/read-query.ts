import { didYouMean } from '../base/nearest.ts';
import { parseSort, type SortField } from '../memory/index.ts';
import type { Collection, Multi, Request } from '../model/index.ts';
import { BadQuery } from './bad-query.ts';
import { readFilter, splitName, type Filter } from './filters.ts';
import type { Role } from './paging.ts';
import type { Resource } from './resource.ts';

/** What a client asks of a list. */
export interface ListQuery {
  readonly filter: Filter | null;
  /** Empty: in the order in which rows were inserted. */
  readonly sort: readonly SortField[];
  /** Null: all. */
  readonly fields: readonly string[] | null;
  /** Null: the whole list. */
  readonly page: PageAsked | null;
}

export type PageAsked =
  | { readonly by: 'number'; readonly number: number; readonly size: number }
  | { readonly by: 'offset'; readonly offset: number; readonly size: number }
  /** `cursor` is null for the first page. */
  | { readonly by: 'cursor'; readonly cursor: string | null; readonly size: number };

/** Rows beyond this are not told from it. */
const farthest = 1_000_000_000;
const mostFields = 100;

/** Reads the query of a list. Throws BadQuery. */
export function readListQuery(resource: Resource, { query }: Request): ListQuery {
  return { filter: readFilter(filterNames(resource, query), query, resource.collection), sort: readSort(resource, query), fields: readFields(resource, query), page: readPage(resource, query) };
}

/** The filter of a query that changes or removes rows, which pages nothing; null when it has none. Throws BadQuery. */
export function readFilterAlone(resource: Resource, { query }: Request): Filter | null {
  for (const name of ownParameters(resource)) if (query.has(name)) throw new BadQuery(name, 'only filters where rows are changed', query.get(name)![0]);
  return readFilter(filterNames(resource, query), query, resource.collection);
}

/** The fields that a client wants of a row; null: all. Throws BadQuery. */
export function readFields({ collection, paging }: Resource, query: Multi): readonly string[] | null {
  const parameter = paging.names.get('fields');
  const given = parameter === undefined ? undefined : query.get(parameter);
  if (parameter === undefined || given === undefined) return null;
  const fields = [...new Set(given.flatMap((text) => text.split(',')).map((field) => field.trim()).filter((field) => field !== ''))];
  if (fields.length > mostFields) throw new BadQuery(parameter, `at most ${mostFields} fields`, fields.length);
  checkFields(parameter, fields, collection);
  return fields.length === 0 ? null : fields;
}

/** Parameters that are for the list itself. */
function ownParameters({ paging: { names, sizeToo } }: Pick<Resource, 'paging'>): ReadonlySet<string> {
  return new Set([...names.values(), ...(sizeToo === null ? [] : [sizeToo])]);
}

/** Every parameter that is neither the list's nor a secret; where the schema is closed, one that no row can have is a slip. */
function filterNames({ collection, paging, secretNames }: Resource, query: Multi): readonly string[] {
  const { columns, key, closed } = collection;
  const own = ownParameters({ paging });
  const names = [...query.keys()].filter((name) => !own.has(name) && !secretNames.has(name));
  if (closed === true) for (const name of names) {
    const { field } = splitName(name, columns);
    if (isColumn(field, collection) || isColumn(field.split('.', 1)[0]!, collection)) continue;
    throw new BadQuery(name, `a field of \`${collection.name}\`${own.size > 0 ? ` or one of ${[...paging.names.values()].map((one) => `\`${one}\``).join(', ')}` : ''}`, name, didYouMean(name, [...columns.keys(), key.field, ...own]));
  }
  return names;
}

/** `name,-age`: by name, of equal ones the largest age first. */
function readSort({ collection, paging }: Resource, query: Multi): readonly SortField[] {
  const parameter = paging.names.get('sort');
  const given = parameter === undefined ? undefined : query.get(parameter);
  if (parameter === undefined || given === undefined) return [];
  const sort = parseSort(given.join(','));
  checkFields(parameter, sort.map(({ field }) => field), collection);
  return sort;
}

function checkFields(parameter: string, fields: readonly string[], collection: Collection): void {
  const { name, columns, key, closed } = collection;
  const unknown = closed === true ? fields.find((field) => !isColumn(field, collection)) : undefined;
  if (unknown !== undefined) throw new BadQuery(parameter, `fields of \`${name}\``, unknown, didYouMean(unknown, [...columns.keys(), key.field]));
}

function isColumn(field: string, { columns, key }: Collection): boolean {
  return columns.has(field) || field === key.field;
}

function readPage({ paging }: Resource, query: Multi): PageAsked | null {
  const { by, always, names, max, sizeToo } = paging;
  if (by === 'none') return null;
  const role = by === 'number' ? 'page' : by;
  const value = (one: Role): string | null => single(names.get(one), query);
  const sizeName = sizeToo !== null && !query.has('size') && query.has(sizeToo) ? sizeToo : names.get('size');
  const [place, size] = [value(role), single(sizeName, query)];
  if (!always && place === null && size === null) return null;
  const rows = size === null ? paging.size : wholeNumber(sizeName!, size, 1, max);
  switch (by) {
    case 'number': return { by, size: rows, number: place === null ? 1 : wholeNumber(names.get(role)!, place, 1, farthest) };
    case 'offset': return { by, size: rows, offset: place === null ? 0 : wholeNumber(names.get(role)!, place, 0, farthest) };
    case 'cursor': return { by, size: rows, cursor: place };
  }
}

/** An empty value is none, as a form sends it. */
function single(parameter: string | undefined, query: Multi): string | null {
  const values = parameter === undefined ? undefined : query.get(parameter);
  if (parameter === undefined || values === undefined) return null;
  if (values.length > 1) throw new BadQuery(parameter, 'one value', values.join(', '));
  return values[0] === '' ? null : values[0]!;
}

function wholeNumber(parameter: string, text: string, min: number, max: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new BadQuery(parameter, `a whole number from ${min} to ${max}`, text);
}
