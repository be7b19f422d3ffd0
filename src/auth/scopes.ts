import type { Json } from '../base/json.ts';
import { show } from '../base/show.ts';
import { byKind, invalid, list, text, turned, type Shape } from '../shapes/index.ts';

const expected = 'words of ASCII letters without quotes and backslashes, such as `read` or `orders:write`';

/** A scope as an author writes it (RFC 6749 §3.3): words in one text, or a list. */
export const scopeShape: Shape<readonly string[], string | readonly string[]> = turned(
  byKind([text(), list(text())], { expected: 'scope words: `read write`, or a list' }),
  (value, path, report) => {
    const words = typeof value === 'string' ? wordsOf(value) : value;
    const wrong = words.find((word) => !isScopeWord(word));
    if (wrong === undefined) return [...new Set(words)];
    report(path, { code: 'wrong-value', message: 'This is no word of a scope', expected, got: show(wrong) });
    return invalid;
  },
);

/** The words of a scope in a token, a row or a request: text with spaces, or a list. Anything else is none. */
export function scopeOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return wordsOf(value);
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
}

function wordsOf(value: string): readonly string[] {
  return value.split(/\s+/).filter((word) => word !== '');
}

/** A scope-token of RFC 6749 §3.3. */
export function isScopeWord(word: string): boolean {
  return /^[\u0021\u0023-\u005b\u005d-\u007e]+$/.test(word);
}
