import { need, type Facts, type Matcher, type MatcherExample, type MatcherKind, type Mismatch, type Multi, type Needs, type Pin } from '../model/index.ts';
import { mapOf, type Shape } from '../shapes/index.ts';
import { mismatch, mismatchInWords, named, nearName } from './mismatch.ts';
import { compileTest, type ValueTest } from './values/compile-test.ts';
import { textTest } from './values/test-shape.ts';
import type { Scalar, Test } from './values/test-types.ts';

/** A place where a request has values under names. */
interface NamedPlace {
  readonly key: string;
  /** "query `id`" begins a sentence. */
  readonly label: string;
  readonly about: string;
  readonly needs: Needs;
  readonly pins: Pin['in'] | null;
  readonly fold?: (name: string) => string;
  readonly shape?: Shape<NamedTests, NamedTestsIn>;
  readonly examples: readonly MatcherExample[];
  values(facts: Facts, name: string): readonly string[];
  names(facts: Facts): Iterable<string>;
}

export type NamedTests = Readonly<Record<string, unknown>>;
export type NamedTestsIn = Readonly<Record<string, Test<Scalar>>>;
export type NamedKind = MatcherKind<NamedTests, NamedTestsIn>;

interface NamedTest {
  readonly name: string;
  readonly shown: string;
  readonly test: ValueTest;
}

export const none: readonly string[] = [];

/** The values under a name, or none. */
export function valuesOf(multi: Multi | null, name: string): readonly string[] {
  return multi?.get(name) ?? none;
}

/** The kind of matcher that tests named values: of repeated values any one passes. */
export function namedValues(place: NamedPlace): NamedKind {
  const { key, about, examples } = place;
  return {
    key, about, examples,
    shape: place.shape ?? mapOf(textTest, { expected: 'a map of names to values or tests', about }),
    compile(value, compiler) {
      const tests = Object.keys(value).map((name): NamedTest => ({ name: place.fold?.(name) ?? name, shown: name, test: compileTest(value[name], 'text', compiler.at(name)) }));
      return new NamedMatcher(place, tests);
    },
  };
}

class NamedMatcher implements Matcher {
  readonly needs: Needs;
  readonly leaves: number;
  readonly pins: readonly Pin[];
  readonly #place: NamedPlace;
  readonly #tests: readonly NamedTest[];

  constructor(place: NamedPlace, tests: readonly NamedTest[]) {
    this.#place = place;
    this.#tests = tests;
    this.needs = tests.length === 0 ? need.nothing : place.needs;
    this.leaves = tests.length;
    this.pins = place.pins === null ? [] : tests.flatMap(({ name, test }) => (test.exact === null ? [] : { in: place.pins!, name, value: test.exact }));
  }

  holds(facts: Facts): boolean {
    for (let index = 0; index < this.#tests.length; index += 1) {
      const { name, test } = this.#tests[index]!;
      if (!test.passesAny(this.#place.values(facts, name))) return false;
    }
    return true;
  }

  explain(facts: Facts): readonly Mismatch[] {
    return this.#tests.flatMap((one) => this.#explainOne(one, facts) ?? []);
  }

  #explainOne({ name, shown, test }: NamedTest, facts: Facts): Mismatch | null {
    const values = this.#place.values(facts, name);
    if (test.passesAny(values)) return null;
    const at = `${this.#place.key}.${name}`;
    const label = `${this.#place.label} ${named(shown)}`;
    const instead = values.length === 0 ? nearName(name, this.#place.names(facts)) : null;
    if (instead === null) return mismatch(at, label, test.shortfall(values));
    return mismatchInWords(at, `${label}: missing; got ${named(instead)}`, test.expected, `nothing, but ${named(instead)}`, 0.5);
  }
}
