/** The place after the `}}` that closes an expression whose inside begins at `from`, or -1: braces and quotes inside are counted. */
export function expressionEnd(text: string, from: number, limit: number): number {
  let depth = 0;
  for (let index = from; index < limit; index += 1) {
    const letter = text[index];
    if (letter === '"' || letter === "'") {
      index = quoteEnd(text, index, limit);
      if (index < 0) return -1;
    } else if (letter === '{') depth += 1;
    else if (letter === '}') {
      if (depth === 0) return index + 1 < limit && text[index + 1] === '}' ? index + 2 : -1;
      depth -= 1;
    }
  }
  return -1;
}

/** Whether an expression is opened in a text and not closed in it. */
export function opensWithoutClosing(value: string): boolean {
  for (let at = value.indexOf('${{'); at !== -1;) {
    const end = expressionEnd(value, at + 3, value.length);
    const close = end === -1 ? value.indexOf('}}', at + 3) + 2 : end;
    if (close < at + 3) return true;
    at = value.indexOf('${{', close);
  }
  return false;
}

function quoteEnd(text: string, start: number, limit: number): number {
  for (let index = start + 1; index < limit; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === text[start]) return index;
  }
  return -1;
}
