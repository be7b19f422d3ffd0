/**
 * For a text value and the place where YAML wrote it: the offset in the file of each of its letters. `start` is where the
 * scalar begins (its quote or its `|`), `end` where it ends.
 */
export function offsetInFile(text: string, scalar: { readonly type?: string | undefined; readonly value: string; readonly start: number; readonly end: number }, letter: number): number {
  const { type, value, start, end } = scalar;
  switch (type) {
    case 'BLOCK_LITERAL': case 'BLOCK_FOLDED': return blockOffset(text, start, end, value, letter) ?? start;
    case 'QUOTE_SINGLE': return flowOffset(text, start + 1, end - 1, letter, (at) => (text.startsWith("''", at) ? [2, 1] : [1, 1]));
    case 'QUOTE_DOUBLE': return flowOffset(text, start + 1, end - 1, letter, (at) => escapeAt(text, at));
    default: return flowOffset(text, start, end, letter, () => [1, 1]);
  }
}

const lineFold = /[ \t]*(?:\r?\n[ \t]*)+/y;

/** Walks a scalar that may be folded over lines: a break of one line is a space in the value, more are line feeds. */
function flowOffset(text: string, start: number, end: number, letter: number, step: (at: number) => readonly [inFile: number, inValue: number]): number {
  let at = start;
  let count = 0;
  while (at < end && count < letter) {
    lineFold.lastIndex = at;
    const fold = lineFold.exec(text);
    if (fold) {
      count += Math.max(1, fold[0].split('\n').length - 2);
      at += fold[0].length;
    } else {
      const [inFile, inValue] = step(at);
      at += inFile;
      count += inValue;
    }
  }
  return Math.min(at, Math.max(start, end - 1));
}

function escapeAt(text: string, at: number): readonly [number, number] {
  if (text[at] !== '\\') return [1, 1];
  switch (text[at + 1]) {
    case 'x': return [4, 1];
    case 'u': return [6, 1];
    case 'U': return [10, Number.parseInt(text.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1];
    case '\r': case '\n': return [(/^\\\r?\n[ \t]*/.exec(text.slice(at)) ?? ['  '])[0].length, 0];
    default: return [2, 1];
  }
}

/** Each line of a block's source stands whole in its value, in order: finds the line that holds the letter. */
function blockOffset(text: string, start: number, end: number, value: string, letter: number): number | null {
  let lineStart = text.indexOf('\n', start) + 1;
  if (lineStart === 0) return null;
  let cursor = 0;
  while (lineStart < end) {
    const newline = text.indexOf('\n', lineStart);
    const lineEnd = newline === -1 || newline > end ? end : newline;
    const line = text.slice(lineStart, lineEnd).replace(/\r$/, '');
    const trimmed = line.trimStart();
    if (trimmed !== '') {
      const found = value.indexOf(trimmed, cursor);
      if (found === -1) return null;
      if (letter < found + trimmed.length + 1) return lineStart + (line.length - trimmed.length) + Math.max(0, letter - found);
      cursor = found + trimmed.length;
    }
    lineStart = lineEnd + 1;
  }
  return null;
}
