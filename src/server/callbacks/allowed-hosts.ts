import { isIP } from 'node:net';
import { UsageProblem } from '../../base/problems.ts';
import { show } from '../../base/show.ts';

/** A host that callbacks may go to, as `--allow-callback` names it. */
export interface AllowedHost {
  /** Canonical, as {@link canonicalHost} gives it. */
  readonly host: string;
  /** `*.example.com`: every name below the host, not the host itself. */
  readonly below: boolean;
  /** Null: any. */
  readonly port: number | null;
}

/** Reads `host`, `host:port`, `*.example.com`, `10.0.0.7`, `[fd00::7]:8080`. Throws UsageProblem. */
export function readAllowedHosts(entries: readonly string[]): readonly AllowedHost[] {
  return entries.map((entry) => {
    const read = readEntry(entry.trim());
    if (read) return read;
    throw new UsageProblem(`${show(entry)} is no host that callbacks could be allowed to`, 'Write a host, `host:port`, an address or `*.example.com`, without `https://` and without a path.');
  });
}

function readEntry(entry: string): AllowedHost | null {
  const below = entry.startsWith('*.');
  const rest = below ? entry.slice(2) : entry;
  if (isIP(rest) === 6) return below ? null : { host: canonicalHost(rest), below, port: null };
  const [, written = '', digits] = /^(\[[\da-f:.]+\]|[^\s:/\\?#@[\]*]+)(?::(\d{1,5}))?$/i.exec(rest) ?? [];
  const url = written !== '' && URL.canParse(`http://${written}`) ? new URL(`http://${written}`) : null;
  const port = digits === undefined ? null : Number(digits);
  if (url === null || (port !== null && (port < 1 || port > 65_535))) return null;
  const host = canonicalHost(url.hostname);
  return below && isIP(host) !== 0 ? null : { host, below, port };
}

/** Whether a host, canonical, is among those that are allowed. */
export function isAllowed(allowed: readonly AllowedHost[], host: string, port: number): boolean {
  return allowed.some((one) => (one.port === null || one.port === port) && (one.below ? host.endsWith(`.${one.host}`) && isIP(host) === 0 : host === one.host));
}

/**
 * One spelling for each host: names in small letters without the dot at their end, IPv6 addresses compressed and bare, IPv4 addresses
 * that stand in IPv6 ones (RFC 4291 §2.5.5.2) as themselves. Decimal and octal IPv4 addresses the URL parser has read already.
 */
export function canonicalHost(host: string): string {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(bare) !== 6 || bare.includes('%')) return bare;
  const address = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  return [high, low].flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]).join('.');
}

/** Whether an address, canonical, is this machine's own: 127.0.0.0/8 and ::1. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
