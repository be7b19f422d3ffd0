import { hkdfSync } from 'node:crypto';
import { show } from '../base/show.ts';
import type { Compiler, Facts } from '../model/index.ts';
import { byKind, invalid, object, text, turned, type Shape } from '../shapes/index.ts';
import { literal } from './literal.ts';

const base64 = /^(?:[A-Za-z0-9+/_-]\s*)+={0,2}$/;

/** The bytes of a secret: text is its UTF-8; `base64:…` or `{ base64: … }` are the bytes themselves. */
export const secretShape: Shape<Buffer, string | { readonly base64: string }> = turned(
  byKind([literal({ expected: 'a secret' }), object({ base64: text() }, { name: 'a secret', expected: 'a map with `base64`' })], { expected: 'a secret: text, `base64:…`, or `{ base64: … }`', about: 'The shared secret. Without one it is made of the server\'s seed and the session, so that a token opens only where it was issued.' }),
  (value, path, report) => {
    const written = typeof value !== 'string' ? value.base64 : value.startsWith('base64:') ? value.slice('base64:'.length) : null;
    if (written === null) return Buffer.from(value as string, 'utf8');
    if (base64.test(written)) return Buffer.from(written, 'base64');
    report(path, { code: 'wrong-value', message: 'This is no Base64', expected: 'letters, digits, `+` and `/`', got: show(written, 20) });
    return invalid;
  },
);

/** Whose tokens a key is for: variations of a scenario share it. */
export interface KeyOwner {
  readonly root: string;
  readonly scheme: string;
}

/** A secret of this many bytes, given or derived (HKDF, RFC 5869) from the server's seed for one session. */
export type SessionSecret = (facts: Facts) => Buffer;

/**
 * The secret for one purpose. A given one of the wrong length is a mistake where `exact`: key wrapping has keys of one length only.
 * @param bytes the length that the algorithm wants
 */
export function sessionSecret(given: Buffer | undefined, owner: KeyOwner, purpose: string, bytes: number, exact: boolean, compiler: Compiler): SessionSecret {
  if (given === undefined) return ({ seed, session }) => Buffer.from(hkdfSync('sha256', String(seed), 'rehearsal jwt', JSON.stringify([owner.root, owner.scheme, session, purpose]), bytes));
  if (exact && given.length !== bytes) compiler.at('secret').mistake({ code: 'wrong-secret', message: `The secret does not have the length that ${purpose} needs`, expected: `${bytes} bytes`, got: `${given.length} bytes`, fix: `Write ${bytes} ASCII letters, or \`base64:\` and ${bytes} bytes in Base64` });
  return () => given;
}
