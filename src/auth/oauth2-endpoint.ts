import { MalformedBody, need, type Act, type ActOutcome, type Draft, type Facts } from '../model/index.ts';
import { challenge } from './door.ts';
import { answerJson } from './json-reply.ts';
import type { OAuthClient, OAuthClients } from './oauth2-clients.ts';
import type { Grant, OpaqueTokens } from './oauth2-tokens.ts';
import { isScopeWord, scopeOf } from './scopes.ts';

/** What a token endpoint needs to know of its scheme. */
export interface TokenEndpoint {
  readonly clients: OAuthClients;
  readonly tokens: OpaqueTokens;
  /** Every scope there is; null: any may be asked for. */
  readonly scope: readonly string[] | null;
  readonly lifetimeMs: number;
  /** Null: no refresh tokens. */
  readonly refreshMs: number | null;
  readonly realm: string;
}

/** The errors of RFC 6749 §5.2. */
type Refusal = { readonly error: 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type' | 'invalid_scope'; readonly detail: string };

const notStored = ['Cache-Control', 'no-store', 'Pragma', 'no-cache'];

/** `POST` to the token endpoint (RFC 6749 §3.2): client credentials (§4.4) and refresh (§6). */
export function tokenEndpoint(endpoint: TokenEndpoint): Act {
  return {
    needs: need.body | need.call,
    run(facts, draft) {
      const granted = grant(endpoint, facts, draft);
      return 'error' in granted ? refuse(granted, endpoint.realm) : answerJson(200, granted, notStored);
    },
  };
}

/** §5.1 */
interface Granted {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly refresh_token?: string;
  readonly scope?: string;
}

function grant(endpoint: TokenEndpoint, facts: Facts, draft: Draft): Granted | Refusal {
  const form = readForm(facts);
  if ('error' in form) return form;
  const found = endpoint.clients.authenticate(facts, form);
  if (found.kind !== 'known') return { error: found.kind === 'unknown' ? 'invalid_client' : 'invalid_request', detail: found.detail };
  const scope = readScope(form);
  if (scope !== null && 'error' in scope) return scope;
  switch (form.get('grant_type')) {
    case undefined: return { error: 'invalid_request', detail: 'grant_type is missing' };
    case 'client_credentials': return byCredentials(endpoint, found.client, scope, facts, draft);
    case 'refresh_token': return byRefresh(endpoint, found.client, form, scope, facts, draft);
    default: return { error: 'unsupported_grant_type', detail: `grant_type is one of client_credentials${endpoint.refreshMs === null ? '' : ', refresh_token'}` };
  }
}

function byCredentials(endpoint: TokenEndpoint, { id, scope: own }: OAuthClient, asked: readonly string[] | null, facts: Facts, draft: Draft): Granted | Refusal {
  const allowed = own ?? endpoint.scope;
  const scope = asked ?? allowed ?? [];
  const beyond = allowed === null ? undefined : scope.find((word) => !allowed.includes(word));
  if (beyond !== undefined) return { error: 'invalid_scope', detail: `The client may not have the scope ${beyond}` };
  return tokensFor(endpoint, { client: id, scope }, { client: id, scope }, facts, draft);
}

function byRefresh(endpoint: TokenEndpoint, { id }: OAuthClient, form: ReadonlyMap<string, string>, asked: readonly string[] | null, facts: Facts, draft: Draft): Granted | Refusal {
  if (endpoint.refreshMs === null) return { error: 'unsupported_grant_type', detail: 'There are no refresh tokens here' };
  const token = form.get('refresh_token');
  if (token === undefined) return { error: 'invalid_request', detail: 'refresh_token is missing' };
  const found = endpoint.tokens.find(token, 'refresh', draft, facts.now);
  if (found.kind !== 'good' || found.grant.client !== id) return { error: 'invalid_grant', detail: found.kind === 'expired' ? 'The refresh token has expired' : 'The refresh token is not known, has been used, or is of another client' };
  const scope = asked ?? found.grant.scope;
  const beyond = scope.find((word) => !found.grant.scope.includes(word));
  if (beyond !== undefined) return { error: 'invalid_scope', detail: `The scope ${beyond} was not part of the first grant` };
  endpoint.tokens.revoke(token, draft);
  return tokensFor(endpoint, { client: id, scope }, found.grant, facts, draft);
}

/** @param lasting what the refresh token stands for: narrowing one access token does not narrow the next (§6) */
function tokensFor({ tokens, lifetimeMs, refreshMs }: TokenEndpoint, given: Grant, lasting: Grant, facts: Facts, draft: Draft): Granted {
  return {
    access_token: tokens.issue('access', given, lifetimeMs, facts, draft),
    token_type: 'Bearer',
    expires_in: Math.floor(lifetimeMs / 1000),
    ...(refreshMs !== null && { refresh_token: tokens.issue('refresh', lasting, refreshMs, facts, draft) }),
    ...(given.scope.length > 0 && { scope: given.scope.join(' ') }),
  };
}

/** The parameters, each at most once; those without a value are as if they were not there (§3.2). */
function readForm({ request: { body } }: Facts): ReadonlyMap<string, string> | Refusal {
  const wrong = (detail: string): Refusal => ({ error: 'invalid_request', detail });
  if (body.mediaType !== 'application/x-www-form-urlencoded') return wrong('The body has to be application/x-www-form-urlencoded');
  try {
    const form = new Map<string, string>();
    for (const [name, [value, ...further]] of body.form ?? []) {
      if (further.length > 0) return wrong('A parameter stands more than once in the body');
      if (value !== undefined && value !== '') form.set(name, value);
    }
    return form;
  } catch (error) {
    if (error instanceof MalformedBody) return wrong('The body is no well-formed form');
    throw error;
  }
}

function readScope(form: ReadonlyMap<string, string>): readonly string[] | Refusal | null {
  const written = form.get('scope');
  if (written === undefined) return null;
  const words = scopeOf(written);
  return words.every(isScopeWord) ? [...new Set(words)] : { error: 'invalid_scope', detail: 'The scope is not well-formed' };
}

/** A 401 always says how to authenticate (RFC 9110 §15.5.2). */
function refuse({ error, detail }: Refusal, realm: string): ActOutcome {
  const status = error === 'invalid_client' ? 401 : 400;
  return answerJson(status, { error, error_description: detail }, [...notStored, ...(status === 401 ? ['WWW-Authenticate', challenge('Basic', { realm, charset: 'UTF-8' })] : [])]);
}
