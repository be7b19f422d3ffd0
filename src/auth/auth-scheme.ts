import type { Scheme } from '../model/index.ts';

/** A scheme as this room makes it. */
export interface AuthScheme extends Scheme {
  /** Every scope that a caller can hold by it, as far as the file tells; null: any. A rule that asks for another can never be called. */
  readonly grants: ReadonlySet<string> | null;
}

/** What most schemes have in common: nothing. */
export const plainScheme = {
  needs: 0, secretHeaders: [], secretNames: [], asksForCertificate: false, collections: [], routes: [], issue: null, grants: null,
} satisfies Partial<AuthScheme>;

/** All scopes that callers are given. None at all when nobody has one; else any, since a rule may well ask for what nobody has. */
export function grantsOf(scopes: Iterable<readonly string[]>): ReadonlySet<string> | null {
  for (const scope of scopes) if (scope.length > 0) return null;
  return new Set();
}
