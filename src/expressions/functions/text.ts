import { longestText, Problem, type Run } from '../run.ts';
import { countLetters, letterAt, letterPosition, sliceLetters, unitPosition } from '../letters.ts';
import { equals, joinTexts } from '../operators.ts';
import { checkPattern, pattern } from '../patterns.ts';
import { asText } from '../values.ts';
import type { FunctionEntry } from './define.ts';

/** Functions on text. Positions count letters (code points) from 0, as in CEL. */
export const textFunctions: readonly FunctionEntry[] = [
  { name: 'upper', signature: 'upper(x: text): text', about: 'The text in capital letters.', example: ['upper("straße")', '"STRASSE"'], call: ([x]) => x.toUpperCase() },
  { name: 'lower', signature: 'lower(x: text): text', about: 'The text in small letters.', example: ['lower("PDF")', '"pdf"'], call: ([x]) => x.toLowerCase() },
  { name: 'upperAscii', signature: 'upperAscii(x: text): text', about: 'The text with `a` to `z` in capitals and all else as it is.', example: ['upperAscii("süß")', '"Süß"'], call: ([x]) => x.replace(/[a-z]+/g, (run: string) => run.toUpperCase()) },
  { name: 'lowerAscii', signature: 'lowerAscii(x: text): text', about: 'The text with `A` to `Z` in small letters and all else as it is.', example: ['lowerAscii("SÜSS")', '"sÜss"'], call: ([x]) => x.replace(/[A-Z]+/g, (run: string) => run.toLowerCase()) },
  { name: 'capitalize', signature: 'capitalize(x: text): text', about: 'The text with its first letter a capital.', example: ['capitalize("passed")', '"Passed"'], call: ([x]) => sliceLetters(x, 0, 1).toUpperCase() + sliceLetters(x, 1) },
  { name: 'trim', signature: 'trim(x: text): text', about: 'The text without white space at its ends.', example: ['trim("  a b ")', '"a b"'], call: ([x]) => x.trim() },
  { name: 'contains', signature: 'contains(x: text|list|map, part: any): bool', about: 'Whether a text has this piece, a list this item, a map this key.', example: ['"report.zip".contains("port")', 'true'], call: ([x, part], run) => contains(x, part, run) },
  { name: 'startsWith', signature: 'startsWith(x: text, start: text): bool', about: 'Whether the text begins so.', example: ['"report.zip".startsWith("rep")', 'true'], call: ([x, start]) => x.startsWith(start) },
  { name: 'endsWith', signature: 'endsWith(x: text, end: text): bool', about: 'Whether the text ends so.', example: ['"report.zip".endsWith(".zip")', 'true'], call: ([x, end]) => x.endsWith(end) },
  { name: 'matches', signature: 'matches(x: text, pattern: text): bool', about: 'Whether a regular expression (RE2: linear time, no look-around) is found in the text; `^` and `$` tie it to the ends.', example: ['"A-17".matches("^[A-Z]-\\\\d+$")', 'true'], cost: 8, check: ([, source]) => checkPattern(source), call: ([x, source], run) => pattern(source, run).matcher(x).find() },
  { name: 'extract', signature: 'extract(x: text, pattern: text): any', about: 'The first group of the first match of a regular expression, the whole match when it has no group, null when nothing matches.', example: ['extract("order 4711 paid", "order (\\\\d+)")', '"4711"'], cost: 8, check: ([, source]) => checkPattern(source), call: ([x, source], run) => extract(x, source, run) },
  { name: 'replace', signature: 'replace(x: text, from: text, to: text): text', about: 'The text with every `from` become `to`.', example: ['replace("a/b/c", "/", "-")', '"a-b-c"'], call: ([x, from, to], run) => replaceAll(x, from, to, run) },
  { name: 'split', signature: 'split(x: text, separator: text, most?: whole): list', about: 'The pieces of a text between separators; with `most`, the last piece keeps the rest.', example: ['split("a,b,c", ",")', '["a","b","c"]'], call: ([x, separator, most], run) => split(x, separator, most, run) },
  { name: 'join', signature: 'join(x: list, separator?: text): text', about: 'The items of a list as one text.', example: ['join(["a", "b", 3], ", ")', '"a, b, 3"'], call: ([x, separator = ''], run) => join(x, separator, run) },
  { name: 'indexOf', signature: 'indexOf(x: text|list, part: any, from?: whole): number', about: 'Where this piece or item first stands, from 0; -1 when it is not there.', example: ['indexOf("report", "port")', '2'], call: ([x, part, from = 0], run) => BigInt(typeof x === 'string' ? letterPosition(x, x.indexOf(asText(part), unitPosition(x, from))) : indexInList(x, part, from, run)) },
  { name: 'lastIndexOf', signature: 'lastIndexOf(x: text, part: text): number', about: 'Where this piece last stands, from 0; -1 when it is not there.', example: ['lastIndexOf("a.b.c", ".")', '3'], call: ([x, part]) => BigInt(letterPosition(x, x.lastIndexOf(part))) },
  { name: 'substring', signature: 'substring(x: text, start: whole, end?: whole): text', about: 'The text from `start` up to, not including, `end`; what is past its ends is left out.', example: ['substring("rehearsal", 0, 3)', '"reh"'], call: ([x, start, end]) => x.substring(unitPosition(x, start), end === undefined ? undefined : unitPosition(x, end)) },
  { name: 'charAt', signature: 'charAt(x: text, at: whole): text', about: 'One letter, from 0; empty past the end.', example: ['charAt("abc", 1)', '"b"'], call: ([x, at]) => (at < 0 ? '' : letterAt(x, at)) },
  { name: 'padStart', signature: 'padStart(x: text, length: whole, fill?: text): text', about: 'The text brought to a length from its left, with spaces or `fill`.', example: ['padStart(7, 3, "0")', '"007"'], call: ([x, length, fill = ' '], run) => padding(x, length, fill, run) + x },
  { name: 'padEnd', signature: 'padEnd(x: text, length: whole, fill?: text): text', about: 'The text brought to a length from its right, with spaces or `fill`.', example: ['padEnd("ab", 4, ".")', '"ab.."'], call: ([x, length, fill = ' '], run) => x + padding(x, length, fill, run) },
  { name: 'repeat', signature: 'repeat(x: text, times: whole): text', about: 'The text so many times.', example: ['repeat("ab", 3)', '"ababab"'], call: ([x, times], run) => repeat(x, times, run) },
  { name: 'escapeXml', signature: 'escapeXml(x: text): text', about: 'The text with `& < > " \'` written so that HTML and XML show them.', example: ['escapeXml("<b>")', '"&lt;b&gt;"'], call: ([x], run) => escapeXml(x, run) },
];

function contains(whole: string | readonly unknown[] | object, part: unknown, run: Run): boolean {
  if (typeof whole === 'string') return part !== null && whole.includes(asText(part));
  if (Array.isArray(whole)) return whole.some((item) => equals(item, part, run));
  return Object.hasOwn(whole, asText(part));
}

function indexInList(list: readonly unknown[], item: unknown, from: number, run: Run): number {
  for (let index = Math.max(0, from); index < list.length; index += 1) if (equals(list[index], item, run)) return index;
  return -1;
}

function extract(text: string, source: string, run: Run): string | null {
  const matcher = pattern(source, run).matcher(text);
  if (!matcher.find()) return null;
  return matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
}

function replaceAll(text: string, from: string, to: string, run: Run): string {
  const pieces = from === '' ? [...text] : text.split(from);
  run.spend(pieces.length);
  const length = text.length + (pieces.length - 1) * (to.length - from.length);
  if (length > longestText) throw new Problem('the text is too long', 'costly');
  run.spend(length >> 6);
  return from === '' ? text : pieces.join(to);
}

function split(text: string, separator: string, most: number | undefined, run: Run): readonly string[] {
  const pieces = separator === '' ? [...text] : text.split(separator);
  run.spend(pieces.length);
  if (most === undefined || most < 0 || pieces.length <= most) return pieces;
  return most === 0 ? [] : [...pieces.slice(0, most - 1), pieces.slice(most - 1).join(separator)];
}

function join(list: readonly unknown[], separator: string, run: Run): string {
  let text = '';
  list.forEach((item, index) => {
    text = joinTexts(text, index === 0 ? asText(item) : separator + asText(item), run);
  });
  return text;
}

function repeat(text: string, times: number, run: Run): string {
  if (times < 0) throw new Problem('`repeat` needs a number of times that is not negative');
  if (text.length * times > longestText) throw new Problem('the text is too long', 'costly');
  run.spend((text.length * times) >> 6);
  return text.repeat(times);
}

function padding(text: string, length: number, fill: string, run: Run): string {
  const missing = Math.max(0, length - countLetters(text));
  const size = countLetters(fill);
  if (size === 0) return '';
  if (missing * (fill.length / size) > longestText) throw new Problem('the text is too long', 'costly');
  run.spend(missing >> 6);
  return fill.repeat(Math.floor(missing / size)) + sliceLetters(fill, 0, missing % size);
}

const xmlEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeXml(text: string, run: Run): string {
  const escaped = text.replace(/[&<>"']/g, (letter) => xmlEscapes[letter]!);
  run.spend(escaped.length >> 6);
  return escaped;
}
