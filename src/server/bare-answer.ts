import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request that could not be read as HTTP, and the answer it gets. */
export interface BareProblem {
  readonly status: number;
  readonly detail: string;
}

const lingerMs = 1000;

/**
 * Answers problem+json in plain bytes where there is no response object, and closes. What the client still sends is read for a
 * moment, since closing on unread bytes would reset the connection and take the answer with it.
 * @param exchange the journal's id of it, if it has one
 */
export function answerBare(socket: Duplex, problem: BareProblem, exchange: string | null): void {
  const { status, detail } = problem;
  const title = STATUS_CODES[status] ?? 'Error';
  const body = `${JSON.stringify({ type: 'about:blank', title, status, detail, ...(exchange !== null && { exchange }) }, null, 2)}\n`;
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    ...(exchange === null ? [] : [`Rehearsal-Exchange: ${exchange}`]),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

/** What is wrong with bytes that Node's parser refused, by its error. */
export function malformed(error: NodeJS.ErrnoException & { reason?: string }, maxHeaderBytes: number): BareProblem {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW': return { status: 431, detail: `The request line and headers are longer than ${maxHeaderBytes} bytes` };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW': return { status: 413, detail: 'The extensions of the chunks of the body are too long' };
    case 'ERR_HTTP_REQUEST_TIMEOUT': return { status: 408, detail: 'The request did not arrive whole in time' };
    default: return { status: 400, detail: `The request is not well-formed HTTP: ${error.reason || error.message}` };
  }
}
