import { onlyTrue } from './only-true.ts';
import type { FaultKind } from '../model/kind.ts';
import { withWire } from './with-wire.ts';

/** The peer sees "empty reply from server". */
export const empty = {
  key: 'empty',
  shape: onlyTrue,
  bare: true,
  about: 'The connection closes without a byte.',
  needsBody: () => false,
  examples: [{ yaml: 'empty', wire: 'the connection closes, no byte of an answer' }],
  apply: (_value, answer) => withWire(answer, 'empty', { kind: 'close' }),
} satisfies FaultKind<true>;
