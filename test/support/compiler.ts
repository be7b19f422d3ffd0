import { createHash } from 'node:crypto';
import type { Mistake } from '../../src/base/diagnostic.ts';
import type { Path } from '../../src/base/place.ts';
import { compileMatchers, matcherMapShape } from '../../src/matchers/index.ts';
import { compileExpression, compileTemplate, type Scope } from '../../src/expressions/index.ts';
import type { Collection, Compiler, Counter, Expression, Fixture, Matcher, MatcherMap, Reply, Scheme, Template } from '../../src/model/index.ts';
import { compileReply, type ReplyValue } from '../../src/replies/index.ts';
import { Mistakes } from '../../src/scenario/mistakes.ts';
import { readYaml as readScenarioYaml } from '../../src/scenario/read-yaml.ts';
import { invalid } from '../../src/shapes/index.ts';

export interface FoundMistake extends Mistake {
  readonly path: Path;
  readonly at: 'key' | 'value';
}

export interface TestCompilerOptions {
  readonly fixtures?: Readonly<Record<string, string | Buffer>>;
  readonly collections?: readonly Collection[];
  readonly schemes?: readonly Scheme[];
  readonly vars?: readonly string[];
}

/** A compiler that keeps what it is told, for tests of single kinds. */
export class TestCompiler implements Compiler {
  readonly label: string;
  readonly mistakes: FoundMistake[];
  readonly counters: Counter[];
  readonly works: Promise<unknown>[];
  /** Names bound by `as`, and states that were noted. */
  readonly names: string[];
  readonly states: { readonly name: string | null; readonly use: 'enters' | 'asks' }[];
  readonly #path: Path;
  readonly #options: TestCompilerOptions;
  readonly #further: readonly string[];

  constructor(options: TestCompilerOptions = {}, path: Path = [], parent?: TestCompiler, further: readonly string[] = parent ? parent.#further : []) {
    this.#options = options;
    this.#path = path;
    this.#further = further;
    this.label = `test/${path.join('/')}`;
    this.mistakes = parent?.mistakes ?? [];
    this.counters = parent?.counters ?? [];
    this.works = parent?.works ?? [];
    this.names = parent?.names ?? [];
    this.states = parent?.states ?? [];
  }

  at(...path: Path): TestCompiler {
    return new TestCompiler(this.#options, [...this.#path, ...path], this);
  }

  mistake(mistake: Mistake, path: Path = [], at: 'key' | 'value' = 'value'): void {
    this.mistakes.push({ ...mistake, path: [...this.#path, ...path], at });
  }

  expression(source: string): Expression | null {
    const made = compileExpression(source, this.#scope());
    if (!('code' in made)) return made;
    this.mistake(made);
    return null;
  }

  template<T>(value: unknown): Template<T> | null {
    const made = compileTemplate<T>(value, this.#scope());
    if ('template' in made) return made.template;
    for (const mistake of made.mistakes) this.mistake(mistake);
    return null;
  }

  #scope(): Scope {
    const { collections = [] } = this.#options;
    return { label: this.label, bound: [...this.names, ...this.#further], collections: collections.map(({ name }) => name), fixture: (name) => this.#find(name) ?? { code: 'missing-fixture', message: `There is no fixture \`${name}\`` } };
  }

  #find(name: string): Fixture | null {
    const content = this.#options.fixtures?.[name];
    if (content === undefined) return null;
    const bytes = Buffer.from(content);
    return { name, path: `/fixtures/${name}`, sizeBytes: bytes.length, modifiedMs: 0, read: () => bytes, sha256: () => createHash('sha256').update(bytes).digest('hex') };
  }

  fixture(name: string): Fixture | null {
    const found = this.#find(name);
    if (!found) this.mistake({ code: 'missing-fixture', message: `There is no fixture \`${name}\`` });
    return found;
  }

  fixtureFolder(): ReadonlyMap<string, Fixture> | null {
    return new Map(Object.keys(this.#options.fixtures ?? {}).map((name) => [name, this.fixture(name)!]));
  }

  matchers(map: MatcherMap): Matcher {
    return compileMatchers(map, this);
  }

  reply(value: unknown): Reply {
    return compileReply(value as ReplyValue, this);
  }

  collection(name: string): Collection | null {
    const found = this.#options.collections?.find((one) => one.name === name) ?? null;
    if (!found) this.mistake({ code: 'unknown-collection', message: `There is no collection \`${name}\`` });
    return found;
  }

  scheme(name: string): Scheme | null {
    const found = this.#options.schemes?.find((one) => one.name === name) ?? null;
    if (!found) this.mistake({ code: 'unknown-scheme', message: `There is no scheme \`${name}\`` });
    return found;
  }

  variable(name: string): void {
    if (this.#options.vars && !this.#options.vars.includes(name)) this.mistake({ code: 'unknown-variable', message: `There is no variable \`${name}\`` });
  }

  state(name: string | null, use: 'enters' | 'asks'): void {
    this.states.push({ name, use });
  }

  bind(name: string): void {
    this.names.push(name);
  }

  withNames(names: readonly string[]): TestCompiler {
    return new TestCompiler(this.#options, this.#path, this, [...this.#further, ...names]);
  }

  counter(options: Omit<Counter, 'id'>): Counter {
    const counter = { ...options, id: `${this.#path.join('.')}` };
    this.counters.push(counter);
    return counter;
  }

  before(work: Promise<unknown>): void {
    this.works.push(work.catch((error: unknown) => this.mistake({ code: 'failed-work', message: String(error) })));
  }

  /** Waits for all work given to `before`. */
  async ready(): Promise<this> {
    await Promise.all(this.works);
    return this;
  }
}

/** YAML as scenario files are read. */
export function readYaml(source: string): unknown {
  const mistakes = new Mistakes();
  const { value } = readScenarioYaml('test.yaml', source, mistakes);
  if (mistakes.count > 0) throw new Error(mistakes.sorted().map(({ message }) => message).join('\n'));
  return value;
}

export interface CompiledForTest {
  readonly matcher: Matcher;
  readonly mistakes: readonly FoundMistake[];
  readonly counters: readonly Counter[];
}

/** A map of matchers in YAML (or plain data), checked and compiled. With mistakes, the matcher never holds. */
export async function compileForTest(source: unknown, options: TestCompilerOptions = {}): Promise<CompiledForTest> {
  const compiler = new TestCompiler(options);
  const map = matcherMapShape.parse(typeof source === 'string' ? readYaml(source) : source, [], (path, mistake, at = 'value') => compiler.mistake(mistake, path, at));
  const never: Matcher = { needs: 0, leaves: 1, pins: [], holds: () => false, explain: () => [] };
  const matcher = map === invalid ? never : compileMatchers(map, compiler);
  await compiler.ready();
  return { matcher, mistakes: compiler.mistakes, counters: compiler.counters };
}
