import { expect, test } from 'vitest';
import type { Mistake } from '../../src/base/diagnostic.ts';
import { checkWholePath, parseBase, parseRouteKey, pathShape } from '../../src/scenario/route-key.ts';

function parse(key: string) {
  const mistakes: Mistake[] = [];
  return { route: parseRouteKey(key, (mistake) => mistakes.push(mistake)), mistakes };
}

test('reads literals, names and a rest', () => {
  expect(parse('GET /tasks/{id}/files/**')).toEqual({
    mistakes: [],
    route: { method: 'GET', path: '/tasks/{id}/files/**', segments: [{ kind: 'literal', text: 'tasks' }, { kind: 'param', name: 'id' }, { kind: 'literal', text: 'files' }, { kind: 'rest' }] },
  });
});

test('counts a trailing slash, and the root, as an empty last segment', () => {
  expect(parse('GET /a/').route?.segments).toEqual([{ kind: 'literal', text: 'a' }, { kind: 'literal', text: '' }]);
  expect(parse('ANY /').route?.segments).toEqual([{ kind: 'literal', text: '' }]);
});

test('decodes each segment once, so that `%2F` stays inside its segment', () => {
  expect(parse('GET /a%2Fb/%252F/caf%C3%A9').route?.segments).toEqual([{ kind: 'literal', text: 'a/b' }, { kind: 'literal', text: '%2F' }, { kind: 'literal', text: 'café' }]);
});

test.each([
  'GET', '/a', 'get /a', 'GTE /a', 'GET a', 'GET /a?b=c', 'GET /a#b', 'GET /a b', 'GET /{}', 'GET /{a}/{a}', 'GET /a{b}', 'GET /**/a', 'GET /*', 'GET /:id', 'GET /a//b',
  'GET /.', 'GET /a/../b', 'GET /%2e%2e/b', 'GET /%zz', 'GET /%00', 'GET /%5C', 'GET /a\\b', 'GET /%FF', 'CONNECT /a', '* /a', 'GET,POST /a', '', ' ', 'GET /{a:\\d+}', `GET ${'/a'.repeat(65)}`,
])('refuses %j with a mistake', (key) => {
  const { route, mistakes } = parse(key);
  expect(route).toBeNull();
  expect(mistakes.length).toBeGreaterThan(0);
  for (const { message } of mistakes) expect(message.length).toBeGreaterThan(10);
});

test('two paths have one shape when the same requests reach both', () => {
  const shape = (path: string) => pathShape(parse(`GET ${path}`).route!.segments);
  expect(shape('/a/{x}/b')).toBe(shape('/a/{y}/b'));
  expect(shape('/a%2Fb')).not.toBe(shape('/a/b'));
  expect(shape('/%7Bx%7D')).not.toBe(shape('/{x}'));
  expect(shape('/%2A%2A')).not.toBe(shape('/**'));
});

test.each([['/xyz/api', 2], ['/tenants/{tenant}', 2]])('reads the base %s', (base, count) => {
  expect(parseBase(base, () => expect.unreachable())).toHaveLength(count);
});

test.each(['', '/', 'a', '/a/', '/a/**', '/a?b', 'https://example.org/a'])('refuses the base %j', (base) => {
  const mistakes: Mistake[] = [];
  expect(parseBase(base, (mistake) => mistakes.push(mistake))).toBeNull();
  expect(mistakes).toHaveLength(1);
});

test('keeps the server\'s own paths to the server', () => {
  const codes = (base: string, key: string): string[] => {
    const found: string[] = [];
    checkWholePath(base === '' ? [] : parseBase(base, () => {})!, parse(key).route!.segments, ({ code }) => found.push(code));
    return found;
  };
  expect(codes('', 'GET /_rehearsal/x')).toEqual(['reserved-path']);
  expect(codes('/@name', 'GET /x')).toEqual(['reserved-path']);
  expect(codes('', 'GET /_rehearsals')).toEqual([]);
  expect(codes('/api', 'GET /_rehearsal')).toEqual([]);
  expect(codes('/{id}', 'GET /a/{id}')).toEqual(['bad-path']);
});
