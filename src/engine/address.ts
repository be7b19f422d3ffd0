/** Whom a request addresses: the `/@scenario:session` prefix taken off its target. */
export interface Address {
  /** Path and query without the prefix. */
  readonly url: string;
  /** The path alone, as sent. */
  readonly path: string;
  /** The prefix itself, as sent; empty when there is none. */
  readonly prefix: string;
  readonly scenario: string | null;
  readonly session: string | null;
}

const sessionPattern = /^[A-Za-z0-9._-]{1,64}$/;
const prefixPattern = /^\/@([^/?#:]*)(?::([^/?#]*))?(?=[/?#]|$)/;

/** Whether text may name a session: 1 to 64 of `A-Za-z0-9._-`. */
export function isSessionId(text: string): boolean {
  return sessionPattern.test(text);
}

/**
 * Splits a request target (RFC 9112 §3.2: origin form, or absolute form as sent to proxies) into path, query and the prefix
 * by which clients that can only set a base URL choose scenario and session. Gives a sentence when it cannot be read.
 */
export function readAddress(target: string): Address | string {
  let url = target;
  if (url.charCodeAt(0) !== 47) {
    const absolute = /^https?:\/\/[^/?#]+(.*)$/is.exec(url);
    if (!absolute) return `The request target ${JSON.stringify(target.slice(0, 80))} is neither a path nor a URL`;
    url = absolute[1] === '' || !absolute[1]!.startsWith('/') ? `/${absolute[1]}` : absolute[1]!;
  }
  let scenario: string | null = null;
  let session: string | null = null;
  let taken = '';
  if (url.charCodeAt(1) === 64) {
    const prefix = prefixPattern.exec(url);
    if (!prefix) return 'The prefix of the path is not of the form `/@scenario:session/`';
    scenario = prefix[1] || null;
    session = prefix[2] ?? null;
    if (session !== null && !isSessionId(session)) return `The session in the prefix \`${prefix[0]}\` must be 1 to 64 of A-Z a-z 0-9 . _ -`;
    taken = prefix[0];
    url = url.slice(taken.length);
    if (!url.startsWith('/')) url = `/${url}`;
  }
  const fragment = url.indexOf('#');
  if (fragment >= 0) url = url.slice(0, fragment);
  const question = url.indexOf('?');
  return { url, path: question < 0 ? url : url.slice(0, question), prefix: taken, scenario, session };
}
