/** Why a path is refused: answered with 400. */
export interface PathProblem {
  readonly reason: string;
}

/** What makes a path worth a closer look; without any of it, splitting is all there is to do. */
const unusual = /[%\\\0\u0080-\uffff]|\/\.\.?(?:\/|$)/;

/**
 * The segments of a path as sent: split at `/` first, then each decoded once. `/a/` gives `['a', '']`; `%2F` stays inside
 * its segment. NUL, backslashes and dot segments, however they are written, and what is not UTF-8 are refused.
 */
export function splitPath(path: string): string[] | PathProblem {
  if (path.charCodeAt(0) !== 0x2f) return { reason: 'The path does not begin with `/`' };
  const segments = path.slice(1).split('/');
  if (!unusual.test(path)) return segments;
  for (let index = 0; index < segments.length; index += 1) {
    const decoded = decodeSegment(segments[index]!);
    if (typeof decoded !== 'string') return decoded;
    segments[index] = decoded;
  }
  return segments;
}

function decodeSegment(segment: string): string | PathProblem {
  const escaped = escapeRawBytes(segment);
  if (/%(?![0-9A-Fa-f]{2})/.test(escaped)) return { reason: 'The path has a `%` that is not followed by two hexadecimal digits' };
  let decoded: string;
  try {
    decoded = decodeURIComponent(escaped);
  } catch {
    return { reason: 'The path is not UTF-8' };
  }
  if (decoded.includes('\0')) return { reason: 'The path holds a NUL (`%00`)' };
  if (decoded.includes('\\')) return { reason: 'The path holds a backslash (`%5C`)' };
  // Also behind an encoded slash: `..%2Fsecret` must not become a way up in any hands that it passes through.
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(decoded)) return { reason: 'The path holds a dot segment (`.` or `..`)' };
  return decoded;
}

/** Node hands over raw bytes of a request line as one letter each: a client that sent bare UTF-8 is read as such. */
export function escapeRawBytes(text: string): string {
  // eslint-disable-next-line no-control-regex -- bytes are what is looked for
  if (!/[^\x00-\x7f]/.test(text)) return text;
  // eslint-disable-next-line no-control-regex -- as above
  return /[^\x00-\xff]/.test(text) ? text : text.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}
