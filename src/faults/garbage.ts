import type { FaultKind } from '../model/kind.ts';
import { onlyTrue } from './only-true.ts';
import { withWire } from './with-wire.ts';

const sizeBytes = 256;

/** The peer sees a parse error: what arrives is not HTTP. */
export const garbage = {
  key: 'garbage',
  shape: onlyTrue,
  bare: true,
  about: 'Bytes that are not HTTP instead of an answer, then the connection closes.',
  needsBody: () => false,
  seeded: true,
  examples: [{ yaml: 'garbage', wire: '256 seeded bytes that no client can read as HTTP, then the connection closes' }],
  apply: (_value, answer, seed) => withWire(answer, 'garbage', { kind: 'raw', bytes: garbageBytes(seed) }),
} satisfies FaultKind<true>;

/** Seeded bytes (xorshift32), all with the high bit set, so that never by chance a status line stands in them. */
function garbageBytes(seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let state = (seed ^ 0x9e37_79b9) | 0 || 1;
  for (let index = 0; index < sizeBytes; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = 0x80 | (state & 0x7f);
  }
  return bytes;
}
