import { once } from 'node:events';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openReports, type ReportOptions, type ReportStore } from '../../src/files/reports.ts';
import type { Needs, ReceivedBody } from '../../src/model/index.ts';
import { drain } from '../../src/server/receive/drain.ts';
import { defaultLimits, type ReceiveLimits } from '../../src/server/receive/limits.ts';
import { precheck } from '../../src/server/receive/precheck.ts';
import { receiveBody } from '../../src/server/receive/receive-body.ts';
import { ClientGone, Refusal } from '../../src/server/receive/refusal.ts';

export interface Outcome {
  readonly body?: ReceivedBody;
  readonly preview?: Buffer;
  readonly error?: Error;
}

export interface Receiving {
  readonly port: number;
  readonly reports: ReportStore;
  /** Names of all files of the store, whole or not. */
  files(): readonly string[];
  /** What became of the n-th request, from 0. */
  outcome(index: number): Promise<Outcome>;
  count(): number;
}

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server that does nothing but receive: 200, or the status of the refusal. */
export async function receiving(options: { needs?: Needs; limits?: Partial<ReceiveLimits>; durable?: boolean; reports?: Partial<ReportOptions> } = {}): Promise<Receiving> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rehearsal-test-')));
  let reportCount = 0;
  const reports = openReports({ path: folder, durable: options.durable ?? false }, { ids: () => `r${(reportCount += 1)}`, now: () => 0, ...options.reports });
  const limits: ReceiveLimits = { ...defaultLimits, ...options.limits };
  const outcomes: Outcome[] = [];
  const waiting: (() => void)[] = [];
  const settle = (outcome: Outcome): void => {
    outcomes.push(outcome);
    for (const look of waiting.splice(0)) look();
  };
  const server: Server = createServer((req, res) => {
    receiveBody(req, { needs: options.needs ?? 0, limits, reports, previews: null, exchange: 'e1', session: 'default' }).then(
      (received) => {
        settle({ body: received.body, preview: received.preview });
        res.end('ok');
      },
      async (error: Error) => {
        settle({ error });
        if (error instanceof ClientGone) return;
        const { status, reason, close } = error instanceof Refusal ? error : { status: 500, reason: String(error.stack), close: true };
        const text = Buffer.from(reason);
        res.writeHead(status, { 'Content-Length': text.length, ...(close ? { Connection: 'close' } : {}) });
        res.write(text);
        if (close) await drain(req);
        res.end();
      },
    );
  });
  server.on('checkContinue', (req: IncomingMessage, res) => {
    if (!precheck(req, limits)) res.writeContinue();
    server.emit('request', req, res);
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
    await reports.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    port: (server.address() as AddressInfo).port,
    reports,
    files: () => readdirSync(join(folder, 'reports')),
    count: () => outcomes.length,
    async outcome(index) {
      while (outcomes.length <= index) await new Promise<void>((look) => waiting.push(look));
      return outcomes[index]!;
    },
  };
}

export interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly content: Buffer | string;
}

const boundary = 'rehearsalBoundary';
export const multipartType = `multipart/form-data; boundary=${boundary}`;

/** A well-formed multipart body. */
export function multipart(...parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = [];
  for (const { name = 'file', filename, type, content } of parts) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`;
    pieces.push(Buffer.from(head), Buffer.from(content), Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** Bytes of a request with a Content-Length. */
export function request(body: Buffer | string, type: string | null, extra: readonly string[] = []): Buffer {
  const bytes = Buffer.from(body);
  const lines = ['POST / HTTP/1.1', 'Host: localhost', ...(type === null ? [] : [`Content-Type: ${type}`]), `Content-Length: ${bytes.length}`, ...extra];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

/** The same body in chunks. */
export function chunkedRequest(body: Buffer | string, type: string | null, chunkBytes = 1000, end = '0\r\n\r\n'): Buffer {
  const bytes = Buffer.from(body);
  const pieces = [Buffer.from(`POST / HTTP/1.1\r\nHost: localhost\r\n${type === null ? '' : `Content-Type: ${type}\r\n`}Transfer-Encoding: chunked\r\n\r\n`)];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from(end)]);
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  closing.push(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes and gives what comes back until `statuses` answers are there or the connection ends. */
export function exchangeBytes(socket: Socket, bytes: Buffer, statuses = 1): Promise<string> {
  return new Promise((done) => {
    let answer = '';
    const finish = (): void => {
      socket.off('data', onData).off('close', finish);
      done(answer);
    };
    const onData = (chunk: Buffer): void => {
      answer += chunk.toString('latin1');
      const heads = [...answer.matchAll(/HTTP\/1\.1 (\d+)[^]*?\r\n\r\n/g)].filter(([, status]) => status !== '100');
      if (heads.length >= statuses && answer.length > heads.at(-1)!.index + heads.at(-1)![0].length) finish();
    };
    socket.on('data', onData).on('close', finish);
    socket.write(bytes);
  });
}

/** One request on a connection of its own: status and text of the answer; status null when the connection ended without one. */
export async function send(port: number, bytes: Buffer): Promise<{ status: number | null; text: string }> {
  const socket = await dial(port);
  const answer = await exchangeBytes(socket, bytes);
  socket.destroy();
  const status = /^HTTP\/1\.1 (\d+)/m.exec(answer.replace(/^HTTP\/1\.1 100[^]*?\r\n\r\n/, ''))?.[1];
  return { status: status === undefined ? null : Number(status), text: answer.slice(answer.lastIndexOf('\r\n\r\n') + 4) };
}
