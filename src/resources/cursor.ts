import { parseJson, stringifyJson, type Json } from '../base/json.ts';
import { BadQuery } from './bad-query.ts';
import type { Position } from './row-order.ts';

/** Where a page ended. Clients hand it back as it is, and need not know what is in it. */
export type Cursor =
  /** In the order in which rows were inserted: the key of the last row, that of the one after it, and how many rows stood up to there. */
  | { readonly kind: 'inserted'; readonly last: string; readonly next: string; readonly index: number }
  /** In another order, as a client writes it: the position of the last row. `values` is null when they were too long to carry. */
  | { readonly kind: 'sorted'; readonly sort: string; readonly key: string; readonly values: readonly Json[] | null };

const longestCursor = 8192;
const longestValues = 1024;

export function writeCursor(cursor: Cursor): string {
  const content = cursor.kind === 'inserted' ? [cursor.last, cursor.next, cursor.index] : [cursor.sort, cursor.key, cursor.values];
  return Buffer.from(stringifyJson([cursor.kind, ...content])).toString('base64url');
}

/** The cursor of the row at which a sorted page ended. */
export function sortedCursor(sort: string, { key, values }: Position): Cursor {
  return { kind: 'sorted', sort, key, values: stringifyJson(values).length > longestValues ? null : values };
}

/** Throws BadQuery for what this never wrote. */
export function readCursor(parameter: string, text: string): Cursor {
  const cursor = text.length <= longestCursor && /^[\w-]+$/.test(text) ? cursorIn(Buffer.from(text, 'base64url').toString('utf8')) : null;
  if (cursor === null) throw new BadQuery(parameter, 'a cursor as the page before gave it', text);
  return cursor;
}

function cursorIn(text: string): Cursor | null {
  let content: Json;
  try {
    content = parseJson(text);
  } catch {
    return null;
  }
  if (!Array.isArray(content) || content.length !== 4) return null;
  const [kind, first, second, third] = content as readonly Json[];
  if (typeof first !== 'string' || typeof second !== 'string') return null;
  if (kind === 'inserted' && typeof third === 'number' && Number.isSafeInteger(third)) return { kind, last: first, next: second, index: third };
  const values = third ?? null;
  if (kind !== 'sorted' || !(values === null || Array.isArray(values))) return null;
  return values === null || values.length === first.split(',').length ? { kind, sort: first, key: second, values } : null;
}
