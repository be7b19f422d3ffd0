import { createHash } from 'node:crypto';
import { stringifyJson } from '../base/json.ts';
import type { Path } from '../base/place.ts';
import type { Plan, Route, Rule, Scenario, Segment } from '../model/index.ts';
import { checkParams } from './check-params.ts';
import { compileErrorReply, errorNames, errorReplies, type ErrorReply } from './compile-errors.ts';
import { compileRule, RouteCounters } from './compile-rule.ts';
import { SiteCompiler, type CompileSite } from './compiler.ts';
import type { ScenarioFile, WrittenReply, WrittenRoute, WrittenRule } from './parse-file.ts';
import type { Places } from './places.ts';
import type { ResolvedScenario } from './resolve-extends.ts';
import { checkWholePath } from './route-key.ts';

type Base = ResolvedScenario['base'];
export type SharedSite = Pick<CompileSite, 'mistakes' | 'fixtures' | 'pending'>;

/**
 * Compiles routes, rules and error replies. What a variation inherits unchanged is compiled once and shared, so that the
 * work grows with what is written and not with the number of variations.
 */
export class PlanCompiler {
  readonly #shared: SharedSite;
  /** The scenario in which a place is written: what is random there depends on its name. */
  readonly #names = new Map<Places, string>();
  readonly #routes = new Map<WrittenRoute, Map<string, Route>>();
  readonly #errors = new Map<WrittenReply, ErrorReply | null>();

  constructor(files: readonly ScenarioFile[], shared: SharedSite) {
    this.#shared = shared;
    for (const file of files) this.#names.set(file.places, file.name ?? file.places.file);
  }

  scenario(resolved: ResolvedScenario): Scenario {
    const { own, name, root, summary, base, strict } = resolved;
    const errors = new Map<string, ErrorReply>();
    for (const [status, written] of resolved.errors) {
      const reply = this.#errorReply(written);
      if (reply) errors.set(status, reply);
    }
    return {
      name, root, summary,
      extends: resolved.extends,
      file: own.places.file,
      base: base.text,
      before: this.#before(resolved.before, base, strict),
      routes: [...resolved.routes.values()].map((route) => this.#route(route, base, strict)),
      errors: errorReplies(errors),
    };
  }

  /** Compiles what a file says by itself, for its mistakes: a file whose parents are broken, a route whose key is wrong. */
  leftovers(file: ScenarioFile, resolved: ResolvedScenario | undefined): void {
    const base = resolved?.base ?? file.base ?? { text: '', segments: [] };
    const strict = resolved?.strict ?? file.strict ?? false;
    for (const route of file.routes ?? []) if (!this.#routes.has(route)) this.#route(route, base, strict);
    for (const reply of file.errors?.values() ?? []) if (!this.#errors.has(reply)) this.#errorReply(reply);
    if (!resolved && file.before) this.#before(file.before, base, strict);
  }

  #route(written: WrittenRoute, base: Base, strict: boolean): Route {
    const compiled = this.#routes.get(written) ?? new Map<string, Route>();
    this.#routes.set(written, compiled);
    const variant = `${strict} ${base.text}`;
    const known = compiled.get(variant);
    if (known) return known;
    const segments = written.key?.segments ?? [];
    if (written.key) checkWholePath(base.segments, segments, (mistake) => this.#shared.mistakes.add(written.places, written.path, mistake, 'key'));
    if (written.key) checkParams(written, [...base.segments, ...segments], this.#shared.mistakes);
    const id = written.key ? `${written.key.method} ${base.text}${written.key.path}` : written.written;
    const route = this.#compile({ id, method: written.key?.method ?? 'ANY', segments: [...base.segments, ...segments], rules: written.rules ?? [], places: written.places, path: written.path, raw: written.raw, strict, before: false });
    compiled.set(variant, route);
    return route;
  }

  #before(rules: readonly WrittenRule[], base: Base, strict: boolean): Route | null {
    const [first] = rules;
    if (!first) return null;
    return this.#compile({ id: 'before', method: 'ANY', segments: [...base.segments, { kind: 'rest' }], rules, places: first.places, path: ['before'], raw: rules.map(({ raw }) => raw), strict, before: true });
  }

  #compile(given: { id: string; method: string; segments: readonly Segment[]; rules: readonly WrittenRule[]; places: Places; path: Path; raw: unknown; strict: boolean; before: boolean }): Route {
    const { id, method, segments, strict, before } = given;
    const counters = new RouteCounters();
    const rules = given.rules.flatMap((written, index): readonly Rule[] => {
      const compiler = new SiteCompiler({ ...this.#shared, places: written.places, counters, bound: [] }, written.path, `${this.#names.get(written.places)}|${id}|${index}`);
      const rule = compileRule(written, index, { strict, before }, compiler);
      return rule ? [rule] : [];
    });
    return {
      id, method, segments, rules,
      counters: counters.all(),
      needs: rules.reduce((sum, rule) => sum | rule.needs, 0),
      place: given.places.place(given.path, 'key'),
      fingerprint: createHash('sha256').update(stringifyJson(given.raw)).digest('base64url').slice(0, 22),
    };
  }

  #errorReply(written: WrittenReply): ErrorReply | null {
    const known = this.#errors.get(written);
    if (known !== undefined) return known;
    const site: CompileSite = { ...this.#shared, places: written.places, counters: new RouteCounters(), bound: errorNames };
    const reply = written.parsed ? compileErrorReply(written.parsed, new SiteCompiler(site, written.path, `${this.#names.get(written.places)}|${written.path.join('|')}`)) : null;
    this.#errors.set(written, reply);
    return reply;
  }
}

/** The plan of all scenarios, by name. */
export function planOf(scenarios: readonly Scenario[]): Plan {
  const inOrder = [...scenarios].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { scenarios: new Map(inOrder.map((scenario) => [scenario.name, scenario])), roots: inOrder.filter((scenario) => scenario.extends === null).map(({ name }) => name) };
}
