import type { Source } from './source.ts';

/** A run of the source's bytes, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What follows the head. */
export type Payload =
  | { readonly kind: 'none' }
  /** In memory, whole. */
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** Runs of the source, with bytes of ours between them (`multipart/byteranges`). */
  | { readonly kind: 'pieces'; readonly source: Source; readonly pieces: readonly (Buffer | Span)[]; readonly sizeBytes: number }
  /** Of a length that shows only at its end. A chunk may have to be waited for. */
  | { readonly kind: 'flow'; open(wait: (ms: number) => Promise<boolean>): AsyncIterable<Buffer>; readonly expectedBytes: number };

export async function* piecesOf({ source, pieces }: Extract<Payload, { kind: 'pieces' }>): AsyncGenerator<Buffer, void> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else if (piece.to > piece.from) yield* source.read(piece.from, piece.to);
  }
}

/** How many bytes the pieces come to. */
export function sizeOfPieces(pieces: readonly (Buffer | Span)[]): number {
  return pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.to - piece.from), 0);
}
