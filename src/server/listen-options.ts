import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BareProblem } from './bare-answer.ts';

export interface Limits {
  /** Open at once over all addresses and ports; further ones are closed as they come. */
  readonly maxConnections: number;
  /** From the connection, or the first byte of a later request, to the end of its headers. */
  readonly headersTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  /** From a request's first byte to its last: an upload of 1 GiB over a slow line must fit. 0: no bound. */
  readonly requestTimeoutMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveTimeoutMs: number;
  /** Of the request line and headers together. */
  readonly maxHeaderBytes: number;
}

export const defaultLimits: Limits = {
  maxConnections: 10_000,
  headersTimeoutMs: 30_000,
  handshakeTimeoutMs: 30_000,
  requestTimeoutMs: 2 * 3_600_000,
  keepAliveTimeoutMs: 65_000,
  maxHeaderBytes: 32 * 1024,
};

/** A client that broke off before it sent a request. */
export interface HandshakeFailure {
  /** `127.0.0.1:53210` */
  readonly remote: string;
  /** The error's code, such as `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`; `CLOSED` when the client just hung up. */
  readonly code: string;
  /** The likely cause, a sentence without its full stop. */
  readonly cause: string;
  /** What a person can do, a sentence. */
  readonly fix: string;
  /** The name or address that the client asked for. */
  readonly name: string | null;
}

/** Bytes that are not HTTP, or not in time. */
export interface MalformedRequest extends BareProblem {
  readonly remote: string;
  readonly code: string;
}

export interface KeyAndCertificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface ListenOptions {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** A request with `Expect: 100-continue`, before `100 Continue` is sent; without it that is sent by itself. */
  readonly onContinue?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly tls: KeyAndCertificate;
  /** Clients are asked for a certificate of this CA (PEM) from the first on; null or left out: until `askForCertificates` they are not. */
  readonly clientCa?: string | null;
  /** `localhost` is both 127.0.0.1 and ::1. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Plain HTTP beside it; null: none; 0: any free one. */
  readonly httpPort: number | null;
  readonly limits?: Partial<Limits>;
  /** May return the journal's id of it, for the answer to who spoke plain HTTP. */
  readonly onHandshakeFailure: (failure: HandshakeFailure) => string | null | void;
  /** Told of a request that could not be read, before its answer; returns the journal's id of it for the answer to carry. */
  readonly onMalformedRequest?: (request: MalformedRequest) => string | null;
}

export interface Listening {
  readonly port: number;
  readonly httpPort: number | null;
  /** Those that the HTTPS port is open on. */
  readonly addresses: readonly string[];
  /**
   * No new connections; those without a request under way end at once, the others with their answer, and after `graceMs` whatever it
   * is at. Resolves when all are closed. Called again, the shorter grace holds.
   */
  close(graceMs: number): Promise<void>;
  /** Serves this certificate from the next handshake on; established connections keep theirs. Throws EnvironmentProblem when the two do not fit. */
  updateCertificate(tls: KeyAndCertificate): void;
  /**
   * From the next handshake on, clients are asked for a certificate, which this CA (PEM) has to have issued to be trusted; who sends
   * none, or another, is let in all the same, for the rules to judge. Null: nobody is asked, as at the beginning.
   */
  askForCertificates(caPem: string | null): void;
  /** Ends the request's connection by RST. Takes what has not left the machine with it. */
  resetConnection(request: IncomingMessage): void;
  /** How many are open. */
  connections(): number;
}
