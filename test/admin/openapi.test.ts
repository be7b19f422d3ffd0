import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import request from 'supertest';
import { afterAll, describe, expect, it } from 'vitest';
import { createAdmin } from '../../src/admin/create-admin.ts';
import { body, draft, FakeControl } from './fake-control.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, { readonly schema: object }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'r1'), 'zip');

const control = new FakeControl();
control.stored.push({ id: 'r1', exchange: 'e1', session: 'default', part: 'file', filename: 'a.zip', type: 'application/zip', sizeBytes: 3, sha256: 'a'.repeat(64), storedAt: { path: join(folder, 'r1'), offset: 0 }, at: '2026-01-01T00:00:00.000Z' });
control.journal.record(draft({ id: 'full', requestBody: body('{"a":1}'), replyBody: body(Buffer.from([0, 255]), 'x/y'), violations: [{ at: 'query.id', expected: '1', got: '2', text: 't' }] }));
control.journal.record(draft({ id: 'bare', rule: null, scenario: null, status: null, nearest: [{ route: 'GET /', name: null, file: 'a', line: 1, because: ['x'] }], fault: 'reset', note: 'n' }));

const api = request(createAdmin(control, { token: null, hosts: [] }));
const description = (await api.get('/_rehearsal/openapi.json').expect(200)).body as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema({ $id: 'https://api/', components: description.components });

/** Schemas point into the document: they are looked at from within it. */
function problemsOf(schema: object, value: unknown): unknown {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"https://api/#/components')) as object;
  const validate = ajv.compile(absolute);
  validate(value);
  return validate.errors ?? [];
}

/** A call for each operation; those for problems beside it. */
const calls: readonly (readonly [operation: string, method: 'get' | 'put' | 'post' | 'delete', path: string, body?: object])[] = [
  ['health', 'get', '/health'], ['caCertificate', 'get', '/ca.pem'], ['page', 'get', '/'], ['describe', 'get', '/openapi.json'],
  ['listScenarios', 'get', '/scenarios'], ['selectScenario', 'put', '/scenarios/active', { scenario: 'cleaner', session: 'bob' }], ['selectScenario', 'put', '/scenarios/active', { scenario: 'cleaner' }], ['selectScenario', 'put', '/scenarios/active', { scenario: 'x' }], ['selectScenario', 'put', '/scenarios/active', {}],
  ['listRoutes', 'get', '/routes'],
  ['listExchanges', 'get', '/journal'], ['listExchanges', 'get', '/journal?limit=1'], ['listExchanges', 'get', '/journal?limit=x'],
  ['getExchange', 'get', '/journal/full'], ['getExchange', 'get', '/journal/bare'], ['getExchange', 'get', '/journal/none'], ['clearJournal', 'delete', '/journal?session=nobody'],
  ['explain', 'post', '/explain', { url: '/tasks' }], ['explain', 'post', '/explain', {}],
  ['listReports', 'get', '/reports'], ['getReport', 'get', '/reports/r1'], ['getReport', 'get', '/reports/r2'], ['getReportContent', 'get', '/reports/r1/content'],
  ['listSessions', 'get', '/sessions'], ['getSession', 'get', '/sessions/checkout'], ['getSession', 'get', '/sessions/nobody'], ['getSession', 'get', '/sessions/a%20b'], ['resetSession', 'delete', '/sessions/bob'],
  ['setSessionState', 'put', '/sessions/bob/state', { state: 'idle', vars: { uploads: 3 }, scenario: 'cleaner' }], ['setSessionState', 'put', '/sessions/bob/state', {}], ['setSessionState', 'put', '/sessions/a%20b/state', { state: 'x' }],
  ['listCollections', 'get', '/collections'], ['getCollection', 'get', '/collections/tasks'], ['getCollection', 'get', '/collections/tasks?limit=1'], ['getCollection', 'get', '/collections/tasks?format=csv'], ['getCollection', 'get', '/collections/none'],
  ['trustRecipes', 'get', '/trust'], ['trustRecipes', 'get', '/trust?platform=win32'], ['trustRecipes', 'get', '/trust?platform=x'],
  ['resetCollection', 'delete', '/collections/tasks'], ['resetCollection', 'delete', '/collections/none'],
  ['replaceCollection', 'put', '/collections/tasks', [{ id: 1 }]], ['replaceCollection', 'put', '/collections/tasks?session=bob', { items: [], total: 0, next: null }], ['replaceCollection', 'put', '/collections/tasks', {}],
  ['verify', 'post', '/verify', { calls: [{ route: 'GET /tasks', count: { min: 1 } }], order: true, session: 'bob' }],
  ['metrics', 'get', '/metrics'],
  ['getClock', 'get', '/clock'], ['setClock', 'put', '/clock', { freeze: true }], ['setClock', 'put', '/clock', { freeze: false, advance: '5 s' }], ['setClock', 'put', '/clock', { set: '9999-12-31', freeze: '2026-01-01' }], ['setClock', 'put', '/clock', {}],
];
const operations = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));

describe('openapi.json', () => {
  it('is OpenAPI 3.1 with a schema that holds for each name it points to', () => {
    expect(description.openapi).toBe('3.1.0');
    for (const [, name] of JSON.stringify(description).matchAll(/"#\/components\/schemas\/(\w+)"/g)) expect(description.components.schemas).toHaveProperty(name!);
    for (const name of Object.keys(description.components.schemas)) expect(() => ajv.getSchema(`https://api/#/components/schemas/${name}`)).not.toThrow();
  });

  it('describes every endpoint once, and nothing that is not there', () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual([...new Set([...calls.map(([operation]) => operation), 'watchEvents'])].sort());
  });

  it('names every part of each path, and says who may come without a token', () => {
    for (const { path, operation } of operations) {
      const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
    expect(operations.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path).sort()).toEqual(['/', '/ca.pem', '/health', '/trust']);
  });

  it.each([...calls])('tells the truth of %s: %s %s', async (operationId, method, path, given) => {
    const found = operations.find(({ operation }) => operation.operationId === operationId)!;
    expect(found.method).toBe(method);
    if (given && Object.keys(given).length > 0) expect(problemsOf(found.operation.requestBody!.content['application/json']!.schema, given)).toEqual([]);
    const call = api[method as 'get'](`/_rehearsal${path}`).set('Rehearsal-Admin', '1');
    const { status, headers, body: answer } = await (given ? call.send(given) : call);
    const told = found.operation.responses[String(status)];
    expect(told, `status ${status}`).toBeDefined();
    if (status === 204) return;
    const type = headers['content-type']!.split(';', 1)[0]!;
    const content = told!.content![type] ?? told!.content!['*/*'];
    expect(content, type).toBeDefined();
    if (type.endsWith('json')) expect(problemsOf(content!.schema, answer)).toEqual([]);
  });
});
