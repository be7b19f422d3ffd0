const pair = /[\ud800-\udbff][\udc00-\udfff]/;
const pairs = /[\ud800-\udbff][\udc00-\udfff]/g;

/** How many letters a text has: code points, as in CEL. */
export function countLetters(text: string): number {
  return pair.test(text) ? text.replace(pairs, '_').length : text.length;
}

/** One letter; a negative position counts from the end. Empty past the ends. */
export function letterAt(text: string, at: number): string {
  return sliceLetters(text, at, at === -1 ? undefined : at + 1);
}

/** The letters from one position up to, not including, another; negative ones count from the end. */
export function sliceLetters(text: string, start: number, end?: number): string {
  if (!pair.test(text)) return text.slice(start, end);
  const count = start < 0 || (end ?? 0) < 0 ? countLetters(text) : 0;
  const unit = (at: number): number => unitPosition(text, at < 0 ? Math.max(0, count + at) : at);
  return text.slice(unit(start), end === undefined ? undefined : unit(end));
}

/** The position of a letter, for one that counts UTF-16 units as the engine's own functions do. -1 stays -1. */
export function letterPosition(text: string, unit: number): number {
  return unit <= 0 ? unit : countLetters(text.slice(0, unit));
}

/** The other way round. */
export function unitPosition(text: string, letter: number): number {
  if (letter <= 0 || !pair.test(text)) return letter;
  let unit = 0;
  for (let left = letter; left > 0 && unit < text.length; left -= 1) unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
  return unit;
}
