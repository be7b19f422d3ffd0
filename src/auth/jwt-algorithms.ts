import type { KeyObject } from 'node:crypto';

/** How a token is signed (RFC 7518 §3, RFC 8037). `none` is not among them and never will be. */
export const signatures = {
  HS256: { kind: 'secret', bytes: 32 }, HS384: { kind: 'secret', bytes: 48 }, HS512: { kind: 'secret', bytes: 64 },
  RS256: { kind: 'rsa' }, RS384: { kind: 'rsa' }, RS512: { kind: 'rsa' },
  PS256: { kind: 'rsa' }, PS384: { kind: 'rsa' }, PS512: { kind: 'rsa' },
  ES256: { kind: 'ec', curve: 'prime256v1', words: 'P-256' }, ES384: { kind: 'ec', curve: 'secp384r1', words: 'P-384' }, ES512: { kind: 'ec', curve: 'secp521r1', words: 'P-521' },
  EdDSA: { kind: 'ed25519' },
} as const;
export type SignatureName = keyof typeof signatures;
export const signatureNames = Object.keys(signatures) as readonly SignatureName[] as readonly [SignatureName, ...SignatureName[]];

/** How the key of the content is wrapped (RFC 7518 §4): with a key of this many bytes. `dir`: it is the key of the content itself. */
export const wrappings = { dir: null, A128KW: 16, A192KW: 24, A256KW: 32 } as const;
export type WrappingName = keyof typeof wrappings;

/** How the content is encrypted (RFC 7518 §5): bytes of the key and of the initialization vector. */
export const contents = {
  'A128CBC-HS256': { key: 32, iv: 16 }, 'A192CBC-HS384': { key: 48, iv: 16 }, 'A256CBC-HS512': { key: 64, iv: 16 },
  A128GCM: { key: 16, iv: 12 }, A192GCM: { key: 24, iv: 12 }, A256GCM: { key: 32, iv: 12 },
} as const;
export type ContentName = keyof typeof contents;

/** Shorter RSA keys are refused (RFC 7518 §3.3). */
const leastRsaBits = 2048;

/** Why a key cannot be used with an algorithm, as "expected …, got …"; null when it can. */
export function keyProblem(alg: SignatureName, key: KeyObject): { readonly expected: string; readonly got: string } | null {
  const wanted = signatures[alg];
  const details = key.asymmetricKeyDetails;
  const got = `${key.asymmetricKeyType ?? 'a secret'}${details?.namedCurve ? ` ${details.namedCurve}` : ''}${details?.modulusLength ? ` of ${details.modulusLength} bits` : ''}`;
  switch (wanted.kind) {
    case 'secret': return { expected: 'a secret', got };
    case 'rsa': return key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= leastRsaBits ? null : { expected: `an RSA key of at least ${leastRsaBits} bits`, got };
    case 'ec': return key.asymmetricKeyType === 'ec' && details?.namedCurve === wanted.curve ? null : { expected: `an EC key on ${wanted.words}`, got };
    case 'ed25519': return key.asymmetricKeyType === 'ed25519' ? null : { expected: 'an Ed25519 key', got };
  }
}
