import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { canonicalHost, isAllowed, isLoopbackAddress, type AllowedHost } from './allowed-hosts.ts';

/** Finds the addresses of a name. Rejects when there are none. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** Where a callback goes: a connection is made to one of these addresses and to no other. */
export interface Target {
  /** Canonical. */
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly LookupAddress[];
}

/** A callback goes where it may not. The message says what allows it. */
export class NotAllowed extends Error {}

/**
 * Denied unless allowed: this machine's loopback addresses and `localhost` may be called, other hosts when the server was started with
 * them. A name that may not be called is not even asked for; `localhost` must be what it says. The admin API of a server is nobody's
 * to call. Throws NotAllowed, and what `resolve` rejects with.
 */
export async function findTarget(url: URL, allowed: readonly AllowedHost[], resolve: Resolve): Promise<Target> {
  const host = canonicalHost(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (/^\/_rehearsal(\/|$)/i.test(url.pathname)) throw new NotAllowed('not allowed: no callback goes to an admin API (`/_rehearsal`)');
  const explicit = isAllowed(allowed, host, port);
  const family = isIP(host);
  if (family !== 0) {
    if (!explicit && !isLoopbackAddress(host)) throw denied(host);
    return { host, port, addresses: [{ address: host, family }] };
  }
  if (!explicit && host !== 'localhost') throw denied(host);
  const addresses = await resolve(host);
  const foreign = explicit ? undefined : addresses.find(({ address }) => !isLoopbackAddress(canonicalHost(address)));
  if (foreign) throw new NotAllowed(`not allowed: ${host} is ${foreign.address} here, which is not this machine; start with --allow-callback ${host}`);
  return { host, port, addresses };
}

function denied(host: string): NotAllowed {
  return new NotAllowed(`not allowed: ${host} is not this machine; start with --allow-callback ${host}`);
}
