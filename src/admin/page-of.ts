import { defaultLimit } from '../world/journal.ts';
import { Refusal } from './refusal.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly next: string | null;
}

/** A page of things that have ids, in the order given. `after` is the id of the last one of the page before. */
export function pageOf<T extends { readonly id: string }>(all: readonly T[], query: { readonly after?: string; readonly limit?: number }): Page<T> {
  const { after, limit = defaultLimit } = query;
  const from = after === undefined ? 0 : all.findIndex((item) => item.id === after) + 1;
  if (after !== undefined && from === 0) throw new Refusal(400, `\`after\`: expected the \`next\` of the page before, or an id that is in the list, got \`${after}\``);
  const items = all.slice(from, from + limit);
  return { items, total: all.length, next: from + items.length < all.length ? items.at(-1)!.id : null };
}
