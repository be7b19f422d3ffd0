/** A value of a file with its place in it: `range` holds the offsets of its first letter and of the one after its last. */
export interface SourceNode {
  readonly range?: readonly number[] | null | undefined;
  readonly value?: unknown;
  /** How a text is written, in the words of the YAML library. */
  readonly type?: string | undefined;
  readonly map?: ReadonlyMap<string, SourcePair>;
  readonly list?: readonly SourceNode[];
}

export interface SourcePair {
  readonly key: unknown;
  readonly value: unknown;
}

/** The values of a file and the way from a path to where each is written. */
export interface SourceTree {
  readonly root: unknown;
  readonly value: unknown;
  /** Nodes and pairs whose mistake is told already. */
  readonly mistaken: ReadonlySet<object>;
  /** The node of a key or a list item, aliases and merges followed; null when there is none. */
  child(node: any, step: string | number): { readonly node: unknown; readonly pair: SourcePair | null } | null;
}

/** Turns offsets into lines and columns, both from 1. */
export interface LineFinder {
  linePos(offset: number): { readonly line: number; readonly col: number };
}

/** The lines of a text, found when they are first asked for. */
export class Lines implements LineFinder {
  readonly #text: string;
  #starts: number[] | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  linePos(offset: number): { line: number; col: number } {
    const starts = (this.#starts ??= lineStarts(this.#text));
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return { line: low, col: offset - starts[low - 1]! + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
