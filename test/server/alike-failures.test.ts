import { expect, test } from 'vitest';
import { AlikeFailures } from '../../src/server/alike-failures.ts';

const keepMany = (failures: AlikeFailures, kind: string, count: number, nowMs: number) => Array.from({ length: count }, () => failures.keep(kind, nowMs));

test('of a flood of failures that are alike 20 a minute are kept, and the last says that more are only counted', () => {
  const failures = new AlikeFailures();
  const kept = keepMany(failures, 'unknown CA', 500, 1000).filter((one) => one !== null);
  expect(kept).toHaveLength(20);
  expect(kept.slice(0, 19).every(({ more }) => more === '')).toBe(true);
  expect(kept[19]!.more).toBe(' Further ones like it are only counted for a minute.');
  expect(failures.keep('another', 1000)).toEqual({ more: '' });
});

test('after a minute they are kept again, and the first says how many were left out', () => {
  const failures = new AlikeFailures();
  keepMany(failures, 'unknown CA', 50, 1000);
  expect(failures.keep('unknown CA', 60_999)).toBeNull();
  expect(failures.keep('unknown CA', 61_000)).toEqual({ more: ' Before it came 31 more like it, which were only counted.' });
  expect(failures.keep('unknown CA', 61_000)).toEqual({ more: '' });
});

test('kinds that clients make up are bounded: past 100 all others are one', () => {
  const failures = new AlikeFailures();
  const kept = Array.from({ length: 1000 }, (_, index) => failures.keep(`name ${index}`, 0)).filter((one) => one !== null);
  expect(kept.length).toBeLessThanOrEqual(120);
});
