import { stringifyJson } from '../base/json.ts';
import { compileJsonPattern } from '../matchers/json-pattern.ts';
import { need, type Compiler, type Facts, type IssueRequest, type Issued, type SchemeKind, type SchemeRoute } from '../model/index.ts';
import { plainScheme, type AuthScheme } from './auth-scheme.ts';
import { placeInWords, readCredential, type CredentialPlace } from './credentials.ts';
import { bearerDoor } from './door.ts';
import { answerJson } from './json-reply.ts';
import { contents, wrappings } from './jwt-algorithms.ts';
import { callerOf, judgeClaims, newClaims, type ClaimRules } from './jwt-claims.ts';
import { openToken, sealToken, type Encryption } from './jwt-codec.ts';
import { compileKeys, keySet, type TokenKeys } from './jwt-keys.ts';
import { sessionSecret, type KeyOwner } from './jwt-secret.ts';
import { jwtShape, type JwtValue } from './jwt-shape.ts';
import { segmentsOf } from './literal-path.ts';

const hourMs = 3_600_000;

export const jwt = {
  key: 'jwt',
  about: 'A JSON Web Token (RFC 7519), signed and, when asked, encrypted around that; `issue` makes them.',
  shape: jwtShape,
  examples: [
    { yaml: 'jwt: { alg: HS256, secret: s3cret, lifetime: 1 h }' },
    { yaml: 'jwt: { alg: HS256, encrypt: { alg: A256KW, enc: A256CBC-HS512 }, lifetime: 1 h }' },
    { yaml: 'jwt: { alg: RS256, keys: /.well-known/jwks.json, issuer: https://id.example.com, audience: orders }' },
  ],
  compile(value, compiler, { name, root, denied }): AuthScheme {
    const owner: KeyOwner = { root, scheme: name };
    const id = `jwt ${JSON.stringify([root, name])}`;
    const keys = compileKeys(value.alg, value, owner, compiler);
    const encryption = compileEncryption(value, owner, compiler);
    const rules = compileRules(value, compiler);
    const place = placeOf(value);
    const door = bearerDoor(denied, place.prefix === '' ? 'Bearer' : place.prefix, value.realm ?? name);
    const missing = `A token is missing: send ${placeInWords(place, 'TOKEN')}`;
    return {
      ...plainScheme, name,
      secretHeaders: [place.name],
      routes: value.keys === undefined ? [] : [keysRoute(value, value.keys, keys, id)],
      check(facts, asked) {
        const sent = readCredential(place, facts);
        if (sent.kind === 'missing') return door.deny('missing', missing);
        if (sent.kind === 'ambiguous') return door.deny('invalid', 'More than one token was sent');
        const opened = facts.prepared(`${id} open ${sent.value}`, async () => openToken(sent.value, value.alg, await keys.verifiers(facts), encryption(facts)));
        if (opened.kind === 'closed') return door.deny('invalid', `The token is not valid: ${opened.detail}`);
        const problem = judgeClaims(opened.claims, rules, facts.now);
        if (problem) return door.deny(problem.because, problem.detail);
        return door.admit({ scheme: name, claims: opened.claims, ...callerOf(opened.claims, rules) }, asked);
      },
      issue: keys.signer && ((request, facts) => issue(request, facts, { value, rules, id, signer: keys.signer!, encryption: encryption(facts), label: compiler.label })),
    };
  },
} satisfies SchemeKind<JwtValue>;

interface Issuing {
  readonly value: JwtValue;
  readonly rules: ClaimRules;
  readonly id: string;
  readonly signer: NonNullable<TokenKeys['signer']>;
  readonly encryption: Encryption | null;
  readonly label: string;
}

function issue(request: IssueRequest, facts: Facts, { value, rules, id, signer, encryption, label }: Issuing): Issued {
  const claims = newClaims(request, rules, facts.now);
  const salt = facts.random(`${label}|token`).bytes(16);
  const made = facts.prepared(`${id} seal ${stringifyJson(claims)}`, async () => sealToken(claims, { alg: value.alg, key: await signer(facts) }, encryption, salt));
  return { value: made, subject: request.subject, claims, expiresIn: Math.floor(rules.lifetimeMs / 1000) };
}

function placeOf({ header = 'authorization', prefix }: JwtValue): Extract<CredentialPlace, { kind: 'header' }> {
  return { kind: 'header', name: header, prefix: prefix ?? (header === 'authorization' ? 'Bearer' : '') };
}

function compileEncryption({ encrypt }: JwtValue, owner: KeyOwner, compiler: Compiler): (facts: Facts) => Encryption | null {
  if (encrypt === undefined) return () => null;
  const { alg, enc } = encrypt;
  const secret = sessionSecret(encrypt.secret, owner, alg === 'dir' ? enc : alg, wrappings[alg] ?? contents[enc].key, true, compiler.at('encrypt'));
  return (facts) => ({ alg, enc, key: secret(facts) });
}

function compileRules(value: JwtValue, compiler: Compiler): ClaimRules {
  const { audience } = value;
  return {
    issuer: value.issuer ?? null,
    audience: audience === undefined ? [] : typeof audience === 'string' ? [audience] : audience,
    lifetimeMs: value.lifetime ?? hourMs,
    skewMs: value.skew ?? 0,
    subject: value.subject ?? 'sub',
    scope: value.scope ?? 'scope',
    tests: Object.entries(value.claims ?? {}).map(([claim, test]) => {
      const pattern = compileJsonPattern(test, { at: 'claims', label: 'claim' }, compiler.at('claims', claim));
      return { name: claim, passes: (given) => pattern.passes(given) };
    }),
  };
}

/** Where clients find the keys by which they can verify our tokens themselves. */
function keysRoute({ alg }: JwtValue, path: string, keys: TokenKeys, id: string): SchemeRoute {
  return {
    method: 'GET', path, segments: segmentsOf(path),
    act: {
      needs: need.nothing,
      run(facts) {
        const own = facts.prepared(`${id} keys`, async () => (keys.signer === null ? keys.verifiers(facts) : [await keys.signer(facts)]));
        return answerJson(200, keySet(alg, own), []);
      },
    },
  };
}
