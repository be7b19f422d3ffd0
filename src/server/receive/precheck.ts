import type { IncomingMessage } from 'node:http';
import { formatSize } from '../../base/units.ts';
import { Refusal } from './refusal.ts';
import type { ReceiveLimits } from './limits.ts';

/**
 * What is wrong with a body before a byte of it is read: its framing (RFC 9112 §6), or a length over the bound. For
 * `checkContinue` too: a client that waits for `100 Continue` then never sends it.
 */
export function precheck(req: Pick<IncomingMessage, 'headers' | 'rawHeaders'>, limits: Pick<ReceiveLimits, 'maxBodyBytes'>): Refusal | null {
  const coding = req.headers['transfer-encoding'];
  const length = req.headers['content-length'];
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') return new Refusal(400, 'Transfer-Encoding must be `chunked`', true);
  if (length === undefined) return null;
  if (coding !== undefined) return new Refusal(400, 'A request has either a Content-Length or a Transfer-Encoding', true);
  if (!/^\d{1,15}$/.test(length) || timesSent(req.rawHeaders, 'content-length') > 1) return new Refusal(400, 'Content-Length must be one whole number', true);
  return Number(length) > limits.maxBodyBytes ? bodyTooLarge(limits.maxBodyBytes) : null;
}

/** Over `--max-body`. */
export function bodyTooLarge(maxBodyBytes: number): Refusal {
  return new Refusal(413, `The body is larger than ${formatSize(maxBodyBytes)} (--max-body)`, true);
}

/** Whether a request says that it has a body (RFC 9112 §6.3). It may still be empty. */
export function hasBody(req: Pick<IncomingMessage, 'headers'>): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = req.headers;
  return coding !== undefined || (length !== undefined && !/^0+$/.test(length));
}

function timesSent(rawHeaders: readonly string[], name: string): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]!.toLowerCase() === name) times += 1;
  return times;
}
