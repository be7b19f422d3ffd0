import type { Facts, Needs } from './facts.ts';
import type { MalformedBody } from './request.ts';

/** One leaf of a matcher that a request does not satisfy, in words for a person. */
export interface Mismatch {
  /** Where in the request: `query.id`, `headers.accept`, `body.items[2].id`, `parts.file.size`. */
  readonly at: string;
  readonly expected: string;
  readonly got: string;
  /** The whole sentence: "query `id`: expected 1, got 2". */
  readonly text: string;
  /** How near the request came, from 0 (not at all) to just under 1 (one letter). */
  readonly nearness: number;
  /** The status of a strict answer where this leaf is the first that fails (400 unless said). */
  readonly status?: 413 | 415 | 422;
  /** Set when the leaf failed since the body is not what its media type says: the request is answered with 400 for that, lenient or not. */
  readonly malformed?: MalformedBody;
}

/** A condition that cannot hold unless this named value equals this text: the route index tells many rules apart by it. */
export interface Pin {
  readonly in: 'query' | 'headers' | 'cookies' | 'params';
  readonly name: string;
  readonly value: string;
}

/** A compiled matcher: asks nothing of the clock, the disk or the network. */
export interface Matcher {
  readonly needs: Needs;
  /** How many leaves can fail; with the mismatches it tells how near a rule came. */
  readonly leaves: number;
  /** Necessary conditions; may be empty. */
  readonly pins: readonly Pin[];
  /** The quick answer, for the hot path. May throw MalformedBody and ExpressionFailure. */
  holds(facts: Facts): boolean;
  /** All leaves that fail, in the order written; empty exactly when `holds` is true. May throw like `holds`. */
  explain(facts: Facts): readonly Mismatch[];
}
