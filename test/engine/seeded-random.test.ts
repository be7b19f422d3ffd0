import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/engine/seeded-random.ts';

describe('seededRandom', () => {
  it('gives these very numbers on every machine and in every version: runs repeat', () => {
    const random = seededRandom('1|cleaner/GET /tasks/0|1');
    expect([random.next(), random.next(), random.integer(1, 1_000_000), random.bytes(8).toString('hex')]).toMatchInlineSnapshot(`
      [
        0.5128505181055516,
        0.2607070882804692,
        231859,
        "b659f31af0ab3a26",
      ]
    `);
    expect(seededRandom('').next()).toMatchInlineSnapshot(`0.9741155686788261`);
  });

  it('depends on the text and on nothing else', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
      const draw = (text: string): string => seededRandom(text).bytes(16).toString('hex');
      expect(draw(a)).toBe(draw(a));
      if (a !== b) expect(draw(a)).not.toBe(draw(b));
    }));
  });

  it('keeps within its bounds, both ends included', () => {
    const random = seededRandom('bounds');
    const drawn = new Set(Array.from({ length: 2000 }, () => random.integer(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
    for (let round = 0; round < 2000; round += 1) {
      const share = random.next();
      expect(share >= 0 && share < 1).toBe(true);
    }
    expect(random.integer(5, 5)).toBe(5);
    expect(random.bytes(0).length).toBe(0);
  });

  it('spreads evenly, also over texts that differ in one letter', () => {
    const calls = Array.from({ length: 20_000 }, (_, call) => seededRandom(`1|a/GET \u002f/0/chance|${call}`).next());
    const share = calls.filter((one) => one < 0.2).length / calls.length;
    expect(Math.abs(share - 0.2)).toBeLessThan(0.01);
    const mean = calls.reduce((sum, one) => sum + one, 0) / calls.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  });
});
