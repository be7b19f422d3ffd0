import { beginsPlain, isSpaceOrEnd, notPlain, plainValue, QuickText } from './quick-text.ts';
import { addEntry, merge, QuickTree, valueOf, type QuickNode } from './quick-tree.ts';
import type { SourcePair, SourceTree } from './source-tree.ts';

/**
 * Reads the plain part of YAML that nearly every scenario is written in: maps and lists by indentation or on one line, texts of
 * one line, `|` blocks, anchors, aliases and merges, comments. Anything else, every mistake among it, gives null: then the YAML library
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

const longestText = 5_000_000;
const deepest = 60;
/** As for the library: see node-values.ts. */
const mostValues = 1_000_000;
const anchor = /&([A-Za-z0-9_-]+)(?=[ \r\n]|$)/y;
const mergeOfAlias = /<< *: *\*/y;
const alias = /\*([A-Za-z0-9_-]+)(?=[ ,\]}\r\n]|$)/y;
/** Tabs, other control characters, line breaks of other systems, marks: for the library. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const strange = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ue000\ue001]|\r(?!\n)/;

class QuickReader extends QuickText {
  #depth = 0;
  readonly #anchors = new Map<string, { readonly node: QuickNode; readonly count: number }>();
  /** Values read so far, with aliases written out. */
  #count = 0;

  document(): QuickNode {
    if (this.nextLine() !== 0) throw notPlain;
    const root = this.#block(0);
    if (root.map === undefined || this.at < this.text.length) throw notPlain;
    return root;
  }

  #isDash(): boolean {
    return this.text[this.at] === '-' && isSpaceOrEnd(this.text[this.at + 1]);
  }

  /** A map or a list whose first letter is here, at this indentation. */
  #block(indent: number): QuickNode {
    this.#depth += 1;
    if (this.#depth > deepest) throw notPlain;
    const node = this.#isDash() ? this.#list(indent) : this.#map(indent);
    this.#depth -= 1;
    return node;
  }

  #map(indent: number): QuickNode {
    const start = this.at;
    const value: Record<string, unknown> = Object.create(null);
    const map = new Map<string, SourcePair>();
    const merged: QuickNode[] = [];
    let next = indent;
    while (next === indent && !this.#isDash()) {
      const keyStart = this.at;
      const key = this.#key();
      if (map.has(key)) throw notPlain;
      const node = this.#valueAfter(indent, true);
      if (key === '<<' && this.text[keyStart] === '<') merge(this.#mergeSources(node, keyStart), value, merged);
      else addEntry(key, keyStart, node, map, value);
      next = this.#indentHere();
    }
    if (next > indent || (next === indent && this.#isDash())) throw notPlain;
    return { range: [start, start + 1], value, map, merged };
  }

  #list(indent: number): QuickNode {
    const start = this.at;
    const list: QuickNode[] = [];
    let next = indent;
    while (next === indent && this.#isDash()) {
      this.at += 1;
      list.push(this.#valueAfter(indent, false));
      next = this.#indentHere();
    }
    if (next > indent) throw notPlain;
    return { range: [start, start + 1], value: list.map(valueOf), list };
  }

  /** The indentation of the line that was come to; -1 at the end. */
  #indentHere(): number {
    return this.at >= this.text.length ? -1 : this.at - this.lineStart;
  }

  /** Reads a key and its colon. */
  #key(): string {
    const text = this.text;
    const first = text[this.at]!;
    if (first === '"' || first === "'") {
      const key = this.quoted();
      while (text[this.at] === ' ') this.at += 1;
      if (text[this.at] !== ':' || !isSpaceOrEnd(text[this.at + 1])) throw notPlain;
      this.at += 1;
      return String(key.value);
    }
    const colon = this.#colon(this.lineEnd());
    const key = colon === -1 ? '' : text.slice(this.at, colon).trimEnd();
    if (key === '' || key.length > 1000 || key.includes(' #') || key.includes('${{') || !beginsPlain(key)) throw notPlain;
    this.at = colon + 1;
    return key;
  }

  /** Where the colon is that ends the key which begins here; -1 when there is none before `end`. */
  #colon(end: number): number {
    let colon = this.text.indexOf(':', this.at);
    while (colon !== -1 && colon < end && colon + 1 !== end && this.text[colon + 1] !== ' ') colon = this.text.indexOf(':', colon + 1);
    return colon < end ? colon : -1;
  }

  /** What follows `key:` or `-`, up to the first letter of the next line that says something. */
  #valueAfter(indent: number, isMap: boolean): QuickNode {
    const text = this.text;
    const from = this.at;
    this.#count += 1;
    if (this.#count > mostValues) throw notPlain;
    while (text[this.at] === ' ') this.at += 1;
    if (text[this.at] === '&') return this.#anchored(() => this.#valueAfter(indent, isMap), isMap);
    if (text[this.at] === '*') return this.#endOfValue(this.#alias(!isMap), indent);
    const letter = text[this.at];
    if (letter === undefined || letter === '\n' || letter === '\r' || (letter === '#' && this.at > from)) {
      this.skipLine();
      const next = this.nextLine();
      if (next > indent) return this.#block(next);
      // A list may stand at the indentation of the key that it belongs to.
      if (isMap && next === indent && this.#isDash()) return this.#list(indent);
      if (!isMap) throw notPlain;
      return { range: [from, from], value: null };
    }
    if (!isMap && this.at - from === 1 && (this.#isDash() || this.#hasKey())) return this.#block(this.at - this.lineStart);
    if (!isMap && (this.#isDash() || this.#hasKey())) throw notPlain;
    if (letter === '|') {
      const block = this.literal(indent);
      if (this.nextLine() > indent) throw notPlain;
      return block;
    }
    return this.#endOfValue(letter === '{' || letter === '[' ? this.#flow(0) : letter === '"' || letter === "'" ? this.quoted() : this.plain(), indent);
  }

  /** After a value on one line: a comment at most, then a line that is not indented deeper. */
  #endOfValue(node: QuickNode, indent: number): QuickNode {
    const rest = this.text.slice(this.at, this.lineEnd());
    if (rest !== '' && rest.trimEnd() !== '' && !/^ +#/.test(rest)) throw notPlain;
    this.skipLine();
    if (this.nextLine() > indent) throw notPlain;
    return node;
  }

  /** `&name` and the value after it. */
  #anchored(read: () => QuickNode, isMap: boolean): QuickNode {
    anchor.lastIndex = this.at;
    const [written, name] = anchor.exec(this.text) ?? [];
    if (written === undefined || name === undefined || this.#anchors.has(name)) throw notPlain;
    this.at += written.length;
    const after = this.at;
    this.skipSpaces();
    if ('&*'.includes(this.text[this.at] ?? ' ') || (!isMap && (this.#isDash() || this.#hasKey()))) throw notPlain;
    this.at = after;
    const before = this.#count;
    const node = read();
    if (node.value === null) throw notPlain;
    this.#anchors.set(name, { node, count: this.#count - before });
    return node;
  }

  /** `<<: *name` and `<<: [*a, *b]`; an alias of a list is for the library. */
  #mergeSources(node: QuickNode, keyStart: number): readonly QuickNode[] {
    if (!node.list) return [node];
    mergeOfAlias.lastIndex = keyStart;
    if (mergeOfAlias.test(this.text)) throw notPlain;
    return node.list;
  }

  /** `*name`: the node of its anchor; in a list, a node of its own place that stands for it. */
  #alias(inList: boolean): QuickNode {
    const start = this.at;
    alias.lastIndex = start;
    const [written, name = ''] = alias.exec(this.text) ?? [];
    const target = this.#anchors.get(name);
    if (written === undefined || !target) throw notPlain;
    this.at += written.length;
    this.#count += target.count;
    if (this.#count > mostValues) throw notPlain;
    return inList ? { range: [start, this.at], alias: target.node } : target.node;
  }

  #hasKey(): boolean {
    const first = this.text[this.at]!;
    const line = this.text.slice(this.at, this.lineEnd());
    if (first === '{' || first === '[' || first === '|' || first === '>') return false;
    if (first === '"' || first === "'") return /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*') *:(?: |$)/.test(line);
    return /:(?: |$)/.test(line.replace(/ #.*$/, ''));
  }

  /** `{ … }` or `[ … ]` on one line. */
  #flow(depth: number): QuickNode {
    if (depth + this.#depth > deepest) throw notPlain;
    const start = this.at;
    if (this.text[start] === '[') {
      const list: QuickNode[] = [];
      this.#flowItems(']', () => list.push(this.#flowValue(depth, true)));
      return { range: [start, this.at], value: list.map(valueOf), list };
    }
    const value: Record<string, unknown> = Object.create(null);
    const map = new Map<string, SourcePair>();
    const merged: QuickNode[] = [];
    this.#flowItems('}', () => this.#flowEntry(map, value, merged, depth));
    return { range: [start, this.at], value, map, merged };
  }

  /** What stands between the brackets, the first of which is here. */
  #flowItems(closing: string, read: () => void): void {
    this.at += 1;
    this.skipSpaces();
    if (this.text[this.at] !== closing) {
      for (;;) {
        read();
        this.skipSpaces();
        if (this.text[this.at] !== ',') break;
        this.at += 1;
        this.skipSpaces();
      }
    }
    if (this.text[this.at] !== closing) throw notPlain;
    this.at += 1;
  }

  #flowEntry(map: Map<string, SourcePair>, value: Record<string, unknown>, merged: QuickNode[], depth: number): void {
    const keyStart = this.at;
    const isQuoted = this.text[keyStart] === '"' || this.text[keyStart] === "'";
    const key = isQuoted ? String(this.quoted().value) : this.flowWord();
    this.skipSpaces();
    if (map.has(key) || this.text[this.at] !== ':' || (!isQuoted && this.text[this.at + 1] !== ' ')) throw notPlain;
    this.at += 1;
    this.skipSpaces();
    const node = this.#flowValue(depth, false);
    if (key === '<<' && !isQuoted) merge(this.#mergeSources(node, keyStart), value, merged);
    else addEntry(key, keyStart, node, map, value);
  }

  #flowValue(depth: number, inList: boolean): QuickNode {
    const start = this.at;
    const letter = this.text[start];
    this.#count += 1;
    if (this.#count > mostValues) throw notPlain;
    if (letter === '&') {
      return this.#anchored(() => {
        this.skipSpaces();
        return this.#flowValue(depth, inList);
      }, true);
    }
    if (letter === '*') return this.#alias(inList);
    if (letter === '{' || letter === '[') return this.#flow(depth + 1);
    if (letter === '"' || letter === "'") return this.quoted();
    const source = this.flowWord();
    return { range: [start, this.at], type: 'PLAIN', value: plainValue(source) };
  }

}
