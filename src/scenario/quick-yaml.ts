import { exactNumber } from '../base/json.ts';
import { opensWithoutClosing } from './expression-end.ts';
import type { SourceNode, SourcePair, SourceTree } from './source-tree.ts';

/**
 * Reads the plain part of YAML that nearly every scenario is written in: maps and lists by indentation or on one line, texts of
 * one line, `|` blocks, comments. Anything else, anchors and long texts as well as every mistake, gives null: then the YAML library
 * reads the file. It is here because that library costs more at start than all the rest of a load; a test holds the two together.
 */
export function readQuickly(text: string): SourceTree | null {
  if (text.length > longestText || strange.test(text)) return null;
  const reader = new QuickReader(text);
  try {
    return new QuickTree(reader.document());
  } catch (error) {
    if (error === notPlain) return null;
    throw error;
  }
}

const longestText = 10_000_000;
const deepest = 60;
/** Tabs, other control characters, line breaks of other systems, marks: for the library. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const strange = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ue000\ue001]|\r(?!\n)/;
const notPlain = Symbol('not plain');

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** Everything else that YAML takes for a number, and what looks like it. */
const likeNumber = /^[-+]?\.?\d[\d.]*(?:[eE][-+]?\d*)?$|^0[xo][\dA-Fa-f]*$|^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$/;
const words = new Map<string, unknown>([['~', null], ['null', null], ['Null', null], ['NULL', null], ['true', true], ['True', true], ['TRUE', true], ['false', false], ['False', false], ['FALSE', false]]);

class QuickReader {
  readonly #text: string;
  #at = 0;
  #lineStart = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): SourceNode {
    if (this.#nextLine() !== 0) throw notPlain;
    const root = this.#block(0);
    if (root.map === undefined || this.#at < this.#text.length) throw notPlain;
    return root;
  }

  /** Goes to the first letter of the next line that says something, from a line's start; gives its indentation, -1 at the end. */
  #nextLine(): number {
    const text = this.#text;
    while (this.#at < text.length) {
      this.#lineStart = this.#at;
      while (text[this.#at] === ' ') this.#at += 1;
      const letter = text[this.#at];
      if (letter !== undefined && letter !== '\n' && letter !== '\r' && letter !== '#') {
        const indent = this.#at - this.#lineStart;
        if (indent === 0 && (letter === '%' || text.startsWith('---', this.#at) || text.startsWith('...', this.#at))) throw notPlain;
        return indent;
      }
      this.#skipLine();
    }
    return -1;
  }

  #skipLine(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    this.#at = newline === -1 ? this.#text.length : newline + 1;
  }

  #lineEnd(): number {
    const newline = this.#text.indexOf('\n', this.#at);
    if (newline === -1) return this.#text.length;
    return this.#text[newline - 1] === '\r' ? newline - 1 : newline;
  }

  #isDash(): boolean {
    return this.#text[this.#at] === '-' && isSpaceOrEnd(this.#text[this.#at + 1]);
  }

  /** A map or a list whose first letter is here, at this indentation. */
  #block(indent: number): SourceNode {
    this.#depth += 1;
    if (this.#depth > deepest) throw notPlain;
    const node = this.#isDash() ? this.#list(indent) : this.#map(indent);
    this.#depth -= 1;
    return node;
  }

  #map(indent: number): SourceNode {
    const start = this.#at;
    const value: Record<string, unknown> = Object.create(null);
    const map = new Map<string, SourcePair>();
    let next = indent;
    while (next === indent && !this.#isDash()) {
      const keyStart = this.#at;
      const key = this.#key();
      if (map.has(key)) throw notPlain;
      const node = this.#valueAfter(indent, true);
      map.set(key, { key: { range: [keyStart, keyStart] }, value: node });
      value[key] = node.value;
      next = this.#indentHere();
    }
    if (next > indent || (next === indent && this.#isDash())) throw notPlain;
    return { range: [start, start + 1], value, map };
  }

  #list(indent: number): SourceNode {
    const start = this.#at;
    const list: SourceNode[] = [];
    let next = indent;
    while (next === indent && this.#isDash()) {
      this.#at += 1;
      list.push(this.#valueAfter(indent, false));
      next = this.#indentHere();
    }
    if (next > indent) throw notPlain;
    return { range: [start, start + 1], value: list.map((node) => node.value), list };
  }

  /** The indentation of the line that was come to; -1 at the end. */
  #indentHere(): number {
    return this.#at >= this.#text.length ? -1 : this.#at - this.#lineStart;
  }

  /** Reads a key and its colon. */
  #key(): string {
    const text = this.#text;
    const first = text[this.#at]!;
    if (first === '"' || first === "'") {
      const key = this.#quoted();
      while (text[this.#at] === ' ') this.#at += 1;
      if (text[this.#at] !== ':' || !isSpaceOrEnd(text[this.#at + 1])) throw notPlain;
      this.#at += 1;
      return String(key.value);
    }
    const end = this.#lineEnd();
    const line = text.slice(this.#at, end);
    const colon = /:(?= |$)/.exec(line);
    const key = colon ? line.slice(0, colon.index).trimEnd() : '';
    if (key === '' || key === '<<' || key.length > 1000 || / #|\$\{\{/.test(key) || !beginsPlain(key)) throw notPlain;
    this.#at += colon!.index + 1;
    return key;
  }

  /** What follows `key:` or `-`, up to the first letter of the next line that says something. */
  #valueAfter(indent: number, isMap: boolean): SourceNode {
    const text = this.#text;
    const from = this.#at;
    while (text[this.#at] === ' ') this.#at += 1;
    const letter = text[this.#at];
    if (letter === undefined || letter === '\n' || letter === '\r' || (letter === '#' && this.#at > from)) {
      this.#skipLine();
      const next = this.#nextLine();
      if (next > indent) return this.#block(next);
      if (isMap && next === indent && this.#isDash()) return this.#listBesideKey(indent);
      return { range: [from, from], value: null };
    }
    if (!isMap && this.#at - from === 1 && (this.#isDash() || this.#hasKey())) return this.#block(this.#at - this.#lineStart);
    if (!isMap && (this.#isDash() || this.#hasKey())) throw notPlain;
    const node = this.#inline(indent);
    if (this.#nextLine() > indent) throw notPlain;
    return node;
  }

  /** A list may stand at the indentation of the key that it belongs to. */
  #listBesideKey(indent: number): SourceNode {
    const start = this.#at;
    const list: SourceNode[] = [];
    let next = indent;
    while (next === indent && this.#isDash()) {
      this.#at += 1;
      list.push(this.#valueAfter(indent, false));
      next = this.#indentHere();
    }
    return { range: [start, start + 1], value: list.map((node) => node.value), list };
  }

  #hasKey(): boolean {
    const first = this.#text[this.#at]!;
    const line = this.#text.slice(this.#at, this.#lineEnd());
    if (first === '{' || first === '[' || first === '|' || first === '>') return false;
    if (first === '"' || first === "'") return /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*') *:(?: |$)/.test(line);
    return /:(?: |$)/.test(line.replace(/ #.*$/, ''));
  }

  /** A value that begins on this line; goes on to the start of the line after it. */
  #inline(indent: number): SourceNode {
    const letter = this.#text[this.#at]!;
    if (letter === '|') return this.#literal(indent);
    const node = letter === '{' || letter === '[' ? this.#flow(0) : letter === '"' || letter === "'" ? this.#quoted() : this.#plain();
    const rest = this.#text.slice(this.#at, this.#lineEnd());
    if (rest.trimEnd() !== '' && !/^ +#/.test(rest)) throw notPlain;
    this.#skipLine();
    return node;
  }

  #plain(): SourceNode {
    const start = this.#at;
    const line = this.#text.slice(start, this.#lineEnd());
    const comment = line.indexOf(' #');
    const source = (comment === -1 ? line : line.slice(0, comment)).trimEnd();
    if (!beginsPlain(source) || /:(?: |$)/.test(source) || (source.includes('${{') && opensWithoutClosing(source))) throw notPlain;
    this.#at += source.length;
    return { range: [start, this.#at], type: 'PLAIN', value: plainValue(source) };
  }

  /** A text in quotes on one line. */
  #quoted(): SourceNode {
    const start = this.#at;
    const quote = this.#text[start]!;
    const found = (quote === "'" ? /'(?:[^'\n]|'')*'/y : /"(?:[^"\\\n]|\\["\\/bfnrt]|\\u[\dA-Fa-f]{4})*"/y);
    found.lastIndex = start;
    const source = found.exec(this.#text)?.[0];
    if (source === undefined) throw notPlain;
    this.#at += source.length;
    const value = quote === "'" ? source.slice(1, -1).replaceAll("''", "'") : (JSON.parse(source) as string);
    return { range: [start, this.#at], type: quote === "'" ? 'QUOTE_SINGLE' : 'QUOTE_DOUBLE', value };
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  /** `{ … }` or `[ … ]` on one line. */
  #flow(depth: number): SourceNode {
    if (depth + this.#depth > deepest) throw notPlain;
    const start = this.#at;
    const isMap = this.#text[start] === '{';
    const value: Record<string, unknown> = Object.create(null);
    const map = new Map<string, SourcePair>();
    const list: SourceNode[] = [];
    this.#at += 1;
    this.#skipSpaces();
    if (this.#text[this.#at] !== (isMap ? '}' : ']')) {
      for (;;) {
        if (isMap) this.#flowEntry(map, value, depth);
        else list.push(this.#flowValue(depth));
        this.#skipSpaces();
        if (this.#text[this.#at] !== ',') break;
        this.#at += 1;
        this.#skipSpaces();
      }
    }
    if (this.#text[this.#at] !== (isMap ? '}' : ']')) throw notPlain;
    this.#at += 1;
    return isMap ? { range: [start, this.#at], value, map } : { range: [start, this.#at], value: list.map((node) => node.value), list };
  }

  #flowEntry(map: Map<string, SourcePair>, value: Record<string, unknown>, depth: number): void {
    const keyStart = this.#at;
    const isQuoted = this.#text[keyStart] === '"' || this.#text[keyStart] === "'";
    const key = isQuoted ? String(this.#quoted().value) : this.#flowWord();
    this.#skipSpaces();
    if (key === '<<' || map.has(key) || this.#text[this.#at] !== ':' || (!isQuoted && this.#text[this.#at + 1] !== ' ')) throw notPlain;
    this.#at += 1;
    this.#skipSpaces();
    const node = this.#flowValue(depth);
    map.set(key, { key: { range: [keyStart, keyStart] }, value: node });
    value[key] = node.value;
  }

  #flowValue(depth: number): SourceNode {
    const start = this.#at;
    const letter = this.#text[start];
    if (letter === '{' || letter === '[') return this.#flow(depth + 1);
    if (letter === '"' || letter === "'") return this.#quoted();
    const source = this.#flowWord();
    return { range: [start, this.#at], type: 'PLAIN', value: plainValue(source) };
  }

  /** Plain text inside brackets: up to a comma, a bracket or a colon before a space. */
  #flowWord(): string {
    const found = /[^,[\]{}\n\r:#]*(?:(?::(?=[^ ,[\]{}\n\r])|(?<! )#)[^,[\]{}\n\r:#]*)*/y;
    found.lastIndex = this.#at;
    const source = found.exec(this.#text)![0].trimEnd();
    if (!beginsPlain(source)) throw notPlain;
    this.#at += source.length;
    return source;
  }

  /** A `|` or `|-` block. */
  #literal(indent: number): SourceNode {
    const start = this.#at;
    const text = this.#text;
    const header = text.slice(start, this.#lineEnd()).trimEnd();
    if (header !== '|' && header !== '|-') throw notPlain;
    this.#skipLine();
    const lines: string[] = [];
    let inner = -1;
    let end = this.#at;
    while (this.#at < text.length) {
      const lineEnd = this.#lineEnd();
      const line = text.slice(this.#at, lineEnd);
      const spaces = /^ */.exec(line)![0].length;
      if (spaces < line.length) {
        if (inner === -1) inner = spaces;
        if (inner <= indent || spaces < inner) break;
        lines.push(line.slice(inner));
      } else {
        if (spaces > (inner === -1 ? 0 : inner)) throw notPlain;
        lines.push('');
      }
      this.#skipLine();
      end = this.#at;
    }
    if (inner <= indent || text[end - 1] !== '\n') throw notPlain;
    while (lines.at(-1) === '') lines.pop();
    return { range: [start, end], type: 'BLOCK_LITERAL', value: `${lines.join('\n')}${header === '|' ? '\n' : ''}` };
  }
}

function plainValue(source: string): unknown {
  if (words.has(source)) return words.get(source);
  if (number.test(source)) return source === '-0' ? fail() : exactNumber(source);
  return likeNumber.test(source) ? fail() : source;
}

function fail(): never {
  throw notPlain;
}

/** Whether a text may stand without quotes, by its first letters. */
function beginsPlain(source: string): boolean {
  const first = source[0];
  if (first === undefined || ',[]{}#&*!|>\'"%@`?:'.includes(first)) return false;
  return first !== '-' || /^-[\w./]/.test(source);
}

function isSpaceOrEnd(letter: string | undefined): boolean {
  return letter === undefined || letter === ' ' || letter === '\n' || letter === '\r';
}

/** What was read without the library: no aliases, and nothing wrong. */
class QuickTree implements SourceTree {
  readonly root: SourceNode;
  readonly value: unknown;
  readonly mistaken: ReadonlySet<object> = new Set();

  constructor(root: SourceNode) {
    this.root = root;
    this.value = root.value;
  }

  child(node: SourceNode, step: string | number): { node: SourceNode; pair: SourcePair | null } | null {
    if (typeof step === 'number') {
      const item = node.list?.[step];
      return item ? { node: item, pair: null } : null;
    }
    const pair = node.map?.get(step);
    return pair ? { node: pair.value as SourceNode, pair } : null;
  }
}
