import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { answerBare, malformed, type BareProblem } from './bare-answer.ts';
import { answerUnderWay, Connections, type Connection } from './connections.ts';
import { likelyCause, type BrokenConnection } from './handshakes.ts';
import type { Limits, ListenOptions } from './listen-options.ts';

/** A client that does not like the certificate hangs up at once; a connection that a browser opened in reserve stays longer. */
const hangUpMs = 5000;
/** More than a hello retry and an alert, less than any certificate. */
const certificateSentBytes = 400;
const noProxy = 'This server is no proxy: CONNECT is not served. See the proxy settings of the client (HTTPS_PROXY, https_proxy)';

type ClientError = NodeJS.ErrnoException & { readonly reason?: string; readonly rawPacket?: Buffer };

/** Tells of the clients that broke off before a request or sent what is none, and answers those that can be answered. */
export class ClientTrouble {
  readonly connections: Connections;
  readonly #options: ListenOptions;
  readonly #limits: Limits;
  #parsed: { readonly pem: string; readonly certificate: X509Certificate } | null = null;
  #full = false;
  #addresses = 'https://';
  /** The one that is served at present, PEM. */
  certificate: string;

  constructor(options: ListenOptions, limits: Limits) {
    this.#options = options;
    this.#limits = limits;
    this.certificate = options.tls.cert;
    this.connections = new Connections(limits.maxConnections, (connection) => this.#closed(connection));
  }

  /** What a client is told that speaks plain HTTP to the HTTPS port. */
  ports(https: number, http: number | null): void {
    this.#addresses = `https://localhost:${https}${http === null ? '' : ` (plain HTTP is at http://localhost:${http})`}`;
  }

  watch(server: HttpServer | HttpsServer): void {
    this.connections.watch(server);
    if (server instanceof HttpsServer) server.on('secureConnection', (socket) => this.connections.secured(socket));
    else server.on('connection', (socket) => this.connections.plain(socket));
    server.on('clientError', (error: ClientError, socket) => this.#onError(error, socket as Socket));
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      socket.on('error', () => {});
      this.#answer(this.connections.of(request.socket), socket, { status: 501, detail: noProxy }, 'CONNECT');
    });
    server.on('drop', () => this.#dropped());
  }

  #onError(error: ClientError, socket: Socket): void {
    const connection = this.connections.of(socket);
    const code = error.code ?? '';
    if (!connection) return void socket.destroy();
    if (connection.told) return;
    if (connection.http === null) {
      const exchange = this.#tell(connection, socket as TLSSocket, error);
      const detail = code === 'ERR_SSL_HTTP_REQUEST' ? `This is the HTTPS port, and the request came as plain HTTP. Use ${this.#addresses}` : code === 'ERR_SSL_HTTPS_PROXY_REQUEST' ? noProxy : null;
      if (detail === null) return void socket.destroy();
      connection.raw.once('close', () => socket.destroy());
      return answerBare(connection.raw, { status: detail === noProxy ? 501 : 400, detail }, exchange);
    }
    if (socket.bytesRead === 0) {
      if (socket !== connection.raw && code !== 'ERR_HTTP_REQUEST_TIMEOUT') this.#tell(connection, socket as TLSSocket, error);
      return void socket.destroy();
    }
    if (socket === connection.raw && error.rawPacket?.[0] === tlsHandshake) {
      this.#tell(connection, null, { code: 'TLS_ON_HTTP' });
      return void socket.destroy();
    }
    const answered = answerUnderWay(socket)?.headersSent ?? false;
    if (answered || !socket.writable || (!code.startsWith('HPE_') && code !== 'ERR_HTTP_REQUEST_TIMEOUT')) return void socket.destroy();
    this.#answer(connection, socket, malformed(error, this.#limits.maxHeaderBytes), code);
  }

  #answer(connection: Connection | null, socket: Socket, problem: BareProblem, code: string): void {
    if (connection) connection.told = true;
    const exchange = this.#options.onMalformedRequest?.({ ...problem, code, remote: connection?.remote ?? '?' }) ?? null;
    answerBare(socket, problem, exchange);
  }

  /** Some clients say nothing and hang up when the handshake is done. */
  #closed(connection: Connection): void {
    this.#full = false;
    const { http, told, securedAtMs } = connection;
    if (told || http === null || securedAtMs === 0 || http.bytesRead > 0) return;
    if (performance.now() - securedAtMs < hangUpMs) this.#tell(connection, http as TLSSocket, { code: 'CLOSED' });
  }

  #tell(connection: Connection, socket: TLSSocket | null, error: { readonly code?: string; readonly reason?: string; readonly message?: string }): string | null {
    connection.told = true;
    // Who connects and leaves without a byte is a probe of the port.
    if (this.connections.closing || (connection.raw.bytesRead === 0 && error.code !== 'ERR_TLS_HANDSHAKE_TIMEOUT')) return null;
    const name = (socket as { servername?: string | false } | null)?.servername || null;
    const broken: BrokenConnection = {
      code: error.code ?? 'UNKNOWN',
      reason: error.reason ?? error.message ?? '',
      stage: connection.securedAtMs > 0 ? 'done' : connection.raw.bytesWritten > certificateSentBytes ? 'certificate' : 'hello',
      name,
      nameFits: name === null || this.#isFor(name),
    };
    return this.#options.onHandshakeFailure({ remote: connection.remote, code: broken.code, name, ...likelyCause(broken) }) ?? null;
  }

  #dropped(): void {
    if (this.#full) return;
    this.#full = true;
    const broken: BrokenConnection = { code: 'TOO_MANY_CONNECTIONS', reason: '', stage: 'hello', name: null, nameFits: true };
    this.#options.onHandshakeFailure({ remote: '?', code: broken.code, name: null, ...likelyCause(broken) });
  }

  #isFor(name: string): boolean {
    if (this.#parsed?.pem !== this.certificate) this.#parsed = { pem: this.certificate, certificate: new X509Certificate(this.certificate) };
    return this.#parsed.certificate.checkHost(name) !== undefined;
  }
}

/** The first byte of a TLS record that holds a hello. */
const tlsHandshake = 0x16;
