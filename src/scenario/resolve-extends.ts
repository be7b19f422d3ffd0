import { didYouMean } from '../base/nearest.ts';
import { formatPlace } from '../base/place.ts';
import { show } from '../base/show.ts';
import type { Segment } from '../model/index.ts';
import { layDeclarations, type Declared } from './declarations.ts';
import type { Mistakes } from './mistakes.ts';
import type { ScenarioFile, WrittenReply, WrittenRoute, WrittenRule } from './parse-file.ts';
import type { WrittenVerifyEntry } from './parse-verify.ts';

/** A scenario with its parents laid under it. */
export interface ResolvedScenario {
  readonly own: ScenarioFile;
  readonly name: string;
  readonly extends: string | null;
  readonly root: string;
  readonly summary: string | null;
  readonly base: { readonly text: string; readonly segments: readonly Segment[] };
  readonly strict: boolean;
  readonly before: readonly WrittenRule[];
  /** By method and shape of the path without the base. */
  readonly routes: ReadonlyMap<string, WrittenRoute>;
  readonly errors: ReadonlyMap<string, WrittenReply>;
  readonly declared: Declared;
  readonly verify: readonly WrittenVerifyEntry[];
}

const noBase = { text: '', segments: [] };

/**
 * Lays every scenario over its parents, parents first. Tells names used twice, parents that are not there and cycles;
 * scenarios that depend on one of those, or on an unreadable file (`unreadable`: their names), are left out.
 */
export function resolveExtends(files: readonly ScenarioFile[], unreadable: ReadonlySet<string>, strict: boolean, mistakes: Mistakes): ReadonlyMap<string, ResolvedScenario> {
  const byName = new Map<string, ScenarioFile>();
  for (const file of files) {
    if (file.name === null) continue;
    const first = byName.get(file.name);
    if (first) mistakes.add(file.places, ['scenario'], { code: 'duplicate-scenario', message: `Two scenarios are named \`${file.name}\``, expected: 'a name of its own', got: `the name of ${formatPlace(first.places.place(['scenario']))}`, fix: 'Give one of them another name' });
    else byName.set(file.name, file);
  }
  const resolved = new Map<string, ResolvedScenario | null>();
  for (const file of byName.values()) resolveChain(file, { byName, unreadable, strict, resolved, mistakes });
  const whole = new Map<string, ResolvedScenario>();
  for (const [name, scenario] of resolved) if (scenario) whole.set(name, scenario);
  return whole;
}

interface Resolving {
  readonly byName: ReadonlyMap<string, ScenarioFile>;
  readonly unreadable: ReadonlySet<string>;
  readonly strict: boolean;
  /** Null for what cannot be resolved. */
  readonly resolved: Map<string, ResolvedScenario | null>;
  readonly mistakes: Mistakes;
}

/** Resolves a scenario and, before it, those it extends: a loop rather than a recursion, for chains of any length. */
function resolveChain(file: ScenarioFile, { byName, unreadable, strict, resolved, mistakes }: Resolving): void {
  const chain: ScenarioFile[] = [];
  const onChain = new Set<string>();
  let parent: ResolvedScenario | null | undefined;
  for (let current: ScenarioFile | undefined = file; current;) {
    const name: string = current.name!;
    if (resolved.has(name)) {
      parent = resolved.get(name);
      break;
    }
    if (onChain.has(name)) {
      tellCycle(chain, name, mistakes);
      parent = null;
      break;
    }
    chain.push(current);
    onChain.add(name);
    const wanted: string | null = current.extends;
    if (wanted === null) break;
    const next: ScenarioFile | undefined = byName.get(wanted);
    if (!next) {
      parent = null;
      if (!unreadable.has(wanted)) mistakes.add(current.places, ['extends'], { code: 'unknown-scenario', message: `There is no scenario \`${wanted}\` to extend`, expected: 'the name of a loaded scenario', got: show(wanted), fix: didYouMean(wanted, byName.keys()) });
    }
    current = next;
  }
  for (const child of chain.reverse()) {
    const scenario: ResolvedScenario | null = parent === null ? null : lay(child, parent ?? null, strict, mistakes);
    resolved.set(child.name!, scenario);
    parent = scenario;
  }
}

function tellCycle(chain: readonly ScenarioFile[], name: string, mistakes: Mistakes): void {
  const members = chain.slice(chain.findIndex((file) => file.name === name));
  const first = [...members].sort((a, b) => (a.places.file < b.places.file ? -1 : 1))[0]!;
  const from = members.indexOf(first);
  const round = [...members.slice(from), ...members.slice(0, from), first].map((file) => `\`${file.name}\``).join(' → ');
  const message = members.length === 1 ? `\`${name}\` extends itself` : 'Scenarios extend each other in a circle';
  mistakes.add(first.places, ['extends'], { code: 'extends-cycle', message, got: round, fix: 'Let one of them extend nothing' });
}

function lay(own: ScenarioFile, parent: ResolvedScenario | null, strict: boolean, mistakes: Mistakes): ResolvedScenario {
  const name = own.name!;
  return {
    own, name,
    extends: own.extends,
    root: parent?.root ?? name,
    summary: own.summary === undefined ? (parent?.summary ?? null) : own.summary,
    base: own.base === undefined ? (parent?.base ?? noBase) : (own.base ?? noBase),
    strict: own.strict === undefined ? (parent?.strict ?? strict) : (own.strict ?? strict),
    before: own.before === null ? [] : [...(own.before ?? []), ...(parent?.before ?? [])],
    routes: layRoutes(own, parent, mistakes),
    errors: layErrors(own, parent, mistakes),
    declared: layDeclarations(own.declarations, parent?.declared ?? null, parent?.root ?? name, own.extends, mistakes),
    verify: own.verify === undefined ? (parent?.verify ?? []) : (own.verify ?? []),
  };
}

function layRoutes(own: ScenarioFile, parent: ResolvedScenario | null, mistakes: Mistakes): ReadonlyMap<string, WrittenRoute> {
  if (own.routes === null) return new Map();
  if (own.routes.length === 0 && parent) return parent.routes;
  const routes = new Map(parent?.routes);
  for (const route of own.routes) {
    if (!route.key) continue;
    if (route.rules !== null) routes.set(route.shape, route);
    else if (!routes.delete(route.shape)) {
      const known = [...(parent?.routes.values() ?? [])].map(({ written }) => written);
      mistakes.add(route.places, route.path, { code: 'nothing-to-remove', message: `\`null\` takes out \`${route.written}\`, which \`${own.extends}\` does not have`, expected: 'a route of the scenario that this one extends', got: `\`${route.written}\``, fix: didYouMean(route.written, known) }, 'key');
    }
  }
  return routes;
}

function layErrors(own: ScenarioFile, parent: ResolvedScenario | null, mistakes: Mistakes): ReadonlyMap<string, WrittenReply> {
  if (own.errors === null) return new Map();
  const errors = new Map(parent?.errors);
  for (const [status, reply] of own.errors) {
    if (reply.parsed !== null) errors.set(status, reply);
    else if (!errors.delete(status)) mistakes.add(reply.places, reply.path, { code: 'nothing-to-remove', message: `\`null\` takes out \`${status}\`, which the errors of \`${own.extends}\` do not have` }, 'key');
  }
  return errors;
}
