/** Flips `count` bytes at seeded places. */
export interface Corruption {
  readonly count: number;
  readonly seed: number;
}

/**
 * The same bytes with some of them flipped. The body is cut into as many stretches as bytes shall differ, and one byte of each
 * is flipped: the places are distinct, spread over the whole, and need no memory however many they are.
 */
export async function* corrupted(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, corruption: Corruption | null, bodyBytes: number): AsyncGenerator<Buffer, void> {
  if (corruption === null || bodyBytes <= 0 || !Number.isFinite(bodyBytes)) {
    yield* chunks;
    return;
  }
  const count = Math.min(corruption.count, bodyBytes);
  let position = 0;
  for await (const chunk of chunks) {
    yield flipped(chunk, position, { count, seed: corruption.seed }, bodyBytes);
    position += chunk.length;
  }
}

function flipped(chunk: Buffer, position: number, { count, seed }: Corruption, bodyBytes: number): Buffer {
  let copy: Buffer | null = null;
  for (let stretch = Math.floor((position / bodyBytes) * count); stretch < count; stretch += 1) {
    const start = Math.floor((stretch / count) * bodyBytes);
    if (start >= position + chunk.length) break;
    const end = Math.max(start + 1, Math.floor(((stretch + 1) / count) * bodyBytes));
    const draw = mixed(seed, stretch);
    const offset = start + (draw % (end - start)) - position;
    if (offset < 0 || offset >= chunk.length) continue;
    // The chunk is somebody else's: a fixed reply, or a buffer that is used again.
    copy ??= Buffer.from(chunk);
    copy[offset] = copy[offset]! ^ (1 + ((draw >>> 8) % 255));
  }
  return copy ?? chunk;
}

/** 32 well-mixed bits that depend on both numbers (murmur3's finaliser). */
function mixed(seed: number, index: number): number {
  let bits = (seed ^ Math.imul(index + 1, 0x9e37_79b1)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
