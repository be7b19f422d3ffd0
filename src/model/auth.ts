import type { Reply } from './answer.ts';
import type { Caller } from './caller.ts';
import type { Facts, Needs } from './facts.ts';
import type { Json } from '../base/json.ts';
import type { Collection, Draft } from './memory.ts';
import type { Segment } from './segment.ts';

/** What a scheme says of a request. */
export type AuthVerdict =
  | { readonly kind: 'allowed'; readonly caller: Caller }
  | Denial;

export interface Denial {
  readonly kind: 'denied';
  readonly status: 401 | 403;
  /** `missing`: nothing was sent; `expired`: it was good once; `invalid`: it is not; `forbidden`: it is good, and may not do this. */
  readonly because: 'missing' | 'expired' | 'invalid' | 'forbidden';
  /** One sentence for the client: what was wrong and how to mend it, without the secret itself. */
  readonly detail: string;
  /** The value of `WWW-Authenticate` (RFC 9110 §11.6.1, RFC 6750 §3). */
  readonly challenge: string;
  /** `denied` of the scheme; null: problem+json, or the scenario's `errors`. */
  readonly reply: Reply | null;
}

/** A way to tell who calls, compiled. Asks nothing of clock or disk; what has to be waited for goes through `facts.prepared`. */
export interface Scheme {
  readonly name: string;
  readonly needs: Needs;
  /** Names of headers that carry its secrets, lower case: the journal never keeps their values. */
  readonly secretHeaders: readonly string[];
  /** The same for names of query parameters, and of form and JSON values. */
  readonly secretNames: readonly string[];
  /** Whether the TLS layer has to ask clients for certificates. */
  readonly asksForCertificate: boolean;
  /** What it keeps in sessions beside the scenario's own collections: names begin with `:`, and no one lists them. */
  readonly collections: readonly Collection[];
  /** Routes that it serves by itself: a token endpoint, the public keys. */
  readonly routes: readonly SchemeRoute[];
  /** `scope`: what the rule asks for, all of it. May throw Suspended and ExpressionFailure. */
  check(facts: Facts, scope: readonly string[]): AuthVerdict;
  /** Makes a token or a key for `issue`; null when the scheme has nothing to issue (a mistake at load). */
  readonly issue: ((request: IssueRequest, facts: Facts, draft: Draft) => Issued) | null;
}

export interface IssueRequest {
  readonly subject: string | null;
  readonly claims: Readonly<Record<string, Json>>;
}

/** What `as` of `issue` holds. `value` is the token or the key. */
export type Issued = Readonly<Record<string, Json>> & { readonly value: string };

/** A route of a scheme. `path` is from the root, whatever the scenario's `base`. */
export interface SchemeRoute {
  readonly method: string;
  readonly path: string;
  readonly segments: readonly Segment[];
  readonly act: Act;
}

/** What a rule does to what the scenario remembers, before it replies. */
export interface Act {
  readonly needs: Needs;
  /**
   * Changes the draft and may bind names by `facts.bind`. When it gives `undone`, nothing of the draft is committed.
   * May throw Suspended, ExpressionFailure and MalformedBody.
   */
  run(facts: Facts, draft: Draft): ActOutcome;
}

export type ActOutcome =
  /** The rule's own reply follows. */
  | { readonly kind: 'done' }
  /** The changes hold, and this reply stands in the place of the rule's. */
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** The changes are undone. `reply`: `orElse`; null: the server's own words for `problem`. */
  | { readonly kind: 'undone'; readonly reply: Reply | null; readonly problem: ActProblem };

export interface ActProblem {
  readonly status: number;
  readonly detail: string;
  /** Further members of the problem document, such as `errors` by row. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly headers?: readonly string[];
}

/** What a decision needs has to be waited for (a signature, a key): the pass awaits `work` and decides again. */
export class Suspended extends Error {
  readonly work: Promise<unknown>;
  constructor(work: Promise<unknown>) {
    super('A decision waits for work that is under way');
    this.name = 'Suspended';
    this.work = work;
  }
}

/** What `issue` was asked for cannot be made: the row of the new key is bad, or a unique value of it is taken. The act that asked is undone. */
export class IssueRefused extends Error {
  readonly problem: ActProblem;
  constructor(problem: ActProblem) {
    super(problem.detail);
    this.name = 'IssueRefused';
    this.problem = problem;
  }
}
