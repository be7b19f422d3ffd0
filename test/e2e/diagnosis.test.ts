import { connect } from 'node:tls';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, askJson, multipart } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';

let server: Rehearsal;
const lines: string[] = [];

beforeAll(async () => {
  server = await rehearse({
    write: (line) => lines.push(line),
    scenarios: [
      {
        scenario: 'cleaner',
        base: '/xyz/api/cleaner',
        routes: {
          'GET /tasks': { respond: { json: { tasks: [] } } },
          'GET /tasks/download': [
            { name: 'the first task', when: { query: { id: 1 } }, respond: { text: 'one' } },
            { name: 'with a key', when: { headers: { 'api-key': { matches: '^k-' } } }, respond: { text: 'key' } },
          ],
          'POST /tasks/report': { name: 'report', when: { multipart: { file: { filename: { endsWith: '.zip' } } } }, respond: { json: { status: 'PASSED' } } },
          'POST /strict': { strict: true, expect: { json: { id: { type: 'number' }, name: { length: { min: 3 } } }, raw: { size: { max: '1 kB' } } }, respond: { json: { ok: true } } },
          'POST /schema': { strict: true, expect: { schema: { type: 'object', required: ['id'] } }, respond: { json: { ok: true } } },
          'POST /lenient': { expect: { json: { id: 1 }, headers: { 'x-a': 'b' } }, respond: { json: { violations: '${{ violations.map(v, v.text) }}' } } },
          'POST /calls': { respond: { status: 202 }, callback: { to: '${{ body.to }}', json: { done: true } } },
          'GET /fails': { respond: { json: { x: '${{ body.a.b }}' } } },
        },
      },
    ],
  });
});

describe('a callback', () => {
  const calls = (to: unknown): Promise<{ readonly status: number; readonly headers: Record<string, unknown> }> => askJson(server, '/xyz/api/cleaner/calls', { to }, { headers: { 'Rehearsal-Session': 'anna' } });
  const said = (words: string): Promise<string | undefined> => vi.waitUntil(() => lines.find((line) => line.includes(words)), { interval: 5 });

  test('that may not be made is told at the terminal, with the exchange that asked for it', async () => {
    const answer = await calls('http://partner.example/hook?token=s3cret');
    expect(await said('not allowed')).toBe(`--- callback POST http://partner.example/hook?token=[redacted] [anna] of ${String(answer.headers['rehearsal-exchange'])}  not allowed: partner.example is not this machine; start with --allow-callback partner.example\n`);
  });

  test('that cannot be filled, or reaches nobody, is told too; one that is answered is not', async () => {
    await calls('nowhere');
    expect(await said('was not made')).toMatch(/^202 POST \/xyz\/api\/cleaner\/calls \[anna\] {2}The callback was not made: /);
    await calls('http://127.0.0.1:1/');
    expect(await said('ECONNREFUSED')).toMatch(/^--- callback POST http:\/\/127\.0\.0\.1:1\/ \[anna\] of e\d+ {2}/);
    const { headers } = await calls(`${server.url}/xyz/api/cleaner/none`);
    await vi.waitUntil(async () => (await server.exchange(String(headers['rehearsal-exchange'])))?.callbacks.length, { interval: 5 });
    expect(lines.filter((line) => line.includes(`callback POST ${server.url}`))).toEqual([]);
  });
});

describe('a request that nothing matches', () => {
  test('names the value that differs', async () => {
    const answer = await ask(server, '/xyz/api/cleaner/tasks/download?id=2');
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const problem = answer.json();
    expect(problem).toMatchObject({ title: 'Not Found', status: 404, exchange: answer.headers['rehearsal-exchange'] });
    expect(problem.nearest.find((one: { name: string }) => one.name === 'the first task').because).toEqual(['query `id`: expected 1, got 2']);
    expect(problem.nearest[0]).toHaveProperty('file');
    expect(problem.nearest[0]).toHaveProperty('line');
    expect(problem.journal).toBe(`${server.adminUrl}/journal/${problem.exchange}`);
  });

  test('names the letter that a path is off by', async () => {
    const problem = (await ask(server, '/xyz/api/cleaner/task')).json();
    expect(problem.nearest[0].route).toBe('GET /xyz/api/cleaner/tasks');
    expect(problem.nearest[0].because).toEqual(['path: `/task` is one letter from `/tasks`']);
  });

  test('names a missing base, a slash too many, a difference of case', async () => {
    const because = async (path: string): Promise<string> => (await ask(server, path)).json().nearest[0].because[0];
    expect(await because('/tasks')).toContain('lacks `/xyz/api/cleaner`');
    expect(await because('/xyz/api/cleaner/tasks/')).toBe('path: ends with `/`, the route does not');
    expect(await because('/xyz/api/cleaner/Tasks')).toContain('upper and lower case');
  });

  test('names the part that came instead', async () => {
    const problem = (await ask(server, '/xyz/api/cleaner/tasks/report', multipart({ report: { filename: 'r.zip', content: 'PK\u0000\u0001' } }))).json();
    expect(problem.nearest[0].because).toEqual(['part `file`: got `report`']);
  });

  test('answers another method with 405 and Allow, and OPTIONS by itself', async () => {
    const wrong = await ask(server, '/xyz/api/cleaner/tasks', { method: 'DELETE' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.allow).toBe('GET, HEAD, OPTIONS');
    const options = await ask(server, '/xyz/api/cleaner/tasks', { method: 'OPTIONS' });
    expect([options.status, options.headers.allow, options.text]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
  });

  test('is one line on the console and one exchange in the journal, with the same words', async () => {
    lines.length = 0;
    const answer = await ask(server, '/xyz/api/cleaner/tasks/download?id=3\u00e9'.replace('é', '%C3%A9'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('query `id`: expected 1, got "3é"');
    const exchange = await server.exchange(String(answer.headers['rehearsal-exchange']));
    expect(exchange).toMatchObject({ status: 404, rule: null, session: 'default', method: 'GET' });
    expect(exchange?.nearest[0]?.because[0]).toContain('query `id`: expected 1');
    expect(server.journal({ unmatched: true })[0]?.id).toBe(exchange?.id);
  });

  test('never shows raw bytes', async () => {
    lines.length = 0;
    const answer = await ask(server, '/xyz/api/cleaner/tasks/report', multipart({ file: { filename: 'a\u009b31m.exe', content: Buffer.from([0, 1, 2, 27, 255]) } }));
    expect(answer.status).toBe(404);
    await ask(server, '/xyz/%1b%5b31m%07');
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(lines.join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('what a correct client sends', () => {
  test('lenient: every violation is kept and shown, and all goes on', async () => {
    lines.length = 0;
    const answer = await askJson(server, '/xyz/api/cleaner/lenient', { id: 2 });
    expect(answer.status).toBe(200);
    const texts = answer.json().violations as string[];
    expect(texts).toHaveLength(2);
    const exchange = await server.exchange(String(answer.headers['rehearsal-exchange']));
    expect(exchange?.violations.map((one) => one.text)).toEqual(texts);
    expect(Object.keys(exchange?.violations[0] ?? {}).sort()).toEqual(['at', 'expected', 'got', 'text']);
    for (const text of texts) expect(lines[0]).toContain(text);
  });

  test.each([
    ['a wrong value is 400 with every violation', { id: 'x', name: 'ab' }, 400, 2],
    ['too large a body is 413', { id: 1, name: 'x'.repeat(2000) }, 413, 1],
  ])('strict: %s', async (_, body, status, count) => {
    const answer = await askJson(server, '/xyz/api/cleaner/strict', body);
    expect(answer.status).toBe(status);
    expect(answer.json().violations).toHaveLength(count);
    expect(server.journal()[0]?.violations).toEqual(answer.json().violations);
    expect(server.journal()[0]?.rule?.route).toBe('POST /xyz/api/cleaner/strict');
  });

  test('strict: another media type is 415, against the schema is 422', async () => {
    const other = await ask(server, '/xyz/api/cleaner/schema', { body: 'a=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect(other.status).toBe(415);
    expect((await askJson(server, '/xyz/api/cleaner/schema', { name: 1 })).status).toBe(422);
    expect((await askJson(server, '/xyz/api/cleaner/schema', { id: 1 })).status).toBe(200);
  });

  test('a body that is not well-formed is 400, lenient or not', async () => {
    const answer = await ask(server, '/xyz/api/cleaner/lenient', { body: '{"id":', headers: { 'Content-Type': 'application/json' } });
    expect(answer.status).toBe(400);
    expect(answer.json().detail).toContain('JSON');
  });

  test('an expression that fails is a 500 that names rule, expression and reason', async () => {
    const answer = await ask(server, '/xyz/api/cleaner/fails');
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ expression: 'body.a.b', rule: { route: 'GET /xyz/api/cleaner/fails' } });
    expect(answer.json().reason).toBeTruthy();
  });
});

test('an explanation says of a request that is refused as a whole what its answer says', async () => {
  for (const [url, headers] of [['/@:anna/xyz/api/cleaner/tasks', { 'Rehearsal-Session': 'bert' }], ['/xyz/api/cleaner/tasks', { 'Rehearsal-Scenario': 'nope' }], ['/xyz/%00', {}]] as const) {
    const { detail } = (await ask(server, url, { headers })).json();
    const explained = await askJson(server, '/_rehearsal/explain', { method: 'GET', url, headers });
    expect([url, explained.status, explained.json().detail]).toEqual([url, 400, detail]);
  }
});

test('handshakes that clients break off are in the journal with their cause, but a flood of them does not crowd it', async () => {
  const lines: string[] = [];
  const server = await rehearse({ scenarios: { scenario: 'flood', routes: { 'GET /': { respond: { text: 'well' } } } }, write: (line) => lines.push(line) });
  const distrust = (): Promise<unknown> => new Promise((resolve) => { connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', ca: [] }).once('error', resolve); });
  for (let count = 0; count < 30; count += 1) await distrust();
  await expect.poll(() => server.journal().total).toBe(20);
  expect((await ask(server, '/')).text).toBe('well');
  const [answered, last, before] = server.journal();
  expect([answered!.status, last!.method, last!.url, last!.status]).toEqual([200, 'TLS', '//localhost', null]);
  expect(before!.note).toMatch(/does not trust the CA.*`rehearsal trust` shows how\.$/);
  expect(last!.note).toBe(`${before!.note} Further ones like it are only counted for a minute.`);
  expect(lines.filter((line) => line.startsWith('A TLS handshake')).length).toBe(20);
});
