import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/engine/decide.ts';
import type { ExampleRequest, Plan } from '../../src/model/index.ts';
import { makeRequest } from '../support/facts.ts';
import { Rehearsing } from './live.ts';

const json = (value: unknown): ExampleRequest => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });

/** What can be told of a decision without running it. */
function told(decision: Decision): object {
  const { changes, pauseMs, passed } = decision;
  return {
    kind: decision.kind, changes, pauseMs, passed: passed.map((live) => live.reference), live: 'live' in decision ? decision.live?.reference : undefined,
    violations: 'violations' in decision ? decision.violations : undefined, once: decision.kind === 'reply' ? decision.once : undefined, headers: decision.kind === 'reply' ? decision.headers : undefined,
  };
}

const busy = {
  before: [{ when: { query: { wait: 1 } }, delay: '5 ms' }, { name: 'closed', when: { rate: { over: 3, per: '1 min', by: 'headers["x-key"]' } }, respond: { status: 429 } }],
  routes: {
    'GET /a': [
      { name: 'first', when: { call: 1 }, respond: { text: 'first' } }, { name: 'per key', when: { call: { equals: 2, by: 'query.key' } }, respond: { text: 'second of a key' } },
      { name: 'lucky', when: { chance: '30%' }, respond: { text: 'lucky' } }, { name: 'listed', respond: [{ text: 'one' }, { text: 'two' }] },
    ],
    'POST /b': { once: '${{ headers["idempotency-key"] }}', expect: { json: { id: 1 } }, respond: { json: { token: '${{ uuid() }}' } } },
  },
};

describe('deciding', () => {
  it('changes nothing: the same request in the same world is decided the same, however often', async () => {
    const rehearsing = await Rehearsing.of(busy);
    const request = fc.record({ post: fc.boolean(), key: fc.constantFrom('x', 'y'), wait: fc.constantFrom('0', '1'), id: fc.integer({ min: 0, max: 2 }) });
    fc.assert(fc.property(fc.array(request, { maxLength: 12 }), (requests) => {
      for (const { post, key, wait, id } of requests) {
        const route = post ? 'POST /b' : 'GET /a';
        const example = { url: `${post ? '/b' : '/a'}?key=${key}&wait=${wait}`, ...(post && json({ id })), headers: { 'x-key': key, 'content-type': 'application/json', 'idempotency-key': key } };
        const { version } = rehearsing.world;
        const decided = rehearsing.decide(route, example);
        for (let again = 0; again < 3; again += 1) expect(told(rehearsing.decide(route, example))).toEqual(told(decided));
        expect(rehearsing.world.version).toBe(version);
        expect(rehearsing.world.commit(version, decided.changes)).toBe(true);
      }
    }), { numRuns: 40 });
  });

  it('gives changes as data, which survive a trip through JSON', async () => {
    const rehearsing = await Rehearsing.of(busy);
    const { changes } = rehearsing.decide('GET /a', { url: '/a?key=x', headers: { 'x-key': 'k' } });
    expect(JSON.parse(JSON.stringify(changes))).toEqual(changes);
    expect(changes.map((change) => change.kind)).toEqual(['count', 'window', 'count', 'count']);
  });

  it('is not committed when the world has moved on since', async () => {
    const rehearsing = await Rehearsing.of(busy);
    const { version } = rehearsing.world;
    const decided = rehearsing.decide('GET /a');
    expect(rehearsing.world.commit(version, decided.changes)).toBe(true);
    expect(rehearsing.world.commit(version, decided.changes)).toBe(false);
  });

  it('touches no counter where no rule looks at one', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': { respond: { text: 'x' } } } });
    expect(rehearsing.decide('GET /a').changes).toEqual([]);
  });

  it('looks at the rules of the route in order, and at nothing after the first that holds', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': [{ when: { query: { x: 1 } }, respond: { text: 'x' } }, { when: { query: { y: 1 } }, respond: { text: 'y' } }, { when: { if: 'body.nothing.here == 1' }, respond: { text: 'fails' } }] } });
    expect(await rehearsing.ask('GET /a', { url: '/a?x=1&y=1' })).toBe('x');
    expect(await rehearsing.ask('GET /a', { url: '/a?y=1' })).toBe('y');
    const failed = rehearsing.decide('GET /a', { url: '/a' });
    expect(failed).toMatchObject({ kind: 'failed', failure: { expression: 'body.nothing.here == 1' }, live: { reference: { route: 'GET /a' } } });
  });
});

describe('counters', () => {
  it('count requests to the route, whichever rule answers, and apart by a value', async () => {
    const rehearsing = await Rehearsing.of(busy);
    const answers = [];
    for (const key of ['x', 'y', 'x', 'y', 'x']) answers.push(await rehearsing.ask('GET /a', { url: `/a?key=${key}`, headers: { 'x-key': key } }, { seed: 5 }));
    expect(answers[0]).toBe('first');
    expect(answers.slice(2, 4)).toEqual(['second of a key', 'second of a key']);
  });

  it('under `by` tell values apart that only look alike', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'POST /a': [{ when: { call: { equals: 1, by: 'body.k' } }, respond: { text: 'new' } }, { respond: { text: 'known' } }] } });
    const ask = (k: unknown) => rehearsing.ask('POST /a', json({ k }));
    for (const value of ['a', 'a\nb', 'A', '', 'x'.repeat(600), `${'x'.repeat(599)}y`]) expect([await ask(value), await ask(value)]).toEqual(['new', 'known']);
  });

  it('count what a strict rule refuses, too, and none of its replies', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'POST /a': { strict: true, when: { call: { max: 9 } }, expect: { json: { id: 1 } }, respond: [{ text: 'one' }, { text: 'two' }] } } });
    expect(await rehearsing.ask('POST /a', json({ id: 2 }))).toBe('refused');
    expect(rehearsing.world.count(rehearsing.route('POST /a').counterKey)).toBe(1);
    expect(await rehearsing.ask('POST /a', json({ id: 1 }))).toBe('one');
  });

  it('of a rate let requests through again when the window has gone by', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': [{ when: { rate: { over: 2, per: '10 s' } }, respond: { status: 429, text: 'no' } }, { respond: { text: 'yes' } }] } });
    const at = (nowMs: number) => rehearsing.ask('GET /a', {}, { nowMs });
    expect([await at(0), await at(1000), await at(2000), await at(10_500), await at(20_500)]).toEqual(['yes', 'yes', 'no', 'no', 'yes']);
  });

  it('tell the rate in headers: of several limits the tightest, and the time until the next request is let through', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': [{ when: { rate: { over: 100, per: '1 h' } }, respond: { status: 429 } }, { when: { rate: { over: 2, per: '10 s' } }, respond: { status: 429 } }, { respond: {} }] } });
    const headersAt = (nowMs: number): Record<string, string> => {
      const decision = rehearsing.decide('GET /a', {}, { nowMs });
      rehearsing.world.commit(rehearsing.world.version, decision.changes);
      const flat = decision.kind === 'reply' ? decision.headers : [];
      return Object.fromEntries(flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]!]] : [])));
    };
    expect(headersAt(0)).toMatchObject({ 'RateLimit-Limit': '2', 'RateLimit-Remaining': '1', 'RateLimit-Policy': '"default";q=2;w=10' });
    expect(headersAt(4000)).toMatchObject({ 'RateLimit-Remaining': '0' });
    expect(headersAt(6000)).toMatchObject({ 'Retry-After': '8', RateLimit: '"default";r=0;t=8' });
  });
});

describe('lists of replies', () => {
  it('give each in turn and repeat the last; with `cycle` they start over', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': { respond: [{ text: '1' }, { text: '2' }] }, 'GET /b': { repeat: 'cycle', respond: [{ text: '1' }, { text: '2' }] } } });
    const four = async (id: string): Promise<string> => [await rehearsing.ask(id), await rehearsing.ask(id), await rehearsing.ask(id), await rehearsing.ask(id)].join('');
    expect([await four('GET /a'), await four('GET /b')]).toEqual(['1222', '1212']);
  });

  it('count the answers of their own rule alone', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': [{ when: { query: { x: 1 } }, respond: [{ text: 'x1' }, { text: 'x2' }] }, { respond: [{ text: 'y1' }, { text: 'y2' }] }] } });
    expect([await rehearsing.ask('GET /a', { url: '/a?x=1' }), await rehearsing.ask('GET /a', { url: '/a' }), await rehearsing.ask('GET /a', { url: '/a?x=1' })]).toEqual(['x1', 'y1', 'x2']);
  });

  it('take no step for a reply that `once` gives again', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'POST /a': { once: '${{ query.key }}', respond: [{ text: '1' }, { text: '2' }, { text: '3' }] } } });
    const once = (rehearsing.decide('POST /a', { url: '/a?key=k' }) as Extract<Decision, { kind: 'reply' }>).once!;
    expect(await rehearsing.ask('POST /a', { url: '/a?key=k' })).toBe('1');
    rehearsing.world.keep(once, { bodySha256: '', answer: { status: 200, headers: [], body: { kind: 'none' }, wire: [], encodings: [], fault: null } });
    expect(rehearsing.decide('POST /a', { url: '/a?key=k' }).changes).toEqual([]);
    expect(await rehearsing.ask('POST /a', { url: '/a?key=other' })).toBe('2');
  });
});

describe('the key of `once`', () => {
  it('is one per rule and value, and none where the value is missing or empty', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'POST /a': { once: '${{ headers["idempotency-key"] }}', respond: { text: 'x' } }, 'POST /b': { once: '${{ headers["idempotency-key"] }}', respond: { text: 'x' } } } });
    const key = (id: string, value?: string) => {
      const decision = rehearsing.decide(id, value === undefined ? {} : { headers: { 'idempotency-key': value } });
      return decision.kind === 'reply' ? decision.once : decision.kind;
    };
    expect(key('POST /a', 'k')).toBe(key('POST /a', 'k'));
    expect(new Set([key('POST /a', 'k'), key('POST /a', 'K'), key('POST /b', 'k'), key('POST /a', 'k\n')]).size).toBe(4);
    expect([key('POST /a'), key('POST /a', '')]).toEqual([null, null]);
  });
});

describe('a strict rule', () => {
  const strict = { strict: true, expect: { raw: { size: { max: '40 B' } }, contentType: 'application/json', headers: { 'x-a': '1' }, schema: { type: 'object', required: ['id'] } }, respond: { text: 'fine' } };
  it.each<[string, number | 'reply', ExampleRequest]>([
    ['all of it wrong', 413, { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(50) }],
    ['type and header', 415, { headers: { 'content-type': 'text/plain' }, body: 'x' }],
    ['header and schema', 400, { headers: { 'content-type': 'application/json' }, body: '{}' }],
    ['the schema alone', 422, { headers: { 'content-type': 'application/json', 'x-a': '1' }, body: '{}' }],
    ['nothing wrong', 'reply', { headers: { 'content-type': 'application/json', 'x-a': '1' }, body: '{"id":1}' }],
  ])('%s: %s', async (_what, expected, example) => {
    const rehearsing = await Rehearsing.of({ routes: { 'POST /a': strict } });
    const decision = rehearsing.decide('POST /a', example);
    if (decision.kind === 'refused') expect([decision.status, decision.changes]).toEqual([expected, []]);
    else expect(decision.kind).toBe(expected);
  });

  it('tells every violation, a lenient one keeps them and answers all the same', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'POST /a': strict, 'POST /b': { ...strict, strict: false } } });
    const given = { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(50) };
    const [refused, lenient] = [rehearsing.decide('POST /a', given), rehearsing.decide('POST /b', given)];
    expect(refused.kind === 'refused' && refused.violations.map((one) => one.at)).toEqual(['raw.size', 'headers.content-type', 'headers.x-a', expect.stringMatching(/^body/)]);
    expect(lenient.kind === 'reply' && lenient.violations.length).toBe(4);
  });

  it('finds a body that is not well-formed before anything else, lenient or not', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'POST /a': { expect: { json: { id: 1 } }, respond: {} }, 'POST /b': { strict: true, expect: { contentType: 'text/plain', json: { id: 1 } }, respond: {} } } });
    const broken = { headers: { 'content-type': 'application/json' }, body: '{"id":' };
    for (const id of ['POST /a', 'POST /b']) expect(rehearsing.decide(id, broken)).toMatchObject({ kind: 'malformed', expected: 'JSON' });
  });
});

describe('rules tried ahead', () => {
  it('answer before the route, let others through with their pause, and count the session’s requests', async () => {
    const rehearsing = await Rehearsing.of({
      before: [{ when: { query: { slow: 1 } }, delay: '20 ms' }, { delay: '5 ms' }, { name: 'third', when: { call: { every: 3 } }, respond: { text: 'third' } }],
      routes: { 'GET /a': { respond: { text: 'a' } }, 'GET /b': { respond: { text: 'b' } } },
    });
    const slow = rehearsing.decide('GET /a', { url: '/a?slow=1' });
    expect([slow.pauseMs, slow.passed.length]).toEqual([25, 2]);
    expect([await rehearsing.ask('GET /a'), await rehearsing.ask('GET /b'), await rehearsing.ask('GET /a'), await rehearsing.ask('GET /a')]).toEqual(['a', 'b', 'third', 'a']);
  });

  it('answer a path that has no route, and leave one that they do not want to nobody', async () => {
    const rehearsing = await Rehearsing.of({ before: [{ when: { headers: { 'x-closed': '1' } }, respond: { status: 503, text: 'closed' } }], routes: { 'GET /a': {} } });
    expect(rehearsing.decide(null, { url: '/nowhere', headers: { 'x-closed': '1' } }).kind).toBe('reply');
    expect(rehearsing.decide(null, { url: '/nowhere' }).kind).toBe('no-rule');
  });
});

describe('who calls', () => {
  const keys = { auth: { key: { apiKey: { header: 'api-key', keys: { a: 'ada', b: 'bob' } } } }, requires: 'key' };
  const as = (key: string): ExampleRequest => ({ headers: { 'api-key': key } });

  it('is known to `when` and to what counters are kept apart by, before a rule is chosen', async () => {
    const rehearsing = await Rehearsing.of({ ...keys, routes: { 'GET /a': [{ when: { rate: { over: 1, per: '1 min', by: '${{ auth.subject }}' } }, respond: { status: 429 } }, { when: { if: 'auth.subject == "ada"' }, respond: { text: 'hello ada' } }, { respond: { text: '${{ auth.subject }}' } }] } });
    const answers = [];
    for (const key of ['a', 'b', 'a', 'b']) answers.push(await rehearsing.ask('GET /a', as(key)));
    expect(answers).toEqual(['hello ada', 'bob', '429', '429']);
    expect(await rehearsing.ask('GET /a', as('c'))).toBe('denied');
  });

  it('is known to the rules tried ahead of routes that ask for it, which ask for nobody themselves', async () => {
    const rehearsing = await Rehearsing.of({ ...keys, before: [{ when: { rate: { over: 1, per: '1 min', by: '${{ auth.subject }}' } }, respond: { status: 429 } }], routes: { 'GET /a': { respond: { text: '${{ auth.subject }}' } } } });
    const answers = [];
    for (const key of ['a', 'b', 'a']) answers.push(await rehearsing.ask('GET /a', as(key)));
    expect(answers).toEqual(['ada', 'bob', '429']);
  });

  it('is nobody for the rest of a rule that asks for none', async () => {
    const rehearsing = await Rehearsing.of({ ...keys, routes: { 'GET /a': [{ when: { if: 'auth.subject == null' }, respond: { text: 'asked' } }, { auth: 'none', respond: { json: '${{ auth.subject }}' } }] } });
    expect(await rehearsing.ask('GET /a', as('a'))).toBe('null');
    expect(await rehearsing.ask('GET /a')).toBe('denied');
  });
});

describe('a reload', () => {
  it('forgets the counters of changed and removed routes, and of no others', async () => {
    const before = await Rehearsing.of({ routes: { 'GET /same': [{ when: { call: 1 }, respond: { text: '1' } }, {}], 'GET /changed': { respond: [{ text: '1' }, { text: '2' }] }, 'GET /gone': { respond: [{}, {}] } } });
    const after = await Rehearsing.of({ routes: { 'GET /same': [{ when: { call: 1 }, respond: { text: '1' } }, {}], 'GET /changed': { respond: [{ text: '1' }, { text: '3' }] } } });
    expect([...after.live.changedCounters(before.live)]).toEqual(['one\nGET /changed', 'one\nGET /gone']);
    expect([...before.live.changedCounters(before.live)]).toEqual([]);
  });

  it('keeps as many ready selections as it has room for', async () => {
    const { live } = await Rehearsing.of({ routes: { 'GET /a': {} } });
    const plan: Plan = live.plan;
    const first = live.active(['one']);
    expect(live.active(['one'])).toBe(first);
    expect(first.scenarios).toEqual([plan.scenarios.get('one')]);
    expect(first.index.find('GET', makeRequest({ url: '/a' }).segments).kind).toBe('route');
  });
});
