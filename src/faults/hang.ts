import { object, optional, size, type Out } from '../shapes/index.ts';
import type { FaultKind } from '../model/kind.ts';
import { withWire } from './with-wire.ts';

const shape = object({ after: optional(size('Bytes of the body that arrive before nothing more does; 0 is the head alone.')) }, { name: '`hang`', about: 'The answer never comes, or stalls.' });

/** The peer sees nothing: its own time-out must end it. */
export const hang = {
  key: 'hang',
  shape,
  bare: {},
  about: 'The request is accepted and never answered, or the answer stalls after so many bytes of the body.',
  needsBody: (value) => value.after !== undefined,
  examples: [
    { yaml: 'hang', wire: 'nothing, until the client leaves' },
    { yaml: '{ hang: { after: 1 MB } }', wire: 'head, 1,000,000 bytes of the body, then nothing until the client leaves' },
  ],
  apply: (value, answer) => withWire(answer, 'hang', { kind: 'hang', afterBytes: value.after ?? null }),
} satisfies FaultKind<Out<typeof shape>>;
