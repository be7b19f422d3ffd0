import { compileTest, type ValueTest } from '../matchers/values/compile-test.ts';
import { textTest } from '../matchers/values/test-shape.ts';
import type { ClientCertificate, Compiler, SchemeKind } from '../model/index.ts';
import { object, optional, type Out } from '../shapes/index.ts';
import { plainScheme, type AuthScheme } from './auth-scheme.ts';
import { plainDoor } from './door.ts';
import { realmShape } from './literal.ts';

const test = (about: string) => optional({ ...textTest, about, jsonSchema: (definitions) => ({ ...textTest.jsonSchema(definitions), description: about }) } satisfies typeof textTest);

const shape = object({
  subject: test('A test of its subject as text (RFC 4514), such as `CN=acme,O=Partners`.'),
  commonName: test('A test of its common name.'),
  name: test('A test that one of its alternative names passes: DNS names, addresses, mail addresses, URIs.'),
  fingerprint: test('A test of the SHA-256 of the whole certificate, in hexadecimal with or without colons.'),
  realm: optional(realmShape),
}, { name: '`mtls`', expected: 'a map with tests of the certificate, `{}` for any', foreign: { cn: 'Write `commonName`', san: 'Write `name`', names: 'Write `name`', sha256: 'Write `fingerprint`', ca: 'The CA is the one of `--certs`' } });

type Value = Out<typeof shape>;

export const mtls = {
  key: 'mtls',
  about: 'A client certificate that the local CA issued (RFC 8705): `rehearsal certs client NAME` makes one. Who sends none, or one that is not trusted, is answered 401; one that fails a test, 403.',
  shape,
  examples: [
    { yaml: "mtls: { subject: { matches: 'CN=.*' } }" },
    { yaml: 'mtls: { commonName: { oneOf: [acme, globex] } }' },
  ],
  compile(value, compiler, { name, denied }): AuthScheme {
    const tests = compileTests(value, compiler);
    // No word is registered for this: TLS asks by itself, and RFC 9110 still wants a challenge on every 401.
    const door = plainDoor(denied, 'Certificate', { realm: value.realm ?? name });
    return {
      ...plainScheme, name,
      asksForCertificate: true,
      grants: new Set(),
      check({ certificate }, asked) {
        if (certificate === null) return door.deny('missing', 'A client certificate is missing: send one that the CA of this server issued (`rehearsal certs client NAME` makes it), over HTTPS');
        if (!certificate.trusted) return door.deny(certificate.problem?.startsWith('it has expired') ? 'expired' : 'invalid', `The client certificate is not trusted: ${certificate.problem ?? 'its issuer is not known'}`);
        const failed = tests.find(({ passes }) => !passes(certificate));
        if (failed) return door.deny('forbidden', `The client certificate is trusted, but its ${failed.what} is not one that may call`);
        return door.admit({ scheme: name, subject: certificate.commonName ?? certificate.subject, claims: {}, scope: [] }, asked);
      },
    };
  },
} satisfies SchemeKind<Value>;

interface CertificateTest {
  readonly what: string;
  passes(certificate: ClientCertificate): boolean;
}

function compileTests(value: Value, compiler: Compiler): readonly CertificateTest[] {
  const made = (key: 'subject' | 'commonName' | 'name' | 'fingerprint', what: string, passes: (test: ValueTest, certificate: ClientCertificate) => boolean): readonly CertificateTest[] => {
    if (value[key] === undefined) return [];
    const compiled = compileTest(key === 'fingerprint' ? bareHex(value[key]) : value[key], 'text', compiler.at(key));
    return [{ what, passes: (certificate) => passes(compiled, certificate) }];
  };
  return [
    ...made('subject', 'subject', (one, { subject }) => one.passes(subject)),
    ...made('commonName', 'common name', (one, { commonName }) => one.passes(commonName ?? undefined)),
    ...made('name', 'alternative name', (one, { names }) => one.passesAny(names)),
    ...made('fingerprint', 'fingerprint', (one, { fingerprint }) => one.passes(fingerprint)),
  ];
}

/** Fingerprints as tools print them, made like ours: lower case, without colons. Patterns stay as they are. */
function bareHex(test: unknown): unknown {
  if (typeof test === 'string') return /^(?:[0-9a-f]{2}:?){32}$/i.test(test) ? test.replaceAll(':', '').toLowerCase() : test;
  if (Array.isArray(test)) return test.map(bareHex);
  return typeof test === 'object' && test !== null ? Object.fromEntries(Object.entries(test).map(([key, inner]) => [key, bareHex(inner)])) : test;
}
