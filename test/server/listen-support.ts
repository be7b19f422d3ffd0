import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach } from 'vitest';
import { openCertificates, type Certificates } from '../../src/certs/certificates.ts';
import { listen, type HandshakeFailure, type Listening, type ListenOptions, type MalformedRequest } from '../../src/server/listen.ts';

/** What a test needs of a listening server: its certificate, its clients' sockets, what it told; closed after each test. */
export interface Bench {
  certificates(now?: () => number): Promise<Certificates>;
  start(options?: Partial<ListenOptions>): Promise<Listening>;
  /** A TLS connection with a finished handshake. */
  tls(listening: Listening, options?: ConnectionOptions): Promise<TLSSocket>;
  /** A TCP connection. */
  tcp(port: number): Promise<Socket>;
  readonly failures: HandshakeFailure[];
  readonly malformed: MalformedRequest[];
}

export function bench(): Bench {
  const dir = mkdtempSync(join(tmpdir(), 'rehearsal-listen-'));
  const failures: HandshakeFailure[] = [];
  const malformed: MalformedRequest[] = [];
  const open: Listening[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(open.splice(0).map((listening) => listening.close(0)));
    failures.length = 0;
    malformed.length = 0;
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const certificates: Bench['certificates'] = (now = Date.now) => openCertificates({ dir, sans: [], selfSigned: false, now });
  const keep = <S extends Socket>(socket: S): S => {
    socket.on('error', () => {});
    sockets.push(socket);
    return socket;
  };
  return {
    certificates, failures, malformed,
    async start(options = {}) {
      const listening = await listen({
        tls: await certificates(), port: 0, httpPort: null,
        onRequest: (_request, response) => response.end('well'),
        onHandshakeFailure: (failure) => void failures.push(failure),
        onMalformedRequest: (request) => `e${malformed.push(request)}`,
        ...options,
      });
      open.push(listening);
      return listening;
    },
    async tls(listening, options = {}) {
      const { caPem } = await certificates();
      return new Promise((resolve, reject) => {
        const socket = keep(connectTls({ host: '127.0.0.1', port: listening.port, servername: 'localhost', ca: caPem, ...options }, () => resolve(socket)));
        socket.once('error', reject);
      });
    },
    tcp(port) {
      return new Promise((resolve, reject) => {
        const socket = keep(connectTcp(port, '127.0.0.1', () => resolve(socket)));
        socket.once('error', reject);
      });
    },
  };
}

/** All that comes until the connection ends; with `code` when it ended by an error. */
export function readAll(socket: Socket): Promise<{ readonly text: string; readonly code: string | null }> {
  return new Promise((resolve) => {
    let text = '';
    let code: string | null = null;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => { text += chunk; });
    socket.on('error', (error: NodeJS.ErrnoException) => { code = error.code ?? 'unknown'; });
    socket.on('close', () => resolve({ text, code }));
  });
}

/** Resolves once, when data has come that holds this text. */
export function readUntil(socket: Socket, wanted: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!text.includes(wanted)) return;
      socket.off('data', take);
      resolve(text);
    };
    socket.on('data', take);
  });
}
