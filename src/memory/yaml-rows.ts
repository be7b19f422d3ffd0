import type { Alias, Node, YAMLMap } from 'yaml';
import { exactNumber, type Json } from '../base/json.ts';
import { loadLater } from '../base/load-later.ts';
import { newRow } from './new-row.ts';

/** Letters of a file, values in it with aliases written out, and maps and lists in each other: as in a scenario file. */
const longestText = 5_000_000;
const mostValues = 1_000_000;
const deepest = 100;

/** Reads YAML as plain data: integers with all their digits, maps without a prototype. Throws SyntaxError with the line. */
export function readYamlValue(text: string): Json {
  if (text.length > longestText) throw new SyntaxError(`it is longer than ${longestText} letters; write large ones as CSV or JSON`);
  const yaml = loadLater('yaml') as typeof import('yaml');
  try {
    const lines = new yaml.LineCounter();
    const document = yaml.parseDocument(text, { uniqueKeys: false, version: '1.2', resolveKnownTags: false, logLevel: 'silent', lineCounter: lines });
    const [error] = [...document.errors, ...document.warnings];
    if (error) throw new SyntaxError(error.message.split('\n', 1)[0]!.replace(/:$/, ''));
    return new Reader(yaml, lines).value(document.contents as Node | null, 0);
  } catch (error) {
    if (error instanceof RangeError) throw new SyntaxError(`it is nested deeper than ${deepest} levels`, { cause: error });
    throw error;
  }
}

class Reader {
  readonly #yaml: typeof import('yaml');
  readonly #lines: { linePos(offset: number): { readonly line: number } };
  /** By name, those that stand before what is being read. */
  readonly #anchors = new Map<string, Node>();
  #left = mostValues;

  constructor(yaml: typeof import('yaml'), lines: { linePos(offset: number): { readonly line: number } }) {
    this.#yaml = yaml;
    this.#lines = lines;
  }

  value(node: Node | null, depth: number): Json {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml;
    this.#left -= 1;
    if (this.#left < 0) throw new SyntaxError(`it has more than ${mostValues} values`);
    if (depth > deepest) throw new SyntaxError(`it is nested deeper than ${deepest} levels`);
    if (node === null) return null;
    if (isAlias(node)) return this.value(this.#target(node), depth + 1);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isSeq<Node | null>(node)) return node.items.map((item) => this.value(item, depth + 1));
    if (isMap<Node, Node | null>(node)) return this.#map(node, depth);
    return isScalar(node) ? this.#scalar(node.value, node.source, node) : null;
  }

  #map(node: YAMLMap<Node, Node | null>, depth: number): Json {
    const map = newRow();
    for (const { key, value } of node.items) {
      const name = this.#yaml.isScalar(key) ? String(key.source ?? key.value) : null;
      if (name === null) throw new SyntaxError(`a key of a map is no plain text, ${this.#at(key)}`);
      if (Object.hasOwn(map, name)) throw new SyntaxError(`the key ${JSON.stringify(name)} is there twice, ${this.#at(key)}`);
      map[name] = this.value(value, depth + 1);
    }
    return map;
  }

  #scalar(value: unknown, source: string | undefined, node: Node): Json {
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new SyntaxError(`a number is not one that JSON has, ${this.#at(node)}`);
      return source !== undefined && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(source) ? exactNumber(source) : value;
    }
    return typeof value === 'string' || typeof value === 'boolean' ? value : null;
  }

  #target(alias: Alias): Node {
    const target = this.#anchors.get(alias.source);
    if (!target) throw new SyntaxError(`\`*${alias.source}\` has no anchor, ${this.#at(alias)}`);
    return target;
  }

  #at(node: Node): string {
    return `line ${this.#lines.linePos(node.range?.[0] ?? 0).line}`;
  }
}
