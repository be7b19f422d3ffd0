import type { Facts, Needs } from './facts.ts';

/** A request that the server makes after the reply, compiled. */
export interface Callback {
  readonly needs: Needs;
  /** Rendered in the tick of the decision, sent later. May throw ExpressionFailure. */
  render(facts: Facts): CallbackRequest;
}

/** A callback with everything filled: data alone. */
export interface CallbackRequest {
  /** Whose request caused it: it goes with its session. */
  readonly session: string;
  /** Absolute, http or https. */
  readonly url: string;
  readonly method: string;
  /** Name, value, name, value …, with Content-Type, without signature, Host and Content-Length. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** After the reply has been sent. */
  readonly afterMs: number;
  /** Attempts after the first that failed, and the wait before each: `waitMs`, then twice that, and so on. */
  readonly retry: { readonly times: number; readonly waitMs: number };
  readonly sign: CallbackSignature | null;
}

/** A signature header, worked out for each attempt. */
export interface CallbackSignature {
  readonly header: string;
  /** The whole value, by the time of the attempt in milliseconds since the epoch. */
  value(atMs: number): string;
}
