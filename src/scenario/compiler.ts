import type { Mistake } from '../base/diagnostic.ts';
import type { Path } from '../base/place.ts';
import { show } from '../base/show.ts';
import { celWords, compileExpression, compileTemplate, languageNames, type ExpressionMistake, type Scope } from '../expressions/index.ts';
import { compileMatchers } from '../matchers/index.ts';
import type { Collection, Compiler, Counter, Expression, Fixture, FixtureSource, Held, Matcher, MatcherMap, Reply, Scheme, Template } from '../model/index.ts';
import { compileReply, type ReplyValue } from '../replies/index.ts';
import type { RouteCounters } from './compile-rule.ts';
import type { DeclaredNames } from './declared-names.ts';
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
  /** Names that expressions may use beside the language's own, with what they hold where that is known; what `as` binds is added as the rule is compiled. */
  readonly bound: Map<string, Held | null>;
  /** What the scenario declares. */
  readonly names: DeclaredNames;
}

const boundNames = /^[a-z][a-z0-9_]*$/;

/** The compiler of one value of a scenario file: knows where it stands. */
export class SiteCompiler implements Compiler {
  readonly #site: CompileSite;
  readonly #path: Path;
  readonly #label: string;
  /** Below what the label names. */
  readonly #below: number;

  constructor(site: CompileSite, path: Path, label: string, below: number = path.length) {
    this.#site = site;
    this.#path = path;
    this.#label = label;
    this.#below = below;
  }

  get label(): string {
    return [this.#label, ...this.#path.slice(this.#below)].join('.');
  }

  at(...path: Path): SiteCompiler {
    return new SiteCompiler(this.#site, this.#path.concat(path), this.#label, this.#below);
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

  reply(value: unknown): Reply {
    return compileReply(value as ReplyValue, this);
  }

  collection(name: string): Collection | null {
    const { names } = this.#site;
    const problem = names.problemOfCollection(name);
    if (problem) this.mistake(problem);
    return names.collections.get(name) ?? null;
  }

  scheme(name: string): Scheme | null {
    const { names } = this.#site;
    const problem = names.problemOfScheme(name);
    if (problem) this.mistake(problem);
    else names.uses.usesScheme(name);
    return names.schemes.get(name) ?? null;
  }

  variable(name: string, use?: 'sets' | 'adds'): void {
    const { names, places } = this.#site;
    const problem = names.problemOfVariable(name);
    if (problem) this.mistake(problem);
    else if (use === 'sets') names.uses.sets(name);
    else if (use === 'adds') names.uses.adds({ name, first: names.declared.vars.get(name)?.parsed, places, path: this.#path });
  }

  state(name: string | null, use: 'enters' | 'asks'): void {
    const { names, places } = this.#site;
    if (names.declared.state === null) {
      this.mistake({ code: 'no-state', message: 'The scenario has no state', expected: '`state:` with the first state at the top of the file', fix: 'Write `state: idle` at the top' });
    } else if (use === 'enters') names.uses.enters(name);
    else if (name !== null) names.uses.asks({ state: name, places, path: this.#path });
  }

  bind(name: string, path: Path = [], held: Held | null = null): void {
    const { bound, names } = this.#site;
    const taken = languageNames.has(name) ? 'a name of the language' : celWords.has(name) ? 'a word of CEL, and expressions could not name it' : names.declared.collections.has(name) ? 'the name of a collection' : null;
    if (!boundNames.test(name)) this.mistake({ code: 'bad-name', message: `${show(name)} cannot be a name`, expected: 'a small letter, then small letters, digits and _', got: show(name) }, path);
    else if (taken) this.mistake({ code: 'taken-name', message: `\`${name}\` is ${taken}`, expected: 'a name of its own', got: `\`${name}\``, fix: `Write another name, such as \`the_${name}\`` }, path);
    else bound.set(name, held);
  }

  withNames(names: readonly string[]): Compiler {
    return new SiteCompiler({ ...this.#site, bound: new Map([...this.#site.bound, ...names.map((name) => [name, null] as const)]) }, this.#path, this.#label, this.#below);
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
    const { bound, names } = this.#site;
    return { label: this.label, bound: [...bound.keys()], held: bound, collections: names.collectionNames, vars: names.variableNames, fixture: (name) => this.#site.fixtures.file(name) };
  }
}
