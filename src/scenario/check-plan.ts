import { formatPlace } from '../base/place.ts';
import type { Mistakes } from './mistakes.ts';
import type { ScenarioFile, WrittenRoute, WrittenRule } from './parse-file.ts';
import type { ResolvedScenario } from './resolve-extends.ts';
import { pathShape } from './route-key.ts';
import { Reachability } from './reachability.ts';

/** Mistakes that show only between rules, routes and scenarios. */
export function checkPlan(files: readonly ScenarioFile[], scenarios: ReadonlyMap<string, ResolvedScenario>, mistakes: Mistakes): void {
  for (const file of files) {
    checkRules(file.before ?? [], (rule) => rule.parsed === null || rule.parsed.respond !== undefined, mistakes);
    checkSpellings(file.routes ?? [], mistakes);
    for (const route of file.routes ?? []) checkRules(route.rules ?? [], () => true, mistakes);
  }
  checkClaims(scenarios, mistakes);
}

/** Rules that no request reaches, because an earlier one answers first. */
function checkRules(rules: readonly WrittenRule[], answers: (rule: WrittenRule) => boolean, mistakes: Mistakes): void {
  if (rules.length < 2) return;
  const seen = new Reachability<WrittenRule>();
  for (const rule of rules) {
    if (typeof rule.raw !== 'object' || rule.raw === null) continue;
    const when: unknown = (rule.raw as Record<string, unknown>)['when'];
    const blocker = seen.blocker(when);
    if (blocker) {
      const { line } = blocker.rule.places.place(blocker.rule.path);
      const on = rule.places.words(rule.path) === null ? `on line ${line} ` : '';
      const above = `the one ${on}above it`;
      const reason = blocker.always ? `${above} has no \`when\` and always answers` : blocker.same ? `${above} has the same \`when\`` : `whatever its \`when\` lets through, ${above} answers first`;
      const fix = blocker.same ? 'For other replies later on, give the first rule a list under `respond`' : 'Move it up, before the more general rule';
      mistakes.add(rule.places, rule.path, { code: 'unreachable-rule', message: `This rule is never reached: ${reason}`, fix });
    } else if (answers(rule)) seen.add(when, rule);
  }
}

/** `/a/{x}` and `/a/{y}` are one route written twice. */
function checkSpellings(routes: readonly WrittenRoute[], mistakes: Mistakes): void {
  const seen = new Map<string, WrittenRoute>();
  for (const route of routes) {
    if (!route.key) continue;
    const first = seen.get(route.shape);
    if (first) mistakes.add(route.places, route.path, { code: 'duplicate-route', message: `\`${route.written}\` is the same route as \`${first.written}\`${lineOf(first)}`, fix: 'Put the rules of both under one of them' }, 'key');
    else seen.set(route.shape, route);
  }
}

function lineOf(route: WrittenRoute): string {
  return route.places.words(route.path) === null ? ` on line ${route.places.place(route.path, 'key').line}` : '';
}

interface Claim {
  readonly scenario: ResolvedScenario;
  readonly route: WrittenRoute;
}

/** Two scenarios that are active at once must not answer the same requests: roots, and a variation beside the other roots. */
function checkClaims(scenarios: ReadonlyMap<string, ResolvedScenario>, mistakes: Mistakes): void {
  const claims = new Map<string, Map<string, Claim>>();
  const inOrder = [...scenarios.values()].sort((a, b) => (a.own.places.file < b.own.places.file ? -1 : a.own.places.file > b.own.places.file ? 1 : 0));
  for (const scenario of inOrder) {
    if (scenario.root !== scenario.name) continue;
    for (const route of scenario.routes.values()) claim(claims, { scenario, route }, true, mistakes);
  }
  for (const scenario of inOrder) {
    if (scenario.root === scenario.name) continue;
    const parent = scenarios.get(scenario.extends ?? '');
    for (const route of scenario.routes.values()) {
      if (parent?.base.text !== scenario.base.text || parent.routes.get(route.shape) !== route) claim(claims, { scenario, route }, false, mistakes);
    }
  }
}

function claim(claims: Map<string, Map<string, Claim>>, own: Claim, keep: boolean, mistakes: Mistakes): void {
  const method = own.route.key!.method;
  const path = pathShape([...own.scenario.base.segments, ...own.route.key!.segments]);
  const byMethod = claims.get(path) ?? new Map<string, Claim>();
  if (keep) claims.set(path, byMethod);
  for (const [taken, other] of byMethod) {
    if (taken !== method && taken !== 'ANY' && method !== 'ANY') continue;
    if (other.scenario.root === own.scenario.root) continue;
    const [name, otherName] = [own.scenario.name, other.scenario.name];
    const otherPlace = formatPlace(other.route.places.place(other.route.path, 'key'));
    mistakes.add(own.route.places, own.route.path, {
      code: 'route-claimed-twice',
      message: keep ? `\`${name}\` and \`${otherName}\` are both active and claim the same route` : `\`${name}\` claims a route of \`${otherName}\`, which is active beside it`,
      got: `\`${idOf(own)}\`, and at ${otherPlace} \`${idOf(other)}\``,
      fix: keep ? 'Give one of them another `base`, or let one extend the other' : undefined,
    }, 'key');
    return;
  }
  if (keep) byMethod.set(method, own);
}

function idOf({ scenario, route }: Claim): string {
  return `${route.key!.method} ${scenario.base.text}${route.key!.path}`;
}
