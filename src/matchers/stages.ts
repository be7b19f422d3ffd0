import type { MatcherMap } from '../model/index.ts';

/**
 * When a matcher of a map has its turn: those that look at the request and at memory alone come first, `find` after them, then
 * combinations that may bind names of their own, then expressions. `call` and `rate` count whether the rule is looked at or
 * not, so nothing that the rule binds can be known to them.
 */
export function stageOf(key: string): number {
  switch (key) {
    case 'find': return 1;
    case 'any': case 'all': case 'not': return 2;
    case 'if': return 3;
    default: return 0;
  }
}

/** The names that a map of matchers may bind, at any depth. */
export function namesBoundIn(map: MatcherMap): readonly string[] {
  const { find, any, all, not } = map as { readonly find?: { readonly as?: string }; readonly any?: readonly MatcherMap[]; readonly all?: readonly MatcherMap[]; readonly not?: MatcherMap };
  const own = find?.as === undefined ? [] : [find.as];
  return [...own, ...[...(any ?? []), ...(all ?? []), ...(not ? [not] : [])].flatMap(namesBoundIn)];
}
