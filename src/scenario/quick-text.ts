import { writtenNumber } from '../base/json.ts';
import { opensWithoutClosing } from './expression-end.ts';
import type { SourceNode } from './source-tree.ts';

/** Thrown, and caught by the reader, where a text is not of the plain part of YAML. */
export const notPlain = Symbol('not plain');

/** What a number, and what looks like one, begins with. */
const beginsNumber = '-+.0123456789';
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** Everything else that YAML takes for a number, and what looks like it. */
const likeNumber = /^[-+]?\.?\d[\d.]*(?:[eE][-+]?\d*)?$|^0[xo][\dA-Fa-f]*$|^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$/;
const words = new Map<string, unknown>([['~', null], ['null', null], ['Null', null], ['NULL', null], ['true', true], ['True', true], ['TRUE', true], ['false', false], ['False', false], ['FALSE', false]]);

const inSingleQuotes = /'[^'\n]*(?:''[^'\n]*)*'/y;
const inDoubleQuotes = /"[^"\\\n]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\n]*)*"/y;
/** Always there, if only as nothing. */
const inBrackets = /[^,[\]{}\n\r:#]*(?:(?::(?=[^ ,[\]{}\n\r])|(?<! )#)[^,[\]{}\n\r:#]*)*/y;

/** A text of YAML and a place in it: reads lines, and the values that are texts, numbers and words. */
export class QuickText {
  protected readonly text: string;
  protected at = 0;
  /** Where the line begins that `at` is in. */
  protected lineStart = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to the first letter of the next line that says something, from a line's start; gives its indentation, -1 at the end. */
  protected nextLine(): number {
    const text = this.text;
    while (this.at < text.length) {
      this.lineStart = this.at;
      while (text[this.at] === ' ') this.at += 1;
      const letter = text[this.at];
      if (letter !== undefined && letter !== '\n' && letter !== '\r' && letter !== '#') {
        const indent = this.at - this.lineStart;
        if (indent === 0 && (letter === '%' || text.startsWith('---', this.at) || text.startsWith('...', this.at))) throw notPlain;
        return indent;
      }
      this.skipLine();
    }
    return -1;
  }

  protected skipLine(): void {
    const newline = this.text.indexOf('\n', this.at);
    this.at = newline === -1 ? this.text.length : newline + 1;
  }

  protected lineEnd(): number {
    const newline = this.text.indexOf('\n', this.at);
    if (newline === -1) return this.text.length;
    return this.text[newline - 1] === '\r' ? newline - 1 : newline;
  }

  protected plain(): SourceNode {
    const start = this.at;
    const line = this.text.slice(start, this.lineEnd());
    const comment = line.indexOf(' #');
    const source = (comment === -1 ? line : line.slice(0, comment)).trimEnd();
    if (!beginsPlain(source) || source.includes(': ') || source.endsWith(':') || (source.includes('${{') && opensWithoutClosing(source))) throw notPlain;
    this.at += source.length;
    return { range: [start, this.at], type: 'PLAIN', value: plainValue(source) };
  }

  /** A text in quotes on one line. */
  protected quoted(): SourceNode {
    const start = this.at;
    const quote = this.text[start]!;
    const found = quote === "'" ? inSingleQuotes : inDoubleQuotes;
    found.lastIndex = start;
    if (!found.test(this.text)) throw notPlain;
    this.at = found.lastIndex;
    const source = this.text.slice(start, this.at);
    const value = quote === "'" ? source.slice(1, -1).replaceAll("''", "'") : (JSON.parse(source) as string);
    return { range: [start, this.at], type: quote === "'" ? 'QUOTE_SINGLE' : 'QUOTE_DOUBLE', value };
  }

  protected skipSpaces(): void {
    while (this.text[this.at] === ' ') this.at += 1;
  }

  /** Plain text inside brackets: up to a comma, a bracket or a colon before a space. */
  protected flowWord(): string {
    inBrackets.lastIndex = this.at;
    inBrackets.test(this.text);
    const source = this.text.slice(this.at, inBrackets.lastIndex).trimEnd();
    if (!beginsPlain(source)) throw notPlain;
    this.at += source.length;
    return source;
  }

  /** A `|` or `|-` block. */
  protected literal(indent: number): SourceNode {
    const start = this.at;
    const text = this.text;
    const header = text.slice(start, this.lineEnd()).trimEnd();
    if (header !== '|' && header !== '|-') throw notPlain;
    this.skipLine();
    const lines: string[] = [];
    let inner = -1;
    let end = this.at;
    while (this.at < text.length) {
      const lineEnd = this.lineEnd();
      const line = text.slice(this.at, lineEnd);
      const spaces = /^ */.exec(line)![0].length;
      if (spaces < line.length) {
        if (inner === -1) inner = spaces;
        if (inner <= indent || spaces < inner) break;
        lines.push(line.slice(inner));
      } else {
        if (spaces > (inner === -1 ? 0 : inner)) throw notPlain;
        lines.push('');
      }
      this.skipLine();
      end = this.at;
    }
    if (inner <= indent || text[end - 1] !== '\n') throw notPlain;
    while (lines.at(-1) === '') lines.pop();
    return { range: [start, end], type: 'BLOCK_LITERAL', value: `${lines.join('\n')}${header === '|' ? '\n' : ''}` };
  }
}

export function plainValue(source: string): unknown {
  if (words.has(source)) return words.get(source);
  if (!beginsNumber.includes(source[0]!)) return source;
  if (number.test(source)) return source === '-0' ? fail() : writtenNumber(source);
  return likeNumber.test(source) ? fail() : source;
}

function fail(): never {
  throw notPlain;
}

/** Whether a text may stand without quotes, by its first letters. */
export function beginsPlain(source: string): boolean {
  const first = source[0];
  if (first === undefined || ',[]{}#&*!|>\'"%@`?:'.includes(first)) return false;
  return first !== '-' || /^-[\w./]/.test(source);
}

export function isSpaceOrEnd(letter: string | undefined): boolean {
  return letter === undefined || letter === ' ' || letter === '\n' || letter === '\r';
}

