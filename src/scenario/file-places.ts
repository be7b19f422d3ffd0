import type { Path, Place } from '../base/place.ts';
import type { Places } from './places.ts';
import { offsetInFile } from './scalar-offsets.ts';
import type { LineFinder, SourceNode, SourcePair, SourceTree } from './source-tree.ts';

/** Where the values of a YAML text stand in it. */
export class FilePlaces implements Places {
  readonly file: string;
  readonly #text: string;
  readonly #lines: LineFinder;
  readonly #tree: SourceTree | null;

  constructor(file: string, text: string, lines: LineFinder, tree: SourceTree | null) {
    this.file = file;
    this.#text = text;
    this.#lines = lines;
    this.#tree = tree;
  }

  /** The place of a letter of the file, counted from 0. */
  at(offset: number): Place {
    const { line, col } = this.#lines.linePos(Math.max(0, Math.min(offset, this.#text.length)));
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  place(path: Path, at: 'key' | 'value' = 'value', offset?: number): Place {
    const found = this.#find(path);
    if (!found) return { file: this.file, line: 1, column: 1 };
    if (!found.whole) return this.at(startOf(found.pair?.key) ?? startOf(found.node) ?? 0);
    if (at === 'key' && found.pair) return this.at(startOf(found.pair.key) ?? 0);
    const { node } = found;
    const scalar = node as SourceNode | null;
    if (scalar?.range && typeof scalar.value === 'string' && offset !== undefined && offset > 0) {
      const [start = 0, end = 0] = scalar.range;
      return this.at(offsetInFile(this.#text, { type: scalar.type, value: scalar.value, start, end }, offset));
    }
    const isEmpty = !scalar || (scalar.range && scalar.range[0] === scalar.range[1]);
    return this.at((isEmpty ? startOf(found.pair?.key) : startOf(node)) ?? startOf(node) ?? 0);
  }

  mistaken(path: Path): boolean {
    const tree = this.#tree;
    if (!tree || tree.mistaken.size === 0) return false;
    let node: unknown = tree.root;
    for (const step of path) {
      const next = tree.child(node, step);
      if (!next) return false;
      if (tree.mistaken.has(next.node as object) || (next.pair && tree.mistaken.has(next.pair))) return true;
      node = next.node;
    }
    return tree.mistaken.has(node as object);
  }

  words(): null {
    return null;
  }

  /** The node at the end of a path, or the last one on the way that is there (`whole: false`). */
  #find(path: Path): { node: unknown; pair: SourcePair | null; whole: boolean } | null {
    if (!this.#tree?.root) return null;
    let node: unknown = this.#tree.root;
    let pair: SourcePair | null = null;
    for (const step of path) {
      const next = this.#tree.child(node, step);
      if (!next) return { node, pair, whole: false };
      node = next.node;
      pair = next.pair;
    }
    return { node, pair, whole: true };
  }
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0];
}
