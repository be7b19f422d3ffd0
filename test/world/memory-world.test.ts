import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, Change } from '../../src/model/index.ts';
import { MemoryWorld } from '../../src/world/memory-world.ts';
import { SharedRoom } from '../../src/world/session-memory-room.ts';

const count = (key: string): Change => ({ kind: 'count', key });
const stamp = (key: string, atMs: number, windowMs: number): Change => ({ kind: 'window', key, atMs, windowMs });
const answer = (sizeBytes = 0): Answer => ({ status: 200, headers: [], body: { kind: 'bytes', bytes: Buffer.alloc(sizeBytes), representation: null }, wire: [], encodings: [], fault: null });

function world(): MemoryWorld & { do(...changes: Change[]): void } {
  const made = new MemoryWorld('s', 0);
  return Object.assign(made, { do: (...changes: Change[]) => void made.commit(made.version, changes) });
}

describe('counters', () => {
  it('count from nothing, each key for itself, and raise the version', () => {
    const one = world();
    one.do(count('a'), count('a'), count('b'));
    expect([one.count('a'), one.count('b'), one.count('c'), one.version]).toEqual([2, 1, 0, 1]);
  });

  it('are committed all or none', () => {
    const one = world();
    expect(one.commit(7, [count('a')])).toBe(false);
    expect([one.count('a'), one.version]).toEqual([0, 0]);
  });

  it('at work are not pushed out by values that come once', () => {
    const one = world();
    for (let index = 0; index < 25_000; index += 1) one.do(count('route'), count(`route\nby ${index}`));
    expect(one.count('route')).toBe(25_000);
    expect(one.count('route\nby 24999')).toBe(1);
    expect(one.count('route\nby 0')).toBe(0);
    expect(Object.keys(one.counters()).length).toBe(10_000);
  });

  it('take keys with the names of prototypes for plain keys, also saved and restored', () => {
    const one = world();
    one.do(count('__proto__'), count('constructor'));
    const other = world();
    other.restore(JSON.parse(JSON.stringify(one.counters())), JSON.parse('{"__proto__":"x"}'));
    expect([other.count('__proto__'), other.count('constructor'), other.count('toString'), other.selected.get('__proto__')]).toEqual([1, 1, 0, 'x']);
  });
});

describe('a window', () => {
  it('counts the requests within it, the present one included', () => {
    const one = world();
    for (const atMs of [0, 400, 900]) one.do(stamp('w', atMs, 1000));
    expect(one.window('w', 1000, 950, 10)).toEqual({ count: 4, resetMs: 50 });
    expect(one.window('w', 1000, 1000, 10).count).toBe(3);
    expect(one.window('w', 1000, 1899, 10).count).toBe(2);
    expect(one.window('w', 1000, 1900, 10)).toEqual({ count: 1, resetMs: 1000 });
    expect(one.window('unknown', 1000, 5, 10)).toEqual({ count: 1, resetMs: 1000 });
  });

  it('over its limit tells when one more request will be within it', () => {
    const one = world();
    for (const atMs of [0, 400, 900]) one.do(stamp('w', atMs, 1000));
    const { count: now, resetMs } = one.window('w', 1000, 950, 2);
    expect([now, resetMs]).toEqual([4, 950]);
    expect(one.window('w', 1000, 950 + resetMs, 2).count).toBeLessThanOrEqual(2);
  });

  it('agrees with counting by hand, and its reset with waiting', () => {
    const steps = fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 700 }), windowMs: fc.constantFrom(500, 1000) }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(steps, fc.integer({ min: 0, max: 5 }), (given, limit) => {
      const one = world();
      const stamps: number[] = [];
      let nowMs = 0;
      for (const { waitMs } of given) {
        nowMs += waitMs;
        const byHand = stamps.filter((at) => at > nowMs - 1000).length + 1;
        const { count: counted, resetMs } = one.window('w', 1000, nowMs, limit);
        expect(counted).toBe(byHand);
        expect(resetMs).toBeGreaterThan(0);
        expect(resetMs).toBeLessThanOrEqual(1000);
        if (counted > limit && limit > 0) expect(one.window('w', 1000, nowMs + resetMs, limit).count).toBeLessThanOrEqual(limit);
        one.do(stamp('w', nowMs, 1000));
        stamps.push(nowMs);
      }
    }), { numRuns: 200 });
  });

  it('remembers 10,000 requests at most, which is as far as a rate may look', () => {
    const one = world();
    for (let index = 0; index < 30_000; index += 1) one.do(stamp('w', index, 1_000_000));
    expect(one.window('w', 1_000_000, 30_000, 10_000).count).toBe(10_001);
  });

  it('is one of 10,000 at most, those at work staying', () => {
    const one = world();
    for (let index = 0; index < 12_000; index += 1) one.do(stamp('w', index, 1_000_000), stamp(`w\n${index}`, index, 1_000_000));
    expect(one.window('w', 1_000_000, 12_000, 1).count).toBe(10_001);
    expect(one.window('w\n5', 1_000_000, 12_000, 1).count).toBe(1);
  });
});

describe('kept replies', () => {
  it('are given again until they are dropped', () => {
    const one = world();
    const reply = { bodySha256: 'x', answer: answer() };
    one.keep('k', reply);
    expect([one.kept('k'), one.kept('j')]).toEqual([reply, null]);
    one.drop('k');
    expect(one.kept('k')).toBeNull();
  });

  it('are 10,000 at most, the oldest going first', () => {
    const one = world();
    for (let index = 0; index < 10_001; index += 1) one.keep(`k${index}`, { bodySha256: '', answer: answer() });
    expect([one.kept('k0'), one.kept('k1')?.bodySha256, one.kept('k10000')?.bodySha256]).toEqual([null, '', '']);
  });

  it('take 64 MB at most, also those that are rendered later; the newest stays whatever it takes', async () => {
    const one = world();
    for (let index = 0; index < 8; index += 1) one.keep(`k${index}`, { bodySha256: '', answer: index % 2 ? answer(10_000_000) : Promise.resolve(answer(10_000_000)) });
    await new Promise((done) => { setImmediate(done); });
    expect(Array.from({ length: 8 }, (_, index) => one.kept(`k${index}`) !== null)).toEqual([false, false, true, true, true, true, true, true]);
    one.keep('huge', { bodySha256: '', answer: answer(70_000_000) });
    expect([one.kept('k7'), one.kept('huge') !== null]).toEqual([null, true]);
  });

  it('of all sessions take 128 MB at most, also those that have no body', () => {
    const shared = new SharedRoom();
    const all = Array.from({ length: 40 }, (_, index) => new MemoryWorld(`s${index}`, 0, shared));
    for (const one of all) for (let index = 0; index < 5000; index += 1) one.keep(`k${index}`, { bodySha256: '', answer: { ...answer(), body: { kind: 'none' } } });
    expect(all.filter((one) => one.kept('k4999') !== null).length).toBeLessThan(40);
    expect(all.at(-1)!.kept('k0')).not.toBeNull();
  });

  it('whose rendering fails, or that were dropped meanwhile, weigh nothing', async () => {
    const one = world();
    const late = Promise.resolve(answer(60_000_000));
    one.keep('dropped', { bodySha256: '', answer: late });
    one.drop('dropped');
    one.keep('failed', { bodySha256: '', answer: Promise.reject(new Error('no')) });
    one.keep('small', { bodySha256: '', answer: answer(10_000_000) });
    await new Promise((done) => { setImmediate(done); });
    expect(one.kept('small')).not.toBeNull();
  });
});

describe('forgetting', () => {
  it('takes what belongs to a route, counted apart or not, and nothing else', () => {
    const one = world();
    one.do(count('root\nGET /a'), count('root\nGET /a\n0.by\nx'), stamp('root\nGET /a\n1.rate', 1, 10), count('root\nGET /ab'), count('other\nGET /a'));
    one.keep('root\nGET /a\nonce 0\nk', { bodySha256: '', answer: answer() });
    one.keep('root\nGET /ab\nonce 0\nk', { bodySha256: '', answer: answer() });
    one.forget(new Set(['root\nGET /a']));
    expect(Object.keys(one.counters())).toEqual(['root\nGET /ab', 'other\nGET /a']);
    expect([one.window('root\nGET /a\n1.rate', 10, 1, 1).count, one.kept('root\nGET /a\nonce 0\nk'), one.kept('root\nGET /ab\nonce 0\nk') !== null]).toEqual([1, null, true]);
  });

  it('lets no decision be committed that was made before', () => {
    const one = world();
    const { version } = one;
    one.forget(new Set());
    expect(one.commit(version, [])).toBe(false);
  });
});
