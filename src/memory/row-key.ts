import { isNumeric, isWhole, exactNumber, type Json } from '../base/json.ts';
import { kindOf, show } from '../base/show.ts';
import type { Collection } from '../model/index.ts';
import { keyText } from './key-text.ts';

/** A key of a row that was given with it; `problem` completes "expected …, got …". */
export type GivenKey = { readonly value: Json; readonly text: string } | { readonly problem: string };

/** Keys stand in paths, in headers and in every index: longer ones are refused. */
const longestKey = 2000;

const countedText = /^(?:0|[1-9]\d{0,14})$/;

/** Reads the key that a row brings. A counted one is a whole number, or text of nothing but its digits. */
export function readKey(value: Json, { key: { type } }: Pick<Collection, 'key'>): GivenKey {
  const read = type === 'counted' && typeof value === 'string' && countedText.test(value) ? exactNumber(value) : value;
  const { length } = typeof value === 'string' || isNumeric(value) ? String(value) : '';
  if (length > longestKey) return { problem: `expected at most ${longestKey} letters, got ${length}` };
  const text = keyText(read);
  if (type === 'counted') return isNumeric(read) && isWhole(read) ? { value: read, text: text! } : { problem: `expected a whole number, got ${gotWords(value)}` };
  return text === null || text === '' || typeof read === 'boolean' ? { problem: `expected text or a number, got ${gotWords(value)}` } : { value: read, text };
}

/** The number after a counted key; the one there was where the key is below it, or too large to count from. */
export function numberAfter(key: string, nextKey: number): number {
  const number = Number(key);
  return countedText.test(key) && number >= nextKey ? number + 1 : nextKey;
}

/** A value of a row, or what kind of thing it is, for a message. */
export function gotWords(value: Json | undefined): string {
  if (value === '') return 'an empty text';
  return typeof value === 'object' && value !== null && !isNumeric(value) ? kindOf(value) : value === null ? 'nothing' : show(isNumeric(value) ? String(value) : value);
}
