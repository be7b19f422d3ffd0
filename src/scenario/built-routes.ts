import { hash } from 'node:crypto';
import { stringifyJson } from '../base/json.ts';
import { formatPlace, type Path } from '../base/place.ts';
import type { Act, Route, Rule, Segment } from '../model/index.ts';
import { resourceText, type CompiledResource, type Declarations } from './compile-declarations.ts';
import type { Mistakes } from './mistakes.ts';
import { fixedNothing } from './no-reply.ts';
import type { Places } from './places.ts';
import type { ResolvedScenario } from './resolve-extends.ts';
import { pathShape } from './route-key.ts';

/** A route that nobody has written out: of a resource, or of a scheme. */
export interface BuiltRoute {
  readonly scenario: string;
  readonly root: string;
  readonly route: Route;
  readonly places: Places;
  readonly path: Path;
}

/** Those of resources, where no route stands beside them, and those of schemes. */
export function builtRoutes({ resources, schemes, names }: Declarations, { name: scenario, root, base }: Pick<ResolvedScenario, 'name' | 'root' | 'base'>, written: readonly Route[]): readonly BuiltRoute[] {
  const taken = new Set(written.map(claimOf));
  const routes = resources.map((resource): BuiltRoute => ({ scenario, root, route: resourceRoute(resource, base), places: resource.written.places, path: resource.written.path }));
  const beside = routes.filter(({ route }) => !taken.has(claimOf(route)) && !taken.has(`ANY ${pathShape(route.segments)}`));
  const served = schemes.flatMap((scheme) => scheme.routes.map(({ method, path, segments, act }): BuiltRoute => {
    const { places, path: at, raw } = names.declared.auth.get(scheme.name)!;
    const route = builtRoute({ id: `${method} ${path}`, method, segments, act, auth: null, name: scheme.name, text: () => stringifyJson(raw), places, path: at });
    return { scenario, root, route, places, path: at };
  }));
  return [...beside, ...served];
}

/** Two roots are active at once: neither may answer where the other does. And a scheme must not stand in the way of a route. */
export function checkBuiltRoutes(built: readonly BuiltRoute[], all: ReadonlyMap<string, readonly Route[]>, roots: readonly string[], mistakes: Mistakes): void {
  const claims = new Map<string, { readonly scenario: string; readonly route: Route }[]>();
  for (const [scenario, routes] of all) {
    for (const route of routes) {
      const shape = pathShape(route.segments);
      claims.set(shape, [...(claims.get(shape) ?? []), { scenario, route }]);
    }
  }
  for (const { scenario, route, places, path } of built) {
    const others = claims.get(pathShape(route.segments)) ?? [];
    const other = others.find((one) => one.route !== route && meets(one.route.method, route.method) && (one.scenario === scenario || (roots.includes(scenario) && roots.includes(one.scenario))));
    if (!other) continue;
    const message = other.scenario === scenario ? `\`${route.id}\` stands there already` : `\`${scenario}\` and \`${other.scenario}\` are both active and claim the same route`;
    mistakes.add(places, path, { code: 'route-claimed-twice', message, got: `\`${route.id}\`, and at ${formatPlace(other.route.place)} \`${other.route.id}\``, fix: 'Give one of them another path' }, 'key');
  }
}

function meets(one: string, other: string): boolean {
  return one === other || one === 'ANY' || other === 'ANY';
}

function claimOf({ method, segments }: Route): string {
  return `${method} ${pathShape(segments)}`;
}

function resourceRoute(resource: CompiledResource, base: ResolvedScenario['base']): Route {
  const { written, route, auth } = resource;
  return builtRoute({
    id: `${route.method} ${base.text}${pathOf(route.segments)}`, method: route.method, segments: [...base.segments, ...route.segments], act: route.act, auth, name: null,
    text: () => resourceText(resource), places: written.places, path: written.path,
  });
}

function builtRoute(given: { id: string; method: string; segments: readonly Segment[]; act: Act; auth: Rule['auth']; name: string | null; text: () => string; places: Places; path: Path }): Route {
  const { id, method, segments, act, auth, name } = given;
  const place = given.places.place(given.path, 'key');
  const needs = act.needs | (auth?.scheme.needs ?? 0);
  const rule: Rule = { index: 0, name, place, when: null, expect: null, strict: false, replies: [fixedNothing], repeat: 'last', pause: null, once: null, auth, act, callbacks: [], required: false, needs };
  let fingerprint: string | undefined;
  return {
    id, method, segments, rules: [rule], counters: [], needs, place,
    get fingerprint() {
      return (fingerprint ??= fingerprintOf(given.text()));
    },
  };
}

function pathOf(segments: readonly Segment[]): string {
  return segments.map((segment) => (segment.kind === 'literal' ? `/${segment.text}` : segment.kind === 'param' ? `/{${segment.name}}` : '/**')).join('');
}

/** Changes when the text does. */
export function fingerprintOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
