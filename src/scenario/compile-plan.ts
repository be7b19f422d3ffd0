import { stringifyJson } from '../base/json.ts';
import type { Path } from '../base/place.ts';
import type { Plan, Route, Rule, Scenario, Segment } from '../model/index.ts';
import { checkParams } from './check-params.ts';
import { compileErrorReply, errorNames, errorReplies, type ErrorReply } from './compile-errors.ts';
import { compileRule, RouteCounters, type Inherited } from './compile-rule.ts';
import { builtRoutes, checkBuiltRoutes, fingerprintOf, type BuiltRoute } from './built-routes.ts';
import { compileDeclarations, type Declarations } from './compile-declarations.ts';
import { SiteCompiler, type CompileSite } from './compiler.ts';
import { compileVerify } from './compile-verify.ts';
import { layDeclarations, type Declared } from './declarations.ts';
import { RootUses } from './declared-names.ts';
import { Mistakes } from './mistakes.ts';
import type { ScenarioFile, WrittenReply, WrittenRoute, WrittenRule } from './parse-file.ts';
import type { Places } from './places.ts';
import type { ResolvedScenario } from './resolve-extends.ts';
import { checkWholePath } from './route-key.ts';

/** Mistakes that a file may have only because its parents are not at hand. */
const ofParents: ReadonlySet<string> = new Set(['unknown-collection', 'unknown-scheme', 'unknown-variable', 'unknown-name', 'no-state', 'nothing-to-remove']);

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
  readonly #routes = new Map<WrittenRoute, Map<Declarations, Map<string, Route>>>();
  readonly #errors = new Map<WrittenReply, Map<Declarations, ErrorReply | null>>();
  readonly #declarations = new Map<Declared, Declarations>();
  readonly #uses = new Map<string, RootUses>();
  readonly #built: BuiltRoute[] = [];

  constructor(files: readonly ScenarioFile[], shared: SharedSite) {
    this.#shared = shared;
    for (const file of files) this.#names.set(file.places, file.name ?? file.places.file);
  }

  scenario(resolved: ResolvedScenario): Scenario {
    const { own, name, root, summary, base, strict } = resolved;
    const declarations = this.#declared(resolved.declared, resolved.base.segments);
    const errors = new Map<string, ErrorReply>();
    for (const [status, written] of resolved.errors) {
      const reply = this.#errorReply(written, declarations);
      if (reply) errors.set(status, reply);
    }
    const routes = [...resolved.routes.values()].map((route) => this.#route(route, base, strict, declarations));
    const built = builtRoutes(declarations, resolved, routes);
    this.#built.push(...built);
    const before = this.#before(resolved.before, base, strict, declarations);
    const answering = [...routes, ...built.map(({ route }) => route)];
    return {
      name, root, summary,
      extends: resolved.extends,
      file: own.places.file,
      base: base.text,
      before,
      routes: answering,
      errors: errorReplies(errors),
      memory: declarations.memory,
      schemes: declarations.schemes,
      verify: compileVerify(resolved, answering, before, ({ places, path }) => new SiteCompiler({ ...this.#shared, places, counters: new RouteCounters(), bound: new Map(), names: declarations.names }, path, `${this.#names.get(places)}|${path.join('|')}`)),
    };
  }

  /** Compiles what a file says by itself, for its mistakes: a file whose parents are broken, a route whose key is wrong. */
  leftovers(file: ScenarioFile, resolved: ResolvedScenario | undefined): void {
    const base = resolved?.base ?? file.base ?? { text: '', segments: [] };
    const strict = resolved?.strict ?? file.strict ?? false;
    if (!resolved) return this.#alone(file, base, strict);
    const declarations = this.#declared(resolved.declared, resolved.base.segments);
    for (const route of file.routes ?? []) if (!this.#routes.has(route)) this.#route(route, base, strict, declarations);
    for (const reply of file.errors?.values() ?? []) if (!this.#errors.has(reply)) this.#errorReply(reply, declarations);
  }

  /** A file whose parents cannot be read: what it names may be declared there, so nothing is said of that. */
  #alone(file: ScenarioFile, base: Base, strict: boolean): void {
    const mistakes = new Mistakes();
    const compiler = new PlanCompiler([file], { ...this.#shared, mistakes });
    const declarations = compiler.#declared(layDeclarations(file.declarations, null, file.name ?? '', null, mistakes), base.segments);
    for (const route of file.routes ?? []) compiler.#route(route, base, strict, declarations);
    for (const reply of file.errors?.values() ?? []) compiler.#errorReply(reply, declarations);
    if (file.before) compiler.#before(file.before, base, strict, declarations);
    // What is found only while the file is prepared counts as well.
    this.#shared.pending.push(Promise.all(this.#shared.pending).then(() => {
      for (const found of mistakes.sorted()) if (!ofParents.has(found.code)) this.#shared.mistakes.put(found, found);
    }));
  }

  /** Mistakes that show only when all rules of all scenarios are known. */
  checkUses(scenarios: readonly Scenario[], mistakes: Mistakes): void {
    checkBuiltRoutes(this.#built, new Map(scenarios.map(({ name, routes }) => [name, routes])), scenarios.filter((one) => one.extends === null).map(({ name }) => name), mistakes);
    for (const uses of this.#uses.values()) {
      uses.checkStates(mistakes);
      uses.checkVariables(mistakes);
    }
    for (const declared of this.#declarations.keys()) this.#uses.get(declared.root)!.checkSchemes(declared, mistakes);
  }

  #declared(declared: Declared, base: readonly Segment[]): Declarations {
    let known = this.#declarations.get(declared);
    if (!known) {
      const uses = this.#uses.get(declared.root) ?? new RootUses();
      this.#uses.set(declared.root, uses);
      known = compileDeclarations(declared, uses, this.#shared, ({ places }) => this.#names.get(places)!, base);
      this.#declarations.set(declared, known);
    }
    return known;
  }

  #route(written: WrittenRoute, base: Base, strict: boolean, declarations: Declarations): Route {
    const byDeclarations = this.#routes.get(written) ?? new Map<Declarations, Map<string, Route>>();
    this.#routes.set(written, byDeclarations);
    const compiled = byDeclarations.get(declarations) ?? new Map<string, Route>();
    byDeclarations.set(declarations, compiled);
    const variant = `${strict} ${base.text}`;
    const known = compiled.get(variant);
    if (known) return known;
    const segments = written.key?.segments ?? [];
    if (written.key) checkWholePath(base.segments, segments, (mistake) => this.#shared.mistakes.add(written.places, written.path, mistake, 'key'));
    if (written.key) checkParams(written, [...base.segments, ...segments], this.#shared.mistakes);
    const id = written.key ? `${written.key.method} ${base.text}${written.key.path}` : written.written;
    const route = this.#compile({ id, method: written.key?.method ?? 'ANY', segments: [...base.segments, ...segments], rules: written.rules ?? [], places: written.places, path: written.path, raw: written.raw, inherited: { strict, before: false, requires: declarations.requires }, declarations });
    compiled.set(variant, route);
    return route;
  }

  #before(rules: readonly WrittenRule[], base: Base, strict: boolean, declarations: Declarations): Route | null {
    const [first] = rules;
    if (!first) return null;
    return this.#compile({ id: 'before', method: 'ANY', segments: [...base.segments, { kind: 'rest' }], rules, places: first.places, path: ['before'], raw: rules.map(({ raw }) => raw), inherited: { strict, before: true, requires: null }, declarations });
  }

  #compile(given: { id: string; method: string; segments: readonly Segment[]; rules: readonly WrittenRule[]; places: Places; path: Path; raw: unknown; inherited: Inherited; declarations: Declarations }): Route {
    const { id, method, segments, inherited } = given;
    const { names } = given.declarations;
    const counters = new RouteCounters();
    const rules = given.rules.flatMap((written, index): readonly Rule[] => {
      const compiler = new SiteCompiler({ ...this.#shared, places: written.places, counters, bound: new Map(), names }, written.path, `${this.#names.get(written.places)}|${id}|${index}`);
      const rule = compileRule(written, index, inherited, compiler);
      return rule ? [rule] : [];
    });
    let fingerprint: string | undefined;
    return {
      id, method, segments, rules,
      counters: counters.all(),
      needs: rules.reduce((sum, rule) => sum | rule.needs, 0),
      place: given.places.place(given.path, 'key'),
      get fingerprint() {
        return (fingerprint ??= fingerprintOf(stringifyJson(given.raw)));
      },
    };
  }

  #errorReply(written: WrittenReply, declarations: Declarations): ErrorReply | null {
    const byDeclarations = this.#errors.get(written) ?? new Map<Declarations, ErrorReply | null>();
    this.#errors.set(written, byDeclarations);
    const known = byDeclarations.get(declarations);
    if (known !== undefined) return known;
    const site: CompileSite = { ...this.#shared, places: written.places, counters: new RouteCounters(), bound: new Map(errorNames.map((name) => [name, null])), names: declarations.names };
    const reply = written.parsed ? compileErrorReply(written.parsed, new SiteCompiler(site, written.path, `${this.#names.get(written.places)}|${written.path.join('|')}`)) : null;
    byDeclarations.set(declarations, reply);
    return reply;
  }
}

/** The plan of all scenarios, by name. */
export function planOf(scenarios: readonly Scenario[]): Plan {
  const inOrder = [...scenarios].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { scenarios: new Map(inOrder.map((scenario) => [scenario.name, scenario])), roots: inOrder.filter((scenario) => scenario.extends === null).map(({ name }) => name) };
}
