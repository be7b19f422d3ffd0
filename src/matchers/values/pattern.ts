import type { Mistake } from '../../base/diagnostic.ts';
import { loadLater } from '../../base/load-later.ts';
import type { Path } from '../../base/place.ts';

/** What compiling a test asks of a compiler: where it stands, and who hears of mistakes. */
export interface TestSite {
  at(...path: Path): TestSite;
  mistake(mistake: Mistake): void;
}

/** A regular expression that runs in time linear in the text (RE2), and is looked for anywhere in it. */
export interface Pattern {
  readonly source: string;
  test(text: string): boolean;
}

/** A pattern of a scenario. What is wrong with it is a mistake of the compiler's place. */
export function compilePattern(source: string, ignoreCase: boolean, site: TestSite): Pattern {
  const made = makePattern(source, ignoreCase);
  if (!('code' in made)) return made;
  site.mistake(made);
  return { source, test: () => false };
}

const longest = 1000;

/** The pattern, or what is wrong with it. */
export function makePattern(source: string, ignoreCase: boolean): Pattern | Mistake {
  if (source.length > longest) return { code: 'wrong-pattern', message: 'The pattern is too long', expected: `at most ${longest} letters`, got: `${source.length} letters` };
  const plain = ignoreCase ? null : plainPattern(source);
  if (plain) return plain;
  try {
    let re = isSurelyWellFormed(source) ? null : compileRe2(source, ignoreCase);
    return { source, test: (text) => (re ??= compileRe2(source, ignoreCase)).test(text) };
  } catch (error) {
    return patternMistake(source, error);
  }
}

function compileRe2(source: string, ignoreCase: boolean): { test(text: string): boolean } {
  const { RE2JS } = loadLater('re2js') as typeof import('re2js');
  return RE2JS.compile(RE2JS.translateRegExp(source), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
}

const flat = /(?:\^|\$|\||(?:[\w\s/:;,@#%&=!<>"'~`-]|\.|\\[./()[\]{}+*?^$|\\dDwWsS-]|\[\^?(?:a-z|A-Z|0-9|[\w .:,;/@%+]|\\[dws.-])+\])[*+?]?)*/.source;
const group = new RegExp(`\\((?:\\?:)?${flat}\\)`, 'g');
const whole = new RegExp(`^${flat}$`);

/** Whether a pattern is of nothing but letters, plain classes, groups and `* + ?`: then nothing can be wrong with it, and its engine can wait for the first text. */
function isSurelyWellFormed(source: string): boolean {
  let rest = source;
  for (let before = ''; rest !== before;) {
    before = rest;
    rest = rest.replace(group, 'g');
  }
  return whole.test(rest);
}

/** Literal text, with or without anchors, such as `\\.zip$`: what most patterns are needs no engine, and so none is loaded. */
function plainPattern(source: string): Pattern | null {
  const found = /^(\^?)((?:[\w\s/:;,@#%&=!<>"'~\u0060-]|\\[./()[\]{}+*?^$|\\-])*)(\$?)$/.exec(source);
  if (!found) return null;
  const [, start, written, end] = found;
  const literal = written!.replace(/\\(.)/g, '$1');
  if (start && end) return { source, test: (text) => text === literal };
  if (start) return { source, test: (text) => text.startsWith(literal) };
  return { source, test: end ? (text) => text.endsWith(literal) : (text) => text.includes(literal) };
}

function patternMistake(source: string, error: unknown): Mistake {
  const special = /\(\?<?[=!]/.exec(source)?.[0] ?? /\\[1-9]/.exec(source)?.[0];
  if (special !== undefined) {
    return {
      code: 'wrong-pattern', message: `The pattern uses ${special.startsWith('\\') ? `a back-reference (\`${special}\`)` : `lookaround (\`${special}\`)`}, which cannot run in linear time`,
      expected: 'a pattern in the syntax of RE2', got: `\`${source}\``, fix: 'Say it with further operators, such as `startsWith`, `endsWith`, `not` or `all`',
    };
  }
  const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
  return { code: 'wrong-pattern', message: `The pattern is not well-formed: ${reason}`, expected: 'a regular expression in the syntax of RE2', got: `\`${source}\`` };
}
