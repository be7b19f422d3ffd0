import { isAlias, isMap, isPair, isScalar, isSeq, Scalar, type Alias, type Document, type LineCounter, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Mistake } from '../base/diagnostic.ts';
import { writtenNumber } from '../base/json.ts';
import { opensWithoutClosing } from './expression-end.ts';
import { maskLetter, unmaskStars, type ExpressionTrap } from './expression-traps.ts';
import type { SourceTree } from './source-tree.ts';
import { inQuotes, shorten } from './yaml-messages.ts';

/** The values of a YAML document and the nodes they came from. */
export interface YamlTree extends SourceTree {
  /** True when nothing can be made of the document, all told by then. */
  readonly unusable: boolean;
  readonly mistakes: readonly { readonly offset: number; readonly mistake: Mistake }[];
  /** Whether some unquoted text opens an expression and does not close it. */
  readonly tornExpression: boolean;
}

/** Values of one document with aliases written out: more would cost more than a file of this size should. */
const mostValues = 1_000_000;

/** Turns the nodes of a document into plain values: numbers with all their digits, maps without a prototype. */
export class NodeValues {
  readonly #text: string;
  readonly #masked: string;
  readonly #document: Document.Parsed;
  readonly #traps: readonly ExpressionTrap[];
  readonly #lines: LineCounter;
  readonly #mistakes: { offset: number; mistake: Mistake }[] = [];
  readonly #mistaken = new Set<object>();
  readonly #anchors = new Map<string, Node>();
  readonly #targets = new Map<Alias, Node>();
  readonly #values = new Map<Node, unknown>();
  readonly #open = new Set<Node>();
  /** Number of values under an anchored node, aliases written out. */
  readonly #counts = new Map<Node, number>();
  #count = 0;
  #tooMany = false;
  #torn = false;

  constructor(text: string, masked: string, document: Document.Parsed, traps: readonly ExpressionTrap[], lines: LineCounter) {
    this.#lines = lines;
    this.#text = text;
    this.#masked = masked;
    this.#document = document;
    this.#traps = traps;
  }

  tree(): YamlTree {
    const root = this.#document.contents;
    const value = root === null ? null : this.#value(root);
    for (const { pos, code } of this.#document.warnings) {
      if (code === 'TAG_RESOLVE_FAILED') this.#mistakes.push({ offset: pos[0], mistake: { code: 'unknown-tag', message: `\`${this.#text.slice(...pos)}\` is a YAML tag, which scenario files do not use`, fix: 'Take it out, or put text that begins with `!` in single quotes' } });
    }
    return { root, value, unusable: this.#tooMany, mistakes: this.#mistakes, mistaken: this.#mistaken, tornExpression: this.#torn, child: (node, step) => this.#child(node, step) };
  }

  #value(node: Node): unknown {
    this.#count += 1;
    if (this.#tooMany) return null;
    if (this.#count > mostValues) return this.#tooLarge(node);
    if (isAlias(node)) return this.#alias(node);
    if (isScalar(node)) {
      if (node.anchor) this.#anchors.set(node.anchor, node);
      const value = this.#scalar(node);
      if (node.anchor) this.#values.set(node, value);
      return value;
    }
    const { anchor } = node as { anchor?: string };
    const before = this.#count;
    if (anchor) {
      this.#anchors.set(anchor, node);
      this.#open.add(node);
    }
    const value = isMap(node) ? this.#map(node) : isSeq(node) ? node.items.map((item) => this.#item(item)) : null;
    if (anchor) {
      this.#open.delete(node);
      this.#values.set(node, value);
      this.#counts.set(node, this.#count - before + 1);
    }
    return value;
  }

  #item(item: unknown): unknown {
    return isPair(item) ? null : this.#value(item as Node);
  }

  #alias(alias: Alias): unknown {
    const target = this.#anchors.get(alias.source);
    const start = alias.range?.[0] ?? 0;
    if (!target) {
      const written = this.#text.slice(start, alias.range?.[1]);
      if (alias.source === '') return this.#alreadyTold(alias);
      return this.#refuse(alias, 'unknown-alias', `\`${written}\` is an alias in YAML, and nothing above has the anchor \`&${alias.source}\``, `For text, write \`${inQuotes(written)}\``);
    }
    if (this.#open.has(target)) return this.#refuse(alias, 'alias-cycle', `\`*${alias.source}\` stands inside what it repeats`);
    this.#count += this.#counts.get(target) ?? 0;
    if (this.#count > mostValues) return this.#tooLarge(alias);
    this.#targets.set(alias, target);
    return this.#values.get(target);
  }

  #scalar(node: Scalar): unknown {
    const { value } = node;
    if (typeof value === 'string') return this.#string(node, value);
    if (typeof value === 'number' || typeof value === 'bigint') return this.#number(node);
    return value;
  }

  #string(node: Scalar, value: string): unknown {
    const [start, end] = node.range ?? [0, 0];
    if (this.#traps.length > 0 && value.includes(maskLetter)) {
      const written = this.#text.slice(start, end);
      const trap = this.#trapWithin(start, end);
      if (trap?.cause === 'unclosed' || written.includes('\n')) this.#mistaken.add(node);
      node.value = written;
      return written;
    }
    if ((node.type === Scalar.PLAIN || node.type === undefined) && value.includes('${{') && opensWithoutClosing(value)) this.#torn = true;
    const unmasked = unmaskStars(value);
    if (unmasked !== value && this.#masked !== this.#text) node.value = unmasked;
    return node.value;
  }

  /** Traps are in the order of the file. */
  #trapWithin(start: number, end: number): ExpressionTrap | undefined {
    let low = 0;
    let high = this.#traps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#traps[middle]!.start < start) low = middle + 1;
      else high = middle;
    }
    const found = this.#traps[low];
    return found && found.start < end ? found : undefined;
  }

  #number(node: Scalar): unknown {
    const source = node.source ?? String(node.value);
    if (!Number.isFinite(node.value) && typeof node.value === 'number' && /inf|nan/i.test(source)) return this.#refuse(node, 'not-a-number', `\`${source}\` is not a number that JSON can carry`);
    if (/^0[xo]/i.test(source)) return node.value;
    if (/^\+|^-?0\d/.test(source)) return this.#refuse(node, 'number-loses-digits', `\`${source}\` is a number to YAML and would lose its first character`, `For text, write \`'${source}'\``);
    return writtenNumber(source.replace(/^(-?)\./, '$10.').replace(/\.(?=$|[eE])/, ''));
  }

  #map(node: YAMLMap): unknown {
    const map: Record<string, unknown> = Object.create(null);
    const seen = new Map<string, Node>();
    let previous: Pair | null = null;
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) this.#merge(pair, map, seen);
      else this.#entry(node, pair, previous, map, seen);
      previous = pair;
    }
    return map;
  }

  #entry(node: YAMLMap, pair: Pair, previous: Pair | null, map: Record<string, unknown>, seen: Map<string, Node>): void {
    const key = this.#key(pair);
    const value = pair.value === null ? this.#missingValue(node, pair, previous) : this.#value(pair.value as Node);
    if (key === null) return;
    const first = seen.get(key);
    if (first) {
      this.#tell(pair.key, 'duplicate-key', `\`${shorten(key)}\` is written twice in this map, first on line ${this.#lineOf(first)}`, 'Keep one of them');
      this.#mistaken.add(pair);
      return;
    }
    seen.set(key, pair.key as Node);
    map[key] = value;
  }

  #key(pair: Pair): string | null {
    const { key } = pair;
    if (isAlias(key)) {
      this.#refuse(key, 'bad-key', 'An alias cannot be a key', `For text, write \`${inQuotes(this.#text.slice(key.range?.[0], key.range?.[1]))}\``);
      return null;
    }
    if (!isScalar(key)) {
      this.#tell(key, 'bad-key', 'A map or a list cannot be a key', 'Put the key in single quotes');
      return null;
    }
    if (key.anchor) this.#anchors.set(key.anchor, key);
    if (typeof key.value === 'string') return String(this.#string(key, key.value));
    if (key.source === '' || key.source === undefined) {
      this.#tell(key, 'bad-key', 'A key is missing before the colon');
      return null;
    }
    return key.source;
  }

  /** `{ message: no, try again! }`: a key that a comma made. */
  #missingValue(node: YAMLMap, pair: Pair, previous: Pair | null): unknown {
    const [start = 0, end = 0] = (pair.key as Node | null)?.range ?? [];
    const written = this.#text.slice(start, end);
    const shown = shorten(written);
    this.#mistaken.add(pair);
    if (!node.flow) {
      this.#mistakes.push({ offset: start, mistake: { code: 'no-value', message: `The key \`${shown}\` has no value` } });
      return null;
    }
    const text = previous && isScalar(previous.value) && previous.value.type === Scalar.PLAIN ? previous.value : null;
    const from = text?.range?.[0];
    const fix = from === undefined ? `Write \`${shown}: …\`` : `Write \`${this.#lineWith(from, end)}\``;
    const message = from === undefined ? `The key \`${shown}\` has no value` : `The key \`${shown}\` has no value: the comma before it ended the text`;
    this.#mistakes.push({ offset: start, mistake: { code: 'no-value', message, fix } });
    return null;
  }

  #lineWith(from: number, to: number): string {
    const lineStart = this.#text.lastIndexOf('\n', from - 1) + 1;
    const newline = this.#text.indexOf('\n', to);
    return `${this.#text.slice(lineStart, from)}${inQuotes(this.#text.slice(from, to))}${this.#text.slice(to, newline === -1 ? undefined : newline)}`.trim();
  }

  #merge(pair: Pair, map: Record<string, unknown>, seen: Map<string, Node>): void {
    const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const source of sources) {
      const value = source === null ? null : this.#value(source as Node);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        if (!isAlias(source) || this.#targets.has(source)) this.#tell(source ?? pair.key, 'bad-merge', '`<<` takes a map, or a list of maps', 'Name one by its alias: `<<: *name`');
        continue;
      }
      for (const [key, inner] of Object.entries(value)) if (!seen.has(key) && !Object.hasOwn(map, key)) map[key] = inner;
    }
  }

  #child(node: unknown, step: string | number): { node: unknown; pair: Pair | null } | null {
    const target = isAlias(node) ? this.#targets.get(node) : node;
    if (isSeq(target)) return typeof step === 'number' && step < target.items.length ? { node: target.items[step], pair: null } : null;
    if (!isMap(target)) return null;
    const pair = this.#index(target).get(String(step));
    if (pair) return { node: isAlias(pair.value) ? (this.#targets.get(pair.value) ?? pair.value) : pair.value, pair };
    for (const merge of target.items) {
      if (!isMergeKey(merge.key)) continue;
      for (const source of isSeq(merge.value) ? merge.value.items : [merge.value]) {
        const found = this.#child(source, step);
        if (found) return found;
      }
    }
    return null;
  }

  readonly #indexes = new Map<YAMLMap, Map<string, Pair>>();
  #index(map: YAMLMap): Map<string, Pair> {
    const known = this.#indexes.get(map);
    if (known) return known;
    const index = new Map<string, Pair>();
    for (const pair of map.items) {
      const key = isScalar(pair.key) ? (typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? '')) : null;
      if (key !== null && !index.has(key)) index.set(key, pair);
    }
    this.#indexes.set(map, index);
    return index;
  }

  #tooLarge(node: Node): null {
    if (!this.#tooMany) this.#tell(node, 'too-many-values', `The file holds more than ${mostValues.toLocaleString('en')} values${this.#targets.size > 0 ? ' when its aliases are written out' : ''}`, 'Move large bodies to fixtures');
    this.#tooMany = true;
    return null;
  }

  #refuse(node: Node, code: string, message: string, fix?: string): null {
    this.#tell(node, code, message, fix);
    this.#mistaken.add(node);
    return null;
  }

  #alreadyTold(node: Node): null {
    this.#mistaken.add(node);
    return null;
  }

  #tell(node: unknown, code: string, message: string, fix?: string): void {
    this.#mistakes.push({ offset: (node as Node | null)?.range?.[0] ?? 0, mistake: { code, message, fix } });
  }

  #lineOf(node: Node): number {
    return this.#lines.linePos(node.range?.[0] ?? 0).line;
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && (key.type === Scalar.PLAIN || key.type === undefined);
}
