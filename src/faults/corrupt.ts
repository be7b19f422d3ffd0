import { invalid, size, turned } from '../shapes/index.ts';
import type { FaultKind } from '../model/kind.ts';
import { withWire } from './with-wire.ts';

const shape = turned(size('How many bytes are flipped, at seeded places.'), (value, path, report) => {
  if (value > 0) return value;
  report(path, { code: 'wrong-value', message: 'Wrong value for `corrupt`', expected: 'a size of at least `1 B`', got: '0 B' });
  return invalid;
});

/** The peer sees a body of the right length whose digest does not fit. */
export const corrupt = {
  key: 'corrupt',
  shape,
  bare: undefined,
  about: 'So many bytes of the body are flipped; its length is right, and digest headers are still those of the true body.',
  needsBody: () => true,
  seeded: true,
  examples: [{ yaml: '{ corrupt: 16 B }', wire: 'the true head, a body in which 16 bytes differ' }],
  apply: (value, answer, seed) => withWire(answer, 'corrupt', { kind: 'corrupt', count: value, seed }),
} satisfies FaultKind<number, string | number>;
