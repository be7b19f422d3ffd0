import type { ActOutcome, ActProblem } from '../model/index.ts';

/** Why a change could not be made, as carrying it out says. */
export interface Refusal {
  readonly kind: 'failed';
  /** `missing`: nothing is there; `bad`: a value is not what it should be; `taken`: another row has it. */
  readonly reason: 'missing' | 'bad' | 'taken';
  /** One sentence for the client. */
  readonly detail: string;
  /** By row and field, where it is known. */
  readonly errors: readonly object[];
}

const statuses = { missing: 404, bad: 422, taken: 409 } as const;

export const done: ActOutcome = { kind: 'done' };

/** A value that is not what it should be. */
export function bad(detail: string, errors: Refusal['errors'] = []): Refusal {
  return { kind: 'failed', reason: 'bad', detail, errors };
}

/** Nothing is there. */
export function missing(detail: string): Refusal {
  return { kind: 'failed', reason: 'missing', detail, errors: [] };
}

export function isRefusal<T>(value: T | Refusal): value is Refusal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failed';
}

/** The end of a rule's changes: none of them holds. */
export function undone({ reason, detail, errors }: Refusal): ActOutcome {
  return { kind: 'undone', reply: null, problem: { status: statuses[reason], detail, ...(errors.length > 0 && { more: { errors } }) } };
}

/** What `failure` holds in the reply under `orElse`. */
export function failureOf({ status, detail, more }: ActProblem): Readonly<Record<string, unknown>> {
  const reason = status === statuses.missing ? 'missing' : status === statuses.taken ? 'taken' : 'bad';
  return { reason, detail, errors: more?.['errors'] ?? [] };
}
