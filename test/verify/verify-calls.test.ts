import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyCalls } from '../../src/verify/verify-calls.ts';
import { Judging } from './judging.ts';

const uploaded = (n: number) => ({ method: 'POST', url: '/shop/tasks', rule: 'taken', status: 201, json: { size: n } });

describe('how often', () => {
  test('a call without a count is to have come at least once', async () => {
    const judging = await Judging.of([{ url: '/shop/tasks' }]);
    expect(await judging.ask([{ route: 'GET /shop/tasks' }])).toEqual({ passed: true, failures: [] });
    expect(await judging.failures([{ route: 'POST /shop/report' }])).toEqual(['POST /shop/report: expected at least once, got none']);
  });

  test.each([
    [1, ['POST /shop/tasks: expected exactly once, got 2 times']],
    [2, []],
    [3, ['POST /shop/tasks: expected exactly 3 times, got 2 times']],
    [0, ['POST /shop/tasks: expected never, got 2 times']],
    [{ min: 2 }, []],
    [{ min: 3 }, ['POST /shop/tasks: expected at least 3 times, got 2 times']],
    [{ max: 1 }, ['POST /shop/tasks: expected at most once, got 2 times']],
    [{ min: 1, max: 2 }, []],
    [{ min: 3, max: 4 }, ['POST /shop/tasks: expected 3 to 4 times, got 2 times']],
  ])('the count %j is judged as it says', async (count, failures) => {
    const judging = await Judging.of([uploaded(1), uploaded(2)]);
    expect(await judging.failures([{ route: 'POST /shop/tasks', count }])).toEqual(failures);
  });

  test('each call is judged by itself, and a failure says which it is', async () => {
    const judging = await Judging.of([{ url: '/shop/tasks' }]);
    const answer = await judging.ask([{ route: 'GET /shop/tasks' }, { route: 'POST /shop/report' }]);
    expect(answer).toMatchObject({ passed: false, failures: [{ call: 1, expected: 'at least once', got: 'none' }] });
  });
});

describe('which calls are meant', () => {
  test('a route takes the calls that its rules answered, whatever their values', async () => {
    const judging = await Judging.of([{ url: '/shop/tasks/1', route: 'GET /shop/tasks/{id}' }, { url: '/shop/tasks/2', route: 'GET /shop/tasks/{id}' }, { url: '/shop/tasks/latest' }]);
    expect(await judging.failures([{ route: 'GET /shop/tasks/{id}', count: 2 }, { route: 'GET /shop/tasks/1', count: 1 }, { route: 'GET /shop/tasks/latest', count: 1 }])).toEqual([]);
  });

  test('a call that no rule answered counts for the route that has its path, and not for a more general one', async () => {
    const judging = await Judging.of([{ url: '/shop/tasks/latest', route: null, status: 404 }, { url: '/shop/tasks/7', route: 'before', rule: 'slow down', status: 429 }]);
    expect(await judging.failures([{ route: 'GET /shop/tasks/{id}', count: 1 }, { route: 'GET /shop/tasks/latest', count: 1 }])).toEqual([]);
  });

  test('HEAD counts as GET, ANY takes every method', async () => {
    const judging = await Judging.of([{ method: 'HEAD', url: '/shop/tasks', route: 'GET /shop/tasks' }, { method: 'POST', url: '/shop/tasks' }]);
    expect(await judging.failures([{ route: 'GET /shop/tasks', count: 1 }, { route: 'ANY /shop/tasks', count: 2 }])).toEqual([]);
  });

  test('the prefix of scenario and session is no part of a path', async () => {
    const judging = await Judging.of([{ url: '/@shop:bob/shop/tasks?page=2', session: 'bob', route: null, status: 404 }]);
    expect(await judging.failures([{ route: 'GET /shop/tasks', match: { query: { page: 2 } }, count: 1 }])).toEqual([]);
  });

  test('the rule, the status and the session narrow it', async () => {
    const judging = await Judging.of([uploaded(1), { ...uploaded(500), rule: 'refused', status: 413 }, { ...uploaded(2), session: 'bob' }]);
    expect(await judging.failures([{ rule: 'refused', count: 1 }, { route: 'POST /shop/tasks', status: 201, count: 2 }, { status: { min: 400 }, count: 1 }, { route: 'POST /shop/tasks', session: 'bob', count: 1 }])).toEqual([]);
    expect(await judging.failures([{ route: 'POST /shop/tasks', count: 1 }], { session: 'bob' })).toEqual([]);
    expect(await judging.failures([{ rule: 'taken', status: 413 }])).toEqual(['a call answered by the rule taken answered with 413: expected at least once, got none']);
  });

  test('matchers look at the request', async () => {
    const judging = await Judging.of([uploaded(1), uploaded(20), { url: '/shop/tasks/7?full', route: 'GET /shop/tasks/{id}', headers: ['Accept', 'application/json'] }]);
    expect(await judging.failures([
      { route: 'POST /shop/tasks', match: { json: { size: { min: 10 } } }, count: 1 },
      { match: { params: { id: 7 }, query: { full: { present: true } }, headers: { accept: { contains: 'json' } } }, count: 1 },
      { match: { if: 'body.size > 0' }, count: 2 },
      { match: { any: [{ json: { size: 1 } }, { json: { size: 2 } }] }, count: 1 },
    ])).toEqual([]);
  });

  test('a form, a text and what a body is as a whole can be asked for', async () => {
    const judging = await Judging.of([{ method: 'POST', url: '/shop/report', text: 'name=ann&age=3', type: 'application/x-www-form-urlencoded' }]);
    expect(await judging.failures([{ match: { form: { name: 'ann' }, raw: { size: { max: '14 B' } }, text: { startsWith: 'name' }, contentType: 'application/x-www-form-urlencoded' }, count: 1 }])).toEqual([]);
  });
});

describe('what came instead', () => {
  test('is shown nearest first, with the reasons in the words of the matchers', async () => {
    const judging = await Judging.of([
      { url: '/shop/tasks', id: 'e1' }, { method: 'POST', url: '/shop/tsaks', route: null, status: 404, id: 'e2' },
      { ...uploaded(1), id: 'e3' }, { method: 'PUT', url: '/shop/tasks', route: null, status: 405, id: 'e4' },
    ]);
    const answer = await judging.ask([{ route: 'POST /shop/tasks', match: { json: { size: 2 } }, count: 1 }]);
    expect(answer).toMatchObject({ failures: [{
      text: 'POST /shop/tasks matching {"json":{"size":2}}: expected exactly once, got none',
      instead: [
        { id: 'e3', method: 'POST', url: '/shop/tasks', status: 201, because: ['body `size`: expected 2, got 1'] },
        { id: 'e2', because: ['path: `/tsaks` is one letter from `/tasks`'] },
        { id: 'e1', because: ['method: expected POST, got GET'] },
        { id: 'e4', because: ['method: expected POST, got PUT'] },
      ],
    }] });
  });

  test('is at most five, and calls that differ in nothing stand for one', async () => {
    const judging = await Judging.of(Array.from({ length: 40 }, (_, index) => ({ url: `/shop/tasks/${index % 8}`, route: 'GET /shop/tasks/{id}' })));
    const answer = await judging.ask([{ route: 'POST /shop/report' }]);
    if (!('passed' in answer)) throw new Error(answer.join());
    expect(answer.failures[0]!.instead).toHaveLength(5);
    expect(new Set(answer.failures[0]!.instead.map(({ url }) => url)).size).toBe(5);
  });

  test('of calls that came too often is the calls themselves', async () => {
    const judging = await Judging.of([uploaded(1), uploaded(2)]);
    expect(await judging.ask([{ route: 'POST /shop/tasks', count: 1 }])).toMatchObject({ failures: [{ got: '2 times', instead: [{ id: 'e1', because: ['it fits: 1 of 2'] }, { id: 'e2', because: ['it fits: 2 of 2'] }] }] });
  });

  test('tells of another rule and status, and of a client that named no session, not of other sessions', async () => {
    const judging = await Judging.of([{ ...uploaded(1), session: 'ann' }, uploaded(1)]);
    expect(await judging.ask([{ route: 'POST /shop/tasks', rule: 'refused', status: 413, session: 'bob' }])).toMatchObject({ failures: [{ instead: [{ because: ['rule: expected refused, got taken', 'status: expected 413, got 201', 'session: expected bob, got default'] }] }] });
  });
});

test('what was no request is no call', async () => {
  const judging = await Judging.of([{ method: 'TLS', url: '//example.com', route: null, status: null }, { method: '', url: '', route: null, status: 400 }]);
  expect(await judging.failures([{ match: { headers: { accept: { present: false } } }, count: 0 }, { status: 400, count: 0 }])).toEqual([]);
});

describe('order', () => {
  const [list, one, post] = [{ url: '/shop/tasks' }, { url: '/shop/tasks/1', route: 'GET /shop/tasks/{id}' }, uploaded(1)];
  const calls = [{ route: 'GET /shop/tasks' }, { route: 'GET /shop/tasks/{id}' }, { route: 'POST /shop/tasks', count: 1 }];

  test('holds when each call has one after that of the call before it', async () => {
    const judging = await Judging.of([one, list, list, one, post]);
    expect(await judging.ask(calls, { order: true })).toEqual({ passed: true, failures: [], order: ['e2', 'e4', 'e5'] });
  });

  test('fails where a call came only before the one that it should follow', async () => {
    const judging = await Judging.of([post, list, one]);
    expect(await judging.ask(calls, { order: true })).toEqual({
      passed: false, order: ['e2', 'e3'],
      failures: [{
        call: 2, expected: 'after GET /shop/tasks/{id}', got: 'before it', text: 'POST /shop/tasks: expected after GET /shop/tasks/{id} (e3), got before it',
        instead: [{ id: 'e1', method: 'POST', url: '/shop/tasks', status: 201, because: ['order: came before e3'] }],
      }],
    });
  });

  test('one call is not two: the same call twice in an order takes two of it', async () => {
    const twice = [{ route: 'GET /shop/tasks' }, { route: 'GET /shop/tasks' }];
    expect(await (await Judging.of([list, list])).failures(twice, { order: true })).toEqual([]);
    expect(await (await Judging.of([list])).failures(twice, { order: true })).toEqual(['GET /shop/tasks: expected after GET /shop/tasks (e1), got before it']);
  });

  test('is that of arrival, whatever took how long', async () => {
    const judging = await Judging.of([{ ...one, id: 'e10' }, { ...list, id: 'e9' }]);
    expect(await judging.failures(calls.slice(0, 2), { order: true })).toEqual([]);
  });

  test('a call that is never to come has no place in it', async () => {
    const judging = await Judging.of([list, one]);
    expect(await judging.ask([calls[0]!, { route: 'POST /shop/report', count: 0 }, calls[1]!], { order: true })).toEqual({ passed: true, failures: [], order: ['e1', 'e2'] });
  });
});

describe('what is not kept', () => {
  const big = { method: 'POST', url: '/shop/report', text: Buffer.alloc(65_536, 0x20), type: 'application/json', sizeBytes: 200_000 };

  test('a body beyond 64 KiB cannot be judged, and the failure says so', async () => {
    const judging = await Judging.of([big]);
    expect(await judging.ask([{ route: 'POST /shop/report', match: { json: { a: 1 } }, count: 1 }])).toMatchObject({ passed: false, failures: [{
      text: 'POST /shop/report matching {"json":{"a":1}}: expected exactly once, got none; 1 more cannot be judged (of its body of 200 kB the journal keeps the first 64 KiB)',
      instead: [{ id: 'e1', because: ['cannot be judged: of its body of 200 kB the journal keeps the first 64 KiB'] }],
    }] });
    expect(await judging.failures([{ match: { json: { a: 1 } }, count: 0 }])).toHaveLength(1);
  });

  test('its size and hash are known, and another mismatch decides without the body', async () => {
    const judging = await Judging.of([big]);
    expect(await judging.failures([{ match: { raw: { size: { min: '199 kB' }, sha256: 'f'.repeat(64) } }, count: 1 }, { match: { query: { a: 1 }, json: { a: 1 } }, count: 0 }])).toEqual([]);
  });

  test('a redacted value cannot be judged, but whether it is there can', async () => {
    const judging = await Judging.of([{ method: 'POST', url: '/shop/report?token=abc', json: { password: 'x', deep: { token: 't' }, name: 'ann' }, headers: ['Authorization', 'Bearer s3cret', 'Cookie', 'a=b'] }]);
    expect(await judging.failures([
      { match: { headers: { authorization: { present: true } }, query: { token: { present: true } }, json: { password: { present: true }, name: 'ann' } }, count: 1 },
      { match: { json: { password: { present: false } } }, count: 0 },
    ])).toEqual([]);
    for (const [match, what] of [
      [{ headers: { Authorization: 'Bearer x' } }, 'the header `authorization` is redacted'], [{ headers: { authorization: { not: 'Bearer s3cret' } } }, 'the header `authorization` is redacted'],
      [{ cookies: { a: 'b' } }, 'the header `cookie` is redacted'], [{ query: { token: { not: 'abc' } } }, 'the query value `token` is redacted'],
      [{ json: { deep: { token: { length: { min: 3 } } } } }, 'of its body `token` is redacted'], [{ if: 'body.password == "x"' }, 'of its body `password` is redacted'],
      [{ not: { json: { password: 'y' } } }, 'of its body `password` is redacted'], [{ text: { contains: 'ann' } }, 'of its body `password` is redacted'],
    ] as const) {
      expect(await judging.failures([{ match, count: 1 }]), JSON.stringify(match)).toEqual([expect.stringContaining(`1 more cannot be judged (${what})`)]);
    }
    expect(await judging.failures([{ match: { headers: { authorization: 'x' }, json: { name: 'bob' } }, count: 0 }])).toEqual([]);
  });

  test('what only a rule could know is a mistake, also deep down', async () => {
    const judging = await Judging.of();
    expect(await judging.failures([{ match: { state: 'idle' } }, { match: { any: [{ call: 1 }] } }, { match: { not: { vars: { a: 1 } } } }])).toEqual([
      expect.stringContaining('`call` cannot be judged afterwards'), expect.stringContaining('`state` cannot be judged afterwards'), expect.stringContaining('`vars` cannot be judged afterwards'),
    ]);
    const memory = await Judging.of([{ url: '/shop/tasks' }]);
    expect(await memory.failures([{ match: { if: 'call > 1' } }])).toEqual([expect.stringContaining('cannot be judged (the journal does not keep which call it was)')]);
  });

  test('a minimum holds though the journal has dropped exchanges; an exact count says that it cannot tell', async () => {
    const judging = await Judging.of(Array.from({ length: 5 }, () => ({ url: '/shop/tasks' })), { capacity: 3 });
    expect(await judging.failures([{ route: 'GET /shop/tasks', count: { min: 3 } }])).toEqual([]);
    const lost = 'the journal has dropped 2 older exchanges, among which there may have been more (`--journal` keeps more; `DELETE /_rehearsal/journal` begins anew)';
    expect(await judging.failures([{ route: 'GET /shop/tasks', count: 3 }, { route: 'GET /shop/tasks', count: { min: 4 } }, { route: 'POST /shop/report', count: 0 }])).toEqual([
      `GET /shop/tasks: expected exactly 3 times, got 3 times; ${lost}`, `GET /shop/tasks: expected at least 4 times, got 3 times; ${lost}`, `POST /shop/report: expected never, got none; ${lost}`,
    ]);
    expect(await judging.failures([{ route: 'GET /shop/tasks', count: 2 }])).toEqual(['GET /shop/tasks: expected exactly 2 times, got 3 times']);
  });

  test('what was dropped of other sessions casts no doubt on one, and a cleared journal begins anew', async () => {
    const judging = await Judging.of([{ url: '/shop/tasks' }, { url: '/shop/tasks' }, { url: '/shop/tasks', session: 'bob' }], { capacity: 2 });
    expect(await judging.failures([{ route: 'GET /shop/tasks', count: 1 }], { session: 'bob' })).toEqual([]);
    judging.journal.clear();
    judging.send({ url: '/shop/tasks' });
    expect(await judging.failures([{ route: 'GET /shop/tasks', count: 1 }])).toEqual([]);
  });
});

describe('mistakes in what is asked', () => {
  test.each([
    [{ route: 'GET /shop/taks' }, '`calls[0].route`: There is no route "GET /shop/taks": expected a route as it is written, or a call to one, got "GET /shop/taks". Did you mean `GET /shop/tasks`?'],
    [{ route: 'GET /tasks' }, 'Did you mean `GET /shop/tasks`?'],
    [{ route: '/shop/tasks' }, 'calls[0].route'],
    [{ route: 'GET /shop/tasks?page=1' }, 'match: { query:'],
    [{ rule: 'takn' }, 'Did you mean `taken`?'],
    [{ rout: 'GET /shop/tasks' }, 'Did you mean `route`?'],
    [{ count: 1 }, 'This does not say which calls are meant'],
    [{ route: 'GET /shop/tasks', count: -1 }, 'expected a whole number of at least 0'],
    [{ route: 'GET /shop/tasks', count: { min: 3, max: 2 } }, 'No number of calls is within these bounds'],
    [{ route: 'GET /shop/tasks', match: { qurey: {} } }, 'Did you mean `query`?'],
    [{ route: 'GET /shop/tasks', match: { schema: 'a.json' } }, 'No fixture can be named here'],
    [{ route: 'GET /shop/tasks', session: 'a b' }, 'expected 1 to 64 of A-Z'],
    [{ route: 'GET /shop/tasks', times: 1 }, 'Write `count`'],
  ])('%j is told what is wrong with it', async (call, text) => {
    const answer = await (await Judging.of()).ask([call as never]);
    expect(answer).toEqual([expect.stringContaining(text)]);
  });

  test('a route that nothing has may still be verified where an exchange has it', async () => {
    const judging = await Judging.of([{ url: '/shop/gone', route: null, status: 404 }]);
    expect(await judging.failures([{ route: 'GET /shop/gone', count: 1 }])).toEqual([]);
    expect(await judging.failures([{ route: 'GET /shop/never', count: 0 }])).toEqual([expect.stringContaining('There is no route')]);
  });

  test('whatever is asked, there is an answer or a mistake', async () => {
    const judging = await Judging.of([{ url: '/shop/tasks' }, uploaded(1), { method: 'TLS', url: '//x', route: null, status: null }, { url: '/shop/%', route: null, status: 400 }]);
    const word = fc.constantFrom('route', 'rule', 'match', 'status', 'count', 'session', 'order', 'calls', 'min', 'json', 'not', 'any', 'headers', '__proto__', 'GET /shop/tasks', 'GET /%ff', '${{ x }}');
    const value = fc.letrec((tie) => ({ value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), word, fc.integer(), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(word, tie('value'), { maxKeys: 4 })) })).value;
    const call = fc.dictionary(word, value, { maxKeys: 4 });
    await fc.assert(fc.asyncProperty(fc.oneof(value, fc.record({ calls: fc.array(call, { minLength: 1, maxLength: 2 }) })), async (question) => {
      const answer = await verifyCalls(question, { plan: judging.plan, journal: judging.journal, uploads: { of: () => [], zip: async () => null } });
      expect('passed' in answer || answer.length > 0).toBe(true);
    }), { numRuns: 300 });
  });

  test('all are told at once, and a question without calls is one', async () => {
    const judging = await Judging.of();
    expect(await judging.failures([{ route: 'GET /nowhere' }, { rule: 'nobody' }])).toHaveLength(2);
    expect(await judging.ask([])).toEqual([expect.stringContaining('expected a list of 1 to 100 calls')]);
  });
});
