import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/index.ts';
import { ExchangeStore, mostExchanges } from '../../src/console/live/exchange-store.js';
import { FilteredList, filterOf, isUnmatched, noFilters, readFilters, writeFilters } from '../../src/console/live/filters.js';
import { readEvents } from '../../src/console/live/read-events.js';
import { linkTo, readHash } from '../../src/console/shell/route.js';
import { isUnmatched as asTheServerHasIt } from '../../src/world/journal-filter.ts';

function exchange(number: number, parts: Partial<Exchange> = {}): Exchange {
  return { id: `e${number}`, at: '2026-01-01T00:00:00.000Z', session: 'default', scenario: null, method: 'GET', url: `/${number}`, status: 200, durationMs: 1, rule: null, violations: [], nearest: [], fault: null, note: null, ...parts };
}
const range = (from: number, to: number): Exchange[] => Array.from({ length: to - from }, (_, index) => exchange(from + index));
const numbers = (list: readonly Exchange[]): number[] => list.map(({ id }) => Number(id.slice(1)));

describe('the exchanges that the page keeps', () => {
  it('stand in the journal\'s order when those that were missed come late, page by page', () => {
    const store = new ExchangeStore();
    for (const one of range(0, 3)) store.add(one);
    const place = store.end;
    store.add(exchange(8));
    store.mend(place, range(5, 9));
    store.add(exchange(9));
    store.mend(place, range(1, 9));
    expect(numbers(store.items)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('are never more than a bound, the oldest going first', () => {
    const store = new ExchangeStore();
    for (const one of range(0, mostExchanges * 2)) store.add(one);
    expect(store.items.length).toBeLessThan(mostExchanges + 1000);
    expect(store.items.at(-1)?.id).toBe(`e${mostExchanges * 2 - 1}`);
    expect(store.get('e0')).toBeNull();
  });

  it('are taken once, however often they come', () => {
    const store = new ExchangeStore();
    for (const one of [...range(0, 3), ...range(0, 3)]) store.add(one);
    store.mend(0, range(0, 3));
    expect(numbers(store.items)).toEqual([0, 1, 2]);
  });
});

describe('filters', () => {
  it('show the same followed step by step as looked at once', () => {
    const store = new ExchangeStore();
    const passes = filterOf({ ...noFilters, text: '5' });
    const followed = new FilteredList(store, passes);
    for (const one of range(0, mostExchanges + 2000)) {
      store.add(one);
      if (one.url.endsWith('77')) followed.update();
    }
    store.forget(({ url }) => url.endsWith('0'));
    expect(followed.update()).toEqual(store.items.filter(passes));
  });

  it('stand in the address and come back from it', () => {
    const filters = { session: 'checkout', status: '4xx', text: 'POST /a?b', unmatched: true, violations: true, handshakes: true };
    expect(readFilters(readHash(linkTo('live', 'e/1 ?', writeFilters(filters))).query)).toEqual(filters);
    expect(readHash(linkTo('live', 'e/1 ?')).id).toBe('e/1 ?');
    expect(linkTo('live', null, writeFilters(noFilters))).toBe('#/live');
  });

  it('mean by unmatched what the server means', () => {
    const near = [{ route: 'GET /', name: null, file: 'f', line: 1, because: [] }];
    const rule = { route: 'GET /', name: null, file: 'f', line: 1 };
    for (const one of [exchange(1), exchange(1, { status: 404 }), exchange(1, { status: 405 }), exchange(1, { status: null, nearest: near }), exchange(1, { status: 400, nearest: near }), exchange(1, { status: 404, rule })]) expect(isUnmatched(one)).toBe(asTheServerHasIt(one));
  });
});

describe('the event stream', () => {
  it('is read whole, wherever its chunks are cut', async () => {
    const bytes = new TextEncoder().encode(': listening\nretry: 2000\n\nid: 1\nevent: exchange\ndata: {"url":"/ä\\n"}\n\n: still here\n\nid: 2\nevent: missed\ndata: {"count":3}\n\n');
    for (const size of [1, 2, 7, 1000]) {
      const events: unknown[] = [];
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size));
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
      await readEvents(stream, (event) => events.push(event));
      expect(events).toEqual([{ name: 'exchange', data: { url: '/ä\n' } }, { name: 'missed', data: { count: 3 } }]);
    }
  });
});
