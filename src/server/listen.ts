import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { EnvironmentProblem, errorCode } from '../base/problems.ts';
import { bind, type Bound } from './bind.ts';
import { ClientTrouble } from './client-trouble.ts';
import type { Connections } from './connections.ts';
import { defaultLimits, type KeyAndCertificate, type Limits, type Listening, type ListenOptions } from './listen-options.ts';

export * from './listen-options.ts';

/**
 * Listens for HTTPS, and beside it for HTTP. The request listener is called as Node calls it, with nothing between; everything here
 * happens per connection.
 * @throws EnvironmentProblem when a port or address cannot be had, or key and certificate are not usable.
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const host = options.host ?? 'localhost';
  const limits = { ...defaultLimits, ...options.limits };
  const trouble = new ClientTrouble(options, limits);
  const { connections } = trouble;
  const attach = <S extends HttpServer | HttpsServer>(server: S): S => {
    // Node would leave out further headers without a word; their size is bounded.
    server.maxHeadersCount = 0;
    server.on('request', options.onRequest);
    if (options.onContinue) server.on('checkContinue', options.onContinue);
    // An expectation that nobody knows may be ignored (RFC 9110 §10.1.1); Node by itself would answer 417, past the journal.
    server.on('checkExpectation', options.onRequest);
    trouble.watch(server);
    return server;
  };
  let { tls, clientCa = null } = options;
  const https = await bind(() => attach(usable(() => createHttpsServer(tlsOptions(options.tls, clientCa, limits)))), host, options.port, '--port');
  const http = options.httpPort === null ? null : await bindOr(() => attach(createHttpServer(httpOptions(limits))), host, options.httpPort, https);
  trouble.ports(https.port, http?.port ?? null);
  // A context of its own for each change: sessions of the one before, with or without a certificate, are not resumed.
  const use = (next: KeyAndCertificate, ca: string | null): void => usable(() => https.servers.forEach((server) => server.setSecureContext(contextOptions(next, ca))));
  return {
    port: https.port,
    httpPort: http?.port ?? null,
    addresses: https.addresses,
    close: closer([...https.servers, ...(http?.servers ?? [])], connections),
    updateCertificate(next) {
      use(next, clientCa);
      tls = next;
      trouble.certificate = next.cert;
    },
    askForCertificates(caPem) {
      if (caPem === clientCa) return;
      use(tls, caPem);
      clientCa = caPem;
      for (const server of https.servers) asking(server, caPem !== null);
    },
    resetConnection(request) {
      // The TLS socket follows the TCP socket by itself; destroyed in the same breath, Node 20 loses count of its connections.
      const raw = connections.of(request.socket)?.raw ?? request.socket;
      if (!raw.destroyed) raw.resetAndDestroy();
    },
    connections: () => connections.size,
  };
}

/** Binds the plain port; when it cannot be had the other is given back. */
async function bindOr(make: () => HttpServer, host: string, port: number, https: Bound<HttpsServer>): Promise<Bound<HttpServer>> {
  try {
    return await bind(make, host, port, '--http');
  } catch (error) {
    for (const server of https.servers) server.close();
    throw error;
  }
}

function httpOptions(limits: Limits) {
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.requestTimeoutMs > 0 ? Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs) : limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5000, limits.headersTimeoutMs / 4)),
    noDelay: true,
    // Refused by the pass, so that the client reads why.
    requireHostHeader: false,
  };
}

function tlsOptions(tls: KeyAndCertificate, clientCa: string | null, limits: Limits) {
  return { ...httpOptions(limits), ...contextOptions(tls, clientCa), ...askingOptions(clientCa !== null), ALPNProtocols: ['http/1.1'], handshakeTimeout: limits.handshakeTimeoutMs };
}

/** Node looks at this for every connection, and says so nowhere. */
function asking(server: HttpsServer, on: boolean): void {
  Object.assign(server, askingOptions(on));
}

function askingOptions(on: boolean) {
  return { requestCert: on, rejectUnauthorized: false };
}

/** Never with `ticketKeys`: a session resumed by a fixed key would skip a certificate that was swapped in. */
function contextOptions({ key, cert }: KeyAndCertificate, clientCa: string | null) {
  // Without a list Node reads all public roots, which takes longer than all else here, to no use: clients need none of ours.
  return { key, cert, ca: clientCa === null ? [] : [clientCa], minVersion: 'TLSv1.2' as const };
}

function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!errorCode(error).startsWith('ERR_OSSL') && !errorCode(error).startsWith('ERR_SSL') && !errorCode(error).startsWith('ERR_CRYPTO')) throw error;
    throw new EnvironmentProblem('The server cannot use its key and certificate: they are damaged or do not belong together', 'Delete them from the folder of `--certs` and start again: new ones are made.');
  }
}

function closer(servers: readonly (HttpServer | HttpsServer)[], connections: Connections): Listening['close'] {
  let closed: Promise<void> | null = null;
  return async (graceMs) => {
    closed ??= Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); }))).then(() => {});
    connections.finish();
    // What has arrived already is read first, so that a request just received still counts as under way.
    await new Promise((resolve) => { setImmediate(resolve); });
    connections.finish();
    connections.endIdle();
    const timer = setTimeout(() => connections.destroyAll(), graceMs);
    await closed;
    clearTimeout(timer);
  };
}
