import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouteIndex } from '../../src/engine/route-index.ts';
import { splitPath } from '../../src/engine/split-path.ts';
import type { Segment } from '../../src/model/index.ts';
import { bareRoute } from './live.ts';

function find(ids: readonly string[], method: string, path: string): string {
  const found = new RouteIndex(ids.map(bareRoute)).find(method, splitPath(path) as string[]);
  return found.kind === 'route' ? found.route.route.id : found.kind === 'none' ? 'none' : `not ${found.routes.map((live) => live.route.id).sort().join(' + ')}`;
}

const segment = fc.constantFrom('a', 'b', 'c', '{x}');
const routes = fc.uniqueArray(
  fc.record({ method: fc.constantFrom('GET', 'POST', 'HEAD', 'ANY'), segments: fc.array(segment, { maxLength: 4 }), end: fc.constantFrom('', '', '/**', '/') })
    .map(({ method, segments, end }) => `${method} ${segments.map((one, index) => `/${one === '{x}' ? `{x${index}}` : one}`).join('')}${segments.length === 0 && end === '' ? '/' : end}`),
  { maxLength: 25 },
);
const request = fc.record({ method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS'), path: fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`) });

/** What "more specific" means, said in another way: of all routes that fit, compare segment by segment, literal over name over rest. */
function mostSpecific(ids: readonly string[], method: string, path: string): string | null {
  const segments = splitPath(path) as string[];
  const rank = (one: Segment | undefined): number => (one === undefined ? 0 : one.kind === 'literal' ? 3 : one.kind === 'param' ? 2 : -1);
  const methodRank = (own: string): number => (own === method ? 3 : method === 'HEAD' && own === 'GET' ? 2 : own === 'ANY' ? 1 : 0);
  const fitting = ids.map(bareRoute).filter(({ route }) => {
    const rest = route.segments.at(-1)?.kind === 'rest';
    const fixed = rest ? route.segments.slice(0, -1) : route.segments;
    const fits = fixed.every((one, index) => index < segments.length && (one.kind === 'literal' ? one.text === segments[index] : segments[index] !== ''));
    return fits && (rest || fixed.length === segments.length) && methodRank(route.method) > 0;
  });
  fitting.sort((a, b) => {
    for (let index = 0; index <= segments.length; index += 1) {
      const difference = rank(b.route.segments[index]) - rank(a.route.segments[index]);
      if (difference !== 0) return difference;
    }
    return methodRank(b.route.method) - methodRank(a.route.method);
  });
  return fitting[0]?.route.id ?? null;
}

describe('the route of a path', () => {
  it.each<[string, string, string]>([
    ['GET', '/a/b', 'GET /a/b'], ['GET', '/a/x', 'GET /a/{id}'], ['GET', '/a/x/y', 'GET /a/**'], ['GET', '/a', 'GET /a/**'], ['GET', '/a/', 'GET /a/**'],
    ['HEAD', '/a/b', 'GET /a/b'], ['PUT', '/any', 'ANY /any'], ['OPTIONS', '/any', 'ANY /any'], ['GET', '/z', 'none'], ['GET', '/A/b', 'none'], ['GET', '/', 'none'],
    ['POST', '/a/b', 'not GET /a/** + GET /a/b + GET /a/{id}'], ['OPTIONS', '/a/x', 'not GET /a/** + GET /a/{id}'],
  ])('%s %s is %s', (method, path, expected) => {
    expect(find(['GET /a/**', 'GET /a/{id}', 'GET /a/b', 'ANY /any'], method, path)).toBe(expected);
  });

  it('goes back when a literal leads nowhere', () => {
    const ids = ['GET /a/{x}/c', 'GET /a/b/d', 'GET /**'];
    expect(find(ids, 'GET', '/a/b/c')).toBe('GET /a/{x}/c');
    expect(find(ids, 'GET', '/a/b/d')).toBe('GET /a/b/d');
    expect(find(ids, 'GET', '/a/b/e')).toBe('GET /**');
  });

  it('goes back for a method that the more specific route does not take', () => {
    expect(find(['GET /a/b', 'POST /a/{x}'], 'POST', '/a/b')).toBe('POST /a/{x}');
    expect(find(['HEAD /a', 'GET /a', 'ANY /a'], 'HEAD', '/a')).toBe('HEAD /a');
    expect(find(['GET /a', 'ANY /a'], 'HEAD', '/a')).toBe('GET /a');
  });

  it('takes a name for one segment that is not empty, a rest for any number, none included', () => {
    expect(find(['GET /a/{x}'], 'GET', '/a/')).toBe('none');
    expect(find(['GET /a/{x}'], 'GET', '/a/b/')).toBe('none');
    expect(find(['GET /**'], 'GET', '/')).toBe('GET /**');
    expect(find(['GET /a/**'], 'GET', '/ab')).toBe('none');
  });

  it('compares decoded segments: an escaped letter is the letter, an escaped slash is none', () => {
    expect(find(['GET /caf%C3%A9'], 'GET', '/caf%c3%a9')).toBe('GET /caf%C3%A9');
    expect(find(['GET /abc'], 'GET', '/%61bc')).toBe('GET /abc');
    expect(find(['GET /a/b'], 'GET', '/a%2Fb')).toBe('none');
    expect(find(['GET /a%2Fb'], 'GET', '/a%2fb')).toBe('GET /a%2Fb');
    expect(find(['GET /%252F'], 'GET', '/%252F')).toBe('GET /%252F');
  });

  it('knows segments with the names of prototypes from those that are there', () => {
    expect(find(['GET /a'], 'GET', '/__proto__')).toBe('none');
    expect(find(['GET /__proto__/constructor'], 'GET', '/__proto__/constructor')).toBe('GET /__proto__/constructor');
  });

  it('is the most specific that fits, whatever the order in which routes were written', () => {
    fc.assert(fc.property(routes.chain((ids) => fc.record({ ids: fc.constant(ids), shuffled: fc.shuffledSubarray(ids, { minLength: ids.length }) })), fc.array(request, { minLength: 5, maxLength: 10 }), ({ ids, shuffled }, requests) => {
      // Two routes of one shape and method are a mistake at load.
      fc.pre(new Set(ids.map((id) => id.replaceAll(/\{\w+\}/g, '{}'))).size === ids.length);
      for (const { method, path } of requests) {
        const found = find(ids, method, path);
        expect(find(shuffled, method, path)).toBe(found);
        const expected = mostSpecific(ids, method, path);
        if (expected !== null) expect(found).toBe(expected);
        else expect(found).toMatch(/^not |^none$/);
      }
    }), { numRuns: 150 });
  });

  it('is found in one look where it is written without names and escapes, and is then the same', () => {
    fc.assert(fc.property(routes, fc.array(request, { maxLength: 8 }), (ids, requests) => {
      const index = new RouteIndex(ids.map(bareRoute));
      for (const { method, path } of requests) {
        const quick = index.quick(method, path);
        if (quick === null) continue;
        const found = index.find(method, splitPath(path) as string[]);
        expect(found.kind === 'route' && found.route).toBe(quick.route);
      }
    }), { numRuns: 100 });
  });

  it('is found among 10,000, and a long path among deep ones', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => (index % 2 === 0 ? `GET /api/v${index}/items/{id}` : `GET /api/{version}/v${index}`));
    const index = new RouteIndex([...ids, 'GET /api/**'].map(bareRoute));
    const at = (path: string): string => {
      const found = index.find('GET', splitPath(path) as string[]);
      return found.kind === 'route' ? found.route.route.id : found.kind;
    };
    expect([at('/api/v9998/items/7'), at('/api/x/v9999'), at('/api/v2/v3'), at('/api/v2/v4')]).toEqual(['GET /api/v9998/items/{id}', 'GET /api/{version}/v9999', 'GET /api/{version}/v3', 'GET /api/**']);
    expect(at(`/api${'/a'.repeat(15_000)}`)).toBe('GET /api/**');
    expect(index.find('GET', ['other']).kind).toBe('none');
  });
});
