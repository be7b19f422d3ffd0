import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { EnvironmentProblem } from '../base/problems.ts';
import { leafLifeMs, organisation } from './issue.ts';
import type { KeptPair } from './keep.ts';
import { missingNames, namesOf, type ServerName } from './names.ts';

export const caName = 'rehearsal-ca';
export const leafName = 'rehearsal';
export const selfSignedName = 'self-signed';

/** What is on disk, and whether a server may start with it. `because` is the end of a sentence "a new one was made, because …". */
export type Standing =
  | { readonly kind: 'good'; readonly ca: X509Certificate; readonly leaf: X509Certificate; readonly caPem: string; readonly cert: string; readonly key: string }
  | { readonly kind: 'leaf due'; readonly caPem: string; readonly because: string; readonly previous: readonly ServerName[] }
  | { readonly kind: 'CA due'; readonly because: string | null; readonly previous: readonly ServerName[] };

/** A leaf is renewed when it has this long left, a CA when it would not outlive a new leaf: nothing a client holds ever expires under it. */
const leafRenewalMs = leafLifeMs / 3;
const caRenewalMs = leafLifeMs;

/**
 * Looks at the CA and the leaf. Only certificates of this program are ever replaced.
 * @throws EnvironmentProblem when a file is damaged, or not one of this program's.
 */
export function assess(dir: string, caFiles: KeptPair, leafFiles: KeptPair, wanted: readonly ServerName[], nowMs: number): Standing {
  const leaf = leafFiles.cert === null ? null : ours(join(dir, `${leafName}.pem`), leafFiles.cert, false);
  const previous = leaf ? namesOf(leaf) : [];
  if (caFiles.cert === null) return { kind: 'CA due', because: leaf ? `${caName}.pem was gone` : null, previous };
  const ca = ours(join(dir, `${caName}.pem`), caFiles.cert, true);
  if (begins(ca) > nowMs) return { kind: 'CA due', because: 'the old one begins in the future', previous };
  if (ends(ca) - nowMs < caRenewalMs) return { kind: 'CA due', because: `the old one ${nowMs > ends(ca) ? 'has expired' : 'expires soon'}`, previous };
  const leafDue = (because: string): Standing => ({ kind: 'leaf due', caPem: caFiles.cert!, because, previous });
  if (!leaf || leafFiles.key === null) return leafDue('there was none');
  const key = privateKey(join(dir, `${leafName}.key`), leafFiles.key);
  if (!leaf.checkIssued(ca) || !leaf.verify(ca.publicKey)) return leafDue('the old one was of another CA');
  if (!leaf.checkPrivateKey(key)) return leafDue('key and certificate did not belong together');
  const because = notServing(leaf, wanted, nowMs);
  if (because !== null) return leafDue(because);
  return { kind: 'good', ca, leaf, caPem: caFiles.cert, cert: leafFiles.cert!, key: leafFiles.key };
}

/** The same for the one certificate of `--self-signed`, which is its own CA. */
export function assessSelfSigned(dir: string, files: KeptPair, wanted: readonly ServerName[], nowMs: number): Standing {
  if (files.cert === null || files.key === null) return { kind: 'CA due', because: null, previous: [] };
  const leaf = ours(join(dir, `${selfSignedName}.pem`), files.cert, false);
  const previous = namesOf(leaf);
  const key = privateKey(join(dir, `${selfSignedName}.key`), files.key);
  if (!leaf.checkPrivateKey(key)) return { kind: 'CA due', because: 'key and certificate did not belong together', previous };
  const because = notServing(leaf, wanted, nowMs);
  if (because !== null) return { kind: 'CA due', because, previous };
  return { kind: 'good', ca: leaf, leaf, caPem: files.cert, cert: files.cert, key: files.key };
}

/** Whether this key can sign in the name of this CA. */
export function keyFitsCa(dir: string, caPem: string, key: string | null): key is string {
  return key !== null && new X509Certificate(caPem).checkPrivateKey(privateKey(join(dir, `${caName}.key`), key));
}

/** Milliseconds since 1970. */
export function ends(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

function begins(certificate: X509Certificate): number {
  return Date.parse(certificate.validFrom);
}

/** Why a leaf cannot go on serving these names; null when it can. */
function notServing(leaf: X509Certificate, wanted: readonly ServerName[], nowMs: number): string | null {
  if (begins(leaf) > nowMs) return 'the old one begins in the future';
  if (ends(leaf) - nowMs < leafRenewalMs) return `the old one ${nowMs > ends(leaf) ? 'has expired' : 'expires soon'}`;
  const missing = missingNames(wanted, namesOf(leaf));
  return missing.length === 0 ? null : `the old one is not for ${missing.map((name) => name.value).join(', ')}`;
}

function ours(file: string, pem: string, ca: boolean): X509Certificate {
  const certificate = parse(file, 'certificate', () => new X509Certificate(pem));
  if (certificate.ca !== ca || !certificate.subject.split('\n').includes(`O=${organisation}`)) {
    throw new EnvironmentProblem(`${file} is a certificate that Rehearsal did not make`, 'Move it away and start again, or give another folder with `--certs DIR`.');
  }
  return certificate;
}

function privateKey(file: string, pem: string): KeyObject {
  return parse(file, 'private key', () => createPrivateKey(pem));
}

function parse<T>(file: string, what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new EnvironmentProblem(`${file} is damaged: it holds no ${what}`, 'Delete it and start again: a new one is made (see `rehearsal trust` for how clients trust it).');
  }
}
