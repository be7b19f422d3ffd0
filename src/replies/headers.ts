import { show } from '../base/show.ts';
import type { Mistake } from '../base/diagnostic.ts';
import type { Compiler } from '../model/index.ts';
import { gotWords, invalid, mapOf, valueKind, type Shape } from '../shapes/index.ts';
import { hasControls, headerText, locationText, token } from './header-text.ts';
import { filled, type Value } from './value.ts';

/** One header of a reply: its lines, each name and value; none when the value is null. */
export interface Header {
  readonly name: string;
  readonly lines: Value<readonly string[]>;
}

/** What frames the message is the server's own: a wrong one would break the connection in ways that nobody asked for. */
const framing: Readonly<Record<string, string>> = {
  'content-length': 'It is worked out from the body. For a wrong one write `fault: wrongLength`',
  'transfer-encoding': 'For chunks write `stream`',
  connection: 'To end the connection early write a `fault`',
  'keep-alive': 'To end the connection early write a `fault`',
  'proxy-connection': 'To end the connection early write a `fault`',
  upgrade: 'Other protocols are not spoken here',
  trailer: 'Trailers are not sent',
};
const removable = new Set(['content-length']);

type HeaderValue = string | number | boolean | null | readonly (string | number | boolean)[];

const headerValue: Shape<HeaderValue> = {
  expected: 'text, a number, a list of them, or null to leave the header out',
  kinds: ['null', 'string', 'number', 'boolean', 'list'],
  parse(value, path, report) {
    const single = Array.isArray(value) ? value : [value];
    if (valueKind(value) !== 'map' && single.every((one) => ['string', 'number', 'boolean', ...(Array.isArray(value) ? [] : ['null'])].includes(valueKind(one)))) return (value ?? null) as HeaderValue;
    report(path, { code: 'wrong-kind', message: `Wrong kind of value for the header \`${String(path.at(-1))}\``, expected: headerValue.expected, got: gotWords(value) });
    return invalid;
  },
  jsonSchema: () => ({ type: ['string', 'number', 'boolean', 'null', 'array'], items: { type: ['string', 'number', 'boolean'] } }),
};

export const headersShape = mapOf(headerValue, { key: mistakeInName, expected: 'a map from header names to values', about: 'Headers of the reply; null leaves one out that would come by itself.' });

/** The headers in the order written, and the names (lower case) that are left out. */
export function compileHeaders(headers: Readonly<Record<string, HeaderValue>>, compiler: Compiler): { readonly headers: readonly Header[]; readonly leaveOut: readonly string[] } {
  const made: Header[] = [];
  const leaveOut: string[] = [];
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) compiler.mistake({ code: 'same-header-twice', message: `The header \`${name}\` stands here twice`, fix: 'Give its values as a list' }, [name], 'key');
    seen.add(lower);
    if (value === null) {
      leaveOut.push(lower);
      continue;
    }
    if (Object.hasOwn(framing, lower)) {
      compiler.mistake(framingMistake(name), [name], 'key');
      continue;
    }
    const lines = compileLines(name, value, compiler.at(name));
    if (lines) made.push({ name, lines });
  }
  return { headers: made, leaveOut };
}

function compileLines(name: string, value: Exclude<HeaderValue, null>, compiler: Compiler): Value<readonly string[]> | null {
  for (const one of Array.isArray(value) ? value : [value]) {
    if (typeof one !== 'string' || one.includes('${{') || !hasControls(one)) continue;
    compiler.mistake({ code: 'bad-header-value', message: `The header \`${name}\` cannot hold a line break or another control character`, got: show(one), fix: 'Give several values as a list' });
    return null;
  }
  const read = name.toLowerCase() === 'location' ? locationText : headerText;
  return filled(value, compiler, (filledValue) => (filledValue === null ? [] : (Array.isArray(filledValue) ? filledValue : [filledValue]).flatMap((one) => [name, read(one)])));
}

function mistakeInName(name: string): Mistake | null {
  if (token.test(name)) return null;
  return { code: 'bad-header-name', message: 'This is no name of a header', expected: "letters, digits and `-`", got: show(name), fix: /:\s*$/.test(name) ? `Write \`${name.replace(/:\s*$/, '')}\`` : undefined };
}

function framingMistake(name: string): Mistake {
  const lower = name.toLowerCase();
  return { code: 'framing-header', message: `\`${name}\` cannot be set`, got: `\`${name}\``, fix: `${framing[lower]}${removable.has(lower) ? '; to leave it out write null' : ''}` };
}
