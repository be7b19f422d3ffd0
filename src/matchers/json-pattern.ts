import { isNumeric } from '../base/json.ts';
import { show } from '../base/show.ts';
import type { Mismatch } from '../model/index.ts';
import { valueKind } from '../shapes/index.ts';
import { mismatch, type Shortfall } from './mismatch.ts';
import { compileTest, type ValueTest } from './values/compile-test.ts';
import { isTestMap } from './values/operators.ts';
import type { TestSite } from './values/pattern.ts';
import { showValue } from './values/words.ts';

/** What a JSON value must contain at least: a tree of tests. `undefined` is a value that is not there. */
export interface JsonPattern {
  readonly expected: string;
  readonly leaves: number;
  passes(value: unknown): boolean;
  /** Adds every leaf that fails. `path` is empty or like `items[2].id`. */
  explain(value: unknown, path: string, out: Mismatch[]): void;
}

/** Where the mismatches of a pattern are said to be: `body`, or a part. */
export interface JsonPlace {
  readonly at: string;
  readonly label: string;
}

/** Compiles what the shape `jsonTest` has read. */
export function compileJsonPattern(raw: unknown, place: JsonPlace, site: TestSite): JsonPattern {
  const nested = (inner: unknown, under: TestSite): JsonPattern => compileJsonPattern(inner, place, under);
  if (isTestMap(raw)) return new TestPattern(compileTest(raw, 'json', site, nested), place);
  if (Array.isArray(raw)) return new ListPattern(raw.map((item, index) => compileJsonPattern(item, place, site.at(index))), place, raw);
  if (valueKind(raw) === 'map') {
    const fields = Object.entries(raw as object).map(([key, inner]) => ({ key, pattern: compileJsonPattern(inner, place, site.at(key)) }));
    return new MapPattern(fields, place, raw);
  }
  return new TestPattern(compileTest(raw, 'json', site, nested), place);
}

function fail(place: JsonPlace, path: string, shortfall: Shortfall): Mismatch {
  const at = path === '' ? place.at : `${place.at}${path.startsWith('[') ? '' : '.'}${path}`;
  return mismatch(at, path === '' ? place.label : `${place.label} \`${show(path, 120).replace(/^"|"$/g, '')}\``, shortfall);
}

class TestPattern implements JsonPattern {
  readonly leaves = 1;
  readonly expected: string;
  readonly #test: ValueTest;
  readonly #place: JsonPlace;

  constructor(test: ValueTest, place: JsonPlace) {
    this.#test = test;
    this.#place = place;
    this.expected = test.expected;
  }

  passes(value: unknown): boolean {
    return this.#test.passes(value);
  }

  explain(value: unknown, path: string, out: Mismatch[]): void {
    if (!this.#test.passes(value)) out.push(fail(this.#place, path, this.#test.shortfall(value === undefined ? [] : [value])));
  }
}

class ListPattern implements JsonPattern {
  readonly leaves: number;
  readonly expected: string;
  readonly #items: readonly JsonPattern[];
  readonly #place: JsonPlace;

  constructor(items: readonly JsonPattern[], place: JsonPlace, raw: unknown) {
    this.#items = items;
    this.#place = place;
    this.leaves = items.reduce((sum, item) => sum + item.leaves, 1);
    this.expected = show(raw);
  }

  passes(value: unknown): boolean {
    if (!Array.isArray(value) || value.length !== this.#items.length) return false;
    for (let index = 0; index < this.#items.length; index += 1) if (!this.#items[index]!.passes(value[index])) return false;
    return true;
  }

  explain(value: unknown, path: string, out: Mismatch[]): void {
    const wanted = this.#items.length;
    if (!Array.isArray(value)) {
      out.push(fail(this.#place, path, { expected: `a list of ${wanted}`, got: shapeOf(value), nearness: 0 }));
      return;
    }
    if (value.length !== wanted) {
      const same = this.#items.filter((item, index) => index < value.length && item.passes(value[index])).length;
      out.push(fail(this.#place, path, { expected: `a list of ${wanted}`, got: `a list of ${value.length}`, nearness: same / Math.max(wanted, value.length) }));
      return;
    }
    this.#items.forEach((item, index) => item.explain(value[index], `${path}[${index}]`, out));
  }
}

class MapPattern implements JsonPattern {
  readonly leaves: number;
  readonly expected: string;
  readonly #fields: readonly { readonly key: string; readonly pattern: JsonPattern }[];
  readonly #place: JsonPlace;

  constructor(fields: readonly { key: string; pattern: JsonPattern }[], place: JsonPlace, raw: unknown) {
    this.#fields = fields;
    this.#place = place;
    this.leaves = Math.max(1, fields.reduce((sum, field) => sum + field.pattern.leaves, 0));
    this.expected = show(raw);
  }

  passes(value: unknown): boolean {
    if (!this.#isMap(value)) return false;
    for (let index = 0; index < this.#fields.length; index += 1) {
      const { key, pattern } = this.#fields[index]!;
      if (!pattern.passes(own(value, key))) return false;
    }
    return true;
  }

  explain(value: unknown, path: string, out: Mismatch[]): void {
    if (!this.#isMap(value)) out.push(fail(this.#place, path, { expected: this.#fields.length === 0 ? 'a map' : `a map like ${this.expected}`, got: shapeOf(value), nearness: 0 }));
    else for (const { key, pattern } of this.#fields) pattern.explain(own(value, key), step(path, key), out);
  }

  /** In a map that is not there, nothing is there: enough for `present: false` further down, never for an empty map. */
  #isMap(value: unknown): boolean {
    return value === undefined ? this.#fields.length > 0 : valueKind(value) === 'map';
  }
}

function own(value: unknown, key: string): unknown {
  return value !== undefined && Object.hasOwn(value as object, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** What came where a map or a list was wanted: by its kind, the content of a whole map says little. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === undefined) return 'nothing';
  return value !== null && typeof value === 'object' && !isNumeric(value) ? 'a map' : showValue(value, 'json');
}

/** One key further down: `a.b`, `a["x y"]`. */
export function step(path: string, key: string): string {
  if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) return path === '' ? key : `${path}.${key}`;
  return `${path}[${JSON.stringify(key)}]`;
}
