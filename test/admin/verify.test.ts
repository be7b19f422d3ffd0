import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { UsageProblem, VerificationFailed, type CallInput, type Rehearsal } from '../../src/index.ts';
import { ask, askJson, type Answered } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';

let server: Rehearsal;

beforeAll(async () => {
  server = await rehearse({
    scenarios: [{
      scenario: 'cleaner', base: '/xyz/api/cleaner',
      auth: { partner: { apiKey: { header: 'partner-key', keys: { 'k-acme': 'acme' } } } },
      routes: {
        'GET /tasks': { respond: { json: [] } },
        'POST /tasks/report': [{ name: 'unreadable', when: { json: { status: 'BROKEN' } }, respond: { status: 422 } }, { name: 'taken', respond: { json: { ok: true } } }],
        'GET /slow': { respond: { text: 'at last', delay: '150 ms' } },
        'GET /guarded': { auth: 'partner', respond: { text: 'in' } },
      },
    }],
  } as Parameters<typeof rehearse>[0]);
});

const verify = (question: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answered> => askJson(server, '/_rehearsal/verify', question, { headers });
const report = (session: string, value: unknown): Promise<Answered> => askJson(server, `/@:${session}/xyz/api/cleaner/tasks/report`, value);
const route = 'POST /xyz/api/cleaner/tasks/report';

describe('POST /verify', () => {
  test('says whether the client did this', async () => {
    await report('one', { id: 1, status: 'PASSED' });
    const answer = await verify({ calls: [{ route, count: 1 }, { route, match: { json: { status: 'PASSED' } }, status: 200 }], session: 'one' });
    expect([answer.status, answer.json()]).toEqual([200, { passed: true, failures: [] }]);
  });

  test('shows what came instead', async () => {
    await report('two', { id: 1, status: 'BROKEN' });
    await ask(server, '/@:two/xyz/api/cleaner/tasks/reprot', { method: 'POST' });
    const { passed, failures } = (await verify({ calls: [{ route, match: { json: { status: 'PASSED' } }, count: 1 }], session: 'two' })).json();
    expect(passed).toBe(false);
    expect(failures).toMatchObject([{
      call: 0, expected: 'exactly once', got: 'none', text: `${route} matching {"json":{"status":"PASSED"}}: expected exactly once, got none`,
      instead: [{ method: 'POST', status: 422, because: ['body `status`: expected PASSED, got BROKEN'] }, { status: 404, because: ['path: `/reprot` is one letter from `/report`'] }],
    }]);
  });

  test('tells the order', async () => {
    await ask(server, '/@:three/xyz/api/cleaner/tasks');
    await report('three', {});
    const calls = [{ route: 'GET /xyz/api/cleaner/tasks' }, { route }];
    const { passed, order } = (await verify({ calls, order: true, session: 'three' })).json();
    expect([passed, order.length]).toEqual([true, 2]);
    expect((await verify({ calls: calls.toReversed(), order: true, session: 'three' })).json()).toMatchObject({ passed: false, failures: [{ call: 1, expected: `after ${route}`, got: 'before it' }] });
  });

  test('takes the order of arrival, not of the answers', async () => {
    const slow = ask(server, '/@:four/xyz/api/cleaner/slow');
    while (!(await arrived('four'))) await new Promise((soon) => setImmediate(soon));
    await ask(server, '/@:four/xyz/api/cleaner/tasks');
    await slow;
    expect((await verify({ calls: [{ route: 'GET /xyz/api/cleaner/slow' }, { route: 'GET /xyz/api/cleaner/tasks' }], order: true, session: 'four' })).json()).toMatchObject({ passed: true });
  });

  test('judges nothing by a secret, and tells none', async () => {
    await ask(server, '/@:five/xyz/api/cleaner/guarded', { headers: { 'partner-key': 'k-acme' } });
    const question = (test: unknown): unknown => ({ calls: [{ route: 'GET /xyz/api/cleaner/guarded', match: { headers: { 'partner-key': test } } }], session: 'five' });
    expect((await verify(question({ present: true }))).json().passed).toBe(true);
    const guess = (await verify(question('k-acme'))).text;
    expect(guess).toContain('1 more cannot be judged (the header `partner-key` is redacted)');
  });

  test.each([
    [{}, 'expected a list of 1 to 100 calls'],
    [{ calls: [{ route: 'POST /xyz/api/cleaner/tasks/reports', count: 1 }] }, `Did you mean \`${route}\`?`],
    [{ calls: [{ route, conut: 1 }] }, 'Did you mean `count`?'],
    [{ calls: [{ route, match: { state: 'idle' } }] }, '`state` cannot be judged afterwards'],
    [[], 'got a list'],
  ])('refuses %j', async (question, detail) => {
    const answer = await verify(question);
    expect([answer.status, answer.json().detail]).toEqual([400, expect.stringContaining(detail)]);
  });

  test('asks for JSON, as every change does, and puts nothing into the journal', async () => {
    const { total } = server.journal();
    expect((await ask(server, '/_rehearsal/verify', { method: 'POST', body: '{}' })).status).toBe(415);
    expect(server.journal().total).toBe(total);
  });
});

describe('verify in a program', () => {
  test('resolves when the calls were made', async () => {
    const partner = server.session('six');
    await ask(server, '/@:six/xyz/api/cleaner/tasks');
    expect(await partner.verify([{ route: 'GET /xyz/api/cleaner/tasks', count: 1 }])).toEqual({ passed: true, failures: [] });
    expect((await partner.verify([{ route: 'GET /xyz/api/cleaner/tasks' }], { order: true })).order).toHaveLength(1);
    expect(await server.verify([{ route: 'GET /xyz/api/cleaner/tasks', count: { min: 1 } }], { session: 'six' })).toMatchObject({ passed: true });
  });

  test('throws what came instead when they were not', async () => {
    await report('seven', { status: 'BROKEN' });
    const failed = await server.session('seven').verify([{ route, rule: 'taken', count: 1 }]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(VerificationFailed);
    expect((failed as VerificationFailed).failures).toHaveLength(1);
    expect((failed as Error).message).toMatch(/^POST \/xyz\/api\/cleaner\/tasks\/report answered by the rule taken: expected exactly once, got none\n {2}e\d+ POST \/@:seven\/xyz\/api\/cleaner\/tasks\/report, answered 422: rule: expected taken, got unreadable$/);
  });

  test('throws a usage problem for calls that cannot be understood', async () => {
    await expect(server.verify([{ route: 'GET /nowhere' }])).rejects.toThrow(UsageProblem);
    // @ts-expect-error a misspelt key
    await expect(server.verify([{ rout: 'GET /nowhere' }])).rejects.toThrow('Did you mean `route`?');
    expectTypeOf<{ readonly route: string; readonly count: number; readonly match: { readonly query: { readonly id: number } } }>().toExtend<CallInput>();
  });
});

/** Whether a request of the session has come so far that the server knows of the session. */
async function arrived(session: string): Promise<boolean> {
  return (await ask(server, `/_rehearsal/sessions/${session}`)).status === 200;
}
