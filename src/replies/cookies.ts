import { show } from '../base/show.ts';
import type { Mistake } from '../base/diagnostic.ts';
import type { Compiler } from '../model/index.ts';
import { boolean, byKind, duration, gotWords, invalid, mapOf, object, oneOfWords, optional, text, valueKind, type Out, type Shape } from '../shapes/index.ts';
import { percentEncode, token } from './header-text.ts';
import { asText, filled, type Value } from './value.ts';

const valueShape: Shape<string | number> = {
  expected: 'text or a number',
  kinds: ['string', 'number'],
  parse(value, path, report) {
    const kind = valueKind(value);
    if (kind === 'string' || kind === 'number') return value as string | number;
    report(path, { code: 'wrong-kind', message: 'Wrong kind of value for a cookie', expected: 'text or a number', got: gotWords(value) });
    return invalid;
  },
  jsonSchema: () => ({ type: ['string', 'number'] }),
};

const attribute = (about: string): Shape<string> => text({ pattern: /^[\u0020-\u003a\u003c-\u007e]+$/, expected: 'ASCII text without `;`', about });

const cookieShape = byKind([
  valueShape,
  object({
    value: valueShape,
    path: optional(attribute('The path under which it is sent back.')),
    domain: optional(attribute('The domain to which it is sent back.')),
    maxAge: optional(duration('How long it lives; 0 removes it.')),
    httpOnly: optional(boolean('Scripts cannot read it.')),
    secure: optional(boolean('It is sent back over HTTPS alone.')),
    sameSite: optional(oneOfWords(['strict', 'lax', 'none', 'Strict', 'Lax', 'None'], 'Whether other sites may send it.')),
  }, { name: 'a cookie', expected: 'a map with `value`' }),
], { expected: 'the value of the cookie, or a map with `value`, `path`, `maxAge` …' });

export const cookiesShape = mapOf(cookieShape, { key: mistakeInName, expected: 'a map from cookie names to values', about: 'Cookies to set (RFC 6265).' });

/** `Set-Cookie` values, one for each cookie. */
export function compileCookies(cookies: Readonly<Record<string, Out<typeof cookieShape>>>, compiler: Compiler): readonly Value<string>[] {
  return Object.entries(cookies).flatMap(([name, cookie]) => {
    const isMap = valueKind(cookie) === 'map';
    const place = isMap ? compiler.at(name, 'value') : compiler.at(name);
    const value = isMap ? (cookie as CookieMap).value : (cookie as string | number);
    const attributes = isMap ? attributesOf(cookie as CookieMap) : '';
    if (typeof value === 'string' && !value.includes('${{') && !octets.test(value)) {
      place.mistake({ code: 'bad-cookie-value', message: `The cookie \`${name}\` cannot hold this`, expected: 'ASCII without spaces, quotes, commas, semicolons and backslashes', got: show(value), fix: `Write it percent-encoded: \`${encodeCookie(value)}\`` });
      return [];
    }
    const made = filled(value, place, (one) => `${name}=${encodeCookie(asText(one))}${attributes}`);
    return made ? [made] : [];
  });
}

type CookieMap = Extract<Out<typeof cookieShape>, { readonly value: unknown }>;

/** cookie-octets (RFC 6265 §4.1.1), also within quotes. */
const octets = /^("?)[\u0021\u0023-\u002b\u002d-\u003a\u003c-\u005b\u005d-\u007e]*\1$/;

/** What an expression gave, with everything percent-encoded that a cookie cannot carry. */
function encodeCookie(value: string): string {
  return octets.test(value) ? value : value.replace(/[^\u0021\u0023-\u0024\u0026-\u002b\u002d-\u003a\u003c-\u005b\u005d-\u007e]+/g, percentEncode);
}

function attributesOf(cookie: CookieMap): string {
  const { path, domain, maxAge, httpOnly, secure, sameSite } = cookie;
  return [
    path !== undefined && `; Path=${path}`,
    domain !== undefined && `; Domain=${domain}`,
    maxAge !== undefined && `; Max-Age=${Math.floor(maxAge / 1000)}`,
    httpOnly && '; HttpOnly',
    secure && '; Secure',
    sameSite && `; SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`,
  ].filter(Boolean).join('');
}

function mistakeInName(name: string): Mistake | null {
  return token.test(name) ? null : { code: 'bad-cookie-name', message: 'This is no name of a cookie', expected: 'letters, digits, `-` and `_`', got: show(name) };
}
