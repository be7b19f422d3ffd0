/** Names to their values in order of appearance. Header names are lower case. */
export type Multi = ReadonlyMap<string, readonly string[]>;

/**
 * A request as it was received, with everything that a rule may look at. What costs work (query, cookies, the parsed
 * body) is worked out when it is first read and kept.
 */
export interface Request {
  /** Id of the exchange, unique within a run and within a data folder. */
  readonly id: string;
  /** Upper case, as sent: `HEAD` stays `HEAD`. */
  readonly method: string;
  /** Path and query as sent, without a `/@scenario:session` prefix. */
  readonly url: string;
  /** The `/@scenario:session` prefix as sent, empty when there is none: what leads back here begins with it. */
  readonly prefix: string;
  /** The path as sent, still percent-encoded, without prefix and query. */
  readonly path: string;
  /** The path split at `/`, each segment decoded once. `/a/` gives `['a', '']`. */
  readonly segments: readonly string[];
  readonly query: Multi;
  readonly headers: Multi;
  readonly cookies: Multi;
  readonly body: ReceivedBody;
}

/**
 * A request body. `text`, `json` and `form` throw {@link MalformedBody} when the body is of their media type and is not
 * well-formed; the pass answers that with 400.
 */
export interface ReceivedBody {
  /** False when the request has no body at all, or an empty one. */
  readonly present: boolean;
  /** Lower case, without parameters: `application/json`. Null when no Content-Type came. */
  readonly mediaType: string | null;
  /** Bytes that came over the wire, after transfer decoding, before content decoding. */
  readonly sizeBytes: number;
  /** Lower-case hex of the same bytes. */
  readonly sha256: string;
  /** The whole body, content-decoded; null when it was not kept in memory (an upload, or over `--max-parsed`). */
  readonly bytes: Buffer | null;
  /** The body as text by its charset (UTF-8 unless named); null when `bytes` is null. Throws MalformedBody. */
  readonly text: string | null;
  /** The JSON value when the media type is JSON (`application/json`, `*+json`) or absent; `undefined` otherwise. Numbers of 16 digits and more are exact (bigint or LosslessNumber). Maps have no prototype. Throws MalformedBody. */
  readonly json: unknown;
  /** Fields of `application/x-www-form-urlencoded`, or the parts without a file name of `multipart/form-data`; null for other types. Throws MalformedBody. */
  readonly form: Multi | null;
  /** The parts of a `multipart/*` body in order, files and plain fields alike; null for other types. */
  readonly parts: readonly Part[] | null;
  /** The report kept of a raw body of a type that is not parsed (`part: null`), if any. */
  readonly report: StoredReport | null;
}

/** One part of a multipart body. */
export interface Part {
  /** The name of the form field. */
  readonly name: string;
  /** The file name as sent: data, never a path. Null for a plain field. */
  readonly filename: string | null;
  /** Media type as sent, lower case, without parameters. */
  readonly type: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Content of a plain field; content of a file part where a live rule needs it and it is within `--max-parsed`; else null. */
  readonly text: string | null;
  /** Entries of a zip, where a live rule needs them. `null` when not read or no zip; `problem` says why a broken archive cannot be read. */
  readonly zip: { readonly entries: readonly ZipEntry[] } | { readonly problem: string } | null;
  /** Where the bytes are kept; null for a plain field. */
  readonly report: StoredReport | null;
}

export interface ZipEntry {
  readonly name: string;
  readonly sizeBytes: number;
}

/** An uploaded file that is wholly on disk. The contract of `GET /_rehearsal/reports` plus the place of the bytes. */
export interface StoredReport {
  readonly id: string;
  /** Id of the exchange that brought it. */
  readonly exchange: string;
  readonly session: string;
  /** Name of the part; null for a raw body. */
  readonly part: string | null;
  /** As sent; null for a raw body. */
  readonly filename: string | null;
  readonly type: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Never leaves the process. */
  readonly storedAt: StoredAt;
  /** ISO 8601. */
  readonly at: string;
}

/** Where the bytes of a report lie: in a file of their own, or with others in one. */
export interface StoredAt {
  /** Absolute. */
  readonly path: string;
  /** Where in the file they begin. */
  readonly offset: number;
}

/** A body that claims a media type and is not well-formed. Answered with 400, lenient or not. */
export class MalformedBody extends Error {
  /** What the body should have been: `JSON`, `XML`, `UTF-8 text`, `a form`. */
  readonly expected: string;
  constructor(expected: string, reason: string) {
    super(`The body is not well-formed ${expected}: ${reason}`);
    this.name = 'MalformedBody';
    this.expected = expected;
  }
}
