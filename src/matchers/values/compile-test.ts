import { isNumeric } from '../../base/json.ts';
import type { Shortfall } from '../mismatch.ts';
import { compileOperator, equality, scalarText, type Check, type Nested } from './checks.ts';
import { isTestMap, type Domain, type OperatorName } from './operators.ts';
import type { TestSite } from './pattern.ts';
import { showValues } from './words.ts';

export { textNearness, type Nested } from './checks.ts';

/** A compiled test of one value, or of the several that stand under one name. */
export interface ValueTest {
  /** Completes "expected …". */
  readonly expected: string;
  /** The one text that passes, where the test is plain equality of text; null otherwise. */
  readonly exact: string | null;
  /** Whether something with an upper bound failed: too large rather than wrong. */
  isTooLarge(value: unknown): boolean;
  /** `undefined` is a value that is not there. */
  passes(value: unknown): boolean;
  /** Of several values any one; `not` and `present: false` speak of all of them. None is a value that is not there. */
  passesAny(values: readonly unknown[]): boolean;
  shortfall(values: readonly unknown[]): Shortfall;
}

/** Compiles what a test shape has read. `nested` compiles JSON inside operators; other domains need none. */
export function compileTest(raw: unknown, domain: Domain, site: TestSite, nested?: Nested): ValueTest {
  if (!isTestMap(raw)) {
    const check = equality(raw, domain, false);
    return new Conjunction([check], [], null, domain, domain === 'text' ? scalarText(raw) : null);
  }
  const names = Object.keys(raw) as OperatorName[];
  const fold = raw.ignoreCase === true;
  const checks = names.flatMap((name) => compileOperator(name, raw[name], fold, domain, site.at(name), nested, countOf) ?? []);
  const nots = 'not' in raw ? [compileNot(raw.not, fold, domain, site.at('not'), nested)] : [];
  const presence = typeof raw.present === 'boolean' ? raw.present : null;
  const exact = domain === 'text' && 'equals' in raw && names.length === 1 ? scalarText(raw.equals) : null;
  return new Conjunction(checks, nots, presence, domain, exact);
}

class Conjunction implements ValueTest {
  readonly expected: string;
  readonly exact: string | null;
  readonly #checks: readonly Check[];
  readonly #nots: readonly ValueTest[];
  readonly #presence: boolean | null;
  readonly #domain: Domain;
  readonly #absentPasses: boolean;

  constructor(checks: readonly Check[], nots: readonly ValueTest[], presence: boolean | null, domain: Domain, exact: string | null) {
    this.#checks = checks;
    this.#nots = nots;
    this.#presence = presence;
    this.#domain = domain;
    this.exact = exact;
    this.#absentPasses = presence === false || (presence === null && checks.length === 0) ? nots.every((not) => !not.passes(undefined)) : false;
    const presenceWords = presence === null || (presence && checks.length > 0) ? [] : [presence ? 'something' : 'nothing'];
    this.expected = [...presenceWords, ...checks.map((check) => check.words), ...nots.map(notInWords)].join(' and ');
  }

  passes(value: unknown): boolean {
    if (value === undefined) return this.#absentPasses;
    if (this.#presence === false) return false;
    if (this.exact !== null) return value === this.exact;
    for (const check of this.#checks) if (!check.passes(value)) return false;
    for (const not of this.#nots) if (not.passes(value)) return false;
    return true;
  }

  passesAny(values: readonly unknown[]): boolean {
    if (values.length === 0) return this.#absentPasses;
    if (values.length === 1) return this.passes(values[0]);
    if (this.#presence === false) return false;
    if (this.exact !== null) return values.includes(this.exact);
    for (const not of this.#nots) if (not.passesAny(values)) return false;
    return this.#checks.length === 0 || values.some((value) => this.#checks.every((check) => check.passes(value)));
  }

  isTooLarge(value: unknown): boolean {
    return value !== undefined && this.#checks.some((check) => check.upperBound === true && !check.passes(value));
  }

  shortfall(values: readonly unknown[]): Shortfall {
    const got = showValues(values, this.#domain);
    if (values.length !== 1) return { expected: this.expected, got, nearness: values.length === 0 ? 0 : Math.max(...values.slice(0, 20).map((value) => this.#nearness(value))) };
    const [value] = values;
    if (this.#presence === false) return { expected: 'nothing', got, nearness: 0 };
    const failed = [...this.#checks.filter((check) => !check.passes(value)).map((check) => check.words), ...this.#nots.filter((not) => not.passes(value)).map(notInWords)];
    return { expected: failed.join(' and ') || this.expected, got, nearness: this.#nearness(value) };
  }

  #nearness(value: unknown): number {
    const all = this.#checks.length + this.#nots.length;
    if (all === 0) return 0;
    const sum = this.#checks.reduce((total, check) => total + (check.passes(value) ? 1 : (check.nearness?.(value) ?? 0)), 0);
    return (sum + this.#nots.filter((not) => !not.passes(value)).length) / all;
  }
}

function notInWords(not: ValueTest): string {
  if (not.expected === 'something') return 'nothing';
  return not.expected === 'nothing' ? 'something' : `anything but ${not.expected}`;
}

function compileNot(raw: unknown, fold: boolean, domain: Domain, site: TestSite, nested: Nested | undefined): ValueTest {
  const folded = fold && typeof raw === 'string' ? { equals: raw, ignoreCase: true } : fold && isTestMap(raw) && !('ignoreCase' in raw) && canFold(raw) ? { ...(raw as object), ignoreCase: true } : raw;
  if (!nested || isTestMap(folded) || typeof folded !== 'object' || folded === null || isNumeric(folded)) return compileTest(folded, domain, site, nested);
  const inner = nested(folded, site);
  return new Conjunction([{ words: inner.expected, passes: (value) => inner.passes(value) }], [], null, domain, null);
}

function canFold(raw: object): boolean {
  return ['equals', 'contains', 'startsWith', 'endsWith', 'matches', 'oneOf'].some((name) => name in raw);
}

function countOf(raw: unknown, site: TestSite): ValueTest {
  return compileTest(raw, 'count', site);
}
