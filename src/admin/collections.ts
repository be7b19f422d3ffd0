import contentDisposition from 'content-disposition';
import { isNumeric, type Json } from '../base/json.ts';
import { rowsToCsv } from '../memory/index.ts';
import type { Row } from '../model/index.ts';
import type { CollectionContent, GivenRows } from '../server/control.ts';
import { gotWords } from '../shapes/index.ts';
import { defaultLimit } from '../world/journal.ts';
import { defaultSession } from '../world/worlds.ts';
import { endpoint, json, jsonAnswer, type AdminReply, type Call, type Endpoint } from './endpoint.ts';
import { refuseMistakes, unknownKeys } from './fields.ts';
import type { Page } from './page-of.ts';
import { afterParameter, limitParameter, sessionParameter, textParameter, type Parameter } from './query.ts';
import { granted, Refusal } from './refusal.ts';
import { listOf, ref } from './schemas.ts';

const session = sessionParameter('Whose rows; without it, those of `default`.');
const whose = { session, scenario: textParameter('Whose collection it is, where several scenarios have one of this name.') };
const pathParameters = { name: { about: 'The name of a collection.', schema: { type: 'string' } } };
const noRoom = { 507: 'What the session\'s time has come to, or what is to be changed, has no room; nothing was changed.' };
const refusals = { 400: 'Several scenarios have a collection of this name, or the request has a mistake.', 404: 'There is no such collection, or no such scenario; the answer lists those there are.', ...noRoom };

const mostRows = 10_000;
const mostBodyBytes = 50_000_000;

const format: Parameter<'json' | 'csv'> = {
  about: 'In which form; without it, what `Accept` asks for.', expected: '`json` or `csv`', schema: { enum: ['json', 'csv'] },
  read: (text) => (text === 'json' || text === 'csv' ? text : undefined),
};
const after: Parameter<string> = { ...afterParameter, about: 'Only what comes after this: the `next` of the page before, or the key of a row.' };

/** The rows that scenarios keep, to be looked at and replaced. */
export const collections: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/collections', operation: 'listCollections', summary: 'The collections of a session.', parameters: { session },
    answer: jsonAnswer('All of them.', listOf('Collection')), refusals: noRoom,
    handle({ control }, query) {
      const items = control.collections(query.session ?? defaultSession);
      return json({ items, total: items.length, next: null });
    },
  }),
  endpoint({
    method: 'get', path: '/collections/{name}', operation: 'getCollection', summary: 'The rows of a collection, in their order. As CSV all of them, unless a limit is given.', pathParameters,
    parameters: { ...whose, format, after, limit: limitParameter(mostRows, defaultLimit) },
    answer: { ...jsonAnswer('A page of them.', listOf('Row')), otherwise: { type: 'text/csv', schema: { type: 'string' } } }, refusals,
    handle(call, query) {
      const content = granted(call.control.collection(query.session ?? defaultSession, call.params['name']!, query.scenario ?? null));
      return (query.format ?? preferred(call)) === 'csv' ? csvOf(content, query) : json(pageOfRows(content, query.after, query.limit ?? defaultLimit));
    },
  }),
  endpoint({
    method: 'put', path: '/collections/{name}', operation: 'replaceCollection', summary: 'Puts other rows in the place of all there are: all or none. CSV has a header line.', pathParameters, parameters: whose,
    body: ref('Rows'), csv: true, mostBodyBytes,
    answer: jsonAnswer('They are there.', ref('Collection')),
    refusals: { ...refusals, 422: 'Rows are bad, and nothing was changed; `errors` has every error of each row.' },
    handle: (call, query) => json(granted(call.control.replaceRows(query.session ?? defaultSession, call.params['name']!, query.scenario ?? null, readRows(call)))),
  }),
  endpoint({
    method: 'delete', path: '/collections/{name}', operation: 'resetCollection', summary: 'Takes a collection back to its first rows.', pathParameters, parameters: whose,
    answer: jsonAnswer('They are there.', ref('Collection')), refusals,
    handle: (call, query) => json(granted(call.control.resetRows(query.session ?? defaultSession, call.params['name']!, query.scenario ?? null))),
  }),
];

function preferred({ request }: Call): 'json' | 'csv' {
  return request.accepts(['application/json', 'text/csv']) === 'text/csv' ? 'csv' : 'json';
}

function csvOf(content: CollectionContent, query: { readonly after?: string; readonly limit?: number }): AdminReply {
  const { items } = pageOfRows(content, query.after, query.limit ?? Infinity);
  const text = items.length > 0 ? rowsToCsv(items) : headerLine(content.columns);
  return { kind: 'bytes', type: 'text/csv; charset=utf-8', bytes: Buffer.from(text, 'utf8'), headers: { 'Content-Disposition': contentDisposition.create(`${content.name}.csv`) } };
}

/** Of a collection without rows. */
function headerLine(columns: readonly string[]): string {
  const blank = rowsToCsv([Object.fromEntries(columns.map((name) => [name, null]))]);
  return blank.slice(0, -`${','.repeat(columns.length - 1)}\r\n`.length);
}

function pageOfRows({ entries, rows: total }: CollectionContent, from: string | undefined, limit: number): Page<Row> {
  const items: Row[] = [];
  let found = from === undefined;
  let last = '';
  for (const [key, row] of entries()) {
    if (!found) {
      found = key === from;
      continue;
    }
    if (items.length >= limit) return { items, total, next: last };
    items.push(row);
    last = key;
  }
  if (!found) throw new Refusal(400, `\`after\`: expected the \`next\` of the page before, or the key of a row that is there, got \`${from!.slice(0, 100)}\``);
  return { items, total, next: null };
}

/** A list, or what `GET` gives when that is all there is. */
function readRows({ body, csv }: Call): GivenRows {
  if (csv !== null) return { kind: 'csv', text: csv };
  if (Array.isArray(body)) return { kind: 'values', values: body as Json[] };
  if (typeof body !== 'object' || body === null || isNumeric(body)) throw new Refusal(400, `The body must be a list of rows, or \`{ "items": [...] }\`, and it is ${body === undefined ? 'empty' : gotWords(body)}`);
  const { items, next } = body as { readonly items?: unknown; readonly next?: unknown };
  const mistakes = unknownKeys(body, ['items', 'total', 'next']);
  if (items === undefined) mistakes.push('`items` is missing');
  else if (!Array.isArray(items)) mistakes.push(`\`items\`: expected a list of rows, got ${gotWords(items)}`);
  if (next !== undefined && next !== null) mistakes.push('`next` is set, so these are not all rows: get them all with `limit`, or send those that are to be there as a list');
  refuseMistakes(mistakes);
  return { kind: 'values', values: items as Json[] };
}
