/** One way in which a request fell short of a rule's `expect`. */
export interface Violation {
  readonly at: string;
  readonly expected: string;
  readonly got: string;
  readonly text: string;
}

/** Where a rule is written, as the journal and the routes list show it. */
export interface RuleReference {
  /** METHOD, space, base and path: `GET /xyz/api/cleaner/tasks`. `before` for the rules tried ahead. */
  readonly route: string;
  readonly name: string | null;
  readonly file: string;
  readonly line: number;
}

/** A rule that did not match, and why. */
export interface NearMiss {
  readonly route: string;
  readonly name: string | null;
  readonly file: string;
  readonly line: number;
  readonly because: readonly string[];
}

/** Lower-case names to values, secrets redacted; a list where a name was repeated. */
export type RecordedHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A message of an exchange in full. */
export interface RecordedMessage {
  readonly headers: RecordedHeaders;
  readonly body: RecordedBody;
}

export interface RecordedBody {
  /** The first 64 KiB; null when there was no body. */
  readonly text: string | null;
  /** Instead of `text`, when the bytes are not text. */
  readonly base64: string | null;
  /** Of all that went over the wire. */
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** One request and its answer, as listed. Names are the contract of the admin API. */
export interface Exchange {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly session: string;
  /** The scenario that answered; null when none did. */
  readonly scenario: string | null;
  readonly method: string;
  /** As sent, with any `/@` prefix, secrets redacted. */
  readonly url: string;
  /** Null when the connection ended without a status (a fault, a client gone, a broken handshake). */
  readonly status: number | null;
  readonly durationMs: number;
  readonly rule: RuleReference | null;
  readonly violations: readonly Violation[];
  readonly nearest: readonly NearMiss[];
  readonly fault: string | null;
  /** What else a person should know: a handshake's likely cause, a client that went away. */
  readonly note: string | null;
}

/** One try at sending a callback, as the journal shows it beside the request that caused it. */
export interface CallbackAttempt {
  /** ISO 8601, on the server's clock. */
  readonly at: string;
  readonly method: string;
  readonly url: string;
  /** From 1. */
  readonly attempt: number;
  /** Null when no response came. */
  readonly status: number | null;
  /** Why it failed, where the status does not say; null when it did not. */
  readonly error: string | null;
  readonly durationMs: number;
}

export interface FullExchange extends Exchange {
  readonly request: RecordedMessage;
  readonly reply: RecordedMessage;
  /** What was sent because of it, the oldest first. */
  readonly callbacks: readonly CallbackAttempt[];
}

/** A body as it went over the wire: its beginning, and what is known of the whole. */
export interface Captured {
  /** The first bytes, at most 64 KiB. Not written to again by its giver. */
  readonly preview: Buffer;
  /** Of all that went over the wire. */
  readonly sizeBytes: number;
  /** Lower-case hex of the whole body. Null: `preview` is the whole, and is hashed when somebody asks. A function is asked when somebody asks. */
  readonly sha256: string | null | (() => string | Promise<string>);
  /** The Content-Type header as sent, parameters included. */
  readonly type: string | null;
  /** True for the body of a fixed reply: the same Buffer comes again and lives elsewhere, so it does not count against the journal's bytes. */
  readonly shared?: boolean;
}

/** An exchange as the pass hands it to the journal: nothing is formatted, hashed or copied yet. */
export interface ExchangeDraft extends Omit<Exchange, 'at'> {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Without prefix and query. */
  readonly path: string;
  /** Name, value, name, value …, as in `rawHeaders`. */
  readonly requestHeaders: readonly string[];
  readonly requestBody: Captured | null;
  /** Name, value, name, value …. */
  readonly replyHeaders: readonly string[];
  readonly replyBody: Captured | null;
  /** Absent: none was made. */
  readonly callbacks?: readonly CallbackAttempt[];
}
