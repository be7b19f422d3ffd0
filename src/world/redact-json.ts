import { redacted } from './redact-text.ts';
import type { SecretNames } from './secret-names.ts';

/**
 * JSON text with the values of secret keys replaced, at any depth; the rest stays letter for letter. Reads what is cut
 * off as well: a value that does not end goes to the end. `found` takes the texts that were there.
 */
export function redactJson(text: string, names: SecretNames, found?: string[] | null): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    const afterKey = endOfString(text, at);
    const value = startOfValue(text, afterKey);
    if (value < 0 || !names.has(nameOf(text.slice(at + 1, afterKey - 1)))) {
      at = afterKey;
      continue;
    }
    at = endOfValue(text, value);
    if (replaces(text.slice(value, at), found)) {
      pieces.push(text.slice(kept, value), `"${redacted}"`);
      kept = at;
    }
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(kept);
}

/** The same by pattern alone, for what is not JSON: keys in other quotes or none, quotes that do not pair, `=` for `:`. */
export function redactLoose(text: string, { looseKey }: SecretNames, found?: string[] | null): string {
  const pieces: string[] = [];
  let kept = 0;
  looseKey.lastIndex = 0;
  for (let key = looseKey.exec(text); key !== null; key = looseKey.exec(text)) {
    const value = looseKey.lastIndex;
    const end = endOfValue(text, value);
    looseKey.lastIndex = Math.max(end, value);
    if (text.startsWith(redacted, value + 1) || !replaces(text.slice(value, end), found)) continue;
    pieces.push(text.slice(kept, value), `"${redacted}"`);
    kept = end;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(kept);
}

/** JSON that stands as text within JSON, its quotes escaped. */
export function redactInner(text: string, { innerPair }: SecretNames, found?: string[] | null): string {
  if (!text.includes('\\"')) return text;
  return text.replace(innerPair, (_whole, slashes: string, name: string, between: string, string: string | undefined, scalar: string | undefined) => {
    found?.push(string ?? scalar ?? '');
    return `${slashes}"${name}${slashes}"${between}${slashes}"${redacted}${string === undefined ? `${slashes}"` : ''}`;
  });
}

/** Whether a value is one to replace. Null tells nothing. */
function replaces(value: string, found: string[] | null | undefined): boolean {
  if (value === '' || value === 'null') return false;
  if (found) noteValue(value, found);
  return true;
}

function nameOf(source: string): string {
  return source.length > 100 || !source.includes('\\') ? source : source.replace(/\\u([0-9a-f]{4})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The place after the closing quote; the end of the text when there is none. */
export function endOfString(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (letter === 92) at += 1;
    else if (letter === quote) return at + 1;
  }
  return text.length;
}

const colon = /\s*:\s*/y;

/** Where the value behind a key begins; -1 when the string is no key. */
function startOfValue(text: string, afterKey: number): number {
  colon.lastIndex = afterKey;
  return colon.test(text) ? colon.lastIndex : -1;
}

const scalarEnd = /[,\]}\s]/g;

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"' || first === "'") return endOfString(text, start);
  if (first !== '{' && first !== '[') {
    scalarEnd.lastIndex = start;
    return scalarEnd.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at) - 1;
    else if (letter === '{' || letter === '[') depth += 1;
    else if ((letter === '}' || letter === ']') && (depth -= 1) === 0) return at + 1;
  }
  return text.length;
}

/** The value as a message would show it: the letters of a string, not its quotes. */
function noteValue(source: string, found: string[]): void {
  if (!/^["']/.test(source)) {
    found.push(source);
    return;
  }
  found.push(source.slice(1, source.endsWith(source[0]!) ? -1 : undefined));
  try {
    found.push(String(JSON.parse(Buffer.from(source, 'latin1').toString('utf8'))));
  } catch {
    // Cut off or broken: the letters as they stand are noted already.
  }
}
