import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { parseServerName } from '../certs/names.ts';
import type { Settings } from './settings.ts';

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** How a host stands in a URL: an unspecified address cannot be called, an IPv6 address wears brackets. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** Names under which this server may be addressed, as a Host header without the port. Any other is somebody else's page (DNS rebinding). */
export function hostNames(settings: Settings): readonly string[] {
  return ['localhost', '127.0.0.1', '[::1]', urlHost(settings.host), ...settings.san.map((name) => urlHost(parseServerName(name).value)), ...(settings.publicUrl ? [new URL(settings.publicUrl).hostname] : [])];
}

/**
 * What to say when the URL that clients are told has a name which the certificate (PEM) is not for: they would refuse it. Null when it is,
 * or when somebody else ends TLS there.
 */
export function strangerToCertificate(url: string, certPem: string): string | null {
  const { protocol, hostname } = new URL(url);
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol !== 'https:' || name === 'localhost') return null;
  const certificate = new X509Certificate(certPem);
  if ((isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined) return null;
  return `The certificate is not for ${name}: clients that call ${url} will refuse it. Start with \`--san ${name}\`.`;
}
