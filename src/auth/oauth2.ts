import type { SchemeKind } from '../model/index.ts';
import { boolean, byKind, duration, object, optional, type Out } from '../shapes/index.ts';
import { plainScheme, type AuthScheme } from './auth-scheme.ts';
import { bearerPlace } from './bearer.ts';
import { readCredential } from './credentials.ts';
import { bearerDoor } from './door.ts';
import { realmShape } from './literal.ts';
import { literalPathShape, segmentsOf } from './literal-path.ts';
import { clientsShape, OAuthClients } from './oauth2-clients.ts';
import { tokenEndpoint } from './oauth2-endpoint.ts';
import { OpaqueTokens } from './oauth2-tokens.ts';
import { scopeShape } from './scopes.ts';

const hourMs = 3_600_000;

const shape = object({
  clients: clientsShape,
  token: literalPathShape('The path, from the root, of the token endpoint.'),
  lifetime: optional(duration('How long an access token is good; 1 h unless said.')),
  refresh: optional(byKind([duration(), boolean()], { expected: 'a duration such as `24 h`, or `true` or `false`', about: 'How long a refresh token is good, each once; 24 h unless said; `false`: there are none.' })),
  scope: optional({ ...scopeShape, about: 'Every scope there is. Without it a client may ask for any that it is not refused by its own `scope`.' }),
  realm: optional(realmShape),
}, { name: '`oauth2`', expected: 'a map with `clients` and `token`', foreign: { client: 'Write `clients: { ID: SECRET }`', scopes: 'Write `scope`', expires: 'Write `lifetime`', tokenUrl: 'Write `token` with its path' } });

export const oauth2 = {
  key: 'oauth2',
  about: 'OAuth 2.0 with client credentials (RFC 6749 §4.4) and refresh (§6): a token endpoint of its own, and its access tokens in `Authorization: Bearer`.',
  shape,
  examples: [
    { yaml: 'oauth2: { clients: { partner: secret }, token: /oauth/token, lifetime: 5 min }' },
    { yaml: 'oauth2: { clients: { reader: { secret: r3ad, scope: read }, admin: adm1n }, token: /oauth/token, scope: read write, refresh: false }' },
  ],
  compile(value, compiler, { name, denied }): AuthScheme {
    const realm = value.realm ?? name;
    const clients = new OAuthClients(value.clients);
    const tokens = new OpaqueTokens(name, compiler.label);
    const door = bearerDoor(denied, 'Bearer', realm);
    const { scope = null, refresh = true } = value;
    const act = tokenEndpoint({ clients, tokens, scope, realm, lifetimeMs: value.lifetime ?? hourMs, refreshMs: refresh === true ? 24 * hourMs : refresh === false ? null : refresh });
    if (scope !== null) checkClients(clients, scope, (id, word) => compiler.mistake({ code: 'unknown-scope', message: `The client \`${id}\` has a scope that the scheme does not know`, expected: `one of ${scope.map((one) => `\`${one}\``).join(', ')}`, got: `\`${word}\`` }, ['clients', id, 'scope']));
    return {
      ...plainScheme, name,
      secretHeaders: ['authorization'],
      secretNames: ['client_secret', 'access_token', 'refresh_token'],
      collections: [tokens.collection],
      routes: [{ method: 'POST', path: value.token, segments: segmentsOf(value.token), act }],
      grants: scope === null ? null : new Set(scope),
      check(facts, asked) {
        const sent = readCredential(bearerPlace, facts);
        if (sent.kind === 'missing') return door.deny('missing', `A token is missing: get one by POST ${value.token}, and send it as \`Authorization: Bearer TOKEN\``);
        if (sent.kind === 'ambiguous') return door.deny('invalid', 'More than one `Authorization` header was sent');
        const found = tokens.find(sent.value, 'access', facts.memory, facts.now);
        if (found.kind === 'expired') return door.deny('expired', 'The token has expired');
        if (found.kind === 'unknown') return door.deny('invalid', 'The token is not known');
        return door.admit({ scheme: name, subject: found.grant.client, claims: {}, scope: found.grant.scope }, asked);
      },
    };
  },
} satisfies SchemeKind<Out<typeof shape>>;

function checkClients({ all }: OAuthClients, known: readonly string[], tell: (id: string, word: string) => void): void {
  for (const { id, scope } of all) {
    const stranger = scope?.find((word) => !known.includes(word));
    if (stranger !== undefined) tell(id, stranger);
  }
}
