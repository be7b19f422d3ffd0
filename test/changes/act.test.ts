import { describe, expect, it } from 'vitest';
import { IssueRefused, need, type Scheme } from '../../src/model/index.ts';
import { perform } from '../../src/memory/index.ts';
import { compileTemplate } from '../../src/expressions/index.ts';
import type { Row, Template } from '../../src/model/index.ts';
import { makeCollection } from '../support/collection.ts';
import { makeDraft, makeFacts, makeRequest, settled } from '../support/facts.ts';
import { actor, compileDo, post, replyOf } from './act-for-test.ts';

const tasks = makeCollection('tasks', [{ id: 1, name: 'scan', open: true }, { id: 2, name: 'disinfect', open: false }], { unique: ['name'] });
const plan = { collections: [tasks], vars: { uploads: 0, last: null, label: 'x' }, state: 'idle' };
const names = (rows: Iterable<readonly [string, Row]>): unknown[] => [...rows].map(([, row]) => row['name']);

describe('changes under `do`', () => {
  it.each([
    ['get', "get: { in: tasks, where: { name: { startsWith: '${{ query.v }}' } }, as: task }", '/', '`name`: `startsWith` needs text, got nothing'],
    ['get by a test of the key', "get: { in: tasks, id: { above: '${{ query.v }}' }, as: task }", '/?v=x', '`id`: `above` needs a number, got x'],
    ['find', "find: { in: tasks, where: { id: { min: '${{ query.v }}' } }, as: found }", '/?v=many', '`id`: `min` needs a number, got many'],
    ['update', "update: { in: tasks, where: { open: { present: '${{ query.v }}' } }, value: { open: true } }", '/?v=1', '`open`: `present` needs `true` or `false`, got 1'],
    ['remove', "remove: { in: tasks, where: { name: { matches: '${{ query.v }}' } } }", '/?v=(', '`name`: the pattern is not well-formed: missing closing ): `(`'],
    ['a change that waits', "{ remove: { in: tasks, where: { id: { max: '${{ query.v }}' } } }, after: 1 s }", '/?v=', '`id`: `max` needs a number, got ""'],
  ])('tell a request which of its values makes no test, with 422 (%s)', async (_, yaml, url, words) => {
    const { outcome } = (await actor(yaml, plan)).ask({ url });
    expect(outcome).toMatchObject({ kind: 'undone', problem: { status: 422, detail: `The rows cannot be chosen: ${words}`, more: { errors: [{ message: words }] } } });
  });

  it('read `true` and `false` of a request as such', async () => {
    const rule = await actor("find: { in: tasks, where: { open: { present: '${{ query.v }}' } }, as: found }", plan);
    expect([rule.ask({ url: '/?v=true' }).bound['found'], rule.ask({ url: '/?v=false' }).bound['found']]).toEqual([[expect.anything(), expect.anything()], []]);
  });

  it('happen in order, each seeing what those before it did', async () => {
    const rule = await actor("- add: { uploads: 1 }\n- insert: { in: tasks, value: { name: '${{ body.name }}', nth: '${{ vars.uploads }}' }, as: task }\n- set: { last: '${{ task.id }}', label: '${{ size(tasks) }} tasks' }\n- state: busy", plan);
    const { outcome, bound } = rule.ask(post({ name: 'sweep' }));
    expect(outcome).toEqual({ kind: 'done' });
    expect(bound['task']).toEqual({ id: 3, name: 'sweep', nth: 1 });
    expect({ ...rule.draft.vars }).toEqual({ uploads: 1, last: 3, label: '3 tasks' });
    expect(rule.draft.state).toBe('busy');
  });

  it('are all undone when one of them cannot be made', async () => {
    const rule = await actor("- add: { uploads: 1 }\n- insert: { in: tasks, value: { name: sweep } }\n- update: { in: tasks, id: 9, value: { open: false } }\n- state: busy", plan);
    const { outcome } = rule.ask();
    expect(outcome).toEqual({ kind: 'undone', reply: null, problem: { status: 404, detail: 'There is no row with the key 9 in `tasks`' } });
    expect([rule.draft.vars['uploads'], rule.draft.table('tasks').size, rule.draft.state]).toEqual([0, 2, 'idle']);
  });

  it('end with the first that cannot be made: those after it are not looked at', async () => {
    const rule = await actor("- get: { in: tasks, id: 9 }\n- state: '${{ body.nothing }}'", plan);
    expect(rule.ask().outcome).toMatchObject({ kind: 'undone', problem: { status: 404 } });
  });

  it('give 200 requests that add to one counter exactly 200', async () => {
    const rule = await actor('add: { uploads: 1 }', plan);
    for (let n = 0; n < 200; n += 1) rule.ask();
    expect(rule.draft.vars['uploads']).toBe(200);
  });

  it('let one of 200 requests insert a unique name, and tell the others 409', async () => {
    const rule = await actor('insert: { in: tasks, value: { name: sweep } }', plan);
    const statuses = Array.from({ length: 200 }, () => rule.ask().outcome).map((outcome) => (outcome.kind === 'undone' ? outcome.problem.status : outcome.kind));
    expect([statuses.filter((status) => status === 'done').length, statuses.filter((status) => status === 409).length]).toEqual([1, 199]);
    expect(rule.draft.table('tasks').size).toBe(3);
  });
});

describe('rows that a request sent as text', () => {
  const columns = { collections: [makeCollection('readings', [{ id: 1, name: 'a', temperature: 1.5, open: true, tags: [] }])] };
  const csv = (body: string) => ({ method: 'POST', url: '/?name=q&temperature=2&open=false', headers: { 'content-type': 'text/csv' }, body });
  const made = async (yaml: string, request: ReturnType<typeof csv>): Promise<unknown> => (await actor(yaml, columns)).ask(request).bound['made'];

  it.each([
    ['csv(body)', 'name,temperature,open\nb,-7.25,TRUE\n5,,false\n', [{ id: 2, name: 'b', temperature: -7.25, open: true }, { id: 3, name: '5', temperature: null, open: false }]],
    ['csv(body).filter(r, r.open == "true").map(r, merge(r, {"name": upper(r.name)}))', 'id,name,open\n7,b,true\n8,c,false\n', [{ id: 7, name: 'B', open: true }]],
    ['[without(csv(body)[0], "open")]', 'temperature,open\n9007199254740993,true\n', [{ id: 2, temperature: 9007199254740993n }]],
    ['csv(body, ";")', 'temperature;tags;other\nwarm;[1];5\n', [{ id: 2, temperature: 'warm', tags: '[1]', other: '5' }]],
    ['[query]', '', [{ id: 2, name: 'q', temperature: 2, open: false }]],
  ])('are read as the types of the columns, as a CSV fixture is: %s', async (source, body, rows) => {
    expect(await made(`insert: { in: readings, values: '\${{ ${source} }}', as: made }`, csv(body))).toEqual(rows);
  });

  it('are read so where one takes the place of another, and by `body` of a form', async () => {
    const form = { ...csv('name=f&temperature=3.5'), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(await made("replace: { in: readings, id: 1, value: '${{ body }}', as: made }", form)).toEqual({ id: 1, name: 'f', temperature: 3.5 });
    expect(await made("update: { in: readings, id: 1, value: '${{ csv(body)[0] }}', as: made }", csv('open,temperature\nfalse,4'))).toMatchObject({ temperature: 4, open: false });
  });

  it('are not, where JSON has text for a number', async () => {
    expect(await made("insert: { in: readings, value: '${{ body }}', as: made }", post({ temperature: '3.5' }) as ReturnType<typeof csv>)).toEqual({ id: 2, temperature: '3.5' });
  });
});

describe('`state`', () => {
  it('moves now, later, and to a state that an expression gives', async () => {
    const rule = await actor("- state: checking\n- { state: done, after: 5 s }", plan);
    const { draft } = rule.ask({}, { now: 1000 });
    expect(draft.changes()).toMatchObject({ state: 'checking', later: [{ dueMs: 6000, operation: { kind: 'state', to: 'done' } }] });
    const given = await actor('state: ${{ body.decision }}', plan);
    given.ask(post({ decision: 'accepted' }));
    expect(given.draft.state).toBe('accepted');
    expect(() => given.ask(post({ decision: 7 }))).toThrow('This is no state');
  });

  it('tells the compiler which states are entered', async () => {
    const { compiler } = await compileDo("- state: a\n- { state: b, after: 1 s }\n- state: '${{ body.x }}'");
    expect(compiler.states).toEqual([{ name: 'a', use: 'enters' }, { name: 'b', use: 'enters' }, { name: null, use: 'enters' }]);
  });
});

describe('`after`', () => {
  it('works out at once what is carried out later', async () => {
    const rule = await actor("{ insert: { in: tasks, value: { name: '${{ body.name }}' } }, after: '${{ body.wait }}' }", plan);
    const { draft } = rule.ask(post({ name: 'sweep', wait: '2 s' }), { now: 500 });
    const [pending] = draft.changes()!.later;
    expect([pending!.dueMs, draft.table('tasks').size]).toEqual([2500, 2]);
    const later = makeDraft(plan);
    perform(pending!.operation, later);
    expect(later.table('tasks').get('3')).toEqual({ id: 3, name: 'sweep' });
    expect(rule.ask(post({ name: 'x', wait: 250 }), { now: 0 }).draft.changes()!.later[0]!.dueMs).toBe(250);
    expect(() => rule.ask(post({ name: 'x', wait: 'soon' }))).toThrow('This is no time to wait');
    expect(() => rule.ask(post({ name: 'x', wait: '4000 d' }))).toThrow('This is no time to wait');
  });

  it('is said of every kind that can wait', async () => {
    for (const change of ['set: { uploads: 1 }', 'add: { uploads: 1 }', 'remove: { in: tasks, id: 1 }', 'update: { in: tasks, id: 1, value: { open: false } }', 'replace: { in: tasks, id: 1, value: { name: x } }', 'backup: { in: tasks, name: b }', 'restore: { in: tasks, name: b }']) {
      const { draft } = (await actor(`{ ${change}, after: 1 min }`, plan)).ask({}, { now: 0 });
      expect(draft.changes(), change).toMatchObject({ later: [{ dueMs: 60_000 }], tables: [] });
    }
  });
});

describe('`insert`', () => {
  it('binds a row for `value` and a list for `values`, be it of one', async () => {
    const rule = await actor("- insert: { in: tasks, values: '${{ body }}', as: made }", plan);
    expect(rule.ask(post([{ name: 'a' }])).bound['made']).toEqual([{ id: 3, name: 'a' }]);
    expect(rule.ask(post([{ name: 'b' }, { name: 'c' }])).bound['made']).toEqual([{ id: 4, name: 'b' }, { id: 5, name: 'c' }]);
    expect(rule.ask(post([])).bound['made']).toEqual([]);
  });

  it('inserts all rows of a batch or none, and tells of each that is wrong', async () => {
    const rule = await actor("insert: { in: tasks, values: '${{ body }}' }", plan);
    const { outcome } = rule.ask(post([{ name: 'a' }, { name: 'scan' }, { name: 'a' }, 7]));
    expect(outcome).toMatchObject({ kind: 'undone', problem: { status: 422, more: { errors: [{ row: 2, field: 'name' }, { row: 3, field: 'name' }, { row: 4, field: null }] } } });
    expect(rule.draft.table('tasks').size).toBe(2);
    expect(rule.ask(post([{ name: 'scan' }])).outcome).toMatchObject({ problem: { status: 409 } });
  });

  it('keeps the good rows with `bad: skip`, and tells of the others', async () => {
    const rule = await actor("insert: { in: tasks, values: '${{ body }}', bad: skip, as: imported }", plan);
    const { outcome, bound } = rule.ask(post([{ name: 'a' }, { name: 'scan' }, 7]));
    expect(outcome.kind).toBe('done');
    expect(bound['imported'].rows).toEqual([{ id: 3, name: 'a' }]);
    expect(bound['imported'].errors).toMatchObject([{ row: 2, field: 'name', message: expect.stringContaining('scan') }, { row: 3, field: null, message: expect.any(String) }]);
  });

  it.each([[{ name: 'a' }, 'a map'], ['"text"', 'text'], ['null', 'nothing']])('refuses values that are no list: %j', async (body, got) => {
    for (const skip of ['', ', bad: skip']) {
      const rule = await actor(`insert: { in: tasks, values: '\${{ body }}'${skip} }`, plan);
      expect(rule.ask(post(body)).outcome).toEqual({ kind: 'undone', reply: null, problem: { status: 422, detail: `What is to be inserted is not what it should be: expected a list of rows, got ${got}` } });
    }
  });

  it('refuses a row that is no map', async () => {
    const rule = await actor("insert: { in: tasks, value: '${{ body }}' }", plan);
    expect(rule.ask(post([1])).outcome).toMatchObject({ kind: 'undone', problem: { status: 422 } });
  });

  it('draws a UUID for each row, the same for the same call', async () => {
    const people = makeCollection('people', [], { key: { field: 'id', type: 'uuid' } });
    const rule = await actor("insert: { in: people, values: '${{ body }}', as: made }", { collections: [people] });
    const ids = [0, 1].map(() => rule.ask(post([{}, {}]))).flatMap(({ bound }) => bound['made'].map((row: Row) => row['id']));
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const again = await actor("insert: { in: people, values: '${{ body }}', as: made }", { collections: [people] });
    expect(again.ask(post([{}])).bound['made'][0].id).toBe(ids[0]);
    // The calls of a route that has changed are counted from the beginning, over rows that stay.
    const repeated = rule.ask(post([{}]), { call: 1 });
    expect([repeated.outcome.kind, ids.includes(repeated.bound['made'][0].id)]).toEqual(['done', false]);
    const { act } = await compileDo('insert: { in: people, value: {} }', { collections: [people] });
    expect(act.needs & need.call).toBe(need.call);
  });

  it('lays the stamps of the collection over what is written', async () => {
    const template = (source: unknown): Template<Row> => {
      const made = compileTemplate<Row>(source, { label: 't', fixture: () => ({ code: '', message: '' }) });
      if (!('template' in made)) throw new Error(made.mistakes[0]!.message);
      return made.template;
    };
    const stamped = makeCollection('notes', [{ id: 1, text: 'a', made: 'then', by: 'ada' }], { stamps: { insert: template({ made: '${{ now }}' }), write: template({ by: '${{ headers["x-user"] }}' }) } });
    const rule = await actor("- insert: { in: notes, value: { text: b, by: mallory }, as: note }\n- update: { in: notes, id: 1, value: { text: c, by: mallory }, as: changed }", { collections: [stamped] });
    const { bound } = rule.ask({ headers: { 'x-user': 'bob' } }, { now: 0 });
    expect(bound['note']).toEqual({ id: 2, text: 'b', by: 'bob', made: '1970-01-01T00:00:00.000Z' });
    expect(bound['changed']).toEqual({ id: 1, text: 'c', made: 'then', by: 'bob' });
  });

  it('takes `__proto__`, `constructor` and `toString` as plain fields', async () => {
    const rule = await actor("- insert: { in: tasks, value: '${{ body }}', as: task }\n- update: { in: tasks, id: '${{ task.id }}', value: '${{ body }}' }\n- set: { last: '${{ task }}' }", plan);
    const { bound, draft } = rule.ask(post('{ "name": "p", "__proto__": { "admin": true }, "constructor": 1, "toString": 2 }'));
    const row = bound['task'] as Row;
    expect(Object.keys(row).sort()).toEqual(['__proto__', 'constructor', 'id', 'name', 'toString']);
    expect(Object.getPrototypeOf(row)).toBeNull();
    expect(Object.keys(draft.table('tasks').get('3')!)).toContain('__proto__');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('finds rows by a field of such a name', async () => {
    const rule = await actor("- insert: { in: tasks, value: { name: p, __proto__: x } }\n- get: { in: tasks, where: { __proto__: x, toString: { present: false } }, as: task }\n- find: { in: tasks, where: { constructor: { present: true } }, as: none }\n- find: { in: tasks, where: { name: p }, select: [__proto__], as: some }", plan);
    const { bound } = rule.ask();
    expect([bound['task'].name, bound['none'], Object.keys(bound['some'][0])]).toEqual(['p', [], ['__proto__']]);
  });

  it('takes 10,000 rows in one request', async () => {
    const rule = await actor("- insert: { in: tasks, values: '${{ body }}', as: made }\n- remove: { in: tasks, where: { open: true }, as: gone }", plan);
    const { outcome, bound, draft } = rule.ask(post(Array.from({ length: 10_000 }, (_, n) => ({ name: `n${n}`, open: n % 2 === 0 }))));
    expect(outcome.kind).toBe('done');
    expect([bound['made'].length, bound['gone'].length, draft.table('tasks').size]).toEqual([10_000, 5001, 5001]);
  });

  it('keeps the digits of numbers', async () => {
    const rule = await actor("insert: { in: tasks, value: '${{ body }}', as: task }", plan);
    expect(rule.ask(post('{"name":"n","big":9007199254740993}')).bound['task']).toMatchObject({ big: 9007199254740993n });
  });
});

describe('`get`', () => {
  it('finds a row by its key, as number or text, or by tests', async () => {
    const byId = await actor("get: { in: tasks, id: '${{ query.id }}', as: task }", plan);
    expect(byId.ask({ url: '/?id=2' }).bound['task']).toMatchObject({ name: 'disinfect' });
    const byTests = await actor("get: { in: tasks, where: { open: '${{ query.open }}' }, as: task }", plan);
    expect(byTests.ask({ url: '/?open=false' }).bound['task']).toMatchObject({ id: 2 });
    expect((await actor('get: { in: tasks, id: { above: 1 }, as: task }', plan)).ask().bound['task']).toMatchObject({ id: 2 });
  });

  it.each([['9', '9'], ['', '""'], [undefined, 'nothing'], ['01', '01']])('answers 404 for the key %j', async (id, words) => {
    const rule = await actor("get: { in: tasks, id: '${{ query.id }}', as: task }", plan);
    const { outcome, bound } = rule.ask({ url: id === undefined ? '/' : `/?id=${id}` });
    expect(outcome).toEqual({ kind: 'undone', reply: null, problem: { status: 404, detail: `There is no row with the key ${words} in \`tasks\`` } });
    expect(bound['task']).toBeUndefined();
  });

  it('sees the rows of the draft', async () => {
    const rule = await actor("- remove: { in: tasks, id: 1 }\n- get: { in: tasks, where: { open: true } }", plan);
    expect(rule.ask().outcome).toMatchObject({ problem: { status: 404, detail: 'No row of `tasks` is like that' } });
  });
});

describe('`update`, `replace` and `remove`', () => {
  it('give the row for `id` and a list for `where`', async () => {
    const rule = await actor("- update: { in: tasks, id: 1, value: { hours: 2 }, as: one }\n- update: { in: tasks, where: {}, value: { seen: true }, as: all }\n- replace: { in: tasks, id: 2, value: { name: sweep }, as: other }\n- remove: { in: tasks, id: 1, as: gone }\n- remove: { in: tasks, where: { name: sweep }, as: rest }", plan);
    const { bound, draft } = rule.ask();
    expect(bound['one']).toEqual({ id: 1, name: 'scan', open: true, hours: 2 });
    expect(bound['all'].map((row: Row) => row['seen'])).toEqual([true, true]);
    expect(bound['other']).toEqual({ id: 2, name: 'sweep' });
    expect(bound['gone']).toMatchObject({ id: 1, hours: 2, seen: true });
    expect(bound['rest']).toEqual([{ id: 2, name: 'sweep' }]);
    expect(draft.table('tasks').size).toBe(0);
  });

  it.each(['remove: { in: tasks, id: ID }', 'update: { in: tasks, id: ID, value: { open: false } }', 'replace: { in: tasks, id: ID, value: { name: x } }', '{ remove: { in: tasks, id: ID }, after: 1 s }'])('never take a key that came to nothing, or a map, for all rows: %s', async (yaml) => {
    const rule = await actor(yaml.replace('ID', "'${{ body.id }}'"), plan);
    for (const id of [null, undefined, { present: true }, [1], { oneOf: [1, 2] }]) {
      expect(rule.ask(post({ id })).outcome, JSON.stringify(id)).toMatchObject({ kind: 'undone', problem: { status: 404 } });
    }
    expect(rule.draft.changes()).toBeNull();
  });

  it('take a map of a request for a value, never for a test', async () => {
    const rule = await actor("remove: { in: tasks, where: { name: '${{ body.name }}' } }", plan);
    expect(rule.ask(post({ name: { present: true } })).outcome).toMatchObject({ problem: { status: 404 } });
    expect(rule.ask(post({ name: 'scan' })).outcome.kind).toBe('done');
    expect(names(rule.draft.table('tasks').entries())).toEqual(['disinfect']);
  });

  it('refuse another key and a taken value', async () => {
    const rule = await actor("update: { in: tasks, id: 1, value: '${{ body }}' }", plan);
    expect(rule.ask(post({ id: 7 })).outcome).toMatchObject({ problem: { status: 422 } });
    expect(rule.ask(post({ name: 'disinfect' })).outcome).toMatchObject({ problem: { status: 409 } });
    expect(rule.ask(post({ id: 1, name: 'scan' })).outcome.kind).toBe('done');
    expect(rule.ask(post([1])).outcome).toMatchObject({ problem: { status: 422 } });
  });
});

describe('`set` and `add`', () => {
  it('set several variables, and add to what was set', async () => {
    const rule = await actor("- set: { uploads: 5, last: { deep: ['${{ body.a }}'] } }\n- add: { uploads: '${{ body.n }}' }", plan);
    rule.ask(post({ a: 1, n: 2.5 }));
    expect({ ...rule.draft.vars }).toMatchObject({ uploads: 7.5, last: { deep: [1] } });
  });

  it('refuse to add to text, or what is no number', async () => {
    expect((await actor('add: { label: 1 }', plan)).ask().outcome).toMatchObject({ kind: 'undone', problem: { status: 422, detail: expect.stringContaining('label') } });
    expect((await actor("add: { uploads: '${{ body.n }}' }", plan)).ask(post({ n: 'many' })).outcome).toMatchObject({ problem: { status: 422 } });
  });
});

describe('`backup` and `restore`', () => {
  it('give back the rows of the backup, and no others', async () => {
    const rule = await actor("- backup: { in: tasks, name: '${{ query.name }}' }\n- insert: { in: tasks, value: { name: extra } }\n- remove: { in: tasks, id: 1 }\n- restore: { in: [tasks, tasks], name: '${{ query.name }}' }", plan);
    expect(rule.ask({ url: '/?name=b' }).outcome.kind).toBe('done');
    expect(names(rule.draft.table('tasks').entries())).toEqual(['scan', 'disinfect']);
  });

  it('tell of a backup that is not there, and of a name that is none', async () => {
    const rule = await actor("restore: { in: tasks, name: '${{ query.name }}' }", plan);
    expect(rule.ask({ url: '/?name=b' }).outcome).toMatchObject({ problem: { status: 404, detail: expect.stringContaining('tasks') } });
    expect(rule.ask({ url: '/' }).outcome).toMatchObject({ problem: { status: 422 } });
    expect(rule.ask({ url: `/?name=${'x'.repeat(201)}` }).outcome).toMatchObject({ problem: { status: 422 } });
  });
});

describe('`issue`', () => {
  const scheme = (issue: Scheme['issue']): Scheme => ({ name: 'token', needs: need.body, secretHeaders: [], secretNames: [], asksForCertificate: false, collections: [], routes: [], check: () => { throw new Error('not asked'); }, issue });

  it('binds what the scheme makes of subject and claims', async () => {
    const asked: unknown[] = [];
    const schemes = [scheme((request) => (asked.push(request), { value: 'abc', expires: 60 }))];
    const rule = await actor("- issue: { scheme: token, subject: '${{ body.user }}', claims: { role: '${{ body.role }}' }, as: issued }\n- set: { last: '${{ issued.value }}' }", plan, { schemes });
    rule.ask(post({ user: 42, role: 'admin' }));
    expect(asked).toEqual([{ subject: '42', claims: { role: 'admin' } }]);
    expect(rule.draft.vars['last']).toBe('abc');
    expect(rule.ask(post({})).outcome).toMatchObject({ problem: { status: 422, detail: 'The subject is not what it should be: expected text, got nothing' } });
  });

  it('is undone when the scheme refuses, with `orElse` for an answer', async () => {
    const schemes = [scheme(() => { throw new IssueRefused({ status: 409, detail: 'the name is taken', more: { errors: [{ row: 1, field: 'user', message: 'taken' }] } }); })];
    const rule = await actor("- add: { uploads: 1 }\n- issue: { scheme: token, subject: ada, as: issued }\n  orElse: { status: 400, text: '${{ failure.reason }}: ${{ failure.errors[0].field }}' }", plan, { schemes });
    const ran = rule.ask();
    expect((await replyOf(ran)).text).toBe('taken: user');
    expect(rule.draft.vars['uploads']).toBe(0);
  });

  it('waits for a scheme that has to sign', async () => {
    const schemes = [scheme((_request, facts) => ({ value: facts.prepared('signature', () => Promise.resolve('signed')) }))];
    const { act } = await compileDo("issue: { scheme: token, subject: ada, as: issued }", { schemes });
    const facts = makeFacts(makeRequest({}));
    expect((await settled(() => act.run(facts, makeDraft()))).kind).toBe('done');
    expect(facts.bound['issued']).toEqual({ value: 'signed' });
    expect(act.needs & (need.body | need.call)).toBe(need.body | need.call);
  });

  it('refuses claims that are no map', async () => {
    const rule = await actor("issue: { scheme: token, claims: '${{ body }}', as: issued }", plan, { schemes: [scheme(() => ({ value: 'x' }))] });
    expect(rule.ask(post([1])).outcome).toMatchObject({ problem: { status: 422 } });
    expect(rule.ask(post({ a: 1 })).outcome.kind).toBe('done');
  });
});

describe('`orElse`', () => {
  it('answers in the place of the problem, with the failure and what was bound before', async () => {
    const rule = await actor("- get: { in: tasks, id: 1, as: task }\n- add: { uploads: 1 }\n- insert: { in: tasks, value: { name: '${{ task.name }}' } }\n  orElse: { status: 418, json: { reason: '${{ failure.reason }}', detail: '${{ failure.detail }}', fields: '${{ failure.errors.map(e, e.field) }}', of: '${{ task.name }}' } }", plan);
    const ran = rule.ask();
    const answer = await replyOf(ran);
    expect(answer.status).toBe(418);
    expect(JSON.parse(answer.text)).toEqual({ reason: 'taken', detail: expect.stringContaining('scan'), fields: ['name'], of: 'scan' });
    expect(ran.outcome).toMatchObject({ problem: { status: 409 } });
    expect(rule.draft.vars['uploads']).toBe(0);
  });

  it('is that of the change that failed', async () => {
    const rule = await actor("- get: { in: tasks, id: '${{ query.a }}' }\n  orElse: { status: 404, text: a }\n- get: { in: tasks, id: '${{ query.b }}' }\n  orElse: { status: 410, text: 'b: ${{ failure.reason }}' }", plan);
    expect((await replyOf(rule.ask({ url: '/?a=9&b=9' }))).text).toBe('a');
    expect((await replyOf(rule.ask({ url: '/?a=1&b=9' }))).text).toBe('b: missing');
    expect(rule.ask({ url: '/?a=1&b=2' }).outcome.kind).toBe('done');
  });
});
