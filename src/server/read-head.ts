import type { IncomingMessage } from 'node:http';
import { isSessionId, readAddress, type Address } from '../engine/address.ts';

/** What the pass needs to know of a request before anything is decided: one walk over the raw headers. */
export interface Head {
  readonly address: Address;
  /** The header `Rehearsal-Scenario`. */
  readonly scenario: string | null;
  /** From the header or the prefix; null when none is named. */
  readonly session: string | null;
  /** Whether a body follows. */
  readonly bodied: boolean;
  /** Whether a range or a precondition was sent, so that a prepared answer does not do. */
  readonly conditional: boolean;
}

/** A request that is turned away for its head alone. */
export interface HeadProblem {
  readonly reason: string;
  /** Where the request ends may be read in two ways: nothing more is read from this connection. */
  readonly ambiguous?: true;
}

/**
 * Reads the head. Node answers two Host headers and lets repeated names through, so the raw headers are looked at: exactly one Host
 * (RFC 9112 §3.2), `Transfer-Encoding` only `chunked`, one session and one scenario.
 */
export function readHead(request: IncomingMessage): Head | HeadProblem {
  const raw = request.rawHeaders;
  let hosts = 0;
  let scenario: string | null = null;
  let session: string | null = null;
  let bodied = false;
  let conditional = false;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const value = raw[index + 1]!;
    switch (name.length) {
      case 4:
        if (is(name, 'host')) hosts += 1;
        break;
      case 5:
        conditional ||= is(name, 'range');
        break;
      case 8:
        conditional ||= is(name, 'if-match') || is(name, 'if-range');
        break;
      case 13:
        conditional ||= is(name, 'if-none-match');
        break;
      case 17:
        if (is(name, 'rehearsal-session')) {
          if (session !== null && session !== value) return { reason: 'Two different `Rehearsal-Session` headers: send one' };
          if (!isSessionId(value)) return { reason: 'The header `Rehearsal-Session` must be 1 to 64 of A-Z a-z 0-9 . _ -' };
          session = value;
        } else if (is(name, 'transfer-encoding')) {
          if (!is(value.trim(), 'chunked')) return { reason: '`Transfer-Encoding` may only be `chunked`', ambiguous: true };
          bodied = true;
        } else conditional ||= is(name, 'if-modified-since');
        break;
      case 14:
        if (is(name, 'content-length')) bodied ||= value !== '0';
        break;
      case 18:
        if (is(name, 'rehearsal-scenario')) {
          if (scenario !== null && scenario !== value) return { reason: 'Two different `Rehearsal-Scenario` headers: send one' };
          scenario = value;
        }
        break;
      case 19:
        conditional ||= is(name, 'if-unmodified-since');
        break;
      default:
    }
  }
  if (hosts > 1) return { reason: 'More than one `Host` header (RFC 9112 §3.2): send one', ambiguous: true };
  if (hosts === 0 && request.httpVersionMajor === 1 && request.httpVersionMinor > 0) return { reason: 'The request has no `Host` header (RFC 9112 §3.2): send one', ambiguous: true };
  const address = readAddress(request.url ?? '/');
  if (typeof address === 'string') return { reason: address };
  const dispute = sessionDispute(session, address);
  if (dispute !== null) return { reason: dispute };
  return { address, scenario, session: session ?? address.session, bodied, conditional };
}

/** What is wrong when the header names one session and the prefix of the path another. */
export function sessionDispute(header: string | null, { session }: Pick<Address, 'session'>): string | null {
  return header === null || session === null || header === session ? null : `The header names the session \`${header}\`, the prefix \`${session}\`: they must agree`;
}

function is(text: string, lowerCase: string): boolean {
  return text === lowerCase || text.toLowerCase() === lowerCase;
}
