import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, askJson, type Answered } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';

let server: Rehearsal;
const lines: string[] = [];

beforeAll(async () => {
  server = await rehearse({ write: (line) => lines.push(line), maxParsed: '1 kB', scenarios: [
    { scenario: 'trouble', base: '/t', routes: {
      'POST /echo': { respond: { json: { id: '${{ body.id }}' } } },
      'GET /when': { when: { if: 'int(query.n) > 1' }, respond: { text: 'x' } },
      'GET /reply': { respond: { json: { n: '${{ int(query.n) }}' } } },
      'GET /upload': { respond: { upload: '${{ query.id }}' } },
      'POST /once': { once: '${{ query.key }}', respond: { json: { n: '${{ int(query.n) }}' } } },
    } },
    { scenario: 'own-words', base: '/o', errors: { 400: { status: 400, text: 'bad ${{ body.id }}' }, 404: { json: { gone: '${{ reason }}' } }, 500: { text: '${{ int(reason) }}' }, default: { status: 418, json: { s: '${{ status }}' } } }, routes: {
      'POST /echo': { respond: { json: { id: '${{ body.id }}' } } }, 'GET /reply': { respond: { json: { n: '${{ int(query.n) }}' } } }, 'GET /upload': { respond: { upload: 'nothing-there' } },
      'POST /strict': { strict: true, expect: { headers: { 'x-a': '1' } }, respond: {} },
    } },
  ] });
});
beforeEach(() => { lines.length = 0; });

const noteOf = (answer: Answered) => server.exchange(String(answer.headers['rehearsal-exchange'])).then((exchange) => exchange?.note);
const broken = { body: '{"id":', headers: { 'Content-Type': 'application/json' } };

describe('what goes wrong on the way', () => {
  it.each<[string, number, string | RegExp, () => Promise<Answered>]>([
    ['a body that only the reply reads and that is not well-formed', 400, 'The body is not well-formed JSON', () => ask(server, '/t/echo', broken)],
    ['a body over --max-parsed', 413, '--max-parsed', () => askJson(server, '/t/echo', { id: 'x'.repeat(2000) })],
    ['an expression that fails under `when`', 500, /int\(query\.n\) > 1/, () => ask(server, '/t/when?n=x')],
    ['an expression that fails in the reply', 500, /int\(query\.n\)/, () => ask(server, '/t/reply?n=x')],
    ['an upload that is not there', 404, 'no uploaded file', () => ask(server, '/t/upload?id=zzz')],
    ['a multipart body without a boundary', 400, /boundary|multipart|Content-Type/i, () => ask(server, '/t/echo', { body: 'x', headers: { 'Content-Type': 'multipart/form-data' } })],
  ])('is told the client, the journal and the console in the same words: %s', async (_what, status, words, send) => {
    const answer = await send();
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
    const { detail } = answer.json();
    expect(detail).toMatch(words);
    expect(await noteOf(answer)).toBe(detail);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${status} `);
    expect(JSON.stringify(lines[0])).toContain(JSON.stringify(detail).slice(1, 40));
  });

  it('is nothing to tell when all is well', async () => {
    expect((await askJson(server, '/t/echo', { id: 1 })).status).toBe(200);
    expect(lines).toEqual([]);
  });

  it('in a reply under `once` is not kept: the next request with the value is answered anew', async () => {
    expect((await askJson(server, '/t/once?key=k&n=x', {})).status).toBe(500);
    expect((await askJson(server, '/t/once?key=k&n=5', {})).json()).toEqual({ n: 5 });
    expect((await askJson(server, '/t/once?key=k&n=6', {})).json()).toEqual({ n: 5 });
  });
});

describe('errors in the scenario’s own words', () => {
  it('stand for refusals, missing uploads and unmatched paths under its base', async () => {
    expect((await ask(server, '/o/upload')).json().gone).toContain('no uploaded file');
    expect((await ask(server, '/o/nowhere')).json().gone).toContain('/o/nowhere');
    expect((await ask(server, '/o/strict', { method: 'PUT' })).json()).toEqual({ s: 405 });
    expect((await ask(server, '/t/nowhere')).headers['content-type']).toBe('application/problem+json');
  });

  it('that fail themselves give way to the server’s', async () => {
    const malformed = await ask(server, '/o/echo', broken);
    expect([malformed.status, malformed.headers['content-type']]).toEqual([400, 'application/problem+json']);
    const failing = await ask(server, '/o/reply?n=x');
    expect([failing.status, failing.headers['content-type']]).toEqual([500, 'application/problem+json']);
    expect((await askJson(server, '/o/strict', { id: 7 })).text).toBe('bad 7');
  });
});
