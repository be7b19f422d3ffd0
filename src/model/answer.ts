import type { Facts, Needs } from './facts.ts';

/**
 * What goes on the wire for one request: the closed set of instructions to which every reply and every fault is
 * lowered. Only the server's `respond` carries them out.
 */
export interface Answer {
  readonly status: number;
  /** Name, value, name, value …, as `writeHead` takes them, without Content-Length, Date and connection headers. */
  readonly headers: readonly string[];
  /** Lower-case names of headers that would come by themselves (`etag`, `date`, `content-length` …) and shall not. */
  readonly leaveOut?: readonly string[];
  readonly body: Body;
  readonly wire: readonly Wire[];
  /** Content codings to use when the client accepts them, best first. */
  readonly encodings: readonly ('br' | 'gzip')[];
  /** Name of the fault, for the journal; null when there is none. */
  readonly fault: string | null;
  /** Made whole for one request: it may leave like one that was made at load, but its bytes are this exchange's alone. */
  readonly fleeting?: true;
}

export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly representation: Representation | null }
  /** `offset`: where the bytes begin, when they lie with others in the file; absent, they are all of it. `modifiedMs`: the file's time of change when its representation was made; a file that has changed since goes out without it. Absent: the file never changes. */
  | { readonly kind: 'file'; readonly path: string; readonly offset?: number; readonly sizeBytes: number; readonly modifiedMs?: number; readonly representation: Representation | null }
  /** Bytes made as they are sent. `read` gives those from `from` up to, not including, `to`; each buffer is good until the next is asked for. */
  | { readonly kind: 'made'; readonly sizeBytes: number; read(from: number, to: number): Iterable<Buffer>; readonly representation: Representation | null }
  /** Chunks, each after its delay, of no declared length. */
  | { readonly kind: 'stream'; readonly chunks: readonly { readonly bytes: Buffer; readonly delayMs: number }[] };

/** What makes a body of known length one that can be validated, resumed and checked (RFC 9110 §8, §13, §14; RFC 9530). */
export interface Representation {
  /** Strong, with its quotes. */
  readonly etag: string;
  readonly lastModified: Date | null;
  /** When `digest: true`: SHA-256 of the whole representation, for `Repr-Digest`. */
  readonly sha256: (() => Promise<Buffer> | Buffer) | null;
}

/** One thing done to the bytes on their way out. In HTTP's terms all of them act after the head is decided. */
export type Wire =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** The full Content-Length, this much of the body, then the connection closes. */
  | { readonly kind: 'truncate'; readonly atByte: (bodyBytes: number) => number }
  /** Flips `count` bytes at seeded places; lengths and digests stay those of the true body. */
  | { readonly kind: 'corrupt'; readonly count: number; readonly seed: number }
  /** RST after this many bytes of the body; 0: at once, before the head. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** Never goes on after this many bytes of the body; null: not even a head. */
  | { readonly kind: 'hang'; readonly afterBytes: number | null }
  /** The connection closes without a byte. */
  | { readonly kind: 'close' }
  /** These bytes instead of a response, then the connection closes. */
  | { readonly kind: 'raw'; readonly bytes: Buffer }
  /** A Content-Length off by this much from the truth. */
  | { readonly kind: 'wrongLength'; readonly offByBytes: number };

/** A reply of a rule, compiled. */
export interface Reply {
  readonly needs: Needs;
  /** The answer, when no request can change it: made at load. */
  readonly fixed: Answer | null;
  /** May throw ExpressionFailure. */
  render(facts: Facts): Answer | Promise<Answer>;
}
