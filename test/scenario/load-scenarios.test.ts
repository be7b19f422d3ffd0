import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { need } from '../../src/model/index.ts';
import { loadScenarios } from '../../src/scenario/load-scenarios.ts';
import { bodyText, factsOf, problemFacts, textOf } from './facts.ts';
import { fixtures, load, planOf } from './load.ts';

const cleaner = `scenario: cleaner
summary: Two open tasks.
base: /xyz/api/cleaner
routes:
  GET /tasks:
    respond: { json: { tasks: [1, 2] } }
  GET /tasks/{id}:
    - name: the first
      when: { params: { id: 1 } }
      respond: { text: one }
    - respond: { status: 404 }
  DELETE /tasks/{id}: {}
errors:
  404: { text: 'gone: \${{ reason }}' }
  default: { json: { error: '\${{ status }}', message: '\${{ reason }}', first: '\${{ violations.map(v, v.at) }}' } }
`;

describe('a scenario', () => {
  test('becomes routes with whole ids, segments and the places of their rules', async () => {
    const scenario = (await planOf(cleaner)).scenarios.get('cleaner')!;
    expect(scenario).toMatchObject({ name: 'cleaner', root: 'cleaner', extends: null, summary: 'Two open tasks.', file: 'a.yaml', base: '/xyz/api/cleaner', before: null });
    expect(scenario.routes.map(({ id, method }) => [id, method])).toEqual([['GET /xyz/api/cleaner/tasks', 'GET'], ['GET /xyz/api/cleaner/tasks/{id}', 'GET'], ['DELETE /xyz/api/cleaner/tasks/{id}', 'DELETE']]);
    const [, byId, remove] = scenario.routes;
    expect(byId!.segments).toEqual([...['xyz', 'api', 'cleaner', 'tasks'].map((text) => ({ kind: 'literal', text })), { kind: 'param', name: 'id' }]);
    expect(byId!.place).toEqual({ file: 'a.yaml', line: 7, column: 3 });
    expect(byId!.rules.map(({ index, name, place }) => [index, name, place.line, place.column])).toEqual([[0, 'the first', 8, 7], [1, null, 11, 7]]);
    expect(remove!.rules[0]!.replies[0]!.fixed).toMatchObject({ status: 204, body: { kind: 'none' } });
  });

  test('has its static replies ready before the first request', async () => {
    const [list] = (await planOf(cleaner)).scenarios.get('cleaner')!.routes;
    expect(bodyText(list!.rules[0]!.replies[0]!.fixed!)).toBe('{"tasks":[1,2]}');
  });

  test('needs what its rules need', async () => {
    const plan = await planOf('scenario: a\nroutes:\n  GET /a: { respond: { text: "${{ call }}" } }\n  POST /b: { when: { json: { id: 1 } }, respond: {} }\n  GET /c: { respond: {} }\n');
    expect(plan.scenarios.get('a')!.routes.map(({ needs }) => [(needs & need.call) !== 0, (needs & need.body) !== 0])).toEqual([[true, false], [false, true], [false, false]]);
  });

  test('counts alike what is counted alike', async () => {
    const plan = await planOf('scenario: a\nroutes:\n  GET /a:\n    - { when: { call: 1 }, respond: {} }\n    - { when: { call: { every: 5 } }, respond: {} }\n    - { when: { rate: { over: 10, per: 1 min, by: query.k } }, respond: {} }\n    - { when: { rate: { over: 20, per: 1 min, by: query.k } }, respond: {} }\n    - { when: { call: { max: 3, by: query.k } }, respond: {} }\n');
    const { counters } = plan.scenarios.get('a')!.routes[0]!;
    expect(new Set(counters.map(({ id }) => id)).size).toBe(counters.length);
    expect(counters.map(({ id }) => id)).toEqual(['rate 60000 ms over 10 by query.k', 'rate 60000 ms over 20 by query.k', 'call by query.k']);
  });

  test('has a fingerprint per route that changes with its text alone', async () => {
    const prints = async (text: string) => (await planOf(text)).scenarios.get('cleaner')!.routes.map(({ fingerprint }) => fingerprint);
    const before = await prints(cleaner);
    const after = await prints(`# moved down\n${cleaner.replace('[1, 2]', '[1, 2, 3]')}`);
    expect(after.map((print, index) => print === before[index])).toEqual([false, true, true]);
  });

  test('gives replies for the server\'s own errors, with the problem\'s status unless they state one', async () => {
    const { errors } = (await planOf(`${cleaner}  503: { status: 200, text: calm }\n`)).scenarios.get('cleaner')!;
    const problem = { status: 404, reason: 'no such task', violations: [] };
    expect(await errors!.render(problem, factsOf())).toMatchObject({ status: 404 });
    expect(bodyText((await errors!.render(problem, problemFacts(problem)))!)).toBe('gone: no such task');
    const wrong = { status: 422, reason: 'wrong', violations: [{ at: 'query.id', expected: '1', got: '2', text: '' }] };
    const other = (await errors!.render(wrong, problemFacts(wrong)))!;
    expect(other.status).toBe(422);
    expect(bodyText(other)).toBe('{"error":422,"message":"wrong","first":["query.id"]}');
    expect(await errors!.render({ ...problem, status: 503 }, factsOf())).toMatchObject({ status: 200 });
  });

  test('without errors leaves them to the server', async () => {
    expect((await planOf('scenario: a\n')).scenarios.get('a')!.errors).toBeNull();
  });
});

describe('strict', () => {
  const text = 'scenario: a\nSTRICTroutes:\n  GET /a: { respond: {} }\n  GET /b: { strict: true, respond: {} }\n  GET /c: { strict: false, respond: {} }\n';
  const strictness = async (file: string, option: boolean) => {
    const { plan } = await loadScenarios([{ file: 'a.yaml', text: text.replace('STRICT', file) }], { fixtures, strict: option });
    return plan!.scenarios.get('a')!.routes.map(({ rules }) => rules[0]!.strict);
  };
  test('comes from the rule, else the file, else the option', async () => {
    expect(await strictness('', false)).toEqual([false, true, false]);
    expect(await strictness('', true)).toEqual([true, true, false]);
    expect(await strictness('strict: true\n', false)).toEqual([true, true, false]);
    expect(await strictness('strict: false\n', true)).toEqual([false, true, false]);
  });
});

describe('before', () => {
  test('becomes a route of its own under the base, tried for every method', async () => {
    const plan = await planOf('scenario: a\nbase: /api\nbefore:\n  - { when: { query: { slow: 1 } }, delay: 2 s }\n  - { when: { rate: { over: 2, per: 1 s } }, respond: { status: 429 } }\n');
    const { before } = plan.scenarios.get('a')!;
    expect(before).toMatchObject({ id: 'before', method: 'ANY', segments: [{ kind: 'literal', text: 'api' }, { kind: 'rest' }] });
    expect(before!.rules.map(({ replies, pause }) => [replies.length, pause?.(factsOf())])).toEqual([[0, 2000], [1, undefined]]);
    expect(before!.counters).toHaveLength(1);
  });
  test('of a variation is tried ahead of its parent\'s, each rule with its own place', async () => {
    const plan = await planOf('scenario: a\nbefore:\n  - { name: parent, when: { query: { a: 1 } }, respond: {} }\n', 'scenario: b\nextends: a\nbefore:\n  - { name: own, when: { query: { b: 1 } }, respond: {} }\n', 'scenario: c\nextends: b\nbefore: null\n', 'scenario: d\nextends: b\n');
    const rules = (name: string) => plan.scenarios.get(name)!.before?.rules.map((rule) => `${rule.index} ${rule.name} ${rule.place.file}`);
    expect(rules('b')).toEqual(['0 own b.yaml', '1 parent a.yaml']);
    expect(rules('c')).toBeUndefined();
    expect(rules('d')).toEqual(['0 own b.yaml', '1 parent a.yaml']);
  });
});

describe('extends', () => {
  const names = (plan: Awaited<ReturnType<typeof planOf>>, name: string) => plan.scenarios.get(name)!.routes.map(({ id }) => id);

  test('lays a variation over its parent: routes replaced whole, added, taken out; base and errors inherited', async () => {
    const plan = await planOf(cleaner, 'scenario: cleaner-b\nextends: cleaner\nroutes:\n  GET /tasks: { respond: { json: { tasks: [] } } }\n  DELETE /tasks/{task}: null\n  POST /tasks: { respond: { status: 201 } }\nerrors:\n  default: null\n');
    expect(plan.roots).toEqual(['cleaner']);
    expect(plan.scenarios.get('cleaner-b')).toMatchObject({ extends: 'cleaner', root: 'cleaner', summary: 'Two open tasks.', base: '/xyz/api/cleaner', file: 'b.yaml' });
    expect(names(plan, 'cleaner-b')).toEqual(['GET /xyz/api/cleaner/tasks', 'GET /xyz/api/cleaner/tasks/{id}', 'POST /xyz/api/cleaner/tasks']);
    const [list, byId] = plan.scenarios.get('cleaner-b')!.routes;
    expect(await textOf(list!.rules[0]!.replies[0]!)).toBe('{"tasks":[]}');
    expect(list!.rules[0]!.place.file).toBe('b.yaml');
    expect(byId!.place.file).toBe('a.yaml');
    expect(byId).toBe(plan.scenarios.get('cleaner')!.routes[1]);
    const { errors } = plan.scenarios.get('cleaner-b')!;
    expect(errors!.render({ status: 404, reason: '', violations: [] }, factsOf())).not.toBeNull();
    expect(errors!.render({ status: 400, reason: '', violations: [] }, factsOf())).toBeNull();
  });

  test('takes a route spelt with other names as the same route', async () => {
    const plan = await planOf(cleaner, 'scenario: b\nextends: cleaner\nroutes:\n  GET /tasks/{task}: { respond: { text: other } }\n');
    expect(names(plan, 'b')).toEqual(['GET /xyz/api/cleaner/tasks', 'GET /xyz/api/cleaner/tasks/{task}', 'DELETE /xyz/api/cleaner/tasks/{id}']);
  });

  test('moves inherited routes under a new base, and `null` takes the base away', async () => {
    const plan = await planOf(cleaner, 'scenario: b\nextends: cleaner\nbase: /v2\nsummary: null\n', 'scenario: c\nextends: b\nbase: null\nroutes: null\nerrors: null\n');
    expect(names(plan, 'b')[0]).toBe('GET /v2/tasks');
    expect(plan.scenarios.get('b')!.summary).toBeNull();
    expect(plan.scenarios.get('c')).toMatchObject({ base: '', routes: [], errors: null, root: 'cleaner', extends: 'b' });
  });

  test('works in any order of files and over chains of any length', async () => {
    const chain = Array.from({ length: 300 }, (_, index) => `scenario: s${index}\n${index < 299 ? `extends: s${index + 1}\n` : ''}routes:\n  GET /r${index}: { respond: {} }\n`);
    const { plan } = await loadScenarios(chain.map((text, index) => ({ file: `${index}.yaml`, text })), { fixtures, strict: false });
    expect(plan!.roots).toEqual(['s299']);
    expect(plan!.scenarios.get('s0')!.routes).toHaveLength(300);
    expect(plan!.scenarios.get('s0')!.root).toBe('s299');
  });

  test('tells an inherited mistake once, where it is written', async () => {
    const { lines } = await load('scenario: a\nroutes:\n  GET /a: { respond: { text: "${{ qurey.x }}" } }\n', 'scenario: b\nextends: a\n', 'scenario: c\nextends: a\nbase: /c\n');
    expect(lines).toEqual(['a.yaml:3:35 There is no name `qurey` here. Did you mean `query`?']);
  });

  test('checks what is written beside a broken `extends` all the same', async () => {
    const { lines } = await load('scenario: a\nextends: b\nroutes:\n  GET /a: { respond: { file: nothing.zip } }\nerrors: { 404: { text: "${{ 1 + }}" } }\n');
    expect(lines).toHaveLength(3);
  });
});

describe('two scenarios', () => {
  test('may answer the same path by different methods, and one root may say ANY beside GET', async () => {
    await planOf('scenario: a\nroutes:\n  GET /a: { respond: {} }\n  ANY /a: { respond: {} }\n  GET /{x}: { respond: {} }\n', 'scenario: b\nroutes:\n  POST /b: { respond: {} }\n', 'scenario: c\nbase: /c\nroutes:\n  GET /a: { respond: {} }\n');
  });
  test('that are variations of one root may claim the same routes', async () => {
    await planOf('scenario: a\nroutes:\n  GET /a: { respond: {} }\n', 'scenario: b\nextends: a\nroutes:\n  GET /b: { respond: {} }\n', 'scenario: c\nextends: a\nroutes:\n  GET /b: { respond: {} }\n');
  });
});

describe('a rule is not called unreachable', () => {
  test.each([
    ['behind a chance', '- { when: { chance: 50% }, respond: {} }\n    - { when: { chance: 50% }, respond: { status: 500 } }'],
    ['behind a narrower one', '- { when: { query: { id: 1, a: 2 } }, respond: {} }\n    - { when: { query: { id: 1 } }, respond: {} }'],
    ['behind other values', '- { when: { query: { id: 1 } }, respond: {} }\n    - { when: { query: { id: 2 } }, respond: {} }'],
    ['behind other digits', '- { when: { json: 9007199254740993 }, respond: {} }\n    - { when: { json: 9007199254740992 }, respond: {} }'],
  ])('%s', async (_, rules) => {
    await planOf(`scenario: a\nroutes:\n  POST /a:\n    ${rules}\n`);
  });
});

describe('scenario objects', () => {
  const loadObject = (value: unknown) => loadScenarios([{ file: 'scenario object 1', value }], { fixtures, strict: false });
  test('are of the same shape as files', async () => {
    const { plan } = await loadObject({ scenario: 'a', base: undefined, routes: { 'GET /a': { respond: { json: { id: 9007199254740993n } } } } });
    expect(bodyText(plan!.scenarios.get('a')!.routes[0]!.rules[0]!.replies[0]!.fixed!)).toBe('{"id":9007199254740993}');
  });
  test('say where a mistake is in words', async () => {
    const { diagnostics } = await loadObject({ scenario: 'a', routes: { 'GET /a': { respond: [{}, { status: 1000 }] } } });
    expect(diagnostics.map(formatDiagnostic)).toEqual(['scenario object 1:1:1 Wrong value for `status` (at `routes["GET /a"].respond[1].status`): expected a status from 100 to 999, got 1000.']);
  });
  test('hold plain data only, and are copied', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const { diagnostics } = await loadObject({ scenario: 'a', 'x-a': cyclic, 'x-b': () => 1, 'x-c': /a/, 'x-d': new Map(), 'x-e': Number.NaN, 'x-f': Symbol('x') });
    expect(diagnostics.map(({ message }) => message)).toHaveLength(6);
    const value = { scenario: 'a', routes: { 'GET /a': { respond: { text: 'before' } } } };
    const { plan } = await loadObject(value);
    value.routes['GET /a'].respond.text = 'after';
    expect(await textOf(plan!.scenarios.get('a')!.routes[0]!.rules[0]!.replies[0]!)).toBe('before');
  });
});

test('nothing to load is an empty plan', async () => {
  expect(await loadScenarios([], { fixtures, strict: false })).toEqual({ plan: { scenarios: new Map(), roots: [] }, diagnostics: [] });
});

describe('what the changes of a rule give', () => {
  const head = `scenario: s
vars: { n: 0, label: abc, list: [] }
collections:
  tasks: { schema: { type: object, additionalProperties: false, properties: { id: { type: integer }, name: { type: string } } } }
  notes: {}
routes:
`;
  const linesOf = async (rule: string): Promise<readonly string[]> => (await load(`${head}  POST /a: ${rule}`)).lines;

  test.each([
    ["{ do: { find: { in: notes, as: f } }, respond: { json: '${{ f.total }}' } }", '`f` is a list, so it has no `total`'],
    ["{ do: { find: { in: notes, page: 1, as: f } }, respond: { json: '${{ f.items }}' } }", '`f` has no `items`: expected one of rows, total, next'],
    ["{ do: { find: { in: notes, page: 1, as: f } }, respond: { json: '${{ f[0] }}' } }", '`f` has no `[0]`: expected one of rows, total, next'],
    ["{ do: { insert: { in: notes, values: '${{ body }}', bad: skip, as: f } }, respond: { json: '${{ f.error }}' } }", '`f` has no `error`: expected one of rows, errors'],
    ["{ do: { get: { in: tasks, id: 1, as: t } }, respond: { json: '${{ t.nme }}' } }", '`t` has no `nme`: expected one of id, name. Did you mean `name`?'],
    ["{ do: { update: { in: notes, where: { a: 1 }, value: { a: 2 }, as: t } }, respond: { json: '${{ t.a }}' } }", '`t` is a list, so it has no `a`'],
  ])('is known to the expressions after them: %s', async (rule, expected) => {
    const lines = await linesOf(rule);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(expected);
  });

  test('may be used for all that it is', async () => {
    const rule = "{ do: [{ find: { in: notes, as: f } }, { find: { in: notes, page: 1, as: p } }, { get: { in: notes, id: 1, as: g } }, { insert: { in: tasks, value: { name: a }, as: t } }], respond: { json: { f: '${{ f }}', n: '${{ size(f) + size(p.rows) }}', first: '${{ f[0].any }}', total: '${{ p.total + 1 }}', g: '${{ g.any }}', t: '${{ merge(t, {\"x\": 1}) }}', text: 'made ${{ t.id }} ${{ t[\"name\"] }} ${{ has(t.name) }}', none: '${{ t == null }}' } } }";
    expect(await linesOf(rule)).toEqual([]);
  });

  test('is forgotten when the name is bound anew', async () => {
    expect(await linesOf("{ do: [{ find: { in: tasks, as: t } }, { get: { in: notes, id: 1, as: t } }], respond: { json: '${{ t.any }}' } }")).toEqual([]);
  });

  test('is a number where it is added to: a variable that begins as none and is never set is a mistake', async () => {
    expect(await linesOf('{ do: { add: { label: 1 } } }')).toEqual([expect.stringContaining('Nothing can be added to the variable `label`, which is no number: expected a number under `vars`, such as `label: 0`, got abc.')]);
    expect(await linesOf('{ do: { add: { list: 1 } } }')).toEqual([expect.stringContaining('got a list')]);
    expect(await linesOf('{ do: [{ set: { label: 5 } }, { add: { label: 1, n: 2 } }] }')).toEqual([]);
  });
});
