import { Lexer } from 'yaml';
import { expressionEnd } from './expression-end.ts';

/** An unquoted `${{ … }}` that YAML does not see as one text: offsets into the file, `end` after the closing `}}`. */
export interface ExpressionTrap {
  readonly start: number;
  readonly end: number;
  readonly cause: 'flow' | 'comment' | 'colon' | 'unclosed';
  /** Whether the expression is written over several lines. */
  readonly manyLines: boolean;
}

/** Stands for the letters of a trapped expression while YAML looks at the rest of the file; nobody writes it. */
export const maskLetter = '\ue000';
const maskStar = '\ue001';

/** More traps than these in one file are told when the first are mended. */
const mostTraps = 500;

/**
 * Finds the expressions that YAML would tear apart, and gives the text with their letters masked, place for place, so
 * that the rest of the file can be read as it was meant.
 */
export function maskTraps(text: string): { readonly text: string; readonly traps: readonly ExpressionTrap[] } {
  const traps: ExpressionTrap[] = [];
  let masked = text;
  let from = 0;
  while (traps.length < mostTraps) {
    const next = nextTrap(masked, from);
    if (!next) break;
    const { trap } = next;
    traps.push(trap);
    masked = `${masked.slice(0, trap.start)}${mask(masked.slice(trap.start, trap.end))}${masked.slice(trap.end)}`;
    from = next.lineStart;
  }
  return { text: masked, traps };
}

/** Every letter masked but line breaks and the indentation after them. */
function mask(text: string): string {
  return text.replace(/(?<=\n)[ \t]+|[^\r\n]/g, (run, at: number) => (at > 0 && text[at - 1] === '\n' && run.trim() === '' ? run : maskLetter));
}

/** `* /path:` as a key is an alias to YAML: the star is masked so that the route can be told what it should be. */
export function maskStars(text: string): string {
  return text.replace(/^([ \t]*)\*(?=[ \t]+\/)/gm, `$1${maskStar}`);
}

export function unmaskStars(text: string): string {
  return text.includes(maskStar) ? text.replaceAll(maskStar, '*') : text;
}

export function holdsMasks(text: string): boolean {
  return text.includes(maskLetter) || text.includes(maskStar);
}

/** The next trap, and the last line before it at whose start no bracket or quote was open: YAML can be read afresh from there. */
function nextTrap(text: string, from: number): { readonly trap: ExpressionTrap; readonly lineStart: number } | null {
  let offset = from;
  let lineStart = from;
  let depth = 0;
  let previous = '';
  let plain = false;
  for (const token of new Lexer().lex(text.slice(from))) {
    if (token === '\u0002' || token === '\u0018') continue;
    if (token === '\u001f') {
      plain = !/^[|>]/.test(previous);
      continue;
    }
    if (plain) {
      const trap = trapIn(text, offset, offset + token.length, depth > 0);
      if (trap) return { trap, lineStart };
      plain = false;
    } else if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth = Math.max(0, depth - 1);
    if (token.trim() !== '' && !token.startsWith('#')) previous = token;
    offset += token.length;
    if (depth === 0 && (token === '\n' || token === '\r\n')) lineStart = offset;
  }
  return null;
}

/** The first torn expression of a plain text that YAML sees from `start` to `end`. */
function trapIn(text: string, start: number, end: number, inFlow: boolean): ExpressionTrap | null {
  for (let at = text.indexOf('${{', start); at !== -1 && at < end;) {
    const inside = at + 3;
    const lineEnd = endOfLine(text, at);
    let close = expressionEnd(text, inside, Math.max(lineEnd, end));
    if (close === -1) close = closingOnLine(text, inside, lineEnd);
    if (close === -1 && inFlow) close = expressionEnd(text, inside, endOfLine(text, Math.min(text.length, lineEnd + 1)));
    if (close === -1) return { start: at, end: inFlow ? flowValueEnd(text, inside, lineEnd) : Math.max(end, at + 3), cause: 'unclosed', manyLines: false };
    if (close > end) return { start: at, end: close, cause: inFlow ? 'flow' : /^[ \t]+#/.test(text.slice(end, end + 80)) ? 'comment' : 'colon', manyLines: text.slice(at, close).includes('\n') };
    at = text.indexOf('${{', close);
  }
  return null;
}

function closingOnLine(text: string, from: number, lineEnd: number): number {
  const close = text.indexOf('}}', from);
  return close === -1 || close + 2 > lineEnd ? -1 : close + 2;
}

function flowValueEnd(text: string, from: number, lineEnd: number): number {
  const found = /[,}\]]/.exec(text.slice(from, lineEnd));
  return found ? from + found.index : lineEnd;
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  const end = found === -1 ? text.length : found;
  return text[end - 1] === '\r' ? end - 1 : end;
}
