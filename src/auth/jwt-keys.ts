import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { kindOf, show } from '../base/show.ts';
import type { Compiler, Facts, Fixture } from '../model/index.ts';
import { keyProblem, signatures, type SignatureName } from './jwt-algorithms.ts';
import type { NamedKey } from './jwt-codec.ts';
import { sessionSecret, type KeyOwner } from './jwt-secret.ts';

/** The keys of one scheme. */
export interface TokenKeys {
  /** Null: tokens of others are read, none are made. */
  readonly signer: ((facts: Facts) => NamedKey | Promise<NamedKey>) | null;
  readonly verifiers: (facts: Facts) => readonly NamedKey[] | Promise<readonly NamedKey[]>;
}

export interface KeyFiles {
  readonly secret?: Buffer | undefined;
  readonly key?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly jwks?: string | undefined;
}

/** A secret for HS; for the others the keys of the fixtures, or a pair that the process makes when it first needs one. */
export function compileKeys(alg: SignatureName, files: KeyFiles, owner: KeyOwner, compiler: Compiler): TokenKeys {
  const wanted = signatures[alg];
  if (wanted.kind === 'secret') {
    const secret = sessionSecret(files.secret, owner, alg, wanted.bytes, false, compiler);
    const named = (facts: Facts): NamedKey => ({ key: secret(facts), kid: null });
    return { signer: named, verifiers: (facts) => [named(facts)] };
  }
  if (files.key === undefined && files.publicKey === undefined && files.jwks === undefined) {
    const own = (): Promise<NamedPair> => pairOf(alg, owner);
    return { signer: async () => (await own()).own, verifiers: async () => [(await own()).shown] };
  }
  const key = files.key === undefined ? null : readKey(alg, files.key, createPrivateKey, 'private key', compiler.at('key'));
  const foreign = [
    ...(files.publicKey === undefined ? [] : keyOrNone(readKey(alg, files.publicKey, createPublicKey, 'public key or certificate', compiler.at('publicKey')), null)),
    ...(files.jwks === undefined ? [] : readSet(alg, files.jwks, compiler.at('jwks'))),
  ];
  const pair = key === null ? null : namedPair(key);
  return { signer: pair === null ? null : () => pair.own, verifiers: () => (pair === null ? foreign : [pair.shown, ...foreign]) };
}

interface NamedPair {
  readonly own: NamedKey;
  readonly shown: NamedKey;
}

const makePair = promisify(generateKeyPair) as (type: string, options: object) => Promise<{ readonly privateKey: KeyObject }>;

/** Pairs that this process has made: a reload keeps them, and the tokens that they signed. */
const pairs = new Map<string, Promise<NamedPair>>();

function pairOf(alg: SignatureName, { root, scheme }: KeyOwner): Promise<NamedPair> {
  const id = JSON.stringify([root, scheme, alg]);
  let pair = pairs.get(id);
  if (!pair) {
    const wanted = signatures[alg];
    pair = (wanted.kind === 'ec' ? makePair('ec', { namedCurve: wanted.curve }) : wanted.kind === 'rsa' ? makePair('rsa', { modulusLength: 2048 }) : makePair('ed25519', {})).then(({ privateKey }) => namedPair(privateKey));
    pairs.set(id, pair);
  }
  return pair;
}

function namedPair(key: KeyObject): NamedPair {
  const shown = createPublicKey(key);
  const kid = thumbprint(shown);
  return { own: { key, kid }, shown: { key: shown, kid } };
}

/** Of the members that RFC 7638 §3.2 names, in their order. */
function thumbprint(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' }) as JsonWebKey;
  return createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url');
}

/** Public keys as a set that others can read (RFC 7517 §5). Secrets are never in it. */
export function keySet(alg: SignatureName, keys: readonly NamedKey[]): { readonly keys: readonly object[] } {
  return { keys: keys.flatMap(({ key, kid }) => (Buffer.isBuffer(key) ? [] : [{ ...createPublicKeyJwk(key), use: 'sig', alg, ...(kid !== null && { kid }) }])) };
}

function createPublicKeyJwk(key: KeyObject): JsonWebKey {
  return (key.type === 'public' ? key : createPublicKey(key)).export({ format: 'jwk' });
}

function keyOrNone(key: KeyObject | null, kid: string | null): readonly NamedKey[] {
  return key === null ? [] : [{ key, kid }];
}

function readKey(alg: SignatureName, name: string, create: (pem: Buffer) => KeyObject, what: string, compiler: Compiler): KeyObject | null {
  const fixture = compiler.fixture(name);
  if (fixture === null) return null;
  let key: KeyObject;
  try {
    key = create(fixture.read());
  } catch {
    compiler.mistake({ code: 'wrong-key', message: `The fixture \`${name}\` holds no ${what}`, expected: `a ${what} in PEM`, got: 'something else' });
    return null;
  }
  const problem = keyProblem(alg, key);
  if (problem === null) return key;
  compiler.mistake({ code: 'wrong-key', message: `The key in \`${name}\` cannot be used with ${alg}`, ...problem });
  return null;
}

/** The keys of a set that can be used with the algorithm; the others are for something else. */
function readSet(alg: SignatureName, name: string, compiler: Compiler): readonly NamedKey[] {
  const fixture = compiler.fixture(name);
  if (fixture === null) return [];
  const members = membersOf(fixture);
  if (members === null) {
    compiler.mistake({ code: 'wrong-key', message: `The fixture \`${name}\` holds no set of keys`, expected: 'JSON such as `{ "keys": [ … ] }` (RFC 7517)', got: 'something else' });
    return [];
  }
  const fitting = members.flatMap((member) => keyOfSet(alg, member) ?? []);
  if (fitting.length === 0) compiler.mistake({ code: 'wrong-key', message: `No key of \`${name}\` can be used with ${alg}`, expected: `a public key for ${alg}`, got: members.length === 0 ? 'no keys' : members.map((one) => show(one['alg'] ?? one['kty'] ?? kindOf(one))).slice(0, 5).join(', ') });
  return fitting;
}

function membersOf(fixture: Fixture): readonly Readonly<Record<string, unknown>>[] | null {
  try {
    const { keys } = JSON.parse(fixture.read().toString('utf8')) as { keys?: unknown };
    return Array.isArray(keys) && keys.every((key) => kindOf(key) === 'a map') ? (keys as Record<string, unknown>[]) : null;
  } catch {
    return null;
  }
}

function keyOfSet(alg: SignatureName, member: Readonly<Record<string, unknown>>): NamedKey | null {
  if ((member['use'] ?? 'sig') !== 'sig' || (member['alg'] ?? alg) !== alg || member['kty'] === 'oct') return null;
  try {
    const key = createPublicKey({ key: member as JsonWebKey, format: 'jwk' });
    return keyProblem(alg, key) === null ? { key, kid: typeof member['kid'] === 'string' ? member['kid'] : null } : null;
  } catch {
    return null;
  }
}
