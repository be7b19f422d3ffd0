import type { ExpressionMistake } from './scope.ts';

/** A stretch of text between expressions, or the inside of a `${{ }}` with its place in the whole text. */
export type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'expression'; readonly source: string; readonly offset: number };

/**
 * Takes a text apart at its `${{ … }}`. The `}}` that ends an expression is one outside of CEL's strings, comments and
 * maps, so `${{ {"a": {"b": "}}"}} }}` is one expression.
 */
export function scan(text: string): readonly Piece[] | ExpressionMistake {
  const pieces: Piece[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('${{', at);
    if (open > at || (open === -1 && at < text.length)) pieces.push({ kind: 'text', text: text.slice(at, open === -1 ? undefined : open) });
    if (open === -1) return pieces;
    const end = findEnd(text, open + 3);
    if (typeof end !== 'number') return end.code === 'unclosed-expression' ? { ...end, offset: open, length: 3 } : end;
    pieces.push({ kind: 'expression', source: text.slice(open + 3, end), offset: open + 3 });
    at = end + 2;
  }
}

/** Where the `}}` of an expression stands. */
function findEnd(text: string, start: number): number | ExpressionMistake {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const letter = text[at]!;
    if (letter === '"' || letter === "'") {
      const end = endOfString(text, at);
      if (end === -1) return unclosedString(text, at);
      at = end;
    } else if (letter === '/' && text[at + 1] === '/') {
      const lineEnd = text.indexOf('\n', at);
      at = lineEnd === -1 ? text.length : lineEnd;
    } else if (letter === '{') {
      depth += 1;
      at += 1;
    } else if (letter === '}') {
      if (depth === 0) return text[at + 1] === '}' ? at : strayBrace(at);
      depth -= 1;
      at += 1;
    } else {
      at += 1;
    }
  }
  return unclosed(start);
}

/** The position after a CEL string: `"…"`, `'…'` or tripled. A backslash hides what follows it, in raw strings (`r"…"`) too. -1 when it is never closed. */
function endOfString(text: string, at: number): number {
  const quote = text[at]!;
  const mark = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  let next = at + mark.length;
  while (next < text.length) {
    if (text.startsWith(mark, next)) return next + mark.length;
    if (mark.length === 1 && text[next] === '\n') return -1;
    next += text[next] === '\\' ? 2 : 1;
  }
  return -1;
}

function unclosed(offset: number): ExpressionMistake {
  return {
    code: 'unclosed-expression',
    message: 'The `${{` is never closed',
    expected: '`}}` after the expression',
    fix: 'Close it with `}}`; inside `{ }` and `[ ]` of YAML, put the whole value in single quotes.',
    offset,
    length: 3,
  };
}

function unclosedString(text: string, offset: number): ExpressionMistake {
  return { code: 'unclosed-text', message: 'The text that begins here is never closed', expected: `a closing ${text[offset]}`, fix: `Close it with ${text[offset]} before the \`}}\`.`, offset, length: 1 };
}

function strayBrace(offset: number): ExpressionMistake {
  return { code: 'unbalanced-brace', message: 'This `}` closes nothing', expected: '`}}` at the end of the expression', fix: 'Give each map its own `}` before the `}}` that ends the expression.', offset, length: 1 };
}
