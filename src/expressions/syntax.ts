import type { ASTNode } from '@marcbachmann/cel-js';
import type { Mistake } from '../base/diagnostic.ts';
import { printable } from '../base/show.ts';
import { createParser } from './cel-parser.ts';
import type { Span } from './code.ts';
import { bracketForm } from './hints.ts';

/** Bounds of one expression: letters, nodes, and how deep brackets go. */
const limits = { maxAstNodes: 4000, maxDepth: 100, maxListElements: 1000, maxMapEntries: 1000, maxCallArguments: 32 };
const longestSource = 20_000;

let read: ReturnType<typeof createParser> | null = null;

/** Words that CEL keeps for itself: no name in an expression can be one. */
export const celWords: ReadonlySet<string> = new Set(['as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let', 'loop', 'namespace', 'null', 'package', 'return', 'true', 'var', 'void', 'while']);

/** A mistake with its letters in the source. */
export interface SyntaxMistake extends Span {
  readonly mistake: Mistake;
}

/** Reads CEL. The parser is made once, at the first expression. */
export function parse(source: string): { readonly node: ASTNode } | SyntaxMistake {
  if (source.trim() === '') return { start: 0, end: source.length, mistake: { code: 'empty-expression', message: 'The expression is empty', expected: 'a CEL expression such as `query.id`' } };
  if (source.length > longestSource) return tooLarge(source);
  read ??= createParser(limits);
  try {
    return { node: read(source) };
  } catch (error) {
    if (error instanceof RangeError) return tooLarge(source);
    const { code, range, summary } = error as ParseFailure;
    if (code === undefined) throw error;
    return explain(source, code, summary, range ?? { start: 0, end: source.length });
  }
}

/** What the parser's errors carry. */
interface ParseFailure {
  readonly code?: string;
  readonly summary: string;
  readonly range?: Span;
}

function tooLarge(source: string): SyntaxMistake {
  return { start: 0, end: source.length, mistake: { code: 'expression-too-large', message: 'The expression is too long or nested too deeply', expected: `at most ${longestSource} letters, brackets ${limits.maxDepth} deep` } };
}

const tokens: Readonly<Record<string, string>> = {
  RPAREN: '`)`', LPAREN: '`(`', RBRACKET: '`]`', LBRACKET: '`[`', RBRACE: '`}`', LBRACE: '`{`', COLON: '`:`', COMMA: '`,`', DOT: '`.`', IDENTIFIER: 'a name', EOF: 'the end',
};

function explain(source: string, code: string, summary: string, range: Span): SyntaxMistake {
  const start = Math.min(range.start, source.length);
  const end = Math.max(range.end, Math.min(start + 1, source.length));
  const place = { start, end };
  const bracketed = bracketForm(source, start, start);
  if (bracketed !== null) return { ...place, mistake: { code: 'hyphen-in-name', message: 'A name with `-` is read as a subtraction', fix: `Write \`${bracketed}\`.` } };
  if (code === 'limit_exceeded') return tooLarge(source);
  const got = start >= source.trimEnd().length ? 'the end of the expression' : `\`${printable(source.slice(start, Math.min(end, start + 20)))}\``;
  const expected = /^Expected (\w+),/.exec(summary)?.[1];
  const known = words[code];
  return {
    ...place,
    mistake: {
      code: 'expression-syntax',
      message: known ?? (expected === undefined && code !== 'unexpected_token' && code !== 'unexpected_character' ? summary.split('\n')[0]! : 'The expression is not well-formed'),
      expected: expected === undefined ? (code === 'unexpected_token' ? 'a value' : undefined) : (tokens[expected] ?? 'something else'),
      got,
      fix: hint(source, code, start),
    },
  };
}

const words: Readonly<Record<string, string>> = {
  unterminated_string: 'The text that begins here is never closed',
  unterminated_triple_quoted_string: 'The text that begins here is never closed',
  newline_in_string: 'A text in single or double quotes ends on its line',
  invalid_macro_argument: 'The first argument is the name of a variable, such as `i` in `list.map(i, i.name)`',
  reserved_identifier: 'This word is kept for CEL itself',
};

/** How to mend what people bring along from other languages. */
function hint(source: string, code: string, start: number): string | undefined {
  const rest = source.slice(start, start + 40);
  const before = source.slice(Math.max(0, start - 40), start);
  if (/[=!]=$/.test(before) && rest.startsWith('=')) return 'Write `==` or `!=`.';
  if (rest.startsWith('=')) return rest.startsWith('=>') ? 'Write `list.map(i, i.name)`: the variable, then what to do.' : 'Write `==` to compare.';
  if (rest.startsWith('&')) return 'Write `&&` for "and".';
  if (rest.startsWith('|')) return 'Write `||` for "or"; functions are called `upper(x)`, not `x | upper`.';
  if (rest.startsWith('`')) return 'Texts stand in `"` or `\'`, and are joined with `+`.';
  if (rest.startsWith('${{')) return 'Leave `${{ }}` out inside an expression.';
  if ((before.endsWith('?') && /^[.?]/.test(rest)) || (before.endsWith('.') && rest.startsWith('?'))) return 'Write `default(body.a.b, "x")` for what may be missing.';
  if (/^and\b/.test(rest)) return 'Write `&&` for "and".';
  if (/^or\b/.test(rest)) return 'Write `||` for "or".';
  if (/^is\b/.test(rest)) return 'Write `==`, as in `x == null`.';
  if (/^not\s+in\b/.test(rest)) return 'Write `!(x in list)`.';
  if (/\bnot\s+$/.test(before)) return 'Write `!` for "not".';
  if (/^(?:if|else|for|while|return|let|var|const|function)\b/.test(rest)) return 'CEL has no statements: write `condition ? a : b` or `list.map(i, …)`.';
  if (/\.\s*$/.test(before) && /^\w/.test(rest)) return `Write \`["${/^\w+/.exec(rest)![0]}"]\` for this name.`;
  if (code === 'invalid_escape_sequence') return 'Write `\\\\` for a backslash, or put `r` before the quotes.';
  return undefined;
}
