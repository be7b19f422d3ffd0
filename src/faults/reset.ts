import { object, optional, size, type Out } from '../shapes/index.ts';
import type { FaultKind } from '../model/kind.ts';
import { withWire } from './with-wire.ts';

const shape = object({ after: optional(size('Bytes of the body that arrive before the connection is reset.')) }, { name: '`reset`', about: 'The connection is reset (RST).' });

/** The peer sees "connection reset by peer", at once or in the middle of the body. */
export const reset = {
  key: 'reset',
  shape,
  bare: {},
  about: 'The connection is reset (RST), at once or after so many bytes of the body.',
  needsBody: (value) => (value.after ?? 0) > 0,
  examples: [
    { yaml: 'reset', wire: 'RST at once, no byte of an answer' },
    { yaml: '{ reset: { after: 1 MB } }', wire: 'head, 1,000,000 bytes of the body, then RST' },
  ],
  apply: (value, answer) => withWire(answer, 'reset', { kind: 'reset', afterBytes: value.after ?? 0 }),
} satisfies FaultKind<Out<typeof shape>>;
