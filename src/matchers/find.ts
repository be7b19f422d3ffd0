import type { Json } from '../base/json.ts';
import { need, type Collection, type Compiler, type ExampleMemory, type Facts, type MatcherKind, type Mismatch, type Row, type Template } from '../model/index.ts';
import { object, optional, text, type In, type Out } from '../shapes/index.ts';
import { chooseRow } from './choose-row.ts';
import { mismatchInWords, named } from './mismatch.ts';
import { testTemplate, whereTemplate } from './where-template.ts';
import { checkTest, checkWhere, fieldTests, unfilledTest, UnfitTest, valueOf, whereShape, type Where } from './where.ts';

const shape = object({
  in: text({ expected: 'the name of a collection', about: 'The collection.' }),
  id: optional({ ...unfilledTest, expected: 'the key of a row, such as `1` or `${{ params.id }}`', about: 'The key of the row, or a test of it.' }),
  where: optional(whereShape),
  as: optional(text({ expected: 'a name such as `task`', about: 'The name by which the rest of the rule finds the row.' })),
}, {
  name: '`find`', expected: 'a map such as `{ in: tasks, id: 1 }` or `{ in: tasks, where: { open: true }, as: task }`',
  oneOf: { keys: ['id', 'where'], atLeastOne: true },
  foreign: { collection: 'Write `in`', from: 'Write `in`', table: 'Write `in`', key: 'Write `id`', filter: 'Write `where`', name: 'Write `as`', into: 'Write `as`' },
});

type Find = Out<typeof shape>;

const memory: ExampleMemory = { rows: { tasks: [{ id: 1, owner: 'bob', open: true, hours: 1 }, { id: 2, owner: 'ada', open: true, hours: 2 }] } };

export const find: MatcherKind<Find, In<typeof shape>> = {
  key: 'find',
  about: 'Such a row is in the collection: by its key (`id`), or by tests of its fields (`where`; `where: {}` is any row); both may hold expressions. With `as`, the first such row is bound for the rest of the rule.',
  shape,
  examples: [
    { yaml: "{ in: tasks, id: '${{ query.id }}' }", request: { url: '/?id=2' }, memory, holds: true },
    { yaml: '{ in: tasks, id: 7 }', request: {}, memory, holds: false, because: ['find `tasks`: no row with id 7'] },
    { yaml: "{ in: tasks, where: { owner: '${{ query.owner }}', open: true }, as: task }", request: { url: '/?owner=ada' }, memory, holds: true },
    { yaml: '{ in: tasks, where: { open: true, hours: { above: 2 } } }', request: {}, memory, holds: false, because: ['find `tasks`: no row with `open` true and `hours` more than 2'] },
    { yaml: '{ in: tasks, where: { note: { present: true } } }', request: {}, memory, holds: false, because: ['find `tasks`: no row with `note` something'] },
  ],
  compile(value, compiler) {
    const { in: name, as } = value;
    const collection = compiler.at('in').collection(name);
    const tests = collection && compileTests(value, collection, compiler);
    if (as !== undefined) compiler.bind(as, ['as']);
    const choose = (facts: Facts): Row | UnfitTest | null => {
      const found = tests && unlessUnfit(() => chooseRow(facts.memory.table(name), collection, tests.render(facts)));
      if (as !== undefined) facts.bind(as, found instanceof UnfitTest ? null : found);
      return found;
    };
    return {
      needs: tests?.needs ?? need.nothing, leaves: 1, pins: [],
      holds(facts) {
        const found = choose(facts);
        return found !== null && !(found instanceof UnfitTest);
      },
      explain(facts) {
        const found = choose(facts);
        if (found instanceof UnfitTest) return [mismatchInWords(`find.${name}`, `find ${named(name)}: ${found.words}`, found.expected, found.got)];
        return found !== null || !tests ? [] : [noRow(name, collection!, tests.render(facts), value.where === undefined, facts)];
      },
    };
  },
};

/** No row passes a test that the request filled with what makes none. */
function unlessUnfit<T>(choose: () => T): T | UnfitTest {
  try {
    return choose();
  } catch (error) {
    if (error instanceof UnfitTest) return error;
    throw error;
  }
}

/** What is asked of a row: `id` is a test of the key's field. Null after a mistake. */
function compileTests({ id, where }: Find, collection: Collection, compiler: Compiler): Template<Where> | null {
  if (where !== undefined) {
    checkWhere(where, collection, compiler.at('where'));
    return whereTemplate(where, compiler.at('where'));
  }
  checkTest(id as Json, compiler.at('id'));
  const test = testTemplate(id as Json, compiler.at('id'));
  const { field } = collection.key;
  return test && { ...test, render: (facts) => Object.assign(Object.create(null) as Record<string, Json>, { [field]: test.render(facts) }) };
}

/** Rows that are compared to tell how near one comes. */
const mostCompared = 100;

function noRow(name: string, { columns }: Collection, where: Where, byId: boolean, facts: Facts): Mismatch {
  const tests = fieldTests(where, columns);
  const words = byId ? `id ${tests[0]!.expected}` : tests.map(({ field, expected }) => `${named(field)} ${expected}`).join(' and ');
  const which = words === '' ? 'row at all' : `row with ${words}`;
  let nearness = 0;
  let compared = 0;
  for (const [, row] of facts.memory.table(name).entries()) {
    if (compared === mostCompared) break;
    compared += 1;
    nearness = Math.max(nearness, tests.reduce((sum, test) => sum + test.nearness(valueOf(row, test)), 0) / tests.length);
  }
  return mismatchInWords(`find.${name}`, `find ${named(name)}: no ${which}`, `a ${which}`, 'none', nearness);
}
