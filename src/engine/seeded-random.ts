import type { Random } from '../model/index.ts';

/** A generator (sfc32) that depends on `text` and on nothing else: the same text gives the same numbers on every machine. */
export function seededRandom(text: string): Random {
  const next32 = sfc32(...hash128(text));
  const random: Random = {
    next: () => next32() / 4_294_967_296,
    integer: (min, max) => min + Math.floor(random.next() * (max - min + 1)),
    bytes(count) {
      const bytes = Buffer.allocUnsafe(count);
      for (let index = 0; index < count; index += 1) bytes[index] = next32() & 0xff;
      return bytes;
    },
  };
  return random;
}

function hash128(text: string): readonly [number, number, number, number] {
  let a = 1_779_033_703;
  let b = 3_144_134_277;
  let c = 1_013_904_242;
  let d = 2_773_480_762;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597_399_067);
    b = c ^ Math.imul(b ^ code, 2_869_860_233);
    c = d ^ Math.imul(c ^ code, 951_274_213);
    d = a ^ Math.imul(d ^ code, 2_716_044_179);
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

function sfc32(a: number, b: number, c: number, d: number): () => number {
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();
  return next;
}
