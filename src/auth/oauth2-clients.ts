import { byKind, mapOf, object, optional, valueKind, type Out } from '../shapes/index.ts';
import { show } from '../base/show.ts';
import type { Facts } from '../model/index.ts';
import { readBasic } from './basic-credentials.ts';
import { literal } from './literal.ts';
import { scopeShape } from './scopes.ts';
import { SecretTable } from './secret-table.ts';

const secret = literal({ expected: 'a secret' });
const clientShape = byKind([
  secret,
  object({ secret, scope: optional(scopeShape) }, { name: 'a client', expected: 'a map with `secret` and `scope`' }),
], { expected: 'a secret, or `{ secret, scope }`' });

export const clientsShape = mapOf(clientShape, {
  expected: 'a map from client ids to their secrets', about: 'Each client with its secret, or with `{ secret, scope }`: all that it may ask for.',
  key: (id) => (/^[\u0020-\u007e]{1,200}$/.test(id) ? null : { code: 'wrong-client', message: 'This cannot be the id of a client', expected: 'visible ASCII letters (RFC 6749, appendix A.1)', got: show(id) }),
});

export interface OAuthClient {
  readonly id: string;
  /** All that it may ask for; null: what the scheme knows. */
  readonly scope: readonly string[] | null;
}

/** Who asks for a token (RFC 6749 §2.3). `basic`: it tried by `Authorization`, so the refusal has to answer in that. */
export type ClientFound =
  | { readonly kind: 'known'; readonly client: OAuthClient }
  | { readonly kind: 'unknown'; readonly detail: string }
  | { readonly kind: 'malformed'; readonly detail: string };

export class OAuthClients {
  readonly #table: SecretTable<OAuthClient>;
  readonly all: readonly OAuthClient[];

  constructor(value: Out<typeof clientsShape>) {
    const entries = Object.entries(value).map(([id, one]) => {
      const { secret, scope = null } = valueKind(one) === 'string' ? { secret: one as string } : (one as Exclude<Out<typeof clientShape>, string>);
      return [joined(id, secret), { id, scope }] as const;
    });
    this.all = entries.map(([, client]) => client);
    this.#table = new SecretTable(entries);
  }

  /** @param form the parameters of the request, each once */
  authenticate({ request }: Facts, form: ReadonlyMap<string, string>): ClientFound {
    const [authorization, ...further] = request.headers.get('authorization') ?? [];
    const id = form.get('client_id');
    const secret = form.get('client_secret');
    if (further.length > 0) return { kind: 'malformed', detail: 'More than one Authorization header was sent' };
    if (authorization === undefined) {
      if (id === undefined || secret === undefined) return { kind: 'unknown', detail: 'The client did not authenticate: send its id and secret by Authorization: Basic, or as client_id and client_secret' };
      return this.#known([[id, secret]]);
    }
    if (secret !== undefined) return { kind: 'malformed', detail: 'The client authenticated in two ways: use either Authorization: Basic or client_secret' };
    const given = /^Basic +(\S+) *$/i.exec(authorization);
    const credentials = given ? readBasic(given[1]!) : null;
    if (credentials === null) return { kind: 'unknown', detail: 'The header Authorization is not Basic with an id and a secret' };
    const { user, password } = credentials;
    const found = this.#known([[user, password], [formDecoded(user), formDecoded(password)]]);
    if (found.kind === 'known' && id !== undefined && id !== found.client.id) return { kind: 'malformed', detail: 'client_id is not the client that authenticated' };
    return found;
  }

  /** Ids and secrets are form-encoded within Basic (RFC 6749 §2.3.1), which half of the clients do not know. */
  #known(candidates: readonly (readonly [id: string, secret: string])[]): ClientFound {
    const [client] = candidates.flatMap(([id, secret]) => this.#table.find(joined(id, secret)) ?? []);
    return client ? { kind: 'known', client } : { kind: 'unknown', detail: 'The id and the secret of the client do not belong together' };
  }
}

function joined(id: string, secret: string): string {
  return JSON.stringify([id, secret]);
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
