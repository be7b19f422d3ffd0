import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CallbackAttempt, CallbackRequest } from '../../src/model/index.ts';
import { createCallbacks, type CallbackOptions, type Callbacks } from '../../src/server/callbacks/callbacks.ts';
import { whenTestsEnd } from '../support/cleanup.ts';

/** A request that a receiver got. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Resolves once so many requests have come. */
  got(count: number): Promise<void>;
}

type Answer = (response: ServerResponse, received: Received, request: IncomingMessage) => void;

/** A server on 127.0.0.1 that keeps what it gets; it answers 200 unless told otherwise. */
export async function receiver(answer: Answer = (response) => void response.end(), tls?: { readonly key: string; readonly cert: string }): Promise<Receiver> {
  const received: Received[] = [];
  const watchers = new Set<() => void>();
  const take: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Received = { method: request.method!, url: request.url!, headers: request.headers, rawHeaders: request.rawHeaders, body: Buffer.concat(chunks).toString() };
      received.push(one);
      answer(response, one, request);
      for (const look of watchers) look();
    });
  };
  const server: Server = tls ? createHttpsServer({ ...tls }, take) : createHttpServer(take);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenTestsEnd(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const got = (count: number): Promise<void> => new Promise((resolve) => {
    const look = (): void => {
      if (received.length < count) return;
      watchers.delete(look);
      resolve();
    };
    watchers.add(look);
    look();
  });
  return { url: `http${tls ? 's' : ''}://127.0.0.1:${port}`, port, received, got };
}

/** A wait that a sender asked for, to be ended by hand. */
export interface Wait {
  readonly ms: number;
  readonly over: boolean;
  end(): void;
}

export interface Bench {
  readonly callbacks: Callbacks;
  readonly attempts: readonly (CallbackAttempt & { readonly exchange: string })[];
  /** Of the callbacks' clock, milliseconds since the epoch. */
  now: number;
  /** Waits that nobody has ended yet. */
  waits(): readonly Wait[];
  /** Resolves once so many attempts have been told of. */
  tried(count: number): Promise<void>;
  /** Resolves with the first open wait of so many milliseconds. */
  waitOf(ms: number): Promise<Wait>;
  readonly closing: AbortController;
}

export const timeoutMs = 10_000;

/** A sender under a clock and waits that move by hand. */
export function bench(options: Partial<CallbackOptions> = {}): Bench {
  const attempts: (CallbackAttempt & { exchange: string })[] = [];
  const open: Wait[] = [];
  const watchers = new Set<() => void>();
  const closing = new AbortController();
  const self = { now: Date.parse('2026-11-21T12:00:00Z') };
  let elapsed = 0;
  const wait = (ms: number, signal: AbortSignal): Promise<void> => new Promise((resolve) => {
    const one = { ms, over: false, end };
    function end(): void {
      one.over = true;
      resolve();
    }
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    open.push(one);
    for (const look of watchers) look();
  });
  const waits = (): readonly Wait[] => open.filter((one) => !one.over);
  const callbacks = createCallbacks({
    allow: [], ca: null, wait, elapsed: () => (elapsed += 1), clock: { now: () => self.now }, closing: closing.signal,
    onAttempt(exchange, attempt) {
      attempts.push({ exchange, ...attempt });
      for (const look of watchers) look();
    },
    resolve: (name) => Promise.reject(new Error(`the test asked for ${name}`)),
    ...options,
  });
  whenTestsEnd(() => callbacks.close());
  const tried = (count: number): Promise<void> => new Promise((resolve) => {
    const look = (): void => {
      if (attempts.length < count) return;
      watchers.delete(look);
      resolve();
    };
    watchers.add(look);
    look();
  });
  const waitOf = (ms: number): Promise<Wait> => new Promise((resolve) => {
    const look = (): void => {
      const found = waits().find((one) => one.ms === ms);
      if (!found) return;
      watchers.delete(look);
      resolve(found);
    };
    watchers.add(look);
    look();
  });
  return Object.assign(self, { callbacks, attempts, waits, waitOf, tried, closing });
}

export function callback(url: string, rest: Partial<CallbackRequest> = {}): CallbackRequest {
  return { session: 'default', url, method: 'POST', headers: [], body: null, afterMs: 0, retry: { times: 0, waitMs: 0 }, sign: null, ...rest };
}
