import type { Multi } from '../model/index.ts';

const maxNames = 1000;
const maxValues = 10_000;

/**
 * Names and values of a query (its raw bytes escaped) or a form, flat: `a[b]` is a name like any other. `+` is a space; an escape that is none,
 * or is not UTF-8, stays as it is; a name without `=` has the value ''. What goes beyond 1,000 names or 10,000 values is
 * left out, and `complete` says so.
 */
export function parseUrlEncoded(text: string): { readonly values: Multi; readonly complete: boolean } {
  const values = new Map<string, string[]>();
  let count = 0;
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      const equals = text.indexOf('=', start);
      const nameEnd = equals === -1 || equals > end ? end : equals;
      const name = decodeFormText(text.slice(start, nameEnd));
      const known = values.get(name);
      if (count >= maxValues || (!known && values.size >= maxNames)) return { values, complete: false };
      const value = nameEnd === end ? '' : decodeFormText(text.slice(nameEnd + 1, end));
      if (known) known.push(value);
      else values.set(name, [value]);
      count += 1;
    }
    start = end + 1;
  }
  return { values, complete: true };
}

function decodeFormText(text: string): string {
  return decodeEscapes(text.includes('+') ? text.replaceAll('+', ' ') : text);
}

/** Text with its percent-escapes read as UTF-8; those that are not stay as they are. */
export function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}
