import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRoutes, nearestRules } from '../../src/engine/nearest-misses.ts';
import { pathDistance } from '../../src/engine/path-distance.ts';
import { splitPath } from '../../src/engine/split-path.ts';
import type { ExampleRequest } from '../../src/model/index.ts';
import { makeRequest } from '../support/facts.ts';
import { bareRoute, context, Rehearsing } from './live.ts';

const sentence = (route: string, path: string): string => pathDistance(splitPath(path) as string[], bareRoute(route).route).text;

describe('the distance of a path', () => {
  it.each([
    ['GET /xyz/tasks', '/xyz/task', 'path: `/task` is one letter from `/tasks`'],
    ['GET /xyz/tasks', '/xyz/taskz', 'path: `/taskz` is one letter from `/tasks`'],
    ['GET /xyz/tasks', '/xyz/tsaks', 'path: `/tsaks` is one letter from `/tasks`'],
    ['GET /xyz/tasks', '/xyz/tasksab', 'path: `/tasksab` is two letters from `/tasks`'],
    ['GET /xyz/tasks', '/xyz/Tasks', 'path: `/Tasks` differs from `/tasks` in upper and lower case'],
    ['GET /xyz/tasks', '/xyz/tasks/', 'path: ends with `/`, the route does not'],
    ['GET /xyz/tasks/', '/xyz/tasks', 'path: does not end with `/`, the route does'],
    ['GET /xyz/api/tasks', '/tasks', 'path: /tasks lacks `/xyz/api` at its beginning'],
    ['GET /xyz/tasks', '/xyz/other', 'path: expected `/tasks`, got `/other`'],
    ['GET /a/{id}/b', '/a/7/c', 'path: expected `/b`, got `/c`'],
    ['GET /a/{id}', '/a/', 'path: ends with `/`, the route does not'],
    ['GET /a/b/c', '/x/y/z', 'path: expected `/a/b/c`, got /x/y/z'],
    ['GET /a/b', '/a/b/c/d', 'path: expected `/a/b`, got /a/b/c/d'],
    ['GET /a/**', '/b', 'path: expected `/a`, got `/b`'],
    ['GET /tasks', '/t\u{1F600}', 'path: expected `/tasks`, got `/t\u{1F600}`'],
    ['GET /a/{id}', '/a/7', ''],
    ['GET /a/**', '/a/7/8', ''],
  ])('from %s to %s: %s', (route, path, expected) => {
    const words = sentence(route, encodeURI(path));
    if (route === 'GET /a/{id}' && path === '/a/') expect(words).toMatch(/^path: /);
    else expect(words.replaceAll('"', '')).toBe(expected);
  });

  it('never shows raw control characters, and stays short for long paths', () => {
    for (const path of ['/a%0d%0aX: y', `/${'x'.repeat(9000)}`, `/a${'/b'.repeat(5000)}`, '/%1b%5b31m']) {
      const words = sentence('GET /tasks', path);
      expect(words).not.toMatch(/[\u0000-\u001f]/);
      expect(words.length).toBeLessThan(300);
    }
  });

  it('is nothing exactly when the path is the route’s, and otherwise has words', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', '');
    const route = fc.record({ pieces: fc.array(fc.constantFrom('a', 'b', '{x}'), { minLength: 1, maxLength: 3 }), end: fc.constantFrom('', '/**', '/') })
      .map(({ pieces, end }) => `GET /${pieces.map((one, index) => (one === '{x}' ? `{x${index}}` : one)).join('/')}${end}`);
    fc.assert(fc.property(route, fc.array(piece, { minLength: 1, maxLength: 4 }), (id, pieces) => {
      const { segments } = bareRoute(id).route;
      const rest = segments.at(-1)?.kind === 'rest';
      const fixed = rest ? segments.slice(0, -1) : segments;
      const fits = (rest ? pieces.length >= fixed.length : pieces.length === fixed.length) && fixed.every((one, index) => (one.kind === 'literal' ? one.text === pieces[index] : pieces[index] !== ''));
      const { distance, text } = pathDistance(pieces, bareRoute(id).route);
      expect([distance === 0, text === '']).toEqual([fits, fits]);
    }), { numRuns: 500 });
  });
});

const tasks = {
  routes: {
    'GET /tasks': { respond: { text: 'list' } },
    'GET /tasks/download': [{ name: 'one', when: { query: { id: 1 } }, respond: {} }, { name: 'two', when: { query: { id: 20 }, headers: { 'x-a': '1' } }, respond: {} }],
    'POST /tasks': { name: 'made', when: { json: { id: { above: 3 } } }, respond: {} },
    'POST /tasks/report': { name: 'report', when: { multipart: { file: { filename: { endsWith: '.zip' } } } }, respond: {} },
  },
};

async function nearest(example: ExampleRequest): Promise<readonly { route: string; name: string | null; because: readonly string[] }[]> {
  const rehearsing = await Rehearsing.of(tasks);
  return nearestRoutes(rehearsing.live.routesOf('one'), makeRequest(example), rehearsing.world, context);
}

describe('the nearest routes', () => {
  it('are those off by a letter, before those off by more', async () => {
    const [first, second] = await nearest({ url: '/task' });
    expect(first).toMatchObject({ route: 'GET /tasks', because: ['path: `/task` is one letter from `/tasks`'] });
    expect(second?.route).toBe('POST /tasks');
    expect(second?.because.slice(0, 2)).toEqual(['path: `/task` is one letter from `/tasks`', 'method: expected POST, got GET']);
  });

  it('say what else does not match: method, query, body', async () => {
    const [first] = await nearest({ method: 'POST', url: '/tasks', headers: { 'content-type': 'application/json' }, body: '{"id":3}' });
    expect(first).toMatchObject({ name: 'made', because: ['body `id`: expected more than 3, got 3'] });
  });

  it('are three at most', async () => {
    expect(await nearest({ url: '/completely/else' })).toHaveLength(3);
  });

  it('are found among 10,000, those that share segments first', async () => {
    const routes = Array.from({ length: 10_000 }, (_, index) => ({ ...bareRoute(`GET /api/${index % 2 ? 'left' : 'right'}/v${index}/items`), rules: [{ rule: { when: null }, reference: { route: `v${index}`, name: null, file: 'x', line: 1 } }], counterKey: '', counted: false })) as never[];
    const view = (await Rehearsing.of(tasks)).world;
    expect(nearestRoutes(routes, makeRequest({ url: '/api/left/v7777/itemz' }), view, context)[0]?.route).toBe('v7777');
  });
});

describe('the nearest rules of a route', () => {
  it('come by what is missing: how many leaves, then how near each was', async () => {
    const rehearsing = await Rehearsing.of(tasks);
    const near = (url: string, headers = {}) => nearestRules(rehearsing.route('GET /tasks/download'), makeRequest({ url, headers }), rehearsing.world, context);
    expect(near('/tasks/download?id=2').map((one) => [one.name, one.because])).toEqual([
      ['one', ['query `id`: expected 1, got 2']],
      ['two', ['query `id`: expected 20, got 2', 'header `x-a`: expected 1, got nothing']],
    ]);
    expect(near('/tasks/download?id=200', { 'x-a': '1' })[0]?.name).toBe('two');
  });

  it('tell a part of another name, and a body that cannot be read, as the reason', async () => {
    const [wrong] = await nearest({ method: 'POST', url: '/tasks/report', headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: '--b\r\nContent-Disposition: form-data; name="report"; filename="a.zip"\r\n\r\nPK\r\n--b--\r\n' });
    expect(wrong?.because.join()).toContain('got `report`');
    const [broken] = await nearest({ method: 'POST', url: '/tasks', headers: { 'content-type': 'application/json' }, body: '{"id":' });
    expect(broken?.because.join()).toContain('not well-formed JSON');
  });

  it('are explained for a bounded number of rules', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': [{ when: { query: { id: 1 } }, respond: {} }] } });
    let explained = 0;
    const [rule] = rehearsing.route('GET /a').rules;
    const counting = { ...rule!, rule: { ...rule!.rule, when: { ...rule!.rule.when!, explain: () => { explained += 1; return []; } } } };
    nearestRules({ ...rehearsing.route('GET /a'), rules: Array.from({ length: 50_000 }, () => counting) }, makeRequest({ url: '/a' }), rehearsing.world, context);
    expect(explained).toBe(2000);
  });
});
