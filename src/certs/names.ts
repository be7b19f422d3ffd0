import { domainToASCII } from 'node:url';
import { isIP } from 'node:net';
import type { X509Certificate } from 'node:crypto';
import { UsageProblem } from '../base/problems.ts';
import { show } from '../base/show.ts';

/** A name or address that a server certificate is for. Names are lower case and ASCII; addresses have no brackets. */
export interface ServerName {
  readonly kind: 'dns' | 'ip';
  readonly value: string;
}

/** What every certificate is for, whatever `--san` adds. */
export const localNames: readonly ServerName[] = [
  { kind: 'dns', value: 'localhost' },
  { kind: 'ip', value: '127.0.0.1' },
  { kind: 'ip', value: '::1' },
];

/** Beyond this many a certificate grows past what some clients read in one flight. */
export const mostNames = 100;

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** The name that a `--san` gives: a host name (`partner.test`, `*.partner.test`), an IPv4 or an IPv6 address. Throws UsageProblem. */
export function parseServerName(text: string): ServerName {
  const bare = text.trim().replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0 && !bare.includes('%')) return { kind: 'ip', value: canonicalAddress(bare) };
  const wildcard = bare.startsWith('*.') ? '*.' : '';
  const host = domainToASCII(bare.slice(wildcard.length).replace(/\.$/, ''));
  const labels = host.split('.');
  const valid = host.length > 0 && host.length <= 253 - wildcard.length && labels.every((part) => label.test(part));
  if (!valid || /^\d+$/.test(labels.at(-1)!) || (wildcard && labels.length < 2)) {
    throw new UsageProblem(
      `--san ${show(text)} is no name that a certificate can be for`,
      'Give a host name such as `partner.test` or `*.partner.test`, or an IP address, without scheme, port or path.',
    );
  }
  return { kind: 'dns', value: wildcard + host };
}

/** The local names and the `--san`s, each once. Throws UsageProblem. */
export function serverNames(sans: readonly string[]): readonly ServerName[] {
  const names = mergeNames(localNames, sans.map(parseServerName));
  if (names.length > mostNames) throw new UsageProblem(`${sans.length} names by --san are too many`, `Give at most ${mostNames - localNames.length}.`);
  return names;
}

export function mergeNames(...lists: readonly (readonly ServerName[])[]): readonly ServerName[] {
  const seen = new Map<string, ServerName>();
  for (const name of lists.flat()) if (!seen.has(name.value)) seen.set(name.value, name);
  return [...seen.values()];
}

/** The names a certificate says it is for. Kinds that this project never writes are left out. */
export function namesOf(certificate: X509Certificate): readonly ServerName[] {
  const names: ServerName[] = [];
  for (const entry of (certificate.subjectAltName ?? '').split(', ')) {
    if (entry.startsWith('DNS:')) names.push({ kind: 'dns', value: entry.slice(4).toLowerCase() });
    if (entry.startsWith('IP Address:')) names.push({ kind: 'ip', value: canonicalAddress(entry.slice(11)) });
  }
  return names;
}

/** Those of `wanted` that are not among `present`. */
export function missingNames(wanted: readonly ServerName[], present: readonly ServerName[]): readonly ServerName[] {
  const values = new Set(present.map((name) => name.value));
  return wanted.filter((name) => !values.has(name.value));
}

/** `0:0:0:0:0:0:0:1` and `::1` are one address: the URL parser writes the short form. (Node's `isIPv6` costs 5 ms the first time.) */
export function canonicalAddress(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
