import type { Settings } from './settings.ts';

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** How a host stands in a URL: an unspecified address cannot be called, an IPv6 address wears brackets. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** Names under which this server may be addressed, as a Host header without the port. Any other is somebody else's page (DNS rebinding). */
export function hostNames(settings: Settings): readonly string[] {
  return ['localhost', '127.0.0.1', '[::1]', urlHost(settings.host), ...settings.san.map(urlHost), ...(settings.publicUrl ? [new URL(settings.publicUrl).hostname] : [])];
}
