/** The value of `Date` (RFC 9110 §6.6.1) at a time in milliseconds since the epoch. Made once a second. */
export type HttpDate = (atMs: number) => string;

export function createHttpDate(): HttpDate {
  let second = Number.NaN;
  let text = '';
  return (atMs) => {
    const now = Math.floor(atMs / 1000);
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
