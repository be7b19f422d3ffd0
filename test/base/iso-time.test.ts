import { expect, test } from 'vitest';
import { readIsoTime } from '../../src/base/iso-time.ts';

test.each([
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T12:00', '2026-11-01T12:00:00.000Z'],
  ['2026-11-01 12:00:00', '2026-11-01T12:00:00.000Z'],
  ['2026-11-01T12:00:00.1234567z', '2026-11-01T12:00:00.123Z'],
  ['2026-11-01T12:00:00+0530', '2026-11-01T06:30:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2000-02-29', '2000-02-29T00:00:00.000Z'],
])('%s is a time, of UTC unless it names an offset', (text, time) => {
  expect(new Date(readIsoTime(text)!).toISOString()).toBe(time);
});

test.each(['2026-02-29', '2026-02-30T00:00:00Z', '1900-02-29', '2026-04-31', '2026-01-00', '2026-13-01', '2026-11-01T25:00', '0000-01-01', '2026', 'tomorrow', '2026-11-01T12:00:00 (comment)', ''])('%j is none', (text) => {
  expect(readIsoTime(text)).toBeNull();
});
