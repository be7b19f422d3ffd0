import type { Json } from '../base/json.ts';

/** Who calls, as a scheme found out: `auth` in expressions. */
export interface Caller {
  readonly scheme: string;
  readonly subject: string | null;
  /** Of a token; empty for other schemes. */
  readonly claims: Readonly<Record<string, Json>>;
  readonly scope: readonly string[];
}

/** Of a client, as mutual TLS shows it (RFC 8705 §2). */
export interface ClientCertificate {
  /** RFC 4514, the most specific first: `CN=acme,O=Partners`. */
  readonly subject: string;
  readonly commonName: string | null;
  /** DNS names, addresses, mail addresses. */
  readonly names: readonly string[];
  /** Lower-case hex of SHA-256 over its DER. */
  readonly fingerprint: string;
  /** Whether it was issued by the local CA, and is in its time; the reason when not. */
  readonly trusted: boolean;
  readonly problem: string | null;
}
