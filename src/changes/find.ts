import { findRows, whereShape } from '../memory/index.ts';
import type { ChangeKind } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import { object, optional, type Out } from '../shapes/index.ts';
import { asShape, collectionShape, foreignFields } from './fields.ts';
import { checkNames, heldList } from './known-fields.ts';
import { done, isRefusal, undone } from './outcome.ts';
import { compileCount, compilePage, limitShape, pageShape } from './page.ts';
import { compileChoice } from './row-choice.ts';
import { compileSelect, selectShape } from './select.ts';
import { compileSort, sortShape } from './sort.ts';

const shape = object({
  in: collectionShape,
  where: optional(whereShape),
  sort: optional(sortShape),
  limit: optional(limitShape),
  page: optional(pageShape),
  select: optional(selectShape),
  as: asShape,
}, { name: '`find`', expected: 'a map such as `{ in: tasks, where: { open: true }, as: open }`', foreign: { ...foreignFields, id: 'Write `get` for one row by its key' } });

export const find = {
  key: 'find',
  about: 'Binds rows by `as`: all that pass `where`, sorted, cut to `limit` or to a `page`. An empty list is no failure. 422 when what a request gives for a test, the page, the limit, the order or the fields cannot be read.',
  shape,
  options: { orElse: replyShape },
  examples: [
    { yaml: 'find: { in: tasks, where: { open: true }, sort: -id, as: open }' },
    { yaml: "find: { in: tasks, page: '${{ query.page }}', limit: 10, as: found }" },
    { yaml: "find:\n  in: tasks\n  where: { owner: '${{ params.owner }}' }\n  sort: [owner, -id]\n  page: { number: '${{ query.page }}', size: '${{ query.size }}' }\n  select: [id, name]\n  as: found" },
    { yaml: "find: { in: tasks, sort: '${{ query.sort }}', select: '${{ query.fields }}', as: found }\norElse: { status: 400, json: { error: '${{ failure.detail }}' } }" },
  ],
  compile({ in: name, where, ...value }, compiler) {
    const collection = compiler.at('in').collection(name);
    const tests = where === undefined ? null : compileChoice({ where }, collection, compiler);
    const order = compileSort(value.sort, compiler.at('sort'));
    const most = compileCount(value.limit, 'limit', { least: 0, most: Number.MAX_SAFE_INTEGER }, compiler.at('limit'));
    const pages = value.page === undefined ? null : compilePage(value.page, most, compiler.at('page'));
    const fields = compileSelect(value.select, compiler.at('select'));
    checkNames(listed(value.sort).map(([name, at]) => ({ name: name.replace(/^\s*[-+]?\s*/, '').trimEnd(), at: ['sort', ...at] })), collection, compiler);
    checkNames(listed(value.select).map(([name, at]) => ({ name, at: ['select', ...at] })), collection, compiler);
    compiler.bind(value.as, ['as'], pages === null ? heldList : { kind: 'map', fields: ['rows', 'total', 'next'] });
    return {
      needs: (tests?.needs ?? 0) | order.needs | most.needs | (pages?.needs ?? 0) | fields.needs,
      run(facts, draft) {
        const choice = tests?.choose(facts) ?? { id: null, where: null };
        const sort = order.of(facts);
        const page = pages?.of(facts) ?? null;
        const limit = pages === null ? most.of(facts) : null;
        const select = fields.of(facts);
        if (isRefusal(choice)) return undone(choice);
        if (isRefusal(sort)) return undone(sort);
        if (isRefusal(page)) return undone(page);
        if (isRefusal(limit)) return undone(limit);
        if (isRefusal(select)) return undone(select);
        if (collection === null) return done;
        const found = findRows(draft.table(name), collection, { choice, sort, ...(page && { page }), ...(limit !== null && { limit }), ...(select && { select }) });
        facts.bind(value.as, page === null ? found.rows : found);
        return done;
      },
    };
  },
} satisfies ChangeKind<Out<typeof shape>>;

/** Names that stand in the file, each with its place; text with commas names several, which are looked at when they are asked for. */
function listed(written: string | readonly string[] | undefined): readonly (readonly [name: string, at: readonly number[]])[] {
  if (typeof written === 'string') return written.includes(',') ? [] : [[written, []]];
  return (written ?? []).map((name, index) => [name, [index]]);
}
