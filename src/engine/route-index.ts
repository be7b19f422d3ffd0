import type { LiveRoute } from './live-route.ts';

/** What stands at a path: the route for the method, or the methods that the path would answer. */
export type Found =
  | { readonly kind: 'route'; readonly route: LiveRoute }
  | { readonly kind: 'other-methods'; readonly routes: readonly LiveRoute[] }
  | { readonly kind: 'none' };

type FoundRoute = Extract<Found, { kind: 'route' }>;

/** Segments that look the same decoded and on the wire. */
const plain = /^[\w.~!$&'()*+,;=:@-]*$/;

interface Node {
  readonly literals: Map<string, Node>;
  param: Node | null;
  /** Routes that end here, by method. */
  readonly here: Map<string, LiveRoute>;
  /** Routes that end in `**` here, by method. */
  readonly rest: Map<string, LiveRoute>;
}

/**
 * Finds routes by path: a map for paths without parameters, and a tree for the others, in which a literal segment wins over
 * `{name}`, and `{name}` over `**`, from left to right. The cost depends on the path's length, not on the number of routes.
 */
export class RouteIndex {
  readonly #literal = new Map<string, Map<string, FoundRoute>>();
  readonly #root: Node = newNode();

  constructor(routes: Iterable<LiveRoute>) {
    for (const route of routes) this.#add(route);
  }

  /** The route of a path that is written without percent-escapes and without parameters; null leaves it to `find`. */
  quick(method: string, path: string): FoundRoute | null {
    const methods = this.#literal.get(path);
    return methods ? routeFor(methods, method) : null;
  }

  /** `segments` are decoded. */
  find(method: string, segments: readonly string[]): Found {
    const others: LiveRoute[] = [];
    const route = search(this.#root, segments, 0, method, others);
    if (route) return { kind: 'route', route };
    return others.length > 0 ? { kind: 'other-methods', routes: others } : { kind: 'none' };
  }

  #add(live: LiveRoute): void {
    let node = this.#root;
    let literal: string | null = '';
    for (const segment of live.route.segments) {
      if (segment.kind === 'rest') {
        node.rest.set(live.route.method, live);
        return;
      }
      node = segment.kind === 'param' ? (node.param ??= newNode()) : child(node, segment.text);
      literal = literal !== null && segment.kind === 'literal' && plain.test(segment.text) ? `${literal}/${segment.text}` : null;
    }
    node.here.set(live.route.method, live);
    if (literal !== null) {
      const methods = this.#literal.get(literal) ?? new Map<string, FoundRoute>();
      this.#literal.set(literal, methods.set(live.route.method, { kind: 'route', route: live }));
    }
  }
}

function search(node: Node, segments: readonly string[], depth: number, method: string, others: LiveRoute[]): LiveRoute | null {
  if (depth === segments.length) return take(node.here, method, others) ?? take(node.rest, method, others);
  const segment = segments[depth]!;
  const literal = node.literals.get(segment);
  return (
    (literal ? search(literal, segments, depth + 1, method, others) : null) ??
    (node.param && segment !== '' ? search(node.param, segments, depth + 1, method, others) : null) ??
    take(node.rest, method, others)
  );
}

function take(methods: Map<string, LiveRoute>, method: string, others: LiveRoute[]): LiveRoute | null {
  if (methods.size === 0) return null;
  const route = routeFor(methods, method);
  if (!route) others.push(...methods.values());
  return route;
}

function routeFor<T>(methods: Map<string, T>, method: string): T | null {
  return methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined) ?? methods.get('ANY') ?? null;
}

function child(node: Node, text: string): Node {
  let next = node.literals.get(text);
  if (!next) node.literals.set(text, (next = newNode()));
  return next;
}

function newNode(): Node {
  return { literals: new Map(), param: null, here: new Map(), rest: new Map() };
}
