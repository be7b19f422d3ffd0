import { show } from '../base/show.ts';
import type { SchemeKind } from '../model/index.ts';
import { byKind, mapOf, object, optional, valueKind, type Out } from '../shapes/index.ts';
import { grantsOf, plainScheme, type AuthScheme } from './auth-scheme.ts';
import { readBasic } from './basic-credentials.ts';
import { readCredential, type CredentialPlace } from './credentials.ts';
import { plainDoor } from './door.ts';
import { literal, realmShape } from './literal.ts';
import { scopeShape } from './scopes.ts';
import { SecretTable } from './secret-table.ts';

const password = literal({ expected: 'a password' });
const userShape = byKind([
  password,
  object({ password, scope: optional(scopeShape) }, { name: 'a user', expected: 'a map with `password` and `scope`' }),
], { expected: 'a password, or `{ password, scope }`' });

const shape = object({
  users: mapOf(userShape, {
    expected: 'a map from users to their passwords', about: 'Each user with the password, or with `{ password, scope }`.',
    key: (user) => (user !== '' && !user.includes(':') && !/\p{Cc}/u.test(user) ? null : { code: 'wrong-user', message: 'No client can send this user', expected: 'a name without a colon and control characters (RFC 7617)', got: show(user) }),
  }),
  realm: optional(realmShape),
}, { name: '`basic`', expected: 'a map with `users`', foreign: { user: 'Write `users: { NAME: PASSWORD }`', username: 'Write `users: { NAME: PASSWORD }`', password: 'Write `users: { NAME: PASSWORD }`' } });

export const basicPlace: CredentialPlace = { kind: 'header', name: 'authorization', prefix: 'Basic' };

export const basic = {
  key: 'basic',
  about: 'User and password in `Authorization: Basic` (RFC 7617), in UTF-8.',
  shape,
  examples: [
    { yaml: 'basic: { users: { alice: secret } }' },
    { yaml: "basic: { users: { alice: { password: 'a:b', scope: read } }, realm: archive }" },
  ],
  compile({ users, realm }, _compiler, { name, denied }): AuthScheme {
    const known = Object.entries(users).map(([subject, value]) => ({ subject, ...credentialOf(value) }));
    const table = new SecretTable(known.map(({ subject, password, scope }) => [joined(subject, password), { subject, scope }]));
    const door = plainDoor(denied, 'Basic', { realm: realm ?? name, charset: 'UTF-8' });
    return {
      ...plainScheme, name,
      secretHeaders: ['authorization'],
      grants: grantsOf(known.map(({ scope }) => scope)),
      check(facts, asked) {
        const sent = readCredential(basicPlace, facts);
        if (sent.kind === 'missing') return door.deny('missing', 'User and password are missing: send them by `Authorization: Basic`');
        if (sent.kind === 'ambiguous') return door.deny('invalid', 'More than one `Authorization` header was sent');
        const given = readBasic(sent.value);
        if (given === null) return door.deny('invalid', 'The header `Authorization: Basic` is not well-formed: it needs the Base64 of USER:PASSWORD in UTF-8');
        const user = table.find(joined(given.user, given.password));
        return user === null ? door.deny('invalid', 'User and password do not belong together') : door.admit({ scheme: name, claims: {}, ...user }, asked);
      },
    };
  },
} satisfies SchemeKind<Out<typeof shape>>;

function credentialOf(value: Out<typeof userShape>): { readonly password: string; readonly scope: readonly string[] } {
  if (valueKind(value) === 'string') return { password: value as string, scope: [] };
  const { password, scope = [] } = value as Exclude<Out<typeof userShape>, string>;
  return { password, scope };
}

/** As on the wire; in one form of Unicode, since clients differ in that (RFC 7617 §2.1). */
function joined(user: string, password: string): string {
  return `${user}:${password}`.normalize('NFC');
}
