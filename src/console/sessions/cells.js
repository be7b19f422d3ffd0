import { isNested, oneLine, parseExact } from '../shell/exact-json.js';

/** A value as it is shown and edited: text as it is, all else as JSON. @param {unknown} value */
export function cellText(value) {
  return typeof value === 'string' ? value : value === undefined ? '' : oneLine(value);
}

/**
 * What the visitor has typed in the place of a value. Where text stood, text stays; elsewhere JSON is read, and what is no JSON is text.
 * @param {string} text
 * @param {unknown} before Or another value of the column, where there was none.
 * @returns {unknown} Undefined: nothing, where there was nothing.
 */
export function cellValue(text, before) {
  if (typeof before === 'string') return text;
  if (text === cellText(before)) return before;
  if (text === '') return before === undefined ? undefined : null;
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}

/** How a value is set: numbers to the right. @param {unknown} value */
export function cellClass(value) {
  if (value === null || value === undefined) return 'cell nothing';
  if (typeof value === 'string') return 'cell';
  return isNested(value) ? 'cell json' : 'cell json number';
}
