import { isNumeric, type Json } from '../base/json.ts';
import type { IssueRequest } from '../model/index.ts';
import type { Claims } from './jwt-codec.ts';
import { scopeOf } from './scopes.ts';

/** What a scheme says in the tokens that it makes, and asks of those that it takes (RFC 7519 §4.1). */
export interface ClaimRules {
  readonly issuer: string | null;
  readonly audience: readonly string[];
  readonly lifetimeMs: number;
  /** How far the clocks of two servers may be apart. */
  readonly skewMs: number;
  /** The name of the claim that says who calls. */
  readonly subject: string;
  readonly scope: string;
  readonly tests: readonly { readonly name: string; passes(value: Json | undefined): boolean }[];
}

/** Why claims that are truly the issuer's do not hold here and now. */
export interface ClaimProblem {
  readonly because: 'expired' | 'invalid';
  readonly detail: string;
}

/** Null when they hold. `nowMs` is the server's clock. */
export function judgeClaims(claims: Claims, rules: ClaimRules, nowMs: number): ClaimProblem | null {
  const invalid = (detail: string): ClaimProblem => ({ because: 'invalid', detail });
  const expires = secondsIn(claims, 'exp');
  const begins = secondsIn(claims, 'nbf');
  if (expires === 'wrong' || begins === 'wrong') return invalid('The token has a time (`exp` or `nbf`) that is no number');
  if (expires !== null && nowMs >= expires * 1000 + rules.skewMs) return { because: 'expired', detail: 'The token has expired' };
  if (begins !== null && nowMs < begins * 1000 - rules.skewMs) return invalid('The token is not valid yet');
  if (rules.issuer !== null && claims['iss'] !== rules.issuer) return invalid('The token is not of the issuer that is trusted here');
  if (rules.audience.length > 0 && !listOf(claims['aud']).some((one) => rules.audience.includes(one as string))) return invalid('The token is not for this audience');
  const failed = rules.tests.find(({ name, passes }) => !passes(Object.hasOwn(claims, name) ? claims[name] : undefined));
  return failed ? invalid(`The claim \`${failed.name}\` of the token is not what is asked for`) : null;
}

/** A NumericDate (RFC 7519 §2), in seconds; null when it is not there. */
function secondsIn(claims: Claims, name: string): number | null | 'wrong' {
  const value = claims[name];
  if (value === undefined) return null;
  return isNumeric(value) ? Number(String(value)) : 'wrong';
}

function listOf(value: Json | undefined): readonly (Json | undefined)[] {
  return Array.isArray(value) ? value : [value];
}

/** Who calls by them, and with what scope. */
export function callerOf(claims: Claims, rules: ClaimRules): { readonly subject: string | null; readonly scope: readonly string[] } {
  const subject = claims[rules.subject];
  return { subject: typeof subject === 'string' ? subject : isNumeric(subject) ? String(subject) : null, scope: scopeOf(claims[rules.scope]) };
}

/** The claims of a new token. What is asked for by name wins over what comes by itself: a token that is over is there for the asking. */
export function newClaims({ subject, claims }: IssueRequest, rules: ClaimRules, nowMs: number): Claims {
  return Object.assign(Object.create(null) as Record<string, Json>, {
    ...(rules.issuer !== null && { iss: rules.issuer }),
    ...(rules.audience.length > 0 && { aud: rules.audience.length === 1 ? rules.audience[0]! : rules.audience }),
    ...(subject !== null && { [rules.subject]: subject }),
    iat: Math.floor(nowMs / 1000),
    exp: Math.floor((nowMs + rules.lifetimeMs) / 1000),
  }, claims);
}
