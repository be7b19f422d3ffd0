import { beforeAll, expect, test } from 'vitest';
import { runVitest, type Run } from './project.ts';

const scenario = `scenario: cleaner
base: /cleaner
routes:
  GET /tasks: { respond: { json: { tasks: [] } } }
  POST /report: { expect: { multipart: { file: {} } }, respond: { json: { status: PASSED } } }
`;

const client = `import https from 'node:https';
export const status = (url, ca, options = {}) => new Promise((resolve, reject) => {
  https.request(url, { ca, agent: false, ...options }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode))).on('error', reject).end(options.body);
});
`;

const failing = `import { expect } from 'vitest';
import { test } from 'rehearsal/vitest';
import { status } from './client.mjs';

test('asks for what is not there', async ({ rehearsal, partner }) => {
  expect(await status(partner.url + '/cleaner/task?page=1', rehearsal.ca)).toBe(200);
});
test('sends no file', { retry: 1 }, async ({ rehearsal, partner }) => {
  expect(await status(partner.url + '/cleaner/report', rehearsal.ca, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })).toBe(400);
});
test('passes though nothing matched', async ({ rehearsal, partner }) => {
  expect(await status(partner.url + '/nowhere', rehearsal.ca)).toBe(404);
});
test('fails by itself', async ({ rehearsal, partner }) => {
  expect(await status(partner.url + '/cleaner/tasks', rehearsal.ca)).toBe(201);
});
test('needs no server', () => {});
`;

const closing = `import { expect } from 'vitest';
import { rehearsalTest } from 'rehearsal/vitest';
import { status } from './client.mjs';

const test = rehearsalTest({ scenarios: 'scenarios' });
test('the servers of earlier files are closed, NUMBER', async ({ rehearsal }) => {
  const earlier = (globalThis.earlier ??= []);
  for (const url of earlier) await expect(status(url, rehearsal.ca)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(await status(rehearsal.url + '/cleaner/tasks', rehearsal.ca)).toBe(200);
  earlier.push(rehearsal.url);
  console.log('servers so far: ' + earlier.length);
});
`;

const files = { 'scenarios/cleaner.yaml': scenario, 'client.mjs': client };
let failed: Run;
let closed: Run;
beforeAll(async () => {
  [failed, closed] = await Promise.all([
    runVitest({ ...files, 'failing.test.mjs': failing }),
    runVitest({ ...files, 'a.test.mjs': closing.replace('NUMBER', 'one'), 'b.test.mjs': closing.replace('NUMBER', 'two') }, ['--no-isolate', '--no-file-parallelism']),
  ]);
}, 60_000);

test('a failing test prints the requests of its session that nothing matched, with the nearest rule', () => {
  expect(failed.code).toBe(1);
  expect(failed.text).toMatch(/stderr \| failing\.test\.mjs > asks for what is not there\nRequests of the session asks-for-what-is-not-there-1: 1 unmatched\n {2}404 GET \/cleaner\/task {2}no rule matched; nearest: GET \/cleaner\/tasks \(scenarios\/cleaner\.yaml:4\): path: `\/task` is one letter from `\/tasks`/);
});

test('a failing test prints the violations of its session, each try its own', () => {
  for (const session of ['sends-no-file-2', 'sends-no-file-3']) {
    expect(failed.text).toContain(`Requests of the session ${session}: 1 with violations\n  200 POST /cleaner/report  1 violation of POST /cleaner/report (scenarios/cleaner.yaml:5): `);
  }
});

test('a test that passes prints nothing, and neither does one whose requests were well', () => {
  expect(failed.tests).toEqual({ 'asks for what is not there': 'failed', 'sends no file': 'failed', 'passes though nothing matched': 'passed', 'fails by itself': 'failed', 'needs no server': 'passed' });
  expect(failed.text.match(/Requests of the session/g)).toHaveLength(3);
  expect(failed.text).not.toContain('/nowhere');
});

test('the server closes at the end of its file', () => {
  expect([closed.code, closed.tests], closed.text).toEqual([0, { 'the servers of earlier files are closed, one': 'passed', 'the servers of earlier files are closed, two': 'passed' }]);
  expect(closed.text).toContain('servers so far: 2');
  expect(closed.text).not.toMatch(/close timed out|something prevents/i);
});
