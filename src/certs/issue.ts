import { randomBytes, webcrypto } from 'node:crypto';
import type * as X509 from '@peculiar/x509';
import { decodeNameConstraints, encodeNameConstraints } from './name-constraints.ts';
import type { ServerName } from './names.ts';

/** A certificate with its private key, both PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;
export const caLifeMs = 90 * dayMs;
export const leafLifeMs = 30 * dayMs;
/** Certificates begin this long ago, so that a client whose clock is behind, or set to its local time as if it were UTC, still takes them. */
export const backdateMs = dayMs;

const nameConstraints = '2.5.29.30';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** The library's types are the browser's; Node's are the same but for their names. */
type Provider = NonNullable<Parameters<typeof X509.X509CertificateGenerator.create>[1]>;
type PublicKey = Parameters<typeof X509.SubjectKeyIdentifierExtension.create>[0];
/** Node makes it when it is asked for. */
const provider = (): Provider => webcrypto as unknown as Provider;

/** The organisation by which a CA of this program is known again. */
export const organisation = 'Rehearsal';

/**
 * A CA that can vouch for these names only. Its subject is unique, so that a trust store that holds an older one beside it is not confused.
 * @param nowMs milliseconds since 1970
 */
export async function issueCa(names: readonly ServerName[], nowMs: number): Promise<Issued> {
  const x509 = await import('@peculiar/x509');
  const keys = await newKeys();
  const notBefore = new Date(nowMs - backdateMs);
  const serialNumber = newSerial();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber,
      name: `CN=Rehearsal local CA ${serialNumber.slice(-8)}, O=${organisation}`,
      notBefore,
      notAfter: new Date(notBefore.getTime() + caLifeMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        new x509.Extension(nameConstraints, true, encodeNameConstraints(names)),
        ...(await keyIdentifiers(x509, keys.publicKey, keys.publicKey)),
      ],
    },
    provider(),
  );
  return { cert: pem(certificate), key: await pemKey(keys.privateKey) };
}

/** A server certificate for these names, signed by the CA; it never outlives the CA. */
export function issueLeaf(ca: Issued, names: readonly ServerName[], nowMs: number): Promise<Issued> {
  return signLeaf(ca, { subject: [{ CN: ['localhost'] }, { O: [organisation] }], names, usage: 'serverAuth', lifeMs: leafLifeMs }, nowMs);
}

/** What a certificate of the CA says. */
export interface LeafContent {
  /** The relative distinguished names in the order of the certificate: the most specific last, by custom. */
  readonly subject: readonly Readonly<Record<string, string[]>>[];
  readonly names: readonly ServerName[];
  readonly usage: 'serverAuth' | 'clientAuth';
  /** From its beginning, which lies back: see `backdateMs`. */
  readonly lifeMs: number;
}

/** A certificate with a key of its own, signed by the CA; it never outlives the CA. */
export async function signLeaf(ca: Issued, { subject, names, usage, lifeMs }: LeafContent, nowMs: number): Promise<Issued> {
  const x509 = await import('@peculiar/x509');
  const caCertificate = new x509.X509Certificate(ca.cert);
  const keys = await newKeys();
  const notBefore = new Date(Math.max(nowMs - backdateMs, caCertificate.notBefore.getTime()));
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: newSerial(),
      subject: [...subject],
      issuer: caCertificate.subjectName,
      notBefore,
      notAfter: new Date(Math.min(notBefore.getTime() + lifeMs, caCertificate.notAfter.getTime())),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await importKey(ca.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names.map(({ kind, value }) => ({ type: kind, value })))]),
        ...(await keyIdentifiers(x509, keys.publicKey, await caCertificate.publicKey.export(provider()))),
      ],
    },
    provider(),
  );
  return { cert: pem(certificate), key: await pemKey(keys.privateKey) };
}

/** The bare way of `--self-signed`: one certificate that vouches for itself. */
export async function issueSelfSigned(names: readonly ServerName[], nowMs: number): Promise<Issued> {
  const { generate } = await import('selfsigned');
  const notBeforeDate = new Date(nowMs - backdateMs);
  const issued = await generate([{ name: 'commonName', value: 'localhost' }, { name: 'organizationName', value: organisation }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + leafLifeMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map(({ kind, value }) => (kind === 'dns' ? { type: 2, value } : { type: 7, ip: value })) },
    ],
  });
  return { cert: withFinalNewline(issued.cert), key: withFinalNewline(issued.private) };
}

async function keyIdentifiers(x509: typeof X509, subject: PublicKey, issuer: PublicKey): Promise<X509.Extension[]> {
  return [await x509.SubjectKeyIdentifierExtension.create(subject, false, provider()), await x509.AuthorityKeyIdentifierExtension.create(issuer as Parameters<typeof X509.AuthorityKeyIdentifierExtension.create>[0], false, provider())];
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function importKey(key: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

async function pemKey(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`;
}

function pem(certificate: X509.X509Certificate): string {
  return withFinalNewline(certificate.toString('pem'));
}

function withFinalNewline(text: string): string {
  return `${text.trim().replace(/\r\n/g, '\n')}\n`;
}

/** 128 random bits, positive and never with a leading zero byte (RFC 5280, 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** What this CA may vouch for. A CA without constraints gives an empty list. */
export async function permittedNames(caPem: string): Promise<readonly ServerName[]> {
  const x509 = await import('@peculiar/x509');
  const extension = new x509.X509Certificate(caPem).getExtension(nameConstraints);
  return extension ? decodeNameConstraints(new Uint8Array(extension.value)) : [];
}
