import { isNumeric, stringifyJson } from './json.ts';

/**
 * A value as a message shows it: short, on one line, never raw binary. Text stands bare when it is a plain word and
 * quoted otherwise; control characters are escaped; what is longer than `limit` letters is cut with `…`.
 */
export function show(value: unknown, limit = 80): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? showText(value) : showJson(value);
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

function showText(text: string): string {
  return /^[\w.:/+@#-]+$/.test(text) ? text : JSON.stringify(printable(text));
}

function showJson(value: unknown): string {
  return printable(typeof value === 'function' || typeof value === 'symbol' ? String(value) : stringifyJson(value));
}

/** Text with every control character and every lone surrogate made visible, so that a log line stays one line. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What kind of thing a value of a YAML file is, in the words of a QA person: `text`, `a number`, `a map`, `a list`, `nothing`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string': return 'text';
    case 'number': case 'bigint': return 'a number';
    case 'boolean': return 'true or false';
    default: return isNumeric(value) ? 'a number' : 'a map';
  }
}
