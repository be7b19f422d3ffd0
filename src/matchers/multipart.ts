import { need, type Compiler, type Facts, type Matcher, type MatcherKind, type Mismatch, type Part } from '../model/index.ts';
import { notMultipart } from './body-type.ts';
import { mismatch, mismatchInWords, named, someNames } from './mismatch.ts';
import { isPartTest, partsShape, type PartTestIn } from './part-shape.ts';
import { compilePartTest, type PartCheck } from './part-test.ts';
import { compileTest, type ValueTest } from './values/compile-test.ts';

const boundary = { 'content-type': 'multipart/form-data; boundary=b' };

function upload(...parts: readonly string[]): { method: string; headers: Record<string, string>; body: string } {
  return { method: 'POST', headers: boundary, body: `${parts.map((part) => `--b\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--b--\r\n` };
}

const report = upload('name="file"; filename="report.zip"\r\nContent-Type: application/zip\r\n\r\nabc', 'name="note"\r\n\r\nall clean');

export const multipart: MatcherKind<Readonly<Record<string, unknown>>, Readonly<Record<string, string | number | boolean | PartTestIn>>> = {
  key: 'multipart',
  about: 'The body is multipart, and for each name one of its parts passes the test: a plain value is the part\'s text, a map tests `filename`, `type`, `size`, `sha256`, `text`, `json`, `schema`, `zip`; `count` is the number of parts of that name.',
  shape: partsShape,
  examples: [
    { yaml: "{ file: { filename: { matches: '\\.zip$' }, type: application/zip, size: { max: 20 MB } }, note: all clean }", request: report, holds: true },
    { yaml: '{ file: { size: { max: 2 B } } }', request: report, holds: false, because: ['part `file` size: expected at most 2 B, got 3 B'] },
    { yaml: '{ file: { filename: report.zip } }', request: upload('name="report"; filename="report.zip"\r\n\r\nabc'), holds: false, because: ['part `file`: got `report`'] },
    { yaml: '{ file: { filename: { endsWith: .tar } }, note: dirty }', request: report, holds: false, because: ['part `file` filename: expected text ending with .tar, got report.zip', 'part `note` text: expected dirty, got "all clean"'] },
    { yaml: '{ file: { count: 2 } }', request: report, holds: false, because: ['part `file` count: expected 2, got 1'] },
    { yaml: '{ debug: { present: false }, file: { present: true } }', request: report, holds: true },
    { yaml: '{ meta: { json: { items: [{ id: 1 }] } } }', request: upload('name="meta"\r\n\r\n{"items":[{"id":2}]}'), holds: false, because: ['part `meta` json `items[0].id`: expected 1, got 2'] },
    { yaml: '{ meta: { schema: { required: [id] } } }', request: upload('name="meta"\r\n\r\n{}'), holds: false, because: ['part `meta` json `id`: expected a value (it is required), got nothing'] },
    { yaml: '{ file: {} }', request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }, holds: false, because: ['body: expected multipart/form-data, got application/json'] },
  ],
  compile(value, compiler) {
    return new MultipartMatcher(Object.keys(value).map((name) => compileName(name, value[name], compiler.at(name))));
  },
};

/** What the parts of one name must be. */
interface NamedParts {
  readonly name: string;
  readonly checks: readonly PartCheck[];
  readonly count: ValueTest | null;
  /** Whether one part must pass the checks; false where only their number is asked for, or that there is none. */
  readonly wanted: boolean;
  readonly absent: boolean;
}

function compileName(name: string, raw: unknown, compiler: Compiler): NamedParts {
  const test = isPartTest(raw) ? raw : { text: raw };
  const checks = compilePartTest(name, test, compiler);
  const count = test.count === undefined ? null : compileTest(test.count, 'count', compiler.at('count'));
  return { name, checks, count, absent: test.present === false, wanted: test.present !== false && (checks.length > 0 || count === null || test.present === true) };
}

class MultipartMatcher implements Matcher {
  readonly needs: number;
  readonly leaves: number;
  readonly pins = [];
  readonly #names: readonly NamedParts[];

  constructor(names: readonly NamedParts[]) {
    this.#names = names;
    const checks = names.flatMap((one) => one.checks);
    this.needs = checks.reduce<number>((needs, check) => needs | check.needs, need.body);
    this.leaves = Math.max(1, names.reduce((sum, one) => sum + Math.max(1, one.checks.reduce((leaves, check) => leaves + check.leaves, one.count ? 1 : 0)), 0));
  }

  holds({ request: { body } }: Facts): boolean {
    const { parts } = body;
    return parts !== null && this.#names.every((one) => explainName(one, parts).length === 0);
  }

  explain({ request: { body } }: Facts): readonly Mismatch[] {
    const { parts } = body;
    return parts === null ? [notMultipart(body)] : this.#names.flatMap((one) => explainName(one, parts));
  }
}

function explainName(one: NamedParts, parts: readonly Part[]): readonly Mismatch[] {
  const { name, count } = one;
  const label = `part ${named(name)}`;
  const own = parts.filter((part) => part.name === name);
  if (one.absent) return own.length === 0 ? [] : [mismatch(`parts.${name}`, label, { expected: 'no such part', got: own.length === 1 ? 'one' : String(own.length), nearness: 0 })];
  const counted = count === null || count.passes(own.length) ? [] : [mismatch(`parts.${name}.count`, `${label} count`, count.shortfall([own.length]))];
  if (!one.wanted || (own.length === 0 && counted.length > 0)) return counted;
  return own.length === 0 ? [missing(name, label, parts)] : [...nearestPart(one.checks, own), ...counted];
}

/** The mismatches of the part that comes nearest; none when one passes. */
function nearestPart(checks: readonly PartCheck[], own: readonly Part[]): readonly Mismatch[] {
  let fewest: readonly Mismatch[] | null = null;
  for (const part of own) {
    const mismatches = checks.flatMap((check) => check.explain(part));
    if (mismatches.length === 0) return mismatches;
    if (fewest === null || mismatches.length < fewest.length) fewest = mismatches;
  }
  return fewest ?? [];
}

/** Says what came instead: a part of another name is the usual slip. */
function missing(name: string, label: string, parts: readonly Part[]): Mismatch {
  const names = [...new Set(parts.map((part) => part.name))];
  const got = names.length === 0 ? 'no parts' : someNames(names);
  return mismatchInWords(`parts.${name}`, `${label}: got ${got}`, `a part ${named(name)}`, got, names.length === 0 ? 0 : 0.3);
}
