import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import { parseJson } from '../base/json.ts';
import { printable } from '../base/show.ts';
import { need, type Compiler, type Mismatch, type Needs, type Part } from '../model/index.ts';
import { compileJsonPattern } from './json-pattern.ts';
import { compileSchema } from './json-schema.ts';
import { compileMediaTypeTest } from './media-type-test.ts';
import { mismatch, mismatchInWords, named, someNames } from './mismatch.ts';
import type { PartTest } from './part-shape.ts';
import { explainSize, explainText, lowerCase } from './raw.ts';
import { explainSchema } from './schema.ts';
import { compileTest } from './values/compile-test.ts';
import { compileGlob } from './zip-glob.ts';

/** What one part must be. */
export interface PartCheck {
  readonly needs: Needs;
  readonly leaves: number;
  /** Empty exactly when the part passes. */
  explain(part: Part): readonly Mismatch[];
}

/** Compiles the tests of a part's own (not `count` and `present`, which speak of all parts of the name). */
export function compilePartTest(name: string, test: PartTest, compiler: Compiler): readonly PartCheck[] {
  const at = `parts.${name}`;
  const label = `part ${named(name)}`;
  const checks: PartCheck[] = [];
  const add = (needs: Needs, explain: PartCheck['explain'], leaves = 1): void => void checks.push({ needs, leaves, explain });
  if (test.filename !== undefined) {
    const filename = compileTest(test.filename, 'text', compiler.at('filename'));
    add(need.nothing, (part) => explainText(filename, part.filename, `${at}.filename`, `${label} filename`));
  }
  if (test.type !== undefined) {
    const type = compileMediaTypeTest(test.type, compiler.at('type'));
    add(need.nothing, (part) => (type.passes(part.type) ? [] : [mismatch(`${at}.type`, `${label} type`, type.shortfall(part.type), 415)]));
  }
  if (test.size !== undefined) {
    const size = compileTest(test.size, 'size', compiler.at('size'));
    add(need.nothing, (part) => explainSize(size, part.sizeBytes, `${at}.size`, `${label} size`));
  }
  if (test.sha256 !== undefined) {
    const sha256 = compileTest(lowerCase(test.sha256), 'text', compiler.at('sha256'));
    add(need.nothing, (part) => explainText(sha256, part.sha256, `${at}.sha256`, `${label} sha256`));
  }
  if (test.text !== undefined) {
    const text = compileTest(test.text, 'text', compiler.at('text'));
    add(need.partText, (part) => (part.text === null ? [unread(part, 'text', `${at}.text`, label)] : explainText(text, part.text, `${at}.text`, `${label} text`)));
  }
  if (test.json !== undefined) {
    const pattern = compileJsonPattern(test.json, { at: `${at}.json`, label: `${label} json` }, compiler.at('json'));
    add(need.partText, (part) => {
      const out: Mismatch[] = [];
      const json = jsonOf(part);
      if (json === undefined) return [unread(part, 'JSON', `${at}.json`, label)];
      pattern.explain(json, '', out);
      return out;
    }, pattern.leaves);
  }
  if (test.schema !== undefined) {
    const schema = compileSchema(test.schema, compiler.at('schema'));
    add(need.partText, (part) => {
      const json = jsonOf(part);
      return json === undefined ? [unread(part, 'JSON', `${at}.json`, label)] : explainSchema(schema.errors(json), `${at}.json`, `${label} json`);
    });
  }
  if (test.zip !== undefined) checks.push(compileZip(test.zip, at, label, compiler.at('zip')));
  return checks;
}

function compileZip(test: NonNullable<PartTest['zip']>, at: string, label: string, compiler: Compiler): PartCheck {
  const globsOf = (key: 'has' | 'lacks'): { glob: string; test(name: string): boolean }[] => {
    const globs = typeof test[key] === 'string' ? [test[key]] : (test[key] ?? []);
    return globs.map((glob) => ({ glob, test: compileGlob(glob, compiler.at(key)).test }));
  };
  const has = globsOf('has');
  const lacks = globsOf('lacks');
  const entries = test.entries === undefined ? null : compileTest(test.entries, 'count', compiler.at('entries'));
  const zipAt = `${at}.zip`;
  const zipLabel = `${label} zip`;
  return {
    needs: need.zipEntries, leaves: Math.max(1, has.length + lacks.length + (entries ? 1 : 0)),
    explain({ zip, type }) {
      if (zip === null) return [mismatch(zipAt, zipLabel, { expected: 'a zip archive', got: printable(type).slice(0, 80) || 'something else', nearness: 0 }, 415)];
      if ('problem' in zip) return [mismatch(zipAt, zipLabel, { expected: 'a zip archive that can be read', got: `a broken one (${printable(zip.problem).slice(0, 200)})`, nearness: 0 })];
      const names = zip.entries.map((entry) => entry.name);
      const came = names.length === 0 ? 'an empty archive' : someNames(names);
      return [
        ...has.filter((one) => !names.some((name) => one.test(name))).map(({ glob }) => mismatch(zipAt, zipLabel, { expected: `an entry ${named(glob)}`, got: came, nearness: 0 })),
        ...lacks.flatMap((one) => {
          const found = names.filter((name) => one.test(name));
          return found.length === 0 ? [] : [mismatch(zipAt, zipLabel, { expected: `no entry ${named(one.glob)}`, got: someNames(found), nearness: 0 })];
        }),
        ...(entries === null || entries.passes(names.length) ? [] : [mismatch(`${zipAt}.entries`, `${zipLabel} entries`, entries.shortfall([names.length]))]),
      ];
    },
  };
}

const parsed = new WeakMap<Part, { readonly json: unknown }>();

/** The part's text as JSON, read once; undefined when it is none. */
function jsonOf(part: Part): unknown {
  let known = parsed.get(part);
  if (!known) parsed.set(part, (known = { json: readJson(part.text) }));
  return known.json;
}

function readJson(text: string | null): unknown {
  if (text === null || deeperThan(text, maxJsonDepth)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function unread(part: Part, expected: string, at: string, label: string): Mismatch {
  const got = part.text === null ? `${printable(part.type).slice(0, 80)} that cannot be read as text` : 'text that is none';
  return mismatchInWords(at, `${label}: expected ${expected}, got ${got}`, expected, got);
}
