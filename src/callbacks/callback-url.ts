import type { Mistake } from '../base/diagnostic.ts';
import { show } from '../base/show.ts';
import { asText, Unfit } from '../replies/value.ts';

const expected = 'an absolute `http` or `https` URL, such as `http://localhost:3000/hooks`';

/** Letters of a URL: what servers commonly take. */
const longestUrl = 8192;

/** The URL to call, as it goes on the wire: normalised, without a fragment. Throws Unfit. */
export function callbackUrl(value: unknown): string {
  const text = asText(value).trim();
  if (!/^https?:\/\//i.test(text) || text.length > longestUrl || !URL.canParse(text)) throw new Unfit('This is no URL to call', expected, text === '' ? 'nothing' : show(text));
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw new Unfit('A URL to call holds no user and no password', 'an `Authorization` header in their place', 'a URL with `@` before its host');
  url.hash = '';
  return url.href;
}

/** What can be known at load to be wrong with `to`: all of it where nothing has to be filled, otherwise how it begins. */
export function mistakeInUrl(source: string): Mistake | null {
  const end = source.indexOf('${{');
  if (end === -1) return mistakeInWhole(source);
  const beginning = source.slice(0, end).trimStart().toLowerCase();
  const may = ['http://', 'https://'].some((scheme) => scheme.startsWith(beginning) || beginning.startsWith(scheme));
  return may ? null : badUrl(expected, show(source), source);
}

function mistakeInWhole(source: string): Mistake | null {
  try {
    callbackUrl(source);
    return null;
  } catch (error) {
    if (error instanceof Unfit) return { ...badUrl(error.expected, error.got, source), message: error.message };
    throw error;
  }
}

function badUrl(wanted: string, got: string, source: string): Mistake {
  const text = source.trim();
  const hostAlone = /^[a-z0-9.-]+(:\d+)?(\/.*)?$/i.test(text) && /^(localhost|[^/]*\.[^/]*|[^/]*:\d+)/i.test(text);
  const fix = text.startsWith('/') ? `Write its host, too: \`http://localhost:3000${text}\`` : hostAlone ? `Write \`http://${text}\`` : undefined;
  return { code: 'bad-url', message: 'This is no URL to call', expected: wanted, got, fix };
}
