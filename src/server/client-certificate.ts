import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { canonicalAddress } from '../certs/names.ts';
import type { ClientCertificate } from '../model/index.ts';

/** Read once for each connection. */
const known = new WeakMap<Socket, ClientCertificate>();

/** What a client showed of itself in the handshake; null on plain HTTP, and when it sent no certificate. */
export function clientCertificateOf(socket: Socket): ClientCertificate | null {
  const read = known.get(socket);
  if (read) return read;
  const tls = socket as Partial<TLSSocket>;
  const certificate = tls.encrypted === true ? tls.getPeerX509Certificate?.() : undefined;
  if (certificate === undefined) return null;
  const made = describe(certificate, tls.authorized === true, String(tls.authorizationError ?? ''));
  known.set(socket, made);
  return made;
}

function describe(certificate: X509Certificate, trusted: boolean, error: string): ClientCertificate {
  const names = relativeNames(certificate.subject);
  const commonName = names.find((name) => name.startsWith('CN='));
  return {
    subject: names.join(','),
    commonName: commonName === undefined ? null : unescaped(commonName.slice('CN='.length)),
    names: alternativeNames(certificate.subjectAltName ?? ''),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    trusted,
    problem: trusted ? null : problemOf(error),
  };
}

/** The subject as Node prints it, a line for each relative name, turned round: RFC 4514 §2.1 begins with the last. Values are escaped already. */
function relativeNames(subject: string | undefined): readonly string[] {
  return (subject ?? '').split('\n').filter((line) => line !== '').map((line) => line.replace(/(?<!\\) \+ /g, '+')).reverse();
}

/** Escapes of RFC 4514 §2.4: a letter, or a control character in hexadecimal. */
function unescaped(value: string): string {
  return value.replace(/\\([0-9A-Fa-f]{2}|.)/g, (_, escaped: string) => (escaped.length === 2 ? String.fromCharCode(Number.parseInt(escaped, 16)) : escaped));
}

/** `DNS:a.example, IP Address:127.0.0.1`, where a value with a comma in it is quoted like a JSON string. */
function alternativeNames(text: string): readonly string[] {
  const found = text.matchAll(/(?:^|, )(DNS|IP Address|email|URI):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...found].map(([, kind, value = '']) => {
    const bare = value.startsWith('"') ? unquoted(value) : value;
    return kind === 'IP Address' ? canonicalAddress(bare) : bare;
  });
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** The end of a sentence "the certificate is not trusted: …", by OpenSSL's word for it. */
function problemOf(error: string): string {
  switch (error) {
    case 'CERT_HAS_EXPIRED': return 'it has expired';
    case 'CERT_NOT_YET_VALID': return 'it is not valid yet';
    case 'INVALID_PURPOSE': return 'it is not one for clients (its extended key usage lacks clientAuth)';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT': case 'SELF_SIGNED_CERT_IN_CHAIN': case 'UNABLE_TO_GET_ISSUER_CERT': case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY': case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE': case 'CERT_SIGNATURE_FAILURE':
      return 'it was not issued by the CA of this server';
    default: return error === '' ? 'it was not verified' : `OpenSSL says ${error}`;
  }
}
