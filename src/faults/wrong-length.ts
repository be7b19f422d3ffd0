import { isNumeric } from '../base/json.ts';
import { parseSize } from '../base/units.ts';
import { didYouMean } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import { invalid, text, turned, type Shape } from '../shapes/index.ts';
import type { FaultKind } from '../model/kind.ts';
import { withWire } from './with-wire.ts';

const expected = '`large`, `small`, or how much it is off, such as `+10 B` or `-1 kB`';
const words: Readonly<Record<string, number>> = { large: 10, small: -10, 'too large': 10, 'too small': -10 };

const written: Shape<number, string> = turned(text({ expected }), (value, path, report) => {
  const off = Object.hasOwn(words, value) ? words[value]! : signedSize(value);
  if (off !== null && off !== 0) return off;
  report(path, { code: 'wrong-value', message: 'Wrong value for `wrongLength`', expected, got: show(value), fix: off === 0 ? 'A length that is off by nothing is right: take the fault out' : parseSize(value) !== null ? signed(value) : didYouMean(value, ['large', 'small']) });
  return invalid;
}, { expected, about: 'How the announced length differs from the true one.' });

/** A bare number says neither its unit nor which way the length is off. */
const shape: Shape<number, string> = {
  ...written,
  parse(value, path, report) {
    if (!isNumeric(value)) return written.parse(value, path, report);
    report(path, { code: 'wrong-value', message: 'Wrong value for `wrongLength`', expected, got: String(value), fix: signed(`${String(value).replace(/^-/, '')} B`) });
    return invalid;
  },
};

function signed(size: string): string {
  return `Write \`+${size}\` or \`-${size}\``;
}

/** The peer waits for bytes that never come, or finds bytes behind the end of the answer. */
export const wrongLength = {
  key: 'wrongLength',
  shape,
  bare: words['large'],
  about: 'A `Content-Length` that is too large or too small; the connection closes after the body.',
  needsBody: () => true,
  examples: [
    { yaml: 'wrongLength', wire: 'a Content-Length 10 bytes too large, the body, then the connection closes' },
    { yaml: '{ wrongLength: small }', wire: 'a Content-Length 10 bytes too small, the whole body, then the connection closes' },
    { yaml: '{ wrongLength: +1 kB }', wire: 'a Content-Length 1,000 bytes too large, the body, then the connection closes' },
  ],
  apply: (value, answer) => withWire(answer, 'wrongLength', { kind: 'wrongLength', offByBytes: value }),
} satisfies FaultKind<number, string>;

function signedSize(value: string): number | null {
  const sign = /^\s*([-+])/.exec(value)?.[1];
  if (sign === undefined) return null;
  const bytes = parseSize(value.replace(/^\s*[-+]/, ''));
  return bytes === null ? null : sign === '-' ? -bytes : bytes;
}
