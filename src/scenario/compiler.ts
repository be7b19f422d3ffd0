import type { Mistake } from '../base/diagnostic.ts';
import type { Path } from '../base/place.ts';
import { compileExpression, compileTemplate, type ExpressionMistake, type Scope } from '../expressions/index.ts';
import { compileMatchers } from '../matchers/index.ts';
import type { Compiler, Counter, Expression, Fixture, FixtureSource, Matcher, MatcherMap, Template } from '../model/index.ts';
import type { RouteCounters } from './compile-rule.ts';
import type { Mistakes } from './mistakes.ts';
import type { Places } from './places.ts';

/** What the compilers of one route share. */
export interface CompileSite {
  readonly places: Places;
  readonly mistakes: Mistakes;
  readonly fixtures: FixtureSource;
  readonly counters: RouteCounters;
  /** Work that is awaited before the plan serves. */
  readonly pending: Promise<void>[];
  /** Names that expressions may use beside the language's own. */
  readonly bound: readonly string[];
}

/** The compiler of one value of a scenario file: knows where it stands. */
export class SiteCompiler implements Compiler {
  readonly #site: CompileSite;
  readonly #path: Path;
  readonly label: string;

  constructor(site: CompileSite, path: Path, label: string) {
    this.#site = site;
    this.#path = path;
    this.label = label;
  }

  at(...path: Path): Compiler {
    return new SiteCompiler(this.#site, [...this.#path, ...path], `${this.label}.${path.join('.')}`);
  }

  mistake(mistake: Mistake, path: Path = [], at?: 'key' | 'value'): void {
    this.#site.mistakes.add(this.#site.places, [...this.#path, ...path], mistake, at);
  }

  expression(source: string): Expression | null {
    const compiled = compileExpression(source, this.#scope());
    if (!('code' in compiled)) return compiled;
    const { further = [], ...first } = compiled;
    for (const mistake of [first, ...further]) this.#place([], mistake);
    return null;
  }

  template<T = unknown>(value: unknown): Template<T> | null {
    const compiled = compileTemplate<T>(value, this.#scope());
    if ('template' in compiled) return compiled.template;
    for (const { path, at, ...mistake } of compiled.mistakes) this.#place(path, mistake, at);
    return null;
  }

  fixture(name: string): Fixture | null {
    const found = this.#site.fixtures.file(name);
    if (!('code' in found)) return found;
    this.mistake(found);
    return null;
  }

  fixtureFolder(name: string): ReadonlyMap<string, Fixture> | null {
    const found = this.#site.fixtures.folder(name);
    if (!('code' in found)) return found;
    this.mistake(found);
    return null;
  }

  matchers(map: MatcherMap): Matcher {
    return compileMatchers(map, this);
  }

  counter(options: Omit<Counter, 'id'>): Counter {
    return this.#site.counters.register(options);
  }

  before(work: Promise<unknown>): void {
    this.#site.pending.push(work.then(() => undefined, (error: unknown) => this.mistake({ code: 'cannot-prepare', message: error instanceof Error ? error.message : String(error) })));
  }

  #place(path: Path, mistake: ExpressionMistake, at: 'key' | 'value' = 'value'): void {
    this.#site.mistakes.add(this.#site.places, [...this.#path, ...path], mistake, at, mistake.offset);
  }

  #scope(): Scope {
    return { label: this.label, bound: this.#site.bound, fixture: (name) => this.#site.fixtures.file(name) };
  }
}
