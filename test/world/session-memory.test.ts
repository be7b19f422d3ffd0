import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { MemoryDraft, SeedTable } from '../../src/memory/index.ts';
import type { Collection, MemoryChange, MemoryPlan, Operation, Row } from '../../src/model/index.ts';
import { MemoryWorld } from '../../src/world/memory-world.ts';
import { WorldRefusal } from '../../src/world/session-memory-refusal.ts';
import { SharedRoom } from '../../src/world/session-memory-room.ts';
import type { MemoryStore, SessionCommit } from '../../src/world/session-memory-store.ts';
import { Worlds } from '../../src/world/worlds.ts';

const row = (fields: Record<string, Json>): Row => Object.assign(Object.create(null), fields);
const seed = new SeedTable(new Map([['1', row({ id: 1, name: 'Sales' })], ['2', row({ id: 2, name: 'Legal' })]]), 3);
const collection = (name: string, unique: readonly string[] = []): Collection => ({
  name, unique, seed, key: { field: 'id', type: 'counted' }, columns: new Map(), check: () => [], stamps: { insert: null, write: null },
});
const plan: MemoryPlan = { state: 'idle', states: null, vars: {}, collections: new Map(['departments', 'jobs'].map((name) => [name, collection(name, ['name'])])) };
const draftOf = (world: MemoryWorld, timed = false, root = 'hr'): MemoryDraft => new MemoryDraft(root, plan, world.memory(root), timed);
const move = (to: string): Operation => ({ kind: 'state', to });
const names = (world: MemoryWorld, table = 'departments'): readonly Json[] => [...draftOf(world).table(table).entries()].map(([, { name }]) => name!);

/** Changes by a draft, committed. */
function change(world: MemoryWorld, make: (draft: MemoryDraft) => void, timed = false): void {
  const draft = draftOf(world, timed);
  make(draft);
  world.commit(world.version, [draft.changes()!]);
}

function due(world: MemoryWorld, nowMs: number): readonly Operation[] {
  const found: Operation[] = [];
  for (let next = world.takeDue(nowMs); next; next = world.takeDue(nowMs)) found.push(next.pending.operation);
  return found;
}

function fakeStore(): MemoryStore & { commits: [string, SessionCommit][]; dropped: string[]; full: boolean } {
  return {
    commits: [], dropped: [], full: false,
    commit(session, commit) {
      if (this.full) throw new WorldRefusal('full');
      this.commits.push([session, commit]);
    },
    drop(session) {
      if (this.full) throw new WorldRefusal('full');
      this.dropped.push(session);
    },
  };
}

describe('what a session remembers', () => {
  it('is nothing at first, and then what was committed; other sessions and roots see none of it', () => {
    const [one, other] = [new MemoryWorld('one', 0), new MemoryWorld('other', 0)];
    expect([one.memory('hr').state, one.memory('hr').vars, one.memory('hr').table('departments')]).toEqual([null, {}, null]);
    change(one, (draft) => {
      draft.move('busy');
      draft.set('__proto__', 5);
      draft.put('departments', '3', row({ id: 3, name: 'IT' }));
      draft.remove('departments', '1');
      draft.saveBackup('before', 'departments');
    });
    expect([one.memory('hr').state, one.memory('hr').vars['__proto__'], names(one)]).toEqual(['busy', 5, ['Legal', 'IT']]);
    expect([one.memory('hr').backups('departments'), one.memory('hr').backups('jobs'), one.memory('hr').backup('before', 'departments')?.size]).toEqual([['before'], [], 2]);
    expect([other.memory('hr').table('departments'), one.memory('shop').table('departments'), one.memory('hr').table('jobs'), [...one.roots()]]).toEqual([null, null, null, ['hr']]);
  });

  it('is the same as if each change had been made on one table, whatever the changes', () => {
    const step = fc.record({ kind: fc.constantFrom('put', 'put', 'remove', 'all'), key: fc.integer({ min: 1, max: 6 }), value: fc.integer({ min: 0, max: 99 }) });
    fc.assert(fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 8 }), (commits) => {
      const world = new MemoryWorld('s', 0);
      const byHand = new Map(seed.entries());
      let before = 0;
      for (const steps of commits) {
        change(world, (draft) => {
          for (const { kind, key, value } of steps) {
            const made = row({ id: key, name: `n${value}.${key}` });
            if (kind === 'put') draft.put('departments', String(key), made);
            else if (kind === 'remove') draft.remove('departments', String(key));
            else draft.replaceAll('departments', [[String(key), made]], key + 1);
          }
        });
        for (const { kind, key, value } of steps) {
          const made = row({ id: key, name: `n${value}.${key}` });
          if (kind === 'all') byHand.clear();
          if (kind === 'remove') byHand.delete(String(key));
          else byHand.set(String(key), made);
        }
        const table = world.memory('hr').table('departments')!;
        expect(new Map(table.entries())).toEqual(byHand);
        expect([table.size, table.holder('name', byHand.values().next().value?.['name'] ?? 'none')]).toEqual([byHand.size, byHand.keys().next().value ?? null]);
        expect(table.revision).toBeGreaterThanOrEqual(before);
        before = table.revision;
      }
    }), { numRuns: 200 });
  });

  it('rises in revision when all rows are replaced, so that nothing worked out before is taken for them', () => {
    const world = new MemoryWorld('s', 0);
    for (let count = 0; count < 20; count += 1) change(world, (draft) => draft.put('departments', '9', row({ id: 9, name: `n${count}` })));
    const { revision } = world.memory('hr').table('departments')!;
    change(world, (draft) => draft.replaceAll('departments', [], 1));
    expect([world.memory('hr').table('departments')!.revision > revision, world.memory('hr').table('departments')!.size]).toEqual([true, 0]);
  });

  it('finds the holders of fields that an edit has made unique', () => {
    const world = new MemoryWorld('s', 0);
    change(world, (draft) => draft.put('departments', '3', row({ id: 3, code: 'x' })));
    const edited: MemoryPlan = { ...plan, collections: new Map([['departments', collection('departments', ['code'])]]) };
    const draft = new MemoryDraft('hr', edited, world.memory('hr'));
    draft.put('departments', '4', row({ id: 4, code: 'y' }));
    world.commit(world.version, [draft.changes()!]);
    expect([world.memory('hr').table('departments')!.holder('code', 'x'), names(world).length]).toEqual(['3', 4]);
  });

  it('is committed all or none: nothing of two changes when the second does not fit', () => {
    const world = new MemoryWorld('s', 0, new SharedRoom(2000));
    const [small, large] = [draftOf(world, false, 'hr'), draftOf(world, false, 'shop')];
    small.set('a', 1);
    large.put('departments', '3', row({ id: 3, name: 'x'.repeat(3000) }));
    const { version } = world;
    expect(() => world.commit(version, [{ kind: 'count', key: 'k' }, small.changes()!, large.changes()!])).toThrow(WorldRefusal);
    expect([world.memory('hr').vars['a'], world.count('k'), world.memory('shop').table('departments'), world.version]).toEqual([undefined, 0, null, version]);
    expect(world.commit(version + 1, [small.changes()!])).toBe(false);
    expect(world.commit(version, [small.changes()!])).toBe(true);
  });
});

describe('operations that wait', () => {
  it('are taken out by time, those of one time in the order in which they were asked for, over all roots', () => {
    const world = new MemoryWorld('s', 0);
    for (const [dueMs, to, root] of [[300, 'c', 'hr'], [100, 'a', 'shop'], [200, 'b1', 'hr'], [200, 'b2', 'shop'], [200, 'b3', 'hr']] as const) {
      const draft = draftOf(world, false, root);
      draft.later(dueMs, move(to));
      world.commit(world.version, [draft.changes()!]);
    }
    expect(world.takeDue(99)).toBeNull();
    expect(world.takeDue(250)).toMatchObject({ root: 'shop', pending: { dueMs: 100, operation: move('a') } });
    expect(due(world, 250)).toEqual([move('b1'), move('b2'), move('b3')]);
    expect(world.waiting().map(({ dueMs }) => dueMs)).toEqual([300]);
    expect(due(world, 300)).toEqual([move('c')]);
  });

  it('that move are dropped by another move of the same root, not those that come with it, nor what else waits', () => {
    const world = new MemoryWorld('s', 0);
    change(world, (draft) => {
      draft.move('running');
      draft.later(10, move('done'));
      draft.later(20, { kind: 'set', values: { a: 1 } });
    });
    const shop = draftOf(world, false, 'shop');
    shop.later(15, move('shut'));
    world.commit(world.version, [shop.changes()!]);
    change(world, (draft) => {
      draft.move('stopped');
      draft.later(30, move('idle'));
    });
    expect(due(world, 99)).toEqual([move('shut'), { kind: 'set', values: { a: 1 } }, move('idle')]);
  });

  it('stay when the state is set to what it is, also to the first of a session that never moved, and when a timed move comes', () => {
    const world = new MemoryWorld('s', 0);
    change(world, (draft) => {
      draft.move('idle');
      draft.later(10, move('one'));
      draft.later(20, move('two'));
    });
    change(world, (draft) => draft.move('idle'));
    expect(world.takeDue(10)?.pending.operation).toEqual(move('one'));
    change(world, (draft) => draft.move('one'), true);
    change(world, (draft) => draft.move('one'));
    expect(due(world, 20)).toEqual([move('two')]);
  });

  it('are 10,000 at most: one more is refused, and nothing that comes with it is done', () => {
    const world = new MemoryWorld('s', 0);
    change(world, (draft) => { for (let index = 0; index < 10_000; index += 1) draft.later(index, move('x')); });
    expect(() => change(world, (draft) => { draft.set('a', 1); draft.later(1, move('y')); })).toThrow(/At most 10000/);
    expect([world.waiting().length, world.memory('hr').vars['a']]).toEqual([10_000, undefined]);
    world.takeDue(0);
    change(world, (draft) => draft.later(1, move('y')));
    expect(world.waiting().length).toBe(10_000);
    change(world, (draft) => { draft.move('z'); draft.later(1, move('y')); });
    expect(world.waiting().length).toBe(1);
  });
});

describe('bounds', () => {
  it('a session keeps 100 backups of a root; one of a name that is there replaces it', () => {
    const world = new MemoryWorld('s', 0);
    for (let index = 0; index < 100; index += 1) change(world, (draft) => draft.saveBackup(`b${index}`, 'departments'));
    change(world, (draft) => draft.saveBackup('b0', 'departments'));
    expect(() => change(world, (draft) => draft.saveBackup('b0', 'jobs'))).toThrow(/100 backups/);
    expect(world.memory('hr').backups('departments').length).toBe(100);
  });

  it('rows of all sessions share one room, which is free again when rows, operations and sessions go', () => {
    const worlds = new Worlds({ maxSessions: 10, memoryBytes: 10_000 });
    const big = row({ id: 3, name: 'x'.repeat(4000) });
    const fill = (session: string): void => change(worlds.open(session, 0), (draft) => draft.put('departments', '3', big));
    fill('a');
    fill('b');
    fill('b');
    expect(() => fill('c')).toThrow(WorldRefusal);
    expect(() => change(worlds.open('c', 0), (draft) => draft.later(5, { kind: 'set', values: { a: 'x'.repeat(4000) } }))).toThrow(/bound of 10 kB/);
    change(worlds.open('a', 0), (draft) => draft.remove('departments', '3'));
    fill('c');
    worlds.delete('b');
    change(worlds.open('d', 0), (draft) => draft.later(5, { kind: 'set', values: { a: 'x'.repeat(4000) } }));
    expect(() => fill('e')).toThrow(WorldRefusal);
    worlds.open('d', 0).takeDue(5);
    fill('e');
  });

  it('10,000 operations that are due at once come in a moment, each committed', () => {
    const world = new MemoryWorld('s', 0);
    change(world, (draft) => { for (let index = 0; index < 10_000; index += 1) draft.later(5, { kind: 'add', values: { n: 1 } }); });
    const begun = performance.now();
    for (let next = world.takeDue(5), n = 1; next; next = world.takeDue(5), n += 1) change(world, (draft) => draft.set('n', n), true);
    expect(world.memory('hr').vars['n']).toBe(10_000);
    expect(performance.now() - begun).toBeLessThan(600);
  });

  it('counts what values take in memory, not how short they were written: a small body of empty maps fills no gigabytes', () => {
    const world = new Worlds({ maxSessions: 10, memoryBytes: 256_000_000 }).open('a', 0);
    const empty: Json = Object.create(null) as Record<string, Json>;
    const maps = (count: number): Json => Array.from({ length: count }, () => empty);
    expect(() => change(world, (draft) => draft.set('a', maps(2_000_000)))).toThrow(WorldRefusal);
    change(world, (draft) => draft.set('a', maps(1_000_000)));
    expect(() => change(world, (draft) => draft.set('b', '\u4e00'.repeat(60_000_000)))).toThrow(WorldRefusal);
    change(world, (draft) => draft.set('b', 'x'.repeat(60_000_000)));
  });

  it('takes no room for first rows, and the same for rows however they came to be', () => {
    const step = fc.record({ key: fc.integer({ min: 1, max: 4 }), size: fc.option(fc.integer({ min: 0, max: 50 })), all: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const shared = new SharedRoom();
      const world = new MemoryWorld('s', 0, shared);
      for (const { key, size, all } of steps) {
        change(world, (draft) => {
          draft.set('v', 'x'.repeat(key));
          if (all) draft.replaceAll('departments', seed.entries(), 3);
          if (size === null) draft.remove('departments', String(key));
          else draft.put('departments', String(key), row({ id: key, name: 'x'.repeat(size) }));
          draft.saveBackup('b', 'departments');
          draft.later(key, move('x'));
        });
        world.takeDue(key);
      }
      expect(shared.memory.bytes).toBeGreaterThanOrEqual(0);
      change(world, (draft) => { draft.move('gone'); draft.replaceAll('departments', [], 1); draft.set('v', ''); draft.saveBackup('b', 'departments'); });
      expect(shared.memory.bytes).toBeLessThan(60);
      world.close();
      expect(shared.memory.bytes).toBe(0);
      change(world, (draft) => draft.put('departments', '9', row({ id: 9 })));
      expect(shared.memory.bytes).toBe(0);
    }), { numRuns: 100 });
    const shared = new SharedRoom();
    change(new MemoryWorld('s', 0, shared), (draft) => draft.takeKey('departments'));
    expect(shared.memory.bytes).toBe(0);
  });

  it('values nested too deep to be written down again are refused', () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const world = new MemoryWorld('s', 0);
    expect(() => change(world, (draft) => draft.set('a', deep))).toThrow(/500 levels/);
    expect(world.memory('hr').vars['a']).toBeUndefined();
  });
});

describe('with a store', () => {
  const open = (): { worlds: Worlds; store: ReturnType<typeof fakeStore>; world: MemoryWorld } => {
    const worlds = new Worlds({ maxSessions: 3 });
    const store = fakeStore();
    worlds.keepIn(store, [], 0);
    return { worlds, store, world: worlds.open('one', 0) };
  };

  it('a commit that it refuses changes nothing, and works when there is room again', () => {
    const { store, world } = open();
    store.full = true;
    expect(() => change(world, (draft) => draft.set('a', 1))).toThrow(WorldRefusal);
    expect([world.memory('hr').vars['a'], world.version]).toEqual([undefined, 0]);
    world.commit(world.version, [{ kind: 'count', key: 'k' }]);
    store.full = false;
    change(world, (draft) => draft.set('a', 1));
    expect([world.memory('hr').vars['a'], world.count('k'), store.commits.length]).toEqual([1, 1, 1]);
  });

  it('counting alone never comes to it', () => {
    const { store, world } = open();
    world.commit(world.version, [{ kind: 'count', key: 'k' }]);
    expect(store.commits).toEqual([]);
  });

  it('an operation is gone there in the commit that carries it out, and waits on when that is refused', () => {
    const { store, world } = open();
    change(world, (draft) => { draft.later(5, move('a')); draft.later(6, move('b')); draft.later(7, move('c')); });
    expect(store.commits[0]![1].waits.map(({ id, dueMs }) => [id, dueMs])).toEqual([[1, 5], [2, 6], [3, 7]]);
    world.takeDue(9);
    store.full = true;
    expect(() => change(world, (draft) => draft.move('a'), true)).toThrow(WorldRefusal);
    store.full = false;
    expect(world.takeDue(9)?.pending.operation).toEqual(move('a'));
    change(world, (draft) => draft.move('a'), true);
    expect(store.commits[1]![1].gone).toEqual([1]);
    // Two that come to nothing are gone with what is committed next.
    world.takeDue(9);
    world.takeDue(9);
    world.takeDue(9);
    change(world, (draft) => draft.set('x', 1));
    expect(store.commits[2]![1].gone).toEqual([2, 3]);
    world.flush();
    expect(store.commits.length).toBe(3);
  });

  it('an operation that a bound refuses is done with: it must not hold up the session for ever', () => {
    const worlds = new Worlds({ maxSessions: 3, memoryBytes: 1000 });
    const world = worlds.open('one', 0);
    change(world, (draft) => draft.later(5, move('a')));
    world.takeDue(5);
    expect(() => change(world, (draft) => draft.set('a', 'x'.repeat(2000)), true)).toThrow(WorldRefusal);
    expect(world.takeDue(5)).toBeNull();
  });

  it('replies are kept there with the changes, and dropped there with what comes next', () => {
    const { store, world } = open();
    const reply = { bodySha256: 'x', answer: { status: 200, headers: [], body: { kind: 'bytes', bytes: Buffer.from('hi'), representation: null }, wire: [], encodings: [], fault: null } } as const;
    const faulty = { ...reply, answer: { ...reply.answer, wire: [{ kind: 'close' }] } } as const;
    const keep = (key: string, one: typeof reply | typeof faulty = reply) => ({ kind: 'keep', key, reply: one }) as const;
    world.commit(world.version, [keep('r\nPOST /a\nonce 0\nk'), keep('faulty', faulty)]);
    expect([store.commits[0]![1].keeps.map(({ key }) => key), world.kept('faulty')?.bodySha256]).toEqual([['r\nPOST /a\nonce 0\nk'], 'x']);
    world.commit(world.version, [keep('faulty', faulty)]);
    expect(store.commits.length).toBe(1);
    world.commit(world.version, [keep('r\nPOST /a\nonce 0\nk')]);
    world.drop('faulty');
    world.flush();
    expect(store.commits.length).toBe(2);
    world.drop('r\nPOST /a\nonce 0\nk');
    world.flush();
    world.flush();
    expect(store.commits.slice(2).map(([, { dropped }]) => dropped)).toEqual([['r\nPOST /a\nonce 0\nk']]);
  });

  it('a session that is reset or let go is gone there too; what a request under way still changes is nobody\'s', () => {
    const { worlds, store, world } = open();
    change(world, (draft) => draft.set('a', 1));
    worlds.delete('one');
    expect([store.dropped, worlds.open('one', 0).memory('hr').vars]).toEqual([['one'], {}]);
    change(world, (draft) => draft.set('b', 1));
    world.commit(world.version, [{ kind: 'keep', key: 'k', reply: { bodySha256: '', answer: { status: 204, headers: [], body: { kind: 'none' }, wire: [], encodings: [], fault: null } } }]);
    expect(store.commits.length).toBe(1);
    worlds.sweep(25 * 3_600_000);
    expect(store.dropped).toEqual(['one', 'one']);
  });

  it('that does not let a session go keeps it, and new ones begin all the same', () => {
    const { worlds, store, world } = open();
    change(world, (draft) => draft.set('a', 1));
    store.full = true;
    expect(() => worlds.delete('one')).toThrow(WorldRefusal);
    for (const session of ['b', 'c', 'd']) worlds.open(session, 0);
    expect([...worlds.all()].map(({ session }) => session)).toEqual(['one', 'b', 'c', 'd']);
    expect(worlds.get('one')!.memory('hr').vars['a']).toBe(1);
    store.full = false;
    worlds.open('e', 0);
    expect([...worlds.all()].map(({ session }) => session)).toEqual(['c', 'd', 'e']);
  });

  it('gets sessions back as they were', () => {
    const worlds = new Worlds({ maxSessions: 3 });
    const saved: MemoryChange[] = [];
    worlds.keepIn({ commit: (_session, { changes }) => void saved.push(...changes), drop: () => undefined }, [{
      session: 'one', kept: [], waiting: [{ id: 7, root: 'hr', dueMs: 5, operation: move('x') }],
      roots: [{ root: 'hr', state: 'busy', vars: new Map([['__proto__', 1]]), tables: [{ collection: 'departments', unique: ['name'], nextKey: 9, rows: [['8', row({ id: 8, name: 'IT' })]] }], backups: [{ name: 'b', collection: 'jobs', unique: [], nextKey: 3, rows: [...seed.entries()] }] }],
    }], 5);
    const world = worlds.get('one')!;
    const memory = world.memory('hr');
    expect([memory.state, memory.vars['__proto__'], names(world), memory.table('departments')!.nextKey, memory.table('departments')!.holder('name', 'IT'), memory.backup('b', 'jobs')!.nextKey]).toEqual(['busy', 1, ['IT'], 9, '8', 3]);
    change(world, (draft) => draft.later(1, move('y')));
    expect(world.waiting().map(({ id }) => id)).toEqual([8, 7]);
    expect(saved[0]!.from).toBe('busy');
  });
});

describe('idle sessions', () => {
  it('are let go after the time that is given, measured on a clock of its own if there is one', () => {
    let idleMs = 0;
    const worlds = new Worlds({ maxSessions: 10, sessionTtlMs: 1000, idleClock: () => idleMs });
    for (const session of ['default', 'a', 'b']) worlds.open(session, 0);
    worlds.open('c', 90 * 86_400_000);
    worlds.sweep(90 * 86_400_000);
    expect([...worlds.all()].length).toBe(4);
    idleMs = 900;
    worlds.open('b', 0);
    idleMs = 1001;
    worlds.sweep(0);
    expect([...worlds.all()].map(({ session }) => session)).toEqual(['default', 'b']);
    expect(worlds.get('b')!.lastUsedMs).toBe(0);
  });
});
