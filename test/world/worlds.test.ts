import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSession, readSavedWorlds, Worlds } from '../../src/world/worlds.ts';

const names = (worlds: Worlds): string[] => [...worlds.all()].map((world) => world.session);
const hour = 3_600_000;

describe('sessions', () => {
  it('are made when they are first named, and are the same ever after', () => {
    const worlds = new Worlds({ maxSessions: 10 });
    const one = worlds.open('one', 1);
    expect([worlds.open('one', 5), worlds.get('one'), worlds.get('two')]).toEqual([one, one, null]);
    expect(one.lastUsedMs).toBe(5);
    expect([worlds.delete('one'), worlds.delete('one'), worlds.get('one')]).toEqual([true, false, null]);
  });

  it('are bounded in number: the one idle longest goes, on a clock that stands still as well', () => {
    const worlds = new Worlds({ maxSessions: 3 });
    for (const session of ['a', 'b', 'c', 'a', 'd']) worlds.open(session, 0);
    expect(names(worlds)).toEqual(['c', 'a', 'd']);
  });

  it('keep replies for `once` within one bound for all of them together, and none once they are gone', () => {
    const worlds = new Worlds({ maxSessions: 100 });
    const bytes = Buffer.alloc(20_000_000);
    const reply = { bodySha256: '', answer: { status: 200, headers: [], body: { kind: 'bytes', bytes, representation: null }, wire: [], encodings: [], fault: null } } as const;
    for (let index = 0; index < 10; index += 1) worlds.open(`s${index}`, 0).keep('k', reply);
    const kept = (): boolean[] => Array.from({ length: 10 }, (_, index) => worlds.open(`s${index}`, 0).kept('k') !== null);
    expect(kept()).toEqual([false, false, false, false, true, true, true, true, true, true]);
    worlds.delete('s9');
    worlds.open('s0', 0).keep('k', reply);
    expect(kept()).toEqual([true, false, false, false, true, true, true, true, true, false]);
  });

  it('begin again when they come back after their idle time, though nobody else has come meanwhile', () => {
    const worlds = new Worlds({ maxSessions: 10, sessionTtlMs: 1000 });
    const first = worlds.open('one', 0);
    expect(worlds.open('one', 1000)).toBe(first);
    expect(worlds.open('one', 2001)).not.toBe(first);
    const kept = worlds.open(defaultSession, 3000);
    expect(worlds.open(defaultSession, 9000)).toBe(kept);
  });

  it('never let go of `default`', () => {
    const worlds = new Worlds({ maxSessions: 2 });
    const kept = worlds.open(defaultSession, 0);
    for (let index = 0; index < 100; index += 1) worlds.open(`s${index}`, index * 48 * hour);
    expect(worlds.get(defaultSession)).toBe(kept);
    expect(names(worlds)).toEqual([defaultSession, 's99']);
  });

  it('that nobody used for a day are let go when another begins', () => {
    const worlds = new Worlds({ maxSessions: 10 });
    worlds.open('old', 0);
    worlds.open('recent', 10 * hour);
    worlds.open('new', 25 * hour);
    expect(names(worlds)).toEqual(['recent', 'new']);
    expect(worlds.open('old', 26 * hour).lastUsedMs).toBe(26 * hour);
  });

  it('stay within their number whatever comes, and the one just named is always there', () => {
    const step = fc.record({ session: fc.constantFrom(defaultSession, 'a', 'b', 'c', 'd', 'e'), remove: fc.boolean(), waitMs: fc.constantFrom(0, 1, hour, 30 * hour) });
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (steps, maxSessions) => {
      const worlds = new Worlds({ maxSessions });
      let nowMs = 0;
      for (const { session, remove, waitMs } of steps) {
        nowMs += waitMs;
        const world = worlds.open(session, nowMs);
        expect(worlds.get(session)).toBe(world);
        expect(names(worlds).length).toBeLessThanOrEqual(Math.max(2, maxSessions));
        if (remove) worlds.delete(session);
      }
    }), { numRuns: 200 });
  });

  it('10,000 of them cost one more no search', () => {
    const worlds = new Worlds({ maxSessions: 10_000 });
    for (let index = 0; index < 60_000; index += 1) worlds.open(`s${index}`, 0);
    expect(names(worlds)).toHaveLength(10_000);
  });
});

describe('saved worlds', () => {
  it('come back with counters and selections', () => {
    const worlds = new Worlds({ maxSessions: 10 });
    worlds.everybody.set('root', 'root-b');
    const one = worlds.open('one', 0);
    one.commit(0, [{ kind: 'count', key: 'root\nGET /a' }]);
    one.selected.set('root', 'root-c');
    const saved = readSavedWorlds(JSON.parse(JSON.stringify(worlds.save())));
    const again = new Worlds({ maxSessions: 10 });
    again.restore(saved!, 7);
    expect([again.everybody.get('root'), again.get('one')?.count('root\nGET /a'), again.get('one')?.selected.get('root'), again.get('one')?.lastUsedMs]).toEqual(['root-b', 1, 'root-c', 7]);
    expect(again.save()).toEqual(worlds.save());
  });

  it.each([
    null, 5, 'x', [], {}, { everybody: {} }, { everybody: [], sessions: [] }, { everybody: { a: 1 }, sessions: [] }, { everybody: {}, sessions: {} }, { everybody: {}, sessions: [null] }, { everybody: {}, sessions: [{}] },
    ...[{ session: 5 }, { counters: null }, { counters: { a: '1' } }, { counters: { a: -1 } }, { counters: { a: 1.5 } }, { selected: [] }, { selected: { a: null } }].map((wrong) => ({ everybody: {}, sessions: [{ session: 's', counters: {}, selected: {}, ...wrong }] })),
  ])('of another form are none: %j', (value) => {
    expect(readSavedWorlds(value)).toBeNull();
  });

  it('are read or refused from any JSON, never an exception', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(() => readSavedWorlds({ everybody: {}, sessions: [value] })).not.toThrow();
    }));
  });
});
