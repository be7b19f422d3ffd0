import type { Mistake } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import type { ExpectedRoute, Route, Segment } from '../model/index.ts';
import { parseRouteKey } from './route-key.ts';

/** The routes that a call may name. */
export interface KnownRoutes {
  readonly routes: readonly Pick<Route, 'id' | 'method' | 'segments'>[];
  /** What may be left out at the beginning of a path. */
  readonly base: { readonly text: string; readonly segments: readonly Segment[] };
}

/** A route as it was named. `unknown`: what to say when nothing has it; null when a route does. */
export interface NamedRoute {
  readonly route: ExpectedRoute;
  readonly unknown: Mistake | null;
}

/** The route that a text names: as it is written under `routes`, whole, or with values in the place of its names. Null after a mistake. */
export function nameRoute(text: string, known: KnownRoutes, report: (mistake: Mistake) => void): NamedRoute | null {
  const key = parseRouteKey(text, (mistake) => report(mistake.fix === undefined ? mistake : { ...mistake, fix: mistake.fix.replace('`when:', '`match:') }));
  if (key === null) return null;
  const { method, path, segments } = key;
  const whole: ExpectedRoute = { id: `${method} ${path}`, method, segments };
  const below: ExpectedRoute = { id: `${method} ${known.base.text}${path}`, method, segments: [...known.base.segments, ...segments] };
  const candidates = known.base.text === '' ? [whole] : [below, whole];
  const found = candidates.find((one) => known.routes.some(({ id }) => id === one.id)) ?? candidates.find((one) => known.routes.some((route) => isCallOf(one, route)));
  return { route: found ?? candidates[0]!, unknown: found ? null : unknownRoute(text, method, path, known) };
}

/** Whether a route without names stands for calls that this one takes. */
function isCallOf({ method, segments }: ExpectedRoute, route: Pick<Route, 'method' | 'segments'>): boolean {
  if (segments.some(({ kind }) => kind !== 'literal')) return false;
  const came = segments.map((segment) => (segment.kind === 'literal' ? segment.text : ''));
  return (route.method === method || route.method === 'ANY' || method === 'ANY' || (method === 'HEAD' && route.method === 'GET')) && pathFits(came, route.segments);
}

/** Whether a path is one of those that the segments of a route stand for. */
export function pathFits(came: readonly string[], written: readonly Segment[]): boolean {
  const rest = written.at(-1)?.kind === 'rest';
  const fixed = rest ? written.length - 1 : written.length;
  if (rest ? came.length < fixed : came.length !== fixed) return false;
  for (let index = 0; index < fixed; index += 1) {
    const segment = written[index]!;
    if (segment.kind === 'literal' ? came[index] !== segment.text : came[index] === '') return false;
  }
  return true;
}

const mostListed = 10;

function unknownRoute(text: string, method: string, path: string, { routes, base }: KnownRoutes): Mistake {
  const ids = [...new Set(routes.map(({ id }) => id))];
  const near = ids.find((id) => id.startsWith(`${method} `) && id.endsWith(path)) ?? ids.find((id) => id.endsWith(` ${base.text}${path}`) || id.endsWith(` ${path}`)) ?? nearestId(`${method} ${path}`, ids, base.text);
  const listed = ids.length === 0 ? 'There are no routes' : `There are: ${ids.slice(0, mostListed).map((id) => `\`${id}\``).join(', ')}${ids.length > mostListed ? ' …' : ''}`;
  return { code: 'unknown-route', message: `There is no route ${show(text)}`, expected: 'a route as it is written, or a call to one', got: show(text), fix: near === null ? listed : `Did you mean \`${near}\`?` };
}

/** By letters, the base aside: what two long routes share would make any two of them alike. */
function nearestId(wanted: string, ids: readonly string[], base: string): string | null {
  const short = new Map(ids.map((id) => [base !== '' && id.includes(` ${base}/`) ? id.replace(` ${base}/`, ' /') : id, id]));
  const found = nearest(wanted, short.keys()) ?? nearest(tail(wanted), [...short.keys()].map(tail));
  return found === null ? null : (short.get(found) ?? [...short].find(([id]) => tail(id) === found)?.[1] ?? null);
}

/** The end of a text that is too long to be compared as a whole. */
function tail(text: string): string {
  return text.slice(-64);
}
