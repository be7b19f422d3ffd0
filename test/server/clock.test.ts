import { describe, expect, it } from 'vitest';
import { latestMs } from '../../src/base/iso-time.ts';
import { createClock } from '../../src/server/clock.ts';

const start = Date.parse('2026-11-01T12:00:00Z');

function machineAndClock(frozenAtMs: number | null = null) {
  const machine = { now: start };
  return { machine, clock: createClock(frozenAtMs, () => machine.now) };
}

describe("the server's time", () => {
  it("is the machine's until somebody changes it", () => {
    const { machine, clock } = machineAndClock();
    machine.now += 1234;
    expect(clock.now()).toBe(machine.now);
    expect(clock.state()).toEqual({ now: '2026-11-01T12:00:01.234Z', frozen: false, offsetMs: 0 });
  });

  it('stands still from the start when it is given an instant', () => {
    const { machine, clock } = machineAndClock(0);
    machine.now += 5000;
    expect(clock.now()).toBe(0);
    expect(clock.state()).toEqual({ now: '1970-01-01T00:00:00.000Z', frozen: true, offsetMs: -machine.now });
  });

  it('stands still where it is, and runs on from there', () => {
    const { machine, clock } = machineAndClock();
    machine.now += 1000;
    expect(clock.change({ to: { kind: 'present' }, frozen: true })).toEqual({ now: '2026-11-01T12:00:01.000Z', frozen: true, offsetMs: 0 });
    machine.now += 60_000;
    expect(clock.now()).toBe(start + 1000);
    expect(clock.change({ to: { kind: 'present' }, frozen: false })).toEqual({ now: '2026-11-01T12:00:01.000Z', frozen: false, offsetMs: -60_000 });
    machine.now += 10;
    expect(clock.now()).toBe(start + 1010);
  });

  it.each([true, false])('goes to a time and stands or runs as before (standing: %s)', (frozen) => {
    const { machine, clock } = machineAndClock();
    clock.change({ to: { kind: 'present' }, frozen });
    expect(clock.change({ to: { kind: 'at', ms: start + 86_400_000 }, frozen: null })).toMatchObject({ now: '2026-11-02T12:00:00.000Z', frozen });
    machine.now += 7;
    expect(clock.now()).toBe(start + 86_400_000 + (frozen ? 0 : 7));
  });

  it.each([true, false])('goes on by a while and stands or runs as before (standing: %s)', (frozen) => {
    const { machine, clock } = machineAndClock();
    clock.change({ to: { kind: 'present' }, frozen });
    clock.change({ to: { kind: 'later', byMs: 5000 }, frozen: null });
    clock.change({ to: { kind: 'later', byMs: 1 }, frozen: null });
    machine.now += 7;
    expect(clock.now()).toBe(start + 5001 + (frozen ? 0 : 7));
  });

  it("goes back to the machine's time", () => {
    const { machine, clock } = machineAndClock(0);
    expect(clock.change({ to: { kind: 'machine' }, frozen: false })).toEqual({ now: '2026-11-01T12:00:00.000Z', frozen: false, offsetMs: 0 });
    machine.now += 7;
    expect(clock.now()).toBe(machine.now);
    expect(clock.state().offsetMs).toBe(0);
  });

  it('never leaves the years 1 to 9999, and stays what it was when it would', () => {
    const { machine, clock } = machineAndClock();
    for (const ms of [latestMs + 1, -62_135_596_800_001, Number.NaN, 8.64e15]) expect(clock.change({ to: { kind: 'at', ms }, frozen: true })).toBeNull();
    expect(clock.change({ to: { kind: 'later', byMs: Number.MAX_SAFE_INTEGER }, frozen: true })).toBeNull();
    expect(clock.state()).toMatchObject({ frozen: false, offsetMs: 0 });
    clock.change({ to: { kind: 'at', ms: latestMs }, frozen: null });
    machine.now += 1000;
    expect(clock.state().now).toBe('9999-12-31T23:59:59.999Z');
  });
});
