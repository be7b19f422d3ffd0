import { pickFields } from '../memory/index.ts';
import type { Act, ActOutcome, Row, TableView } from '../model/index.ts';
import { everyRow, belongs } from './only.ts';
import { orBadQuery } from './bad-query.ts';
import { answered, jsonBytes } from './json-answer.ts';
import { linkHeader, type Links } from './links.ts';
import { rowsAfter, rowsFrom } from './page-of-rows.ts';
import { readListQuery, type ListQuery, type PageAsked } from './read-query.ts';
import type { Resource } from './resource.ts';

/** `GET` of the list: filtered, sorted, in pages, with chosen fields. */
export function listAct(resource: Resource): Act {
  const { collection, only, paging } = resource;
  return {
    needs: only.needs,
    run: (facts, draft) => orBadQuery((): ActOutcome => {
      const query = readListQuery(resource, facts.request);
      const { rows, total, links, next } = find(resource, draft.table(collection.name), query, only === everyRow ? null : only.values(facts));
      const list = query.fields === null ? rows : rows.map((row) => pickFields(row, query.fields!));
      const { envelope } = paging;
      const body = envelope === null ? list : { [envelope.items]: list, ...(envelope.next !== null && { [envelope.next]: next }), ...(envelope.total !== null && { [envelope.total]: total }) };
      return answered(200, jsonBytes(body), ['X-Total-Count', String(total), ...(links === null || links.length === 0 ? [] : ['Link', linkHeader(`${facts.request.prefix}${facts.request.url}`, links)])]);
    }),
  };
}

interface Listed {
  readonly rows: readonly Row[];
  readonly total: number;
  /** Null: not in pages. */
  readonly links: Links | null;
  /** What to ask the next page by; null: there is none. */
  readonly next: string | number | null;
}

function find(resource: Resource, table: TableView, query: ListQuery, owned: Row | null): Listed {
  const { filter, sort, page } = query;
  const passes = owned === null ? filter : (row: Row): boolean => belongs(row, owned) && (filter === null || filter(row));
  if (page === null) return { ...rowsFrom(table, passes, sort, 0, Infinity), links: null, next: null };
  const { names } = resource.paging;
  const to = (relation: string, place: number | string | null): Links[number] => [relation, new Map([[names.get(page.by === 'number' ? 'page' : page.by)!, place === null ? null : String(place)]])];
  if (page.by === 'cursor') {
    const found = rowsAfter(table, passes, sort, { parameter: names.get('cursor')!, cursor: page.cursor, size: page.size });
    return { ...found, links: [to('first', null), ...(found.next === null ? [] : [to('next', found.next)])] };
  }
  const found = rowsFrom(table, passes, sort, page.by === 'number' ? (page.number - 1) * page.size : page.offset, page.size);
  const { first, prev, next, last } = neighbours(page, found.total);
  return { ...found, next, links: [to('first', first), ...(prev === null ? [] : [to('prev', prev)]), ...(next === null ? [] : [to('next', next)]), to('last', last)] };
}

/** Page numbers or offsets around a page; one beyond the end has the last page before it. */
function neighbours(page: Exclude<PageAsked, { by: 'cursor' }>, total: number): { first: number; prev: number | null; next: number | null; last: number } {
  const { size } = page;
  const lastPage = Math.max(1, Math.ceil(total / size));
  if (page.by === 'number') {
    const { number } = page;
    return { first: 1, prev: number > 1 ? Math.min(number - 1, lastPage) : null, next: number < lastPage ? number + 1 : null, last: lastPage };
  }
  const { offset } = page;
  const lastOffset = (lastPage - 1) * size;
  return { first: 0, prev: offset > 0 ? Math.min(Math.max(0, offset - size), lastOffset) : null, next: offset + size < total ? offset + size : null, last: lastOffset };
}
