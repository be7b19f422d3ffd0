import type { Clock } from '../clock.ts';

/** The value of `Date` (RFC 9110 §6.6.1) at the server's time, which a client may hold tokens and caches against. Made once a second. */
export function createHttpDate(clock: Clock): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}

/** Whether headers (name, value, name, value) have a `Date` of their own. */
export function hasDate(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) if (headers[index]!.length === 4 && headers[index]!.toLowerCase() === 'date') return true;
  return false;
}
