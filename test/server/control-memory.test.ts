import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryPlan, Plan, Row } from '../../src/model/index.ts';
import { loadScenarios } from '../../src/scenario/index.ts';
import type { App } from '../../src/server/app.ts';
import { createClock } from '../../src/server/clock.ts';
import type { ControlEvent, Refused } from '../../src/server/control.ts';
import { RunningControl } from '../../src/server/running-control.ts';
import { Serving } from '../../src/server/serving.ts';
import { createJournal } from '../../src/world/journal.ts';
import { Worlds } from '../../src/world/worlds.ts';
import { makeCollection } from '../support/collection.ts';

const files = [
  ['cleaner', 'scenario: cleaner\nbase: /cleaner\nroutes:\n  GET /: { respond: { text: a } }\n'],
  ['cleaner-busy', 'scenario: cleaner-busy\nextends: cleaner\nsummary: Busy.\n'],
  ['hr', 'scenario: hr\nbase: /hr\nroutes:\n  GET /: { respond: { text: b } }\n'],
  ['plain', 'scenario: plain\nbase: /plain\nroutes:\n  GET /: { respond: { text: c } }\n'],
] as const;
const fixtures = { size: () => null, read: () => null, folder: () => null } as never;
const { plan: compiled } = await loadScenarios(files.map(([name, text]) => ({ file: `${name}.yaml`, text })), { fixtures, strict: false });

const tasks = makeCollection('tasks', [{ id: 1, name: 'scan' }, { id: 2, name: 'wash' }], {
  unique: ['name'],
  check: (row: Row) => (typeof row['name'] === 'string' ? [] : [{ field: 'name', expected: 'text', got: 'nothing', message: '`name`: expected text, got nothing' }]),
});
const uuids = makeCollection('notes', [], { key: { field: 'id', type: 'uuid' } });
const hidden = makeCollection(':keys', [{ id: 1 }]);

function memory(parts: Partial<MemoryPlan>, ...collections: readonly ReturnType<typeof makeCollection>[]): MemoryPlan {
  return { state: null, states: null, vars: {}, collections: new Map(collections.map((one) => [one.name, one])), ...parts };
}

function planWith(memories: Readonly<Record<string, MemoryPlan>>): Plan {
  return { ...compiled!, scenarios: new Map([...compiled!.scenarios].map(([name, scenario]) => [name, { ...scenario, memory: memories[name] ?? null }])) };
}

const cleaner = memory({ state: 'idle', states: new Set(['idle', 'running', 'done']), vars: { uploads: 0 } }, tasks, hidden);
const busy = memory({ state: 'running', states: new Set(['idle', 'running', 'done']), vars: { uploads: 7 } }, tasks, hidden);
const hr = memory({ vars: { owner: 'ann' } }, makeCollection('jobs', [{ id: 5, job: 'cook' }]), uuids);

let control: RunningControl;
let serving: Serving;
let events: ControlEvent[];
let moved: number;
let reset: string[];
const machine = { now: Date.parse('2026-11-01T12:00:00Z') };

function run(memories: Readonly<Record<string, MemoryPlan>> = { cleaner, 'cleaner-busy': busy, hr }): void {
  serving = new Serving(planWith(memories), new Worlds({ maxSessions: 10 }), []);
  const app = {
    serving, journal: createJournal(), clock: createClock(null, () => machine.now), seed: 1,
    reports: { list: () => [], removeSession: async () => undefined }, worldChanged: () => undefined, dueFailed: () => undefined,
  } as unknown as App;
  control = new RunningControl(app, { info: () => ({}) as never, caPem: () => null, onChange: () => undefined, onClock: () => (moved += 1), onReset: (id) => reset.push(id) });
  control.subscribe((event) => events.push(event));
}

beforeEach(() => {
  events = [];
  moved = 0;
  reset = [];
  machine.now = Date.parse('2026-11-01T12:00:00Z');
  run();
});

const change = (parts: { readonly state?: string; readonly vars?: Record<string, never>; readonly scenario?: string }) => ({ state: null, vars: null, scenario: null, ...parts });
const vars = (given: Record<string, unknown>) => given as Record<string, never>;
const refused = (result: object): Refused => {
  expect(result).toHaveProperty('refused');
  return result as Refused;
};
const rowsOf = (session: string, name: string) => {
  const content = control.collection(session, name, null);
  return 'refused' in content ? content : [...content.entries()].map(([, row]) => ({ ...row }));
};
const values = (...rows: readonly object[]) => ({ kind: 'values', values: rows as never }) as const;

describe('the state of a session', () => {
  it('is set in the only scenario that has one, and the session is made for it', () => {
    const details = control.setState('new', change({ state: 'done' }));
    expect(details).toMatchObject({ id: 'new', state: 'done' });
    expect(control.session('new')!.memory).toEqual([
      { scenario: 'cleaner', state: 'done', vars: { uploads: 0 }, collections: [{ name: 'tasks', rows: 2 }], backups: [] },
      { scenario: 'hr', state: null, vars: { owner: 'ann' }, collections: [{ name: 'jobs', rows: 1 }, { name: 'notes', rows: 0 }], backups: [] },
    ]);
    expect(control.setState('other', change({ vars: vars({ owner: 'bob' }) }))).toMatchObject({ state: 'idle' });
    expect(control.session('new')!.state).toBe('done');
  });

  it('sets variables where they are declared, and tells them on top when one scenario alone has any', () => {
    control.setState('s', change({ vars: vars({ uploads: 9007199254740993n }) }));
    expect(control.session('s')!.memory[0]!.vars).toEqual({ uploads: 9007199254740993n });
    expect(control.session('s')).not.toHaveProperty('vars');
    run({ cleaner });
    control.setState('s', change({ vars: vars({ uploads: 3 }), state: 'running' }));
    expect(control.session('s')).toMatchObject({ state: 'running', vars: { uploads: 3 } });
  });

  it('goes by the scenario that is selected for the session', () => {
    control.select('cleaner-busy', 's');
    expect(control.session('s')).toMatchObject({ state: 'running' });
    expect(control.setState('s', change({ state: 'done', scenario: 'cleaner-busy' }))).toMatchObject({ state: 'done' });
  });

  it('asks which scenario is meant when several could be', () => {
    run({ cleaner, hr: memory({ state: 'open', vars: { uploads: 1 } }) });
    const refusal = refused(control.setState('s', change({ state: 'done', vars: vars({ uploads: 1 }) })));
    expect(refusal).toMatchObject({ refused: 400, scenarios: ['cleaner', 'hr'] });
    expect(refusal.detail).toBe('More than one scenario has a state and variables. Say which with `scenario`: cleaner, hr');
    expect(control.setState('s', change({ state: 'shut', scenario: 'hr' }))).toMatchObject({ id: 's' });
    expect(control.session('s')!.memory.map(({ state }) => state)).toEqual(['idle', 'shut']);
  });

  it.each([
    [change({ state: 'dnoe' }), 400, '`state`: `cleaner` has no state `dnoe`. Did you mean `done`? There are: idle, running, done'],
    [change({ vars: vars({ owner: 1 }), scenario: 'cleaner' }), 400, '`vars`: `cleaner` has no variable `owner`. There are: uploads'],
    [change({ vars: vars({ upload: 1 }), state: 'x' }), 400, 'Did you mean `uploads`?'],
    [change({ vars: vars({ ['__proto__']: 1 }), scenario: 'cleaner' }), 400, 'no variable `__proto__`'],
    [change({ state: 'x', scenario: 'hr' }), 400, '`state`: `hr` has no state'],
    [change({ state: 'x', scenario: 'plain' }), 400, '`plain` remembers nothing'],
    [change({ state: 'x', scenario: 'claener' }), 404, 'There is no scenario `claener`. Did you mean `cleaner`?'],
  ])('refuses %j, and makes no session', (given, status, words) => {
    const refusal = refused(control.setState('nobody', given));
    expect([refusal.refused, refusal.detail]).toEqual([status, expect.stringContaining(words)]);
    expect(control.session('nobody')).toBeNull();
  });

  it('says so when no scenario has any', () => {
    run({});
    expect(refused(control.setState('s', change({ state: 'x' }))).detail).toBe('None of the scenarios that answer here has a state');
  });

  it('has moved on when its time has come, for whoever looks', () => {
    const world = serving.worlds.open('s', machine.now);
    world.commit(world.version, [{ kind: 'memory', root: 'cleaner', state: 'running', timed: false, vars: {}, tables: [], backups: [], later: [{ dueMs: machine.now + 5000, operation: { kind: 'state', to: 'done' } }] }]);
    expect(control.session('s')!.state).toBe('running');
    control.setClock({ to: { kind: 'later', byMs: 5000 }, frozen: null });
    expect(control.session('s')!.state).toBe('done');
  });

  it('set by hand drops the moves that waited', () => {
    const world = serving.worlds.open('s', machine.now);
    world.commit(world.version, [{ kind: 'memory', root: 'cleaner', state: 'running', timed: false, vars: {}, tables: [], backups: [], later: [{ dueMs: machine.now + 5000, operation: { kind: 'state', to: 'done' } }] }]);
    control.setState('s', change({ state: 'idle' }));
    machine.now += 10_000;
    expect(control.session('s')!.state).toBe('idle');
  });
});

describe('collections', () => {
  it('are listed without those of schemes, and looking makes no session', () => {
    expect(control.collections('nobody')).toEqual([
      { name: 'tasks', scenario: 'cleaner', rows: 2, key: 'id' },
      { name: 'jobs', scenario: 'hr', rows: 1, key: 'id' },
      { name: 'notes', scenario: 'hr', rows: 0, key: 'id' },
    ]);
    expect(rowsOf('nobody', 'tasks')).toEqual([{ id: 1, name: 'scan' }, { id: 2, name: 'wash' }]);
    expect(control.session('nobody')).toBeNull();
    expect(refused(control.collection('nobody', ':keys', null)).refused).toBe(404);
  });

  it('take new rows in the place of all, in one session alone, and count on from the highest key', () => {
    expect(control.replaceRows('s', 'tasks', null, values({ id: 7, name: 'scan' }, { name: 'dry' }))).toEqual({ name: 'tasks', scenario: 'cleaner', rows: 2, key: 'id' });
    expect(rowsOf('s', 'tasks')).toEqual([{ id: 7, name: 'scan' }, { id: 8, name: 'dry' }]);
    expect(serving.worlds.get('s')!.memory('cleaner').table('tasks')!.nextKey).toBe(9);
    expect(rowsOf('other', 'tasks')).toHaveLength(2);
    expect(control.replaceRows('s', 'tasks', null, values())).toMatchObject({ rows: 0 });
    expect(rowsOf('s', 'tasks')).toEqual([]);
  });

  it('take rows as CSV, cells by the type of their column', () => {
    control.replaceRows('s', 'tasks', 'cleaner-busy', { kind: 'csv', text: 'id,name\r\n4,"a, b"\r\n5,6\r\n' });
    expect(rowsOf('s', 'tasks')).toEqual([{ id: 4, name: 'a, b' }, { id: 5, name: '6' }]);
    expect(refused(control.replaceRows('s', 'tasks', null, { kind: 'csv', text: 'id,name\r\n1\r\n' })).detail).toMatch(/^The body is not CSV: line 2: /);
  });

  it('take all rows or none, and tell every error of each', () => {
    const refusal = refused(control.replaceRows('s', 'tasks', null, values({ id: 1 }, { id: 2, name: 'x' }, { id: 2, name: 'y' }, { id: 3, name: 'x' }, [])));
    expect(refusal).toMatchObject({ refused: 422, detail: expect.stringMatching(/^Nothing was changed\. /) });
    expect([...new Set(refusal.errors!.map(({ row }) => row))]).toEqual([1, 3, 4, 5]);
    expect(control.session('s')).toBeNull();
  });

  it('draw UUIDs for rows that bring none, the same in each run', () => {
    control.replaceRows('s', 'notes', null, values({ text: 'a' }, { text: 'b' }));
    const first = rowsOf('s', 'notes') as unknown as readonly { readonly id: string }[];
    expect(first.every(({ id }) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id))).toBe(true);
    expect(first[0]!.id).not.toBe(first[1]!.id);
    run();
    control.replaceRows('t', 'notes', null, values({ text: 'a' }, { text: 'b' }));
    expect(rowsOf('t', 'notes')).toEqual(first);
  });

  it('that are not there are told with those that are', () => {
    const refusal = refused(control.collection('s', 'task', null));
    expect(refusal).toEqual({ refused: 404, detail: 'There is no collection `task`. Did you mean `tasks`? There are: tasks, jobs, notes', collections: ['tasks', 'jobs', 'notes'] });
    expect(refused(control.collection('s', 'tasks', 'hr')).detail).toContain('no collection `tasks` in `hr`');
    expect(refused(control.collection('s', 'tasks', 'nope')).refused).toBe(404);
  });

  it('of one name in two scenarios need the scenario', () => {
    run({ cleaner, hr: memory({}, makeCollection('tasks', [])) });
    expect(refused(control.collection('s', 'tasks', null))).toMatchObject({ refused: 400, scenarios: ['cleaner', 'hr'] });
    expect(control.collection('s', 'tasks', 'hr')).toMatchObject({ scenario: 'hr', rows: 0 });
    control.replaceRows('s', 'tasks', 'hr', values({ a: 1 }));
    expect(control.collections('s').map(({ rows }) => rows)).toEqual([2, 1]);
  });

  it('go back to their first rows with the session', async () => {
    control.replaceRows('s', 'tasks', null, values());
    expect(await control.resetSession('s')).toBe(true);
    expect(reset).toEqual(['s']);
    expect(rowsOf('s', 'tasks')).toHaveLength(2);
  });
});

describe('the clock', () => {
  it('tells those who listen, and whoever waits for its time', () => {
    const state = control.setClock({ to: { kind: 'later', byMs: 5000 }, frozen: true });
    expect(state).toEqual({ now: '2026-11-01T12:00:05.000Z', frozen: true, offsetMs: 5000 });
    expect(control.clock()).toEqual(state);
    expect([events, moved]).toEqual([[{ name: 'clock', data: state }], 1]);
    expect(control.setClock({ to: { kind: 'at', ms: 1e15 }, frozen: null })).toBeNull();
    expect([events.length, moved]).toEqual([1, 1]);
  });
});
