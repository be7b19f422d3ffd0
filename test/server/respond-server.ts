import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Answer, Body, Multi, Representation } from '../../src/model/index.ts';
import { respond, type RespondTools, type Sent } from '../../src/server/respond/respond.ts';

/** A server that gives one answer to everything, and keeps what `respond` says of it. */
export interface AnswerServer extends AsyncDisposable {
  readonly port: number;
  readonly sent: Promise<Sent>[];
  readonly waits: number[];
  answer: Answer;
  readonly closing: AbortController;
}

export async function serve(answer: Answer, tools: Partial<RespondTools> = {}): Promise<AnswerServer> {
  const sent: Promise<Sent>[] = [];
  const waits: number[] = [];
  const closing = new AbortController();
  const server: Server = createServer((request, response) => {
    const headers: Multi = new Map(Object.entries(request.headersDistinct) as [string, string[]][]);
    const done = respond(response, { method: request.method!, headers }, held.answer, {
      reset: () => request.socket.resetAndDestroy(),
      wait: async (ms) => { waits.push(ms); await new Promise((resolve) => setImmediate(resolve)); },
      extraHeaders: ['Rehearsal-Exchange', 'x1'],
      closing: closing.signal,
      date: () => 'Sat, 21 Nov 2026 12:00:00 GMT',
      ...tools,
    });
    done.catch(() => {});
    sent.push(done);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const held: AnswerServer = {
    port: (server.address() as AddressInfo).port, sent, waits, answer, closing,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return held;
}

export interface RawReply {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Everything that arrived. */
  readonly raw: Buffer;
  /** The code with which the connection failed, such as `ECONNRESET`; null when it ended in order. */
  readonly error: string | null;
}

/** Sends a request over a bare socket and reads until the connection ends. */
export async function ask(port: number, options: { method?: string; headers?: Readonly<Record<string, string>>; keep?: boolean } = {}): Promise<RawReply> {
  const { method = 'GET', headers = {} } = options;
  const lines = [`${method} / HTTP/1.1`, 'Host: localhost', ...(options.keep ? [] : ['Connection: close']), ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''];
  return readAll(connect(port, '127.0.0.1'), lines.join('\r\n'));
}

export function readAll(socket: Socket, request: string): Promise<RawReply> {
  return new Promise((resolve) => {
    const blocks: Buffer[] = [];
    let error: string | null = null;
    socket.on('data', (block) => blocks.push(block));
    socket.on('error', (one: NodeJS.ErrnoException) => (error = one.code ?? 'ERROR'));
    socket.on('close', () => resolve(parse(Buffer.concat(blocks), error)));
    socket.write(request);
  });
}

function parse(raw: Buffer, error: string | null): RawReply {
  const end = raw.indexOf('\r\n\r\n');
  const head = end === -1 ? '' : raw.subarray(0, end).toString('latin1');
  const [first = '', ...rest] = head.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1];
  const headers = Object.fromEntries(rest.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const body = end === -1 ? Buffer.alloc(0) : raw.subarray(end + 4);
  return { status: status === undefined ? null : Number(status), headers, body: headers['transfer-encoding'] === 'chunked' ? unchunk(body) : body, raw, error };
}

function unchunk(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const line = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, line).toString(), 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

export const representation: Representation = { etag: '"v1"', lastModified: new Date('2026-01-02T03:04:05Z'), sha256: null };

export function answerOf(body: Body, more: Partial<Answer> = {}): Answer {
  return { status: 200, headers: ['Content-Type', 'text/plain'], body, wire: [], encodings: [], fault: null, ...more };
}

/** An answer of bytes that can be validated and resumed. */
export function bytesAnswer(bytes: Buffer | string, more: Partial<Answer> = {}, rep: Representation | null = representation): Answer {
  return answerOf({ kind: 'bytes', bytes: Buffer.from(bytes), representation: rep }, more);
}
