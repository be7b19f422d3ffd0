/**
 * A change that a session's world cannot keep: a bound is reached, or the disk does not take it. Nothing of the commit has been
 * applied, and the next one is tried anew. Answered with 507 (RFC 4918 §11.5).
 */
export class WorldRefusal extends Error {
  /** For the client: what happened and what to do, without a path. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.name = 'WorldRefusal';
    this.reason = reason;
  }
}
