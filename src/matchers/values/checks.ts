import { cheapestNumber, compareNumbers, jsonEquals, type Numeric } from '../../base/json.ts';
import { editDistance } from '../../base/nearest.ts';
import { parseSize } from '../../base/units.ts';
import { isDate } from './date.ts';
import { numberIn } from './decimal.ts';
import { typeList, type Domain, type OperatorName } from './operators.ts';
import { compilePattern, type TestSite } from './pattern.ts';
import { isOfType, typeInWords } from './types.ts';
import { showValue } from './words.ts';

/** One operator, asked of a value that is there. */
export interface Check {
  readonly words: string;
  readonly passes: (value: unknown) => boolean;
  readonly nearness?: (value: unknown) => number;
  readonly upperBound?: true;
}

/** How `not`, `contains` and, in JSON, maps and lists look into a value. */
export type Nested = (raw: unknown, site: TestSite) => { readonly expected: string; passes(value: unknown): boolean };

/** The check of one operator; null for those that are looked at elsewhere. */
export function compileOperator(name: OperatorName, raw: unknown, fold: boolean, domain: Domain, site: TestSite, nested: Nested | undefined, countTest: (raw: unknown, site: TestSite) => { readonly expected: string; passes(value: unknown): boolean }): Check | null {
  const inCase = fold ? ', in any case' : '';
  switch (name) {
    case 'equals': return equality(raw, domain, fold);
    case 'oneOf': {
      const options = (raw as readonly unknown[]).map((option) => equality(option, domain, fold));
      return { words: `one of ${options.map((option) => option.words).join(', ')}`, passes: (value) => options.some((option) => option.passes(value)), nearness: (value) => Math.max(...options.map((option) => option.nearness?.(value) ?? 0)) };
    }
    case 'contains': return containment(raw, fold, domain, site, nested);
    case 'startsWith': return textCheck(raw, fold, `text starting with ${showValue(scalarText(raw), domain)}${inCase}`, (value, wanted) => value.startsWith(wanted));
    case 'endsWith': return textCheck(raw, fold, `text ending with ${showValue(scalarText(raw), domain)}${inCase}`, (value, wanted) => value.endsWith(wanted));
    case 'matches': {
      const pattern = compilePattern(raw as string, fold, site);
      return { words: `text matching \`${pattern.source}\`${inCase}`, passes: (value) => typeof value === 'string' && pattern.test(value) };
    }
    case 'min': return comparison(raw, domain, 'at least', (order) => order >= 0);
    case 'max': return { ...comparison(raw, domain, 'at most', (order) => order <= 0), upperBound: true };
    case 'above': return comparison(raw, domain, 'more than', (order) => order > 0);
    case 'below': return { ...comparison(raw, domain, 'less than', (order) => order < 0), upperBound: true };
    case 'length': {
      const count = countTest(raw, site);
      return { words: `a length of ${count.expected}`, passes: (value) => count.passes(lengthOf(value) ?? -1) && lengthOf(value) !== null };
    }
    case 'type': {
      const words = typeList(raw) ?? [];
      return { words: words.map(typeInWords).join(' or '), passes: (value) => words.some((word) => isOfType(value, word, domain === 'text')) };
    }
    case 'date': return { words: raw === true ? 'a date' : 'no date', passes: (value) => isDate(value) === raw };
    case 'not': case 'present': case 'ignoreCase': return null;
  }
}

export function equality(raw: unknown, domain: Domain, fold: boolean): Check {
  const words = showValue(raw, domain);
  if (domain === 'size') {
    const sizeBytes = typeof raw === 'string' ? parseSize(raw) : cheapestNumber(raw);
    return { words, passes: (value) => value === sizeBytes };
  }
  if (domain === 'text' || (typeof raw === 'string' && fold)) {
    const wanted = folded(scalarText(raw), fold);
    return { words: fold ? `${words} (in any case)` : words, passes: (value) => typeof value === 'string' && folded(value, fold) === wanted, nearness: (value) => textNearness(value, wanted) };
  }
  if (typeof raw === 'string') return { words, passes: (value) => value === raw, nearness: (value) => textNearness(value, raw) };
  const wanted = cheapestNumber(raw);
  return { words, passes: (value) => jsonEquals(value, wanted) };
}

function containment(raw: unknown, fold: boolean, domain: Domain, site: TestSite, nested: Nested | undefined): Check {
  const shown = showValue(raw, domain);
  const inCase = fold ? ', in any case' : '';
  if (!nested) return textCheck(raw, fold, `text containing ${shown}${inCase}`, (value, wanted) => value.includes(wanted));
  const item = fold && typeof raw === 'string' ? equality(raw, domain, true) : nested(raw, site);
  const wanted = typeof raw === 'string' ? folded(raw, fold) : null;
  return {
    words: `${wanted === null ? 'a list' : 'text or a list'} containing ${shown}${inCase}`,
    passes: (value) => (typeof value === 'string' ? wanted !== null && folded(value, fold).includes(wanted) : Array.isArray(value) && value.some((inner) => item.passes(inner))),
  };
}

function textCheck(raw: unknown, fold: boolean, words: string, passes: (value: string, wanted: string) => boolean): Check {
  const wanted = folded(scalarText(raw), fold);
  return { words, passes: (value) => typeof value === 'string' && passes(folded(value, fold), wanted) };
}

function comparison(raw: unknown, domain: Domain, words: string, holds: (order: number) => boolean): Check {
  const bound = (domain === 'size' && typeof raw === 'string' ? parseSize(raw) : cheapestNumber(raw)) as Numeric;
  return {
    words: `${words} ${showValue(raw, domain)}`,
    passes(value) {
      const number = numberIn(value);
      return number !== null && holds(compareNumbers(number, bound));
    },
  };
}

/** Letters (code points) of a text, items of a list; null for what has no length. */
function lengthOf(value: unknown): number | null {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'string') return null;
  let length = value.length;
  for (let index = 0; index < value.length - 1; index += 1) {
    if ((value.charCodeAt(index) & 0xfc00) === 0xd800 && (value.charCodeAt(index + 1) & 0xfc00) === 0xdc00) length -= 1;
  }
  return length;
}

/** A plain value of a scenario file as text: 1 is `1`, true is `true`. */
export function scalarText(raw: unknown): string {
  return String(raw);
}

function folded(text: string, fold: boolean): string {
  return fold ? text.toLowerCase() : text;
}

const longestCompared = 200;

/** How alike two texts are, from 0 to under 1. Long texts are not compared: it would cost too much. */
export function textNearness(value: unknown, wanted: string): number {
  if (typeof value !== 'string' || value.length > longestCompared || wanted.length > longestCompared) return 0;
  return 1 - editDistance(value, wanted) / Math.max(1, value.length, wanted.length);
}
