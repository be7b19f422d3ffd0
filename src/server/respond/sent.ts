import type { Multi } from '../../model/index.ts';
import type { Hash } from './account.ts';

/** What `respond` needs of the server beside the socket. */
export interface RespondTools {
  /** Ends the raw TCP connection with RST. */
  reset(): void;
  /** Waits, unless the signal is given before; resolves or rejects then. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Name, value, name, value: put after the headers of the answer. */
  readonly extraHeaders: readonly string[];
  /** The value of `Date`, for an answer that has none of its own. */
  date(): string;
  /** Given when the server closes: what hangs lets go. */
  readonly closing?: AbortSignal;
}

/** What went over the wire. */
export interface Sent {
  /** Null when the connection ended without a status. */
  readonly status: number | null;
  /** As sent, Content-Length included; Date, and those that Node adds by itself (Connection, Transfer-Encoding), are not among them. */
  readonly headers: readonly (readonly [string, string])[];
  /** The first 64 KiB of the body as it went out. */
  readonly preview: Buffer;
  /** Bytes of the body that went out. */
  readonly sizeBytes: number;
  /** Lower-case hex of those bytes. Null: `preview` is all of them. A function works it out when somebody asks, and gives '' when it no longer can be. */
  readonly sha256: Hash;
  /** False when the client left, or a fault or a broken file cut the answer short. */
  readonly complete: boolean;
  /** Why it is not complete, for a person; null when a fault meant it so, or nothing is wrong. */
  readonly note: string | null;
}

/** The request as far as an answer depends on it. */
export interface AnsweredRequest {
  readonly method: string;
  readonly headers: Multi;
}
