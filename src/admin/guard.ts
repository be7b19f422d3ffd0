import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** Who may use the admin API. */
export interface GuardOptions {
  /** Null: no token is needed. */
  readonly token: string | null;
  /** Names and addresses of this server, without ports. `*.name` stands for one more label. Asked for at each request. */
  allowedHosts(): readonly string[];
}

/** The names under which every server may be reached. */
const localHosts = ['localhost', '127.0.0.1', '::1'];

/** Refuses a request that is addressed to another name (DNS rebinding) or sent by a page of another site. */
export function refuseStrangers(request: IncomingMessage, options: GuardOptions): void {
  const host = hostOf(request);
  const name = hostName(host);
  const own = [...localHosts, ...options.allowedHosts().map(bare)];
  if (name === null || !own.some((known) => isHost(name, known))) {
    throw new Refusal(421, `This server is not known as ${JSON.stringify(host.slice(0, 100))}. Use ${list(own)}, or start it with \`--san\` or \`--public-url\` for another name`);
  }
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Refusal(403, `The admin API does not answer pages of other sites (Sec-Fetch-Site: ${String(site).slice(0, 40)}). Open it in a tab of its own, or call it from a program`);
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, host)) {
    throw new Refusal(403, `The admin API does not answer pages of other origins (Origin: ${origin.slice(0, 100)}). Its own is https://${host}`);
  }
}

/** Whether the request carries the token, or none is needed. Takes the same time whatever is wrong. */
export function carriesToken(request: IncomingMessage, token: string | null): boolean {
  if (token === null) return true;
  const given = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const same = timingSafeEqual(hash(given ?? ''), hash(token));
  return same && given !== undefined;
}

export function refuseWithoutToken(request: IncomingMessage, token: string | null): void {
  if (carriesToken(request, token)) return;
  const came = request.headers.authorization === undefined ? 'none came' : 'the one that came is not it';
  throw new Refusal(401, `The admin API needs the token that the server was started with, and ${came}. Send \`Authorization: Bearer TOKEN\``, { headers: { 'WWW-Authenticate': 'Bearer realm="rehearsal"' } });
}

/** A change must be something that a form or an image of a web page cannot send. */
export function refuseForms(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/json' || request.headers['rehearsal-admin'] !== undefined) return;
  throw new Refusal(415, `${request.method} needs \`Content-Type: application/json\`, or the header \`Rehearsal-Admin: 1\`${type === '' ? '' : `; the type that came is ${JSON.stringify(type.slice(0, 80))}`}`);
}

function hostOf(request: IncomingMessage): string {
  let host: string | null = null;
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]!.toLowerCase() !== 'host') continue;
    if (host !== null) throw new Refusal(400, 'The request has more than one Host header. Send one');
    host = request.rawHeaders[index + 1]!;
  }
  if (host === null || host === '') throw new Refusal(421, 'The request has no Host header. Send the one of this server, such as `Host: localhost`');
  return host;
}

/** The name in a Host header, without port and brackets; null when it is malformed. */
function hostName(host: string): string | null {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host);
  return found ? (found[1] ?? found[2]!).toLowerCase() : null;
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function isHost(name: string, known: string): boolean {
  if (!known.startsWith('*.')) return name === known;
  const dot = name.indexOf('.');
  return dot > 0 && name.slice(dot) === known.slice(1);
}

/** Port and name must be those that the request itself was sent to; the scheme may differ where a proxy ends TLS. */
function isOwnOrigin(origin: string, host: string): boolean {
  const found = /^(https?):\/\/([^/?#@\s]+)$/i.exec(origin);
  if (!found) return false;
  const port = found[1]!.toLowerCase() === 'https' ? ':443' : ':80';
  return withoutPort(found[2]!.toLowerCase(), port) === withoutPort(host.toLowerCase(), port);
}

function withoutPort(host: string, port: string): string {
  return host.endsWith(port) ? host.slice(0, -port.length) : host;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function list(names: readonly string[]): string {
  return [...new Set(names)].map((name) => (name.includes(':') ? `[${name}]` : name)).join(', ');
}
