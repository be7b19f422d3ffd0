/** What is known of a connection on which no request ever came. */
export interface BrokenConnection {
  /** The error's code: OpenSSL's by way of Node (`ERR_SSL_…`), the system's (`ECONNRESET`), or `CLOSED` when the client just hung up. */
  readonly code: string;
  /** What OpenSSL said, for what has no words below. */
  readonly reason: string;
  /** How far it had come: `hello`, the client had not yet seen the certificate; `certificate`, it had; `done`, both sides had finished. */
  readonly stage: 'hello' | 'certificate' | 'done';
  /** The name or address that the client asked for; null when unknown. */
  readonly name: string | null;
  /** Whether the certificate is for that name. */
  readonly nameFits: boolean;
}

/** Why a client probably broke off, and what a person can do. Sentences. */
export interface LikelyCause {
  readonly cause: string;
  readonly fix: string;
}

/**
 * Clients hardly ever say why they break off, but each does it in its own way (tried with curl 7.88, wget 1.21/GnuTLS, OpenSSL 3.0, Python 3.11,
 * Node 20, Java 17):
 * - unknown CA: alert `unknown_ca` (curl, OpenSSL, Python), `certificate_unknown` (Java's HttpsURLConnection), hang-up after the certificate
 *   (Node, Java's HttpClient), hang-up after the handshake (wget; Node with TLS 1.2);
 * - wrong name: alert `bad_certificate` (Python), `certificate_unknown` (Java), hang-up after the certificate (Node), after the handshake (curl).
 */
export function likelyCause(broken: BrokenConnection): LikelyCause {
  const refusal = refusals.has(broken.code) || (hangUps.has(broken.code) && broken.stage !== 'hello');
  if (refusal && broken.name !== null && !broken.nameFits) {
    return { cause: `The client asked for ${broken.name}, which the certificate is not for`, fix: `Start the server with \`--san ${broken.name}\`, or let the client use localhost.` };
  }
  if (hangUps.has(broken.code)) return hangUp(broken.stage);
  return causes[broken.code] ?? { cause: `The TLS handshake failed: ${broken.reason || broken.code}`, fix: 'See what the client says of it.' };
}

const trust = 'Tell the client of the CA: `rehearsal trust` shows how.';

function hangUp(stage: BrokenConnection['stage']): LikelyCause {
  switch (stage) {
    case 'hello': return { cause: 'The client broke off before it saw the certificate', fix: 'See what the client says of it; a probe of the port also ends so.' };
    case 'certificate': return { cause: 'The client broke off when it saw the certificate: likely the client does not trust the CA (Node and Java end so)', fix: trust };
    case 'done': return { cause: 'The client hung up right after the handshake, without a request: likely the client does not trust the CA (wget ends so), or it was a probe', fix: trust };
  }
}

const hangUps: ReadonlySet<string> = new Set(['CLOSED', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING', 'ERR_SSL_SSL/TLS_ALERT_USER_CANCELLED', 'ERR_SSL_TLSV1_ALERT_USER_CANCELLED']);

/** Codes by which a client turns down a certificate, for whatever reason. OpenSSL names the older alerts after SSL 3, some versions after TLS 1. */
const refusals: ReadonlySet<string> = new Set(
  ['BAD_CERTIFICATE', 'CERTIFICATE_UNKNOWN', 'UNSUPPORTED_CERTIFICATE', 'UNKNOWN_CA', 'ACCESS_DENIED'].flatMap((alert) => codesOf(alert)),
);

function codesOf(alert: string): readonly string[] {
  return [`ERR_SSL_SSLV3_ALERT_${alert}`, `ERR_SSL_TLSV1_ALERT_${alert}`, `ERR_SSL_SSL/TLS_ALERT_${alert}`, `ERR_SSL_TLS_ALERT_${alert}`];
}

const noCommonCipher: LikelyCause = { cause: 'The client and the server have no cipher, curve or signature in common', fix: 'Let the client offer TLS 1.3, or ECDHE-ECDSA ciphers with P-256 and SHA-256.' };
const oldTls: LikelyCause = { cause: 'The client offers no TLS version that the server speaks (1.2 and 1.3)', fix: 'Let the client offer TLS 1.2 or newer.' };
const noTls: LikelyCause = { cause: 'The client sent bytes that are not TLS', fix: 'See whether the client means another port or protocol.' };

const causes: Readonly<Record<string, LikelyCause>> = {
  ...sameFor(['UNKNOWN_CA'], { cause: 'The client does not trust the CA', fix: trust }),
  ...sameFor(['CERTIFICATE_UNKNOWN', 'BAD_CERTIFICATE', 'UNSUPPORTED_CERTIFICATE', 'ACCESS_DENIED'], { cause: 'The client refused the certificate: likely the client does not trust the CA', fix: trust }),
  ...sameFor(['CERTIFICATE_EXPIRED'], { cause: 'The client takes the certificate for expired', fix: "Compare the client's clock with this machine's; restart the server when they agree." }),
  ...sameFor(['HANDSHAKE_FAILURE', 'INSUFFICIENT_SECURITY', 'ILLEGAL_PARAMETER'], noCommonCipher),
  ...sameFor(['PROTOCOL_VERSION'], oldTls),
  ERR_SSL_NO_SHARED_CIPHER: noCommonCipher,
  ERR_SSL_NO_SHARED_GROUP: noCommonCipher,
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: noCommonCipher,
  ERR_SSL_NO_SUITABLE_KEY_SHARE: noCommonCipher,
  ERR_SSL_UNSUPPORTED_PROTOCOL: oldTls,
  ERR_SSL_VERSION_TOO_LOW: oldTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_UNKNOWN_PROTOCOL: noTls,
  ERR_SSL_UNEXPECTED_MESSAGE: noTls,
  ERR_SSL_BAD_RECORD_TYPE: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_NO_APPLICATION_PROTOCOL: { cause: 'The client offers protocols (ALPN) without HTTP/1.1', fix: 'Let the client speak HTTP/1.1.' },
  ERR_SSL_HTTP_REQUEST: { cause: 'The client spoke plain HTTP to the HTTPS port', fix: 'Use an address that begins with https://.' },
  ERR_SSL_HTTPS_PROXY_REQUEST: { cause: 'The client takes this server for a proxy', fix: 'See the proxy settings of the client (HTTPS_PROXY, https_proxy).' },
  ERR_TLS_HANDSHAKE_TIMEOUT: { cause: 'The client connected and did not finish the handshake in time', fix: 'See whether the client speaks TLS at all.' },
  TLS_ON_HTTP: { cause: 'The client spoke TLS to the plain HTTP port', fix: 'Use an address that begins with http://, or the HTTPS port.' },
  TOO_MANY_CONNECTIONS: { cause: 'More connections are open than the server takes', fix: 'See whether the client reuses and closes its connections.' },
};

function sameFor(alerts: readonly string[], cause: LikelyCause): Record<string, LikelyCause> {
  return Object.fromEntries(alerts.flatMap(codesOf).map((code) => [code, cause]));
}
