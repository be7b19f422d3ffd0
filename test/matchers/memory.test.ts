import { describe, expect, it } from 'vitest';
import { matcherMapShape } from '../../src/matchers/index.ts';
import { ExpressionFailure, need, type ExampleMemory, type Facts, type Matcher } from '../../src/model/index.ts';
import { exampleMemory } from '../support/collection.ts';
import { compileForTest, TestCompiler, type FoundMistake } from '../support/compiler.ts';
import { makeFacts, makeRequest } from '../support/facts.ts';

const remembered: ExampleMemory = {
  state: 'running', vars: { uploads: 2, min: 3 },
  rows: { tasks: [{ id: 1, owner: 'ada', open: true }, { id: 2, owner: 'bob', open: false }], notes: [{ id: 1, task: 2 }] },
};
const { collections, draft } = exampleMemory(remembered);

async function compile(yaml: string): Promise<Matcher> {
  const { matcher, mistakes } = await compileForTest(yaml, { collections, vars: ['uploads', 'min'] });
  expect(mistakes).toEqual([]);
  return matcher;
}

const mistakesOf = async (yaml: string): Promise<readonly string[]> =>
  (await compileForTest(yaml, { collections, vars: ['uploads'] })).mistakes.map(({ path, code }: FoundMistake) => `${path.join('.')}: ${code}`);

const facts = (url = '/'): Facts => makeFacts(makeRequest({ url }), { memory: draft });
const texts = (matcher: Matcher, of: Facts): readonly string[] => matcher.explain(of).map(({ text }) => text);

describe('state', () => {
  it('notes the states that it asks for', () => {
    const compiler = new TestCompiler();
    compiler.matchers({ state: ['idle', 'done'], not: { state: 'gone' } });
    expect(compiler.states).toEqual([{ name: 'idle', use: 'asks' }, { name: 'done', use: 'asks' }, { name: 'gone', use: 'asks' }]);
  });

  it('never holds where the scenario has none', async () => {
    const matcher = await compile('state: idle');
    expect([matcher.holds(makeFacts(makeRequest({}))), texts(matcher, makeFacts(makeRequest({})))]).toEqual([false, ['state: expected idle, got nothing']]);
  });

  it('may not be empty', async () => {
    expect([await mistakesOf("state: ''"), await mistakesOf('state: []'), await mistakesOf("state: ['']"), await mistakesOf('state: 3')].flat()).toEqual(['state: wrong-value', 'state: wrong-kind', 'state.0: wrong-value', 'state: wrong-kind']);
  });
});

describe('vars', () => {
  it('tests variables as JSON, also those that are called like operators', async () => {
    const matcher = await compile('vars: { min: 3, uploads: { max: 2 } }');
    expect([matcher.holds(facts()), matcher.leaves, matcher.needs]).toEqual([true, 2, need.nothing]);
    expect(texts(await compile("vars: { min: '3' }"), facts())).toEqual(['vars `min`: expected "3", got 3']);
  });

  it('asks whether the scenario declares them', async () => {
    expect(await mistakesOf('vars: { uplods: 3 }')).toEqual(['vars.uplods: unknown-variable']);
  });
});

describe('find', () => {
  it('binds the row for the rest of the rule, whatever the order of the keys', async () => {
    const matcher = await compile("{ if: task.open, find: { in: tasks, id: '${{ query.id }}', as: task } }");
    const of = facts('/?id=1');
    expect([matcher.holds(of), of.bound['task']]).toEqual([true, draft.table('tasks').get('1')]);
    expect(texts(matcher, facts('/?id=2'))).toEqual(['if `task.open`: expected true, got false']);
  });

  it('is all that is told when it fails and what comes after had nothing to look at', async () => {
    const matcher = await compile("{ if: task.open, find: { in: tasks, id: '${{ query.id }}', as: task } }");
    const of = facts('/?id=9');
    expect([matcher.holds(of), of.bound['task'], texts(matcher, of)]).toEqual([false, null, ['find `tasks`: no row with id 9']]);
  });

  it('explains in the order in which the keys are written', async () => {
    const matcher = await compile("{ if: 'default(task.open, false)', find: { in: tasks, id: 9, as: task }, query: { a: 1 } }");
    expect(texts(matcher, facts())).toEqual(['if `default(task.open, false)`: expected true, got false', 'find `tasks`: no row with id 9', 'query `a`: expected 1, got nothing']);
  });

  it('is looked at after what costs nothing', async () => {
    const matcher = await compile('{ find: { in: tasks, where: {}, as: task }, query: { a: 1 }, state: idle }');
    const of = facts();
    expect([matcher.holds(of), 'task' in of.bound]).toEqual([false, false]);
    expect(matcher.pins).toEqual([{ in: 'query', name: 'a', value: '1' }]);
  });

  it('reads the body when its expressions do', async () => {
    expect((await compile("find: { in: tasks, where: { owner: '${{ body.owner }}' } }")).needs).toBe(need.body);
  });

  it('can follow from one row to another', async () => {
    const matcher = await compile("all: [{ find: { in: notes, id: 1, as: note } }, { find: { in: tasks, id: '${{ note.task }}', as: task } }, { if: 'task.owner == \"bob\"' }]");
    expect([matcher.holds(facts()), texts(matcher, facts())]).toEqual([true, []]);
    const late = await compile("{ if: 'task.owner == \"bob\"', all: [{ find: { in: tasks, id: 2, as: task } }] }");
    expect(late.holds(facts())).toBe(true);
  });

  it('finds no row for a key that came to nothing, and tests keys as well', async () => {
    expect((await compile("find: { in: tasks, id: '${{ query.none }}' }")).holds(facts())).toBe(false);
    expect((await compile('find: { in: tasks, id: { above: 1 } }')).holds(facts())).toBe(true);
    expect(texts(await compile('find: { in: tasks, id: { above: 5 } }'), facts())).toEqual(['find `tasks`: no row with id more than 5']);
  });

  it('sees what changes have done, and says when there is no row at all', async () => {
    const { draft: own } = exampleMemory(remembered);
    const of = makeFacts(makeRequest({}), { memory: own });
    own.remove('notes', '1');
    const matcher = await compile('find: { in: notes, where: {} }');
    expect([matcher.holds(facts()), matcher.holds(of), texts(matcher, of)]).toEqual([true, false, ['find `notes`: no row at all']]);
  });

  it('says how near a row came', async () => {
    const near = async (yaml: string): Promise<number> => (await compile(yaml)).explain(facts())[0]!.nearness;
    expect(await near("find: { in: tasks, where: { owner: ada, open: false } }")).toBe(0.5);
    expect(await near('find: { in: tasks, where: { owner: eve, open: 7 } }')).toBeLessThan(0.5);
    expect(await near('find: { in: tasks, id: 7 }')).toBe(0);
  });

  it('fails with a reason when its expressions do', async () => {
    const matcher = await compile("find: { in: tasks, where: { id: { min: '${{ int(query.min) }}' } } }");
    expect(() => matcher.holds(facts('/?min=many'))).toThrow(ExpressionFailure);
    expect(() => matcher.explain(facts('/?min=many'))).toThrow('"many" is no number');
  });

  it('does not hold for a test that the request filled with what makes none, and says so', async () => {
    const matcher = await compile("find: { in: tasks, where: { id: { min: '${{ query.min }}' }, owner: { matches: '${{ query.like }}', present: '${{ query.owned }}' } }, as: task }");
    const because = (url: string): readonly string[] => texts(matcher, facts(url));
    expect([matcher.holds(facts('/?min=many&like=a&owned=true')), matcher.holds(facts('/?min=1&like=a&owned=true'))]).toEqual([false, true]);
    expect(because('/?min=many&like=a&owned=true')).toEqual(['find `tasks`: `id`: `min` needs a number, got many']);
    expect(because('/?min=1&like=(&owned=true')).toEqual(['find `tasks`: `owner`: the pattern is not well-formed: missing closing ): `(`']);
    expect(because('/?min=1&like=a&owned=perhaps')).toEqual(['find `tasks`: `owner`: `present` needs `true` or `false`, got perhaps']);
    expect(because('/?min=1&owned=true')).toEqual(['find `tasks`: `owner`: `matches` needs text, got nothing']);
  });

  it('has its mistakes found at load', async () => {
    expect(await mistakesOf('find: { in: taks, id: 1 }')).toEqual(['find.in: unknown-collection']);
    expect(await mistakesOf('find: { in: tasks }')).toEqual(['find: missing-key']);
    expect(await mistakesOf('find: { in: tasks, id: 1, where: { a: 1 } }')).toEqual(['find.where: too-many-keys']);
    expect(await mistakesOf("find: { in: tasks, id: '${{ quer.id }}', where_: 1 }")).toEqual(['find.where_: unknown-key']);
    expect(await mistakesOf("find: { in: tasks, id: '${{ quer.id }}' }")).toEqual(['find.id: unknown-name']);
    expect(await mistakesOf("find: { in: tasks, id: { matches: '(' } }")).toEqual(['find.id.matches: wrong-pattern']);
    expect(await mistakesOf("{ find: { in: tasks, id: 1, as: task }, call: { max: 2, by: task.owner } }")).toEqual(['call.by: unknown-name']);
    expect(await mistakesOf("find: { in: tasks, id: '${{ task.id }}', as: task }")).toEqual(['find.id: unknown-name']);
  });
});

describe('a name bound in a branch', () => {
  it('is null when the branch is not the one that holds', async () => {
    const matcher = await compile("any: [{ find: { in: tasks, id: 1, as: task }, if: 'task.owner == query.owner' }, { query: { owner: bob } }]");
    const [first, second, none] = [facts('/?owner=ada'), facts('/?owner=bob'), facts()];
    expect([matcher.holds(first), matcher.holds(second), matcher.holds(none)]).toEqual([true, true, false]);
    expect([first.bound['task'], second.bound['task'], none.bound['task']]).toEqual([draft.table('tasks').get('1'), null, null]);
    expect([matcher.explain(first), first.bound['task']]).toEqual([[], draft.table('tasks').get('1')]);
  });

  it('is null after `not`', async () => {
    const matcher = await compile("not: { find: { in: tasks, id: 1, as: task }, query: { owner: bob } }");
    const of = facts();
    expect([matcher.holds(of), of.bound['task'] ?? null]).toEqual([true, null]);
  });
});

it('the keys of what is remembered are keys of a map of matchers', () => {
  const schema = new Map<string, unknown>();
  matcherMapShape.jsonSchema(schema as never);
  expect(Object.keys((schema.get('matchers') as { properties: object }).properties)).toEqual(expect.arrayContaining(['state', 'vars', 'find']));
});
