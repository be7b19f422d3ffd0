import type { Mistake } from '../base/diagnostic.ts';
import type { Json } from '../base/json.ts';
import type { Path } from '../base/place.ts';
import type { Shape } from '../shapes/index.ts';
import type { Answer, Body, Reply } from './answer.ts';
import type { Counter, Expression, Facts, Needs, Template } from './facts.ts';
import type { Act, Scheme } from './auth.ts';
import type { Matcher } from './matcher.ts';
import type { Collection, Row } from './memory.ts';

/**
 * What a kind is given to turn a checked value of a scenario file into something that runs. Paths are relative to the
 * value being compiled; `at` goes down into it.
 */
export interface Compiler {
  /** Scenario, route, rule and place: what seeded things depend on, beside the seed and the call. */
  readonly label: string;
  at(...path: Path): Compiler;
  mistake(mistake: Mistake, path?: Path, at?: 'key' | 'value'): void;
  /** A bare CEL expression (`size(body.items) > 3`), or one wrapped in `${{ }}`. Null after a mistake. */
  expression(source: string): Expression | null;
  /** Any value with `${{ }}` in its strings, deep. Null after a mistake. */
  template<T = unknown>(value: unknown): Template<T> | null;
  /** A file under the fixtures folder. Null after a mistake (missing, outside, not a file). */
  fixture(name: string): Fixture | null;
  /** All files under a folder of fixtures, by path relative to it, sorted. Null after a mistake. */
  fixtureFolder(name: string): ReadonlyMap<string, Fixture> | null;
  /** A map of matchers, as under `when`: for `any`, `all` and `not`. */
  matchers(map: MatcherMap): Matcher;
  /** A checked reply, as under `respond`: for `orElse` and `denied`. */
  reply(value: unknown): Reply;
  /** A collection that the scenario declares, by its name. Null after a mistake (did you mean …?). */
  collection(name: string): Collection | null;
  /** A scheme under `auth`. Null after a mistake. */
  scheme(name: string): Scheme | null;
  /** Whether the scenario declares a variable of this name, or any: else a mistake with its fix. `use`: noted, for nothing can be added to text that no rule replaces. */
  variable(name: string, use?: 'sets' | 'adds'): void;
  /** A state that the rule enters (`to`) or asks for: noted, for states that are never entered or left are mistakes. Null: any, an expression gives it. */
  state(name: string | null, use: 'enters' | 'asks'): void;
  /** Makes a name known to every expression of the rule that is compiled after this. A name that is taken or wrong is a mistake. `held`: what it will hold, where that is known. */
  bind(name: string, path?: Path, held?: Held | null): void;
  /** The same place, where expressions have these names too, ahead of the language's own: found in `facts.bound` when they run. */
  withNames(names: readonly string[]): Compiler;
  /** Registers a counter of the rule's route. */
  counter(options: Omit<Counter, 'id'>): Counter;
  /** Work that must be done before the plan serves (a heavy module, a hash). A rejection becomes a mistake. */
  before(work: Promise<unknown>): void;
}

/** What a bound name holds: a list, or a map that has no other fields than these. */
export type Held = { readonly kind: 'list' } | { readonly kind: 'map'; readonly fields: readonly string[] };

/** A fixture file, found and checked at load. */
export interface Fixture {
  /** As written in the scenario. */
  readonly name: string;
  /** Canonical and absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Reads the whole file; for small ones and for `render`. */
  read(): Buffer;
  /** Lower-case hex, worked out once. */
  sha256(): string;
}

/** A checked, not yet compiled map of matchers: key to the parsed value of that key's shape. */
export type MatcherMap = Readonly<Record<string, unknown>>;

/** One key under `when` and `expect`. */
export interface MatcherKind<Out = any, In = any> {
  readonly key: string;
  readonly shape: Shape<Out, In>;
  /** One sentence for the reference page: "holds when …". */
  readonly about: string;
  readonly examples: readonly MatcherExample[];
  compile(value: Out, compiler: Compiler): Matcher;
}

/** An example that is printed in the reference and run as a conformance test. */
export interface MatcherExample {
  /** The value of the key, as YAML. */
  readonly yaml: string;
  readonly request: ExampleRequest;
  /** What the scenario remembers when the request comes. */
  readonly memory?: ExampleMemory;
  readonly holds: boolean;
  /** When it does not hold: the sentences of the explanation. */
  readonly because?: readonly string[];
}

/** Collections by name, each with the key `id`. */
export interface ExampleMemory {
  readonly state?: string;
  readonly vars?: Readonly<Record<string, Json>>;
  readonly rows?: Readonly<Record<string, readonly Row[]>>;
}

export interface ExampleRequest {
  readonly method?: string;
  /** Default `/`. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The content half of a reply. */
export interface Content {
  readonly needs: Needs;
  /** True when neither body nor media type depend on the request. */
  readonly fixed: boolean;
  render(facts: Facts): ContentMade | Promise<ContentMade>;
}

export interface ContentMade {
  readonly body: Body;
  /** The media type with parameters; null for none. `type:` on the reply wins. */
  readonly type: string | null;
}

/** One key of a reply that gives its body. */
export interface ReplyKind<Out = any, In = any> {
  readonly key: string;
  readonly shape: Shape<Out, In>;
  readonly about: string;
  /** Options beside the key that only this kind reads (`render` for `file`), by name. */
  readonly options?: Readonly<Record<string, Shape<any, any>>>;
  readonly examples: readonly ReplyExample[];
  compile(value: Out, compiler: Compiler, options: Readonly<Record<string, unknown>>): Content;
}

export interface ReplyExample {
  /** A whole reply, as YAML. */
  readonly yaml: string;
  readonly status: number;
  /** Headers that must be there, lower-case name to value. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body as text, where it is text. */
  readonly body?: string;
}

/** One kind of fault: its value read into wire instructions. */
export interface FaultKind<Out = any, In = any> {
  readonly key: string;
  /** Shape of the value behind the key; a fault that takes none can also be written as the bare word. */
  readonly shape: Shape<Out, In>;
  /** Whether `fault: KEY` alone is allowed, and with which value it is then compiled. */
  readonly bare: Out | undefined;
  readonly about: string;
  /** Whether it shows only in a body: on HEAD such a fault does nothing. */
  readonly needsBody: (value: Out) => boolean;
  readonly examples: readonly { readonly yaml: string; readonly wire: string }[];
  /** Set when `apply` uses the seed: the fault then differs from call to call. */
  readonly seeded?: boolean;
  apply(value: Out, answer: Answer, seed: number): Answer;
}

/** Where fixtures come from. The files room implements it; the scenario room asks it at load. */
export interface FixtureSource {
  /** The file, or why there is none: a mistake with its fix ("Did you mean …?"). */
  file(name: string): Fixture | Mistake;
  folder(name: string): ReadonlyMap<string, Fixture> | Mistake;
}

/** One key of a change under `do`. */
export interface ChangeKind<Out = any, In = any> {
  readonly key: string;
  readonly shape: Shape<Out, In>;
  readonly about: string;
  /** Options beside the key that this kind reads (`after` is for all that can wait), by name. */
  readonly options?: Readonly<Record<string, Shape<any, any>>>;
  readonly examples: readonly { readonly yaml: string }[];
  compile(value: Out, compiler: Compiler, options: Readonly<Record<string, unknown>>): Act;
}

/** One key of a scheme under `auth`: what kind it is. */
export interface SchemeKind<Out = any, In = any> {
  readonly key: string;
  readonly shape: Shape<Out, In>;
  readonly about: string;
  readonly examples: readonly { readonly yaml: string }[];
  /** `root`: the scenario at the end of the `extends` chain, whose variations share keys and tokens. */
  compile(value: Out, compiler: Compiler, scheme: { readonly name: string; readonly root: string; readonly denied: DeniedReplies }): Scheme;
}

/** Replies under `denied` of a scheme. */
export interface DeniedReplies {
  readonly missing: Reply | null;
  readonly expired: Reply | null;
  readonly forbidden: Reply | null;
  /** For what the others do not cover; `denied: REPLY` sets all. */
  readonly invalid: Reply | null;
}
