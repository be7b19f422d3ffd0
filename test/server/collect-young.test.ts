import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { setTimeout as moment } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { noteReceived } from '../../src/server/receive/collect-young.ts';

function isAskedFor(entry: PerformanceEntry): boolean {
  const { flags } = Reflect.get(entry, 'detail') as { readonly flags: number };
  return (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
}

test('after every four megabytes of bodies what is young is collected, and scripts get no collector to call', async () => {
  let collections = 0;
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().filter(isAskedFor).length));
  observer.observe({ entryTypes: ['gc'] });
  onTestFinished(() => observer.disconnect());
  for (let megabytes = 0; megabytes < 15; megabytes += 1) noteReceived(1024 * 1024);
  while (collections < 3) await moment(1);
  noteReceived(1024 * 1024);
  while (collections < 4) await moment(1);
  expect(collections).toBe(4);
  expect(runInNewContext('typeof gc')).toBe('undefined');
});
