import { notPlain } from './quick-text.ts';
import type { SourceNode, SourcePair, SourceTree } from './source-tree.ts';

/** `merged`: maps whose keys come after its own. `alias`: stands for that node, at another place. */
export interface QuickNode extends SourceNode {
  readonly map?: ReadonlyMap<string, SourcePair>;
  readonly list?: readonly QuickNode[];
  readonly merged?: readonly QuickNode[];
  readonly alias?: QuickNode;
}

/** What was read without the library: no aliases, and nothing wrong. */
export class QuickTree implements SourceTree {
  readonly root: QuickNode;
  readonly value: unknown;
  readonly mistaken: ReadonlySet<object> = new Set();

  constructor(root: QuickNode) {
    this.root = root;
    this.value = root.value;
  }

  child(node: QuickNode, step: string | number): { node: QuickNode; pair: SourcePair | null } | null {
    const { list, map, merged = [] } = node.alias ?? node;
    if (list) {
      const item = typeof step === 'number' ? list[step] : undefined;
      return item ? { node: item, pair: null } : null;
    }
    const pair = map?.get(String(step));
    if (pair) return { node: pair.value as QuickNode, pair };
    for (const source of merged) {
      const found = this.child(source, step);
      if (found) return found;
    }
    return null;
  }
}

/** The value of a node, or of what it stands for. */
export function valueOf(node: QuickNode): unknown {
  return node.alias ? node.alias.value : node.value;
}

export function addEntry(key: string, keyStart: number, node: QuickNode, map: Map<string, SourcePair>, value: Record<string, unknown>): void {
  map.set(key, { key: { range: [keyStart, keyStart] }, value: node });
  value[key] = node.value;
}

/** `<<: *name`, `<<: [*a, *b]`: keys that the map does not have already. */
export function merge(sources: readonly QuickNode[], value: Record<string, unknown>, merged: QuickNode[]): void {
  for (const one of sources) {
    const source = one.alias ?? one;
    if (!source.map) throw notPlain;
    for (const [key, inner] of Object.entries(source.value as object)) if (!Object.hasOwn(value, key)) value[key] = inner;
    merged.push(source);
  }
}
