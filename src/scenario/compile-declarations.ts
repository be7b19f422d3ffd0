import { stringifyJson, type Json } from '../base/json.ts';
import { compileRuleAuth, compileScheme, ruleAuthShape, type RuleAuth } from '../auth/index.ts';
import { compileCollection } from '../memory/index.ts';
import type { Collection, MemoryPlan, Scheme, Segment } from '../model/index.ts';
import { compileResource, type ResourceRoute } from '../resources/index.ts';
import { invalid } from '../shapes/index.ts';
import type { CompileSite } from './compiler.ts';
import { SiteCompiler } from './compiler.ts';
import { RouteCounters } from './compile-rule.ts';
import type { Declared, WrittenEntry } from './declarations.ts';
import { DeclaredNames, type RootUses } from './declared-names.ts';
import { checkWholePath, parseResourcePath } from './route-key.ts';

/** What a scenario declares, compiled: what its rules stand on. */
export interface Declarations {
  readonly names: DeclaredNames;
  readonly memory: MemoryPlan | null;
  readonly schemes: readonly Scheme[];
  /** What a rule asks for that does not say; null: nothing. */
  readonly requires: RuleAuth | null;
  readonly resources: readonly CompiledResource[];
}

export interface CompiledResource {
  readonly written: WrittenEntry;
  readonly route: ResourceRoute;
  readonly auth: RuleAuth | null;
}

type Shared = Pick<CompileSite, 'mistakes' | 'fixtures' | 'pending'>;

/** Compiles collections, then schemes (which may look into them), then resources (which may ask for schemes). */
export function compileDeclarations(declared: Declared, uses: RootUses, shared: Shared, nameOf: (entry: WrittenEntry) => string, base: readonly Segment[]): Declarations {
  const names = new DeclaredNames(declared, uses);
  const compilerFor = (entry: WrittenEntry): SiteCompiler => new SiteCompiler({ ...shared, places: entry.places, counters: new RouteCounters(), bound: new Map(), names }, entry.path, `${nameOf(entry)}|${entry.path.join('|')}`);
  if (declared.state) uses.begins(declared.state.text);
  for (const entry of present(declared.collections)) {
    const collection = compileCollection(entry.name, entry.parsed, compilerFor(entry));
    if (collection) names.collections.set(entry.name, collection);
  }
  for (const entry of present(declared.auth)) {
    const scheme = compileScheme(entry.name, entry.parsed, compilerFor(entry), declared.root);
    if (scheme) names.schemes.set(entry.name, scheme);
  }
  const { requires } = declared;
  const required = requires === null ? null : compileRuleAuth(requires.text, new SiteCompiler({ ...shared, places: requires.places, counters: new RouteCounters(), bound: new Map(), names }, requires.path, ''));
  const requiredAuth = required === 'none' ? null : required;
  return {
    names,
    memory: memoryOf(declared, names),
    schemes: [...names.schemes.values()],
    requires: requiredAuth,
    resources: present(declared.resources).flatMap((entry) => resourcesOf(entry, compilerFor(entry), names, requiredAuth, base)),
  };
}

function present(entries: Declared['resources']): readonly WrittenEntry[] {
  return [...entries.values()].filter((entry) => entry.parsed !== undefined && entry.parsed !== null);
}

function resourcesOf(written: WrittenEntry, compiler: SiteCompiler, names: DeclaredNames, requires: RuleAuth | null, base: readonly Segment[]): readonly CompiledResource[] {
  const segments = parseResourcePath(written.name, (mistake) => compiler.mistake(mistake, [], 'key'));
  if (segments === null) return [];
  const secrets = [...names.schemes.values()].flatMap((scheme) => scheme.secretNames);
  const routes = compileResource(written.name, segments, written.parsed, compiler, secrets);
  for (const route of routes) checkWholePath(base, route.segments, (mistake) => compiler.mistake(mistake, [], 'key'));
  const auth = authOf(routes[0]?.auth, compiler.at('auth'), requires);
  return routes.map((route) => ({ written, route, auth }));
}

/** `raw`: as written under the resource's `auth`. */
function authOf(raw: unknown, compiler: SiteCompiler, requires: RuleAuth | null): RuleAuth | null {
  if (raw === undefined) return requires;
  const parsed = ruleAuthShape.parse(raw, [], (path, mistake, at) => compiler.mistake(mistake, path, at));
  if (parsed === invalid) return null;
  const auth = compileRuleAuth(parsed, compiler);
  return auth === 'none' ? null : auth;
}

/** Null for a scenario that remembers nothing. */
function memoryOf(declared: Declared, { uses, collections, schemes }: DeclaredNames): MemoryPlan | null {
  const hidden = [...schemes.values()].flatMap((scheme) => scheme.collections);
  if (declared.state === null && declared.vars.size === 0 && collections.size === 0 && hidden.length === 0) return null;
  const vars: Record<string, Json> = Object.create(null);
  for (const { name, parsed } of declared.vars.values()) vars[name] = (parsed ?? null) as Json;
  const all = new Map<string, Collection>([...collections, ...hidden.map((one): [string, Collection] => [one.name, one])]);
  return {
    state: declared.state?.text ?? null,
    get states() {
      return uses.states;
    },
    vars,
    collections: all,
  };
}

/** Changes when a resource's text does: its counters then start over. */
export function resourceText({ written, route }: CompiledResource): string {
  return `${route.method} ${stringifyJson(written.raw)}`;
}
