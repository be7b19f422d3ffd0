// JavaScript rounds whole numbers past 2^53 and drops digits. Rows and variables are sent back as a whole, so what nobody
// has edited must stay as it came: numbers that would change are kept as they were written.

/** @typedef {typeof JSON & { rawJSON?: (text: string) => object, isRawJSON?: (value: unknown) => boolean }} ExactJson */

const exact = /** @type {ExactJson} */ (JSON);

/** Whether this browser can keep numbers as they were written. Without that nothing is sent back. */
export const keepsNumbers = exact.rawJSON !== undefined;

/**
 * @param {string} text
 * @returns {any}
 */
export function parseExact(text) {
  if (exact.rawJSON === undefined) return JSON.parse(text);
  /** @type {(key: string, value: unknown, context?: { source?: string }) => unknown} */
  const revive = (_key, value, context) => (typeof value === 'number' && context?.source !== undefined && String(value) !== context.source ? exact.rawJSON?.(context.source) : value);
  return JSON.parse(text, /** @type {any} */ (revive));
}

/**
 * A value as JSON, on one line.
 * @param {unknown} value
 */
export function oneLine(value) {
  return JSON.stringify(value) ?? 'null';
}

/**
 * Whether a value is a list or a map, and not a number that was kept as it was written.
 * @param {unknown} value
 * @returns {value is object}
 */
export function isNested(value) {
  return typeof value === 'object' && value !== null && !(exact.isRawJSON?.(value) ?? false);
}

/**
 * JSON text with line breaks, for reading; null when it is not JSON.
 * @param {string} text
 */
export function indented(text) {
  try {
    return JSON.stringify(parseExact(text), null, 2);
  } catch {
    return null;
  }
}
