import { show } from '../base/show.ts';
import { invalid, mapOf, text, turned, type Shape } from '../shapes/index.ts';

/** Text that stands in the file as it is: schemes are made at load, so nothing in them is filled. */
export function literal(options: { expected?: string; about?: string; pattern?: RegExp } = {}): Shape<string> {
  return turned(text(options), (value, path, report) => {
    if (value !== '' && !value.includes('${{')) return value;
    const got = value === '' ? 'empty text' : 'an expression';
    report(path, { code: value === '' ? 'wrong-value' : 'not-filled', message: value === '' ? 'This must not be empty' : 'Schemes are not filled: `${{ … }}` has no meaning here', expected: options.expected ?? 'text', got });
    return invalid;
  });
}

/** What a header or a URL can carry, without spaces. */
export function isSendable(secret: string): boolean {
  return /^[\u0021-\u007e]{1,4096}$/.test(secret);
}

/** A map from keys or tokens, as clients send them, to what each stands for. */
export function secretsMap<O, I>(value: Shape<O, I>, thing: string, about: string): Shape<Readonly<Record<string, O>>, Readonly<Record<string, I>>> {
  return mapOf(value, {
    expected: `a map from ${thing}s to whom they stand for`, about,
    key: (key) => (isSendable(key) ? null : { code: 'wrong-secret', message: `No client can send this ${thing}`, expected: 'visible ASCII letters without spaces, 4,096 at most', got: show(key, 40) }),
  });
}

export const realmShape = literal({ about: 'The realm of the challenge; the name of the scheme unless said.' });

/** The name of a header, lower case. */
export function headerNameShape(about: string): Shape<string> {
  return turned(literal({ pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, expected: 'the name of a header', about }), (name) => name.toLowerCase());
}
