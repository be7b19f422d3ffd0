import { formatSize, parsePercent, parseSize } from '../base/units.ts';
import { show } from '../base/show.ts';
import { invalid, text, turned, type Shape } from '../shapes/index.ts';
import type { FaultKind } from '../model/kind.ts';
import { withWire } from './with-wire.ts';

/** How much of the body arrives: a share of it, or so many bytes. */
export type Cut = { readonly share: number } | { readonly bytes: number };

const expected = 'a percentage below 100%, or a size with its unit, such as `60%` or `10 kB`';

const shape: Shape<Cut, string> = turned(text({ expected, forNumber: (written) => `Write \`${written}%\` or \`${written} B\`` }), (value, path, report): Cut | typeof invalid => {
  const share = parsePercent(value);
  if (share !== null && share < 1) return { share };
  const bytes = parseSize(value);
  if (bytes !== null) return { bytes };
  report(path, { code: 'wrong-value', message: 'Wrong value for `truncate`', expected, got: show(value), fix: share === 1 ? '100% is the whole body: take the fault out, or cut earlier' : undefined });
  return invalid;
}, { expected, about: 'How much of the body arrives.' });

/** The peer sees a transfer that ends early: "transfer closed with 400 bytes remaining to read". */
export const truncate = {
  key: 'truncate',
  shape,
  bare: undefined,
  about: 'The full `Content-Length`, then only this much of the body, then the connection closes.',
  needsBody: () => true,
  examples: [
    { yaml: '{ truncate: 60% }', wire: 'head with the full Content-Length, 60 % of the body, then the connection closes' },
    { yaml: '{ truncate: 10 kB }', wire: `head with the full Content-Length, ${formatSize(10_000)} of the body, then the connection closes` },
  ],
  apply: (value, answer) => withWire(answer, 'truncate', { kind: 'truncate', atByte: (bodyBytes) => bytesOf(value, bodyBytes) }),
} satisfies FaultKind<Cut, string>;

function bytesOf(cut: Cut, bodyBytes: number): number {
  return 'share' in cut ? Math.floor(cut.share * bodyBytes) : Math.min(cut.bytes, bodyBytes);
}
