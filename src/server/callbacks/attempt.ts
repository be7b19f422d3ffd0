import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { errorCode } from '../../base/problems.ts';
import { printable } from '../../base/show.ts';
import type { CallbackRequest } from '../../model/index.ts';
import type { AllowedHost } from './allowed-hosts.ts';
import { findTarget, NotAllowed, type Resolve, type Target } from './permission.ts';

/** Bytes of a response that are read, and dropped, before its connection is closed. */
const longestResponse = 1_000_000;

/** What came of one attempt. */
export interface Tried {
  /** Null when no response came. */
  readonly status: number | null;
  /** Null where the status says it all. */
  readonly error: string | null;
  /** Whether another attempt may go better. */
  readonly again: boolean;
}

/** Who may be called, and how they are reached. */
export interface Outbound {
  readonly allowed: readonly AllowedHost[];
  readonly resolve: Resolve;
  /** For HTTPS: whom it trusts. */
  agent(): Agent;
}

/** Sends a callback once, signed for its time. Never rejects. When the signal is given, its reason (a text) is the error. */
export async function attempt(callback: CallbackRequest, atMs: number, outbound: Outbound, signal: AbortSignal): Promise<Tried> {
  try {
    const url = new URL(callback.url);
    const headers = headersOf(callback, atMs);
    const target = await unlessGiven(signal, findTarget(url, outbound.allowed, outbound.resolve));
    return judged(await exchange(callback, url, headers, target, outbound, signal));
  } catch (error) {
    if (error instanceof NotAllowed) return { status: null, error: error.message, again: false };
    return { status: null, error: signal.aborted ? String(signal.reason) : wordsOf(error), again: true };
  }
}

function judged(status: number): Tried {
  if (status >= 200 && status < 300) return { status, error: null, again: false };
  return status < 400 ? { status, error: 'redirects are not followed', again: false } : { status, error: null, again: true };
}

/** Lines of one name are gathered: Node writes one line for each value of a list. */
function headersOf({ headers, body, method, sign }: CallbackRequest, atMs: number): Record<string, string[]> {
  const lines: Record<string, string[]> = Object.create(null);
  for (let index = 0; index < headers.length; index += 2) (lines[headers[index]!] ??= []).push(headers[index + 1]!);
  if (sign) lines[sign.header] = [sign.value(atMs)];
  if (body !== null || ['POST', 'PUT', 'PATCH'].includes(method)) lines['Content-Length'] = [String(body?.length ?? 0)];
  return lines;
}

/** The status of the response; its body is read and dropped. */
function exchange(callback: CallbackRequest, url: URL, headers: Record<string, string[]>, target: Target, outbound: Outbound, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const { host, port } = target;
    const options = { method: callback.method, host, port, path: `${url.pathname}${url.search}`, headers, lookup: lookupOf(target), signal };
    const request = url.protocol === 'https:' ? httpsRequest({ ...options, agent: outbound.agent() }) : httpRequest({ ...options, agent: false });
    let answered = false;
    request.on('error', (error) => {
      if (!answered) reject(error);
    });
    request.on('close', () => {
      if (!answered) reject(new Error('the connection closed without a response'));
    });
    request.on('response', (response) => {
      // The head says how it went; what becomes of the body changes nothing.
      answered = true;
      drop(response, () => resolve(response.statusCode ?? 0));
    });
    request.end(callback.body ?? undefined);
  });
}

function drop(response: IncomingMessage, done: () => void): void {
  let read = 0;
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > longestResponse) response.destroy();
  });
  response.on('error', () => undefined);
  response.on('close', done);
}

/** The addresses that were checked, whatever the name resolves to by now. */
function lookupOf({ addresses }: Target): LookupFunction {
  return (_name, { all }, callback) => {
    if (all) callback(null, [...addresses]);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}

/** What the work comes to, or a rejection as soon as the signal is given. */
function unlessGiven<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error(String(signal.reason)));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What went wrong, on one line. Of several addresses that were tried, each tells its own. */
function wordsOf(error: unknown): string {
  const all: readonly unknown[] = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
  const words = all.map((one) => {
    const message = one instanceof Error ? one.message : String(one);
    const code = errorCode(one);
    return code === '' || message.includes(code) ? message : `${message} (${code})`;
  });
  return printable([...new Set(words)].join('; ')).slice(0, 500);
}
