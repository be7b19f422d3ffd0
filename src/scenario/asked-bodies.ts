import { stringifyJson } from '../base/json.ts';
import type { Plan, Route, Scenario } from '../model/index.ts';
import { readScenarios } from './load-scenarios.ts';
import { Mistakes } from './mistakes.ts';
import type { WrittenRoute, WrittenRule } from './parse-file.ts';
import type { ResolvedScenario } from './resolve-extends.ts';
import type { Source } from './source.ts';

/** What a route asks of a body, as it is written: for what shows people how to call it. */
export type AskedBody =
  /** The matchers of a body under `expect` or `when`, by their keys: `json`, `multipart` … */
  | { readonly kind: 'matchers'; readonly asked: Readonly<Record<string, unknown>> }
  /** A row of this collection, without the fields that the server fills. */
  | { readonly kind: 'row'; readonly collection: string; readonly schema: unknown; readonly filled: readonly string[] }
  /** Names that expressions take out of the body. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'upload' }
  | { readonly kind: 'none' };

const bodyMatchers = ['multipart', 'json', 'schema', 'form', 'text', 'xpath', 'contentType'] as const;

/** Says of each route of a plan, which has been made of these sources, what it asks of a body. */
export async function askedBodies(sources: readonly Source[], plan: Plan): Promise<(scenario: Scenario, route: Route) => AskedBody> {
  const { resolved } = await readScenarios(sources, false, new Mistakes());
  const ask = (scenario: Scenario, route: Route): AskedBody => {
    const written = resolved.get(scenario.name);
    const own: AskedBody = written ? askedHere(written, route) : { kind: 'none' };
    if (own.kind === 'row' || own.kind === 'matchers') return own;
    // A variation mostly says another reply alone: clients send what its parent asks for.
    const parent = scenario.extends === null ? undefined : plan.scenarios.get(scenario.extends);
    const same = parent?.routes.find((other) => other.id === route.id);
    const inherited: AskedBody = parent && same ? ask(parent, same) : { kind: 'none' };
    return inherited.kind === 'none' ? own : inherited;
  };
  return ask;
}

function askedHere(scenario: ResolvedScenario, { id, method }: Route): AskedBody {
  const { base, routes, declared } = scenario;
  const written = [...routes.values()].find(({ key }) => key !== null && `${key.method} ${base.text}${key.path}` === id);
  if (written) return askedByRoute(scenario, written);
  const path = id.slice(method.length + 1 + base.text.length);
  const resource = [...declared.resources.values()].find(({ name }) => path === name || (path.startsWith(`${name}/{`) && path.endsWith('}')));
  if (!resource) return { kind: 'none' };
  const value = resource.parsed as string | { readonly of: string };
  return rowOf(scenario, typeof value === 'string' ? value : value.of);
}

function askedByRoute(scenario: ResolvedScenario, { rules }: WrittenRoute): AskedBody {
  const written = rules ?? [];
  const rows = written.flatMap(({ parsed }) => insertedBody(parsed?.do) ?? []).map((name) => rowOf(scenario, name));
  // The collection's schema says more than a rule that takes whatever is a row.
  const described = rows.find((row) => row.kind === 'row' && row.schema !== undefined);
  if (described) return described;
  for (const part of ['expect', 'when'] as const) {
    for (const { parsed } of written) {
      const asked = asksOfBody(parsed?.[part]);
      if (asked !== null) return { kind: 'matchers', asked };
    }
  }
  return rows[0] ?? written.map(askedByWords).find(({ kind }) => kind !== 'none') ?? { kind: 'none' };
}

/** The collection into which a rule's changes put the whole body; null when they do not. */
function insertedBody(changes: unknown): string | null {
  for (const change of Array.isArray(changes) ? changes : [changes]) {
    const { in: collection, value, values } = ((change as { readonly insert?: object } | undefined)?.insert ?? {}) as { readonly in?: string; readonly value?: unknown; readonly values?: unknown };
    if (collection !== undefined && [value, values].some((one) => typeof one === 'string' && /\bbody\b(?!\.)/.test(one))) return collection;
  }
  return null;
}

/** The matchers of the body, those under `all` and the first of `any` included; null when there are none. */
function asksOfBody(map: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof map !== 'object' || map === null) return null;
  const matchers = map as Readonly<Record<string, unknown>>;
  const { all, any } = matchers as { readonly all?: readonly unknown[]; readonly any?: readonly unknown[] };
  const inner = [...(all ?? []), ...(any ?? []).slice(0, 1)].map(asksOfBody);
  const own = Object.fromEntries(bodyMatchers.filter((key) => matchers[key] !== undefined).map((key) => [key, matchers[key]]));
  const asked = Object.assign({}, ...inner, own) as Readonly<Record<string, unknown>>;
  return Object.keys(asked).some((key) => key !== 'contentType') ? asked : null;
}

/** What a rule takes out of the body without a word of what it must be. */
function askedByWords({ raw }: WrittenRule): AskedBody {
  const text = stringifyJson(raw);
  const names = [...new Set([...text.matchAll(/\bbody\.([a-zA-Z_]\w*)/g)].map((found) => found[1]!))];
  if (names.length > 0) return { kind: 'names', names };
  return /\bparts\.|"upload":/.test(text) ? { kind: 'upload' } : { kind: 'none' };
}

function rowOf({ declared }: ResolvedScenario, collection: string): AskedBody {
  const value = declared.collections.get(collection)?.parsed as { readonly schema?: unknown; readonly onInsert?: object; readonly onWrite?: object } | undefined;
  return { kind: 'row', collection, schema: value?.schema, filled: [...Object.keys(value?.onInsert ?? {}), ...Object.keys(value?.onWrite ?? {})] };
}
