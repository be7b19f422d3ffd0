import type { SchemeKind } from '../model/index.ts';
import { object, optional, type Out } from '../shapes/index.ts';
import { grantsOf, plainScheme, type AuthScheme } from './auth-scheme.ts';
import { readCredential, type CredentialPlace } from './credentials.ts';
import { bearerDoor } from './door.ts';
import { holderOf, holderShape } from './holder.ts';
import { realmShape, secretsMap } from './literal.ts';
import { SecretTable } from './secret-table.ts';

const shape = object({
  tokens: secretsMap(holderShape, 'token', 'Each token with whom it stands for, or with `{ subject, scope }`.'),
  realm: optional(realmShape),
}, { name: '`bearer`', expected: 'a map with `tokens`', foreign: { token: 'Write `tokens: { TOKEN: SUBJECT }`', keys: 'Write `tokens`' } });

export const bearerPlace: CredentialPlace = { kind: 'header', name: 'authorization', prefix: 'Bearer' };

export const bearer = {
  key: 'bearer',
  about: 'Fixed tokens in `Authorization: Bearer` (RFC 6750).',
  shape,
  examples: [
    { yaml: 'bearer: { tokens: { t-acme: acme } }' },
    { yaml: 'bearer: { tokens: { t-acme: { subject: acme, scope: read write } }, realm: partners }' },
  ],
  compile({ tokens, realm }, _compiler, { name, denied }): AuthScheme {
    const holders = Object.entries(tokens).map(([token, value]) => [token, holderOf(value)] as const);
    const table = new SecretTable(holders);
    const door = bearerDoor(denied, 'Bearer', realm ?? name);
    return {
      ...plainScheme, name,
      secretHeaders: ['authorization'],
      grants: grantsOf(holders.map(([, { scope }]) => scope)),
      check(facts, asked) {
        const sent = readCredential(bearerPlace, facts);
        if (sent.kind === 'missing') return door.deny('missing', 'A token is missing: send the header `Authorization: Bearer TOKEN`');
        const holder = sent.kind === 'sent' ? table.find(sent.value) : null;
        if (holder === null) return door.deny('invalid', sent.kind === 'sent' ? 'The token is not known' : 'More than one `Authorization` header was sent');
        return door.admit({ scheme: name, claims: {}, ...holder }, asked);
      },
    };
  },
} satisfies SchemeKind<Out<typeof shape>>;
