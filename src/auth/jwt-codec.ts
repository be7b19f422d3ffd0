import { createHash, hkdfSync, type KeyObject } from 'node:crypto';
import { stringifyJson, parseJson, type Json } from '../base/json.ts';
import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import { contents, wrappings, type ContentName, type SignatureName, type WrappingName } from './jwt-algorithms.ts';

export type Claims = Readonly<Record<string, Json>>;

/** A key with the name under which a token or a set of keys knows it. */
export interface NamedKey {
  readonly key: KeyObject | Buffer;
  /** Null: it is tried whatever the token says. */
  readonly kid: string | null;
}

/** The inner half of a token. */
export interface Signing {
  readonly alg: SignatureName;
  readonly key: NamedKey;
}

/** The outer half. */
export interface Encryption {
  readonly alg: WrappingName;
  readonly enc: ContentName;
  readonly key: Buffer;
}

/** What became of a token: its claims, not yet judged, or why it cannot be taken. */
export type Opened = { readonly kind: 'open'; readonly claims: Claims } | { readonly kind: 'closed'; readonly detail: string };

/**
 * A JSON Web Token (RFC 7519): signed, and encrypted around that when asked (nested, §5.2, appendix A.2).
 * @param salt drawn by the caller: from it, the key and the content come the content key and the vector, so that a run repeats exactly
 */
export async function sealToken(claims: Claims, signing: Signing, encryption: Encryption | null, salt: Buffer): Promise<string> {
  const { CompactSign, CompactEncrypt } = await import('jose');
  const { alg, key } = signing;
  const signed = await new CompactSign(Buffer.from(stringifyJson(claims))).setProtectedHeader({ alg, typ: 'JWT', ...(key.kid !== null && { kid: key.kid }) }).sign(key.key);
  if (encryption === null) return signed;
  const sizes = contents[encryption.enc];
  // What another content or another key would get is always another: a vector is never used twice under one key.
  const made = Buffer.from(hkdfSync('sha256', encryption.key, salt, createHash('sha256').update(signed).digest(), sizes.key + sizes.iv));
  const encrypt = new CompactEncrypt(Buffer.from(signed)).setProtectedHeader({ alg: encryption.alg, enc: encryption.enc, typ: 'JWT', cty: 'JWT' }).setInitializationVector(made.subarray(sizes.key));
  if (wrappings[encryption.alg] !== null) encrypt.setContentEncryptionKey(made.subarray(0, sizes.key));
  return encrypt.encrypt(encryption.key);
}

/** Opens and verifies a token with exactly these algorithms (RFC 8725 §3.1). Never rejects. */
export async function openToken(token: string, alg: SignatureName, keys: readonly NamedKey[], encryption: Encryption | null): Promise<Opened> {
  const parts = token.split('.').length;
  if (encryption !== null && parts !== 5) return closed('it is not an encrypted token of five parts');
  if (encryption === null && parts !== 3) return closed('it is not a signed token of three parts');
  const signed = encryption === null ? token : await decrypt(token, encryption);
  if (signed === null) return closed('it cannot be decrypted with the key that stands here');
  const payload = await verify(signed, alg, keys);
  if (payload === null) return closed(`its signature is not one by ${alg} with a key that is known`);
  const claims = readClaims(payload);
  return claims === null ? closed('its claims are no JSON map') : { kind: 'open', claims };
}

function closed(detail: string): Opened {
  return { kind: 'closed', detail };
}

async function decrypt(token: string, { alg, enc, key }: Encryption): Promise<string | null> {
  const { compactDecrypt } = await import('jose');
  try {
    const { plaintext } = await compactDecrypt(token, key, { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] });
    return Buffer.from(plaintext).toString('utf8');
  } catch {
    // Whatever a foreign token makes the library throw, it is not one of ours.
    return null;
  }
}

/** Keys that are tried when the token does not name one of those that are known. */
const mostTried = 16;

async function verify(signed: string, alg: SignatureName, keys: readonly NamedKey[]): Promise<string | null> {
  const { compactVerify, decodeProtectedHeader } = await import('jose');
  let kid: unknown;
  try {
    ({ kid } = decodeProtectedHeader(signed));
  } catch {
    return null;
  }
  const named = keys.filter((key) => key.kid !== null && key.kid === kid);
  for (const { key } of (named.length > 0 ? named : keys).slice(0, mostTried)) {
    try {
      const { payload } = await compactVerify(signed, key, { algorithms: [alg] });
      return Buffer.from(payload).toString('utf8');
    } catch {
      // The next key may be the one.
    }
  }
  return null;
}

function readClaims(payload: string): Claims | null {
  if (deeperThan(payload, maxJsonDepth)) return null;
  try {
    const claims = parseJson(payload);
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) && Object.getPrototypeOf(claims) === null ? (claims as Claims) : null;
  } catch {
    return null;
  }
}
