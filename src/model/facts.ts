import { show } from '../base/show.ts';
import type { Caller, ClientCertificate } from './caller.ts';
import type { MemoryView } from './memory.ts';
import type { Request, StoredReport } from './request.ts';
import type { Violation } from './exchange.ts';

/** What must be known of a request before the rules of its route can be decided. Flags, joined with `|`. */
export const need = {
  nothing: 0,
  /** The body in memory: JSON, text, form, XML. */
  body: 1,
  /** The content of file parts as text. */
  partText: 2,
  /** The entries of zip parts. */
  zipEntries: 4,
  /** The ordinal of the request (`call`, `chance`, everything seeded): the route counts its requests. */
  call: 8,
} as const;
export type Needs = number;

/** A counter that a rule reads: requests to its route (or, in `before`, of the session), counted apart by a value. */
export interface Counter {
  /** Unique within the route. */
  readonly id: string;
  /** Requests with different values are counted apart; null counts all. */
  readonly by: Expression | null;
  /** Set for a sliding window: only requests within this time count. */
  readonly windowMs: number | null;
  /** The number above which a `rate` holds, for the `RateLimit` headers; null for `call`. */
  readonly limit: number | null;
}

export interface Count {
  /** This request included, so at least 1. */
  readonly count: number;
  /** Of a window: milliseconds until its oldest request leaves it; 0 for plain counters. */
  readonly resetMs: number;
}

/** Everything that a rule may look at while one request is decided and answered. */
export interface Facts {
  readonly request: Request;
  /** Values of `{name}` segments, and of `**` under that name. */
  readonly params: Readonly<Record<string, string>>;
  readonly session: string;
  /** Milliseconds since the epoch on the server's clock, the same for the whole pass. */
  readonly now: number;
  /** n-th request to the route in the session, from 1. Needs `need.call`. */
  readonly call: number;
  /** Violations of the chosen rule's `expect`; empty before that has been looked at. */
  readonly violations: readonly Violation[];
  /** Further names that expressions may use here: `status` and `reason` in `errors`; what `find` and changes bind by `as`. */
  readonly bound: Readonly<Record<string, unknown>>;
  /** Binds a name for the rest of the rule. */
  bind(name: string, value: unknown): void;
  /** What the scenario remembers in this session, with what the rule's changes have done to it so far. */
  readonly memory: MemoryView;
  /** Who calls; null before `auth` has been looked at, and where none is asked for. */
  readonly caller: Caller | null;
  /** The client's certificate of the TLS connection; null when it sent none. */
  readonly certificate: ClientCertificate | null;
  /** The seed of the server, for keys that scenarios do not name. */
  readonly seed: number;
  /**
   * What `make` comes to. The first time in a request it throws Suspended, and the pass decides again when the work is done; a
   * rejection is thrown the second time. The key says all that the value depends on.
   */
  prepared<T>(key: string, make: () => Promise<T>): T;
  count(counter: Counter): Count;
  /**
   * Randomness that depends on the server's seed, the label (scenario, route, rule and place in it) and the call, and
   * on nothing else. Needs `need.call`.
   */
  random(label: string): Random;
  /** An uploaded file by its id or the SHA-256 of its bytes (lower-case hex), for `upload` replies. Null when there is none. */
  report(idOrSha256: string): StoredReport | null;
}

/** A seeded generator. Every draw advances it. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number;
  bytes(count: number): Buffer;
}

/** A checked CEL expression. */
export interface Expression {
  readonly source: string;
  readonly needs: Needs;
  /** True when the value cannot differ between requests. */
  readonly fixed: boolean;
  /** The value as plain data: numbers (bigint past 2^53), text, booleans, null, lists, maps. Throws {@link ExpressionFailure}. */
  evaluate(facts: Facts): unknown;
}

/** A value with `${{ }}` in it, ready to be filled. */
export interface Template<T = unknown> {
  readonly needs: Needs;
  /** True when there is nothing to fill; then `render` gives the same value each time. */
  readonly fixed: boolean;
  /** Throws {@link ExpressionFailure}. */
  render(facts: Facts): T;
}

/** An expression that failed while a request was answered: 500 problem+json naming rule, expression and reason. */
export class ExpressionFailure extends Error {
  readonly expression: string;
  readonly reason: string;
  constructor(expression: string, reason: string) {
    super(`The expression \`${expression}\` failed: ${reason}`);
    this.name = 'ExpressionFailure';
    this.expression = expression;
    this.reason = reason;
  }
}

/** An `upload` reply names a report that is not (or no longer) there: 404 problem+json. */
export class UploadMissing extends Error {
  /** The id or SHA-256 as asked for. */
  readonly asked: string;
  constructor(asked: string) {
    super(asked === '' ? 'No uploaded file was named: the expression under `upload` gave nothing' : `There is no uploaded file with the id or SHA-256 ${show(asked)}`);
    this.name = 'UploadMissing';
    this.asked = asked;
  }
}
