import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import Database from 'libsql';
import { LosslessNumber } from 'lossless-json';
import { rolldown } from 'rolldown';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { hasWorldDatabase, openWorldDatabase, type WorldDatabase } from '../../src/files/world-database.ts';
import { connectLibsql, type SqlDriver } from '../../src/files/world-database-connection.ts';
import { MemoryDraft, SeedTable } from '../../src/memory/index.ts';
import type { Answer, Collection, MemoryPlan, Row } from '../../src/model/index.ts';
import type { MemoryWorld } from '../../src/world/memory-world.ts';
import { Worlds } from '../../src/world/worlds.ts';
import { tempFolder } from './temp-folder.ts';

const row = (fields: Record<string, Json>): Row => Object.assign(Object.create(null), fields);
const seed = new SeedTable(new Map([['1', row({ id: 1, department: 'Sales' })], ['2', row({ id: 2, department: 'Legal' })]]), 3);
const planOf = (tables: Readonly<Record<string, SeedTable>>): MemoryPlan => ({
  state: 'idle', states: null, vars: {},
  collections: new Map(Object.entries(tables).map(([name, rows]): [string, Collection] => [name, { name, unique: ['department'], seed: rows, key: { field: 'id', type: 'counted' }, columns: new Map(), check: () => [], stamps: { insert: null, write: null } }])),
});
const plan = planOf({ departments: seed, jobs: seed });

interface Opened {
  readonly worlds: Worlds;
  readonly database: WorldDatabase;
  readonly problems: readonly string[];
}

async function open(folder: string, connect?: (path: string) => Promise<SqlDriver>): Promise<Opened> {
  const problems: string[] = [];
  const { database, saved } = await openWorldDatabase(folder, { onProblem: (message) => void problems.push(message), ...(connect && { connect }) });
  const worlds = new Worlds({ maxSessions: 100 });
  worlds.keepIn(database, saved, 0);
  return { worlds, database, problems };
}

/** What a killed process leaves: the files as they are, opened elsewhere. */
function killed(folder: string): string {
  const copy = tempFolder();
  for (const name of readdirSync(folder)) if (!name.endsWith('-shm')) copyFileSync(join(folder, name), join(copy, name));
  return copy;
}

function change(world: MemoryWorld, make: (draft: MemoryDraft) => void, root = 'hr', of = plan, timed = false): void {
  const draft = new MemoryDraft(root, of, world.memory(root), timed);
  make(draft);
  world.commit(world.version, [draft.changes()!]);
}

const rowsOf = (world: MemoryWorld, collection = 'departments', root = 'hr'): readonly (readonly [string, Row])[] | null => {
  const table = world.memory(root).table(collection);
  return table && [...table.entries()];
};

/** Rows of SQL, by another connection as a tool would open it. */
function look(folder: string, sql: string): readonly (readonly unknown[])[] {
  const tool = new Database(join(folder, 'world.db'));
  try {
    return tool.prepare(sql).raw().all() as (readonly unknown[])[];
  } finally {
    tool.close();
  }
}

describe('what scenarios remember', () => {
  it('is there after the process was killed: state, variables, rows in their order, next key, backups, what waits, replies', async () => {
    const folder = tempFolder();
    const { worlds } = await open(folder);
    const world = worlds.open('one', 0);
    const fields = { id: 3, department: 'IT', big: 9_007_199_254_740_993n, fraction: new LosslessNumber('0.12345678901234567890'), price: new LosslessNumber('1.10'), nested: [{ __proto__: null, deep: [null, true, ''] }], 'quote"\'': 'ünï\0\ud800' };
    change(world, (draft) => {
      draft.move('busy');
      draft.set('count', 5);
      draft.set('__proto__', row({ a: 1 }));
      draft.saveBackup('night/"ly"\0', 'departments');
      draft.put('departments', String(draft.takeKey('departments')), row(fields));
      draft.put('departments', '1', row({ id: 1, department: 'Sales Europe' }));
      draft.remove('departments', '2');
      draft.takeKey('departments');
      draft.later(20, { kind: 'state', to: 'idle' });
      draft.later(10.5, { kind: 'insert', collection: 'jobs', rows: [{ a: 2n ** 70n, b: 0.1 + 0.2 }], skipBad: true, stamp: {}, keys: ['k'] });
    });
    change(world, (draft) => draft.put('departments', 'ke\ud800y', row({ id: 'ke\ud800y' })));
    change(world, (draft) => draft.set('count', 6), 'shop');
    const { worlds: again, problems } = await open(killed(folder));
    const restored = again.get('one')!;
    expect(problems).toEqual([]);
    expect([...restored.roots()]).toEqual(['hr', 'shop']);
    for (const root of ['hr', 'shop']) {
      expect([restored.memory(root).state, restored.memory(root).vars]).toEqual([world.memory(root).state, world.memory(root).vars]);
    }
    expect(rowsOf(restored)).toEqual(rowsOf(world));
    expect(rowsOf(restored)!.map(([key]) => key)).toEqual(['1', '3', 'ke\ud800y']);
    expect(String(restored.memory('hr').table('departments')!.get('3')!['price'])).toBe('1.10');
    expect(Object.getPrototypeOf(restored.memory('hr').table('departments')!.get('3')!['nested'])).toBe(Array.prototype);
    expect([restored.memory('hr').table('departments')!.nextKey, restored.memory('hr').table('departments')!.holder('department', 'IT'), restored.memory('hr').table('jobs')]).toEqual([5, '3', null]);
    expect([...restored.memory('hr').backup('night/"ly"\0', 'departments')!.entries()]).toEqual([...seed.entries()]);
    expect(restored.waiting()).toEqual(world.waiting());
    expect([restored.takeDue(10), restored.takeDue(11)?.pending.dueMs]).toEqual([null, 10.5]);
    expect(again.get('two')).toBeNull();
  });

  it('is the same before and after, whatever the commits', async () => {
    const step = fc.record({ kind: fc.constantFrom('put', 'put', 'remove', 'all', 'backup', 'restore', 'set', 'move', 'drop'), collection: fc.constantFrom('departments', 'jobs'), session: fc.constantFrom('default', 'a'), key: fc.constantFrom('1', '2', '3', '', 'json:"x"', 'A', 'a', '\0'), value: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'number' ? Math.trunc(inner) % 1_000_000 : inner))) as Json) });
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const folder = tempFolder();
      const { worlds, database } = await open(folder);
      for (const { kind, collection, session, key, value } of steps) {
        const made = row({ id: key, Value: value as Json, [key]: 1 });
        if (kind === 'drop') worlds.delete(session);
        else change(worlds.open(session, 0), (draft) => {
          if (kind === 'put') draft.put(collection, key, made);
          else if (kind === 'remove') draft.remove(collection, key);
          else if (kind === 'all') draft.replaceAll(collection, [[key, made], ['other', made]], 9);
          else if (kind === 'backup') draft.saveBackup(key, collection);
          else if (kind === 'restore') draft.replaceAll(collection, draft.backup(key, collection)?.entries() ?? [], 4);
          else if (kind === 'set') draft.set(key, value as Json);
          else draft.move(key);
        });
      }
      const { worlds: again, database: reopened, problems } = await open(killed(folder));
      expect(problems).toEqual([]);
      for (const session of ['default', 'a']) {
        const [before, after] = [worlds.open(session, 0), again.open(session, 0)];
        expect(new Set(after.roots())).toEqual(new Set(before.roots()));
        expect([after.memory('hr').state, after.memory('hr').vars]).toEqual([before.memory('hr').state, parsed(before.memory('hr').vars)]);
        for (const collection of ['departments', 'jobs']) {
          expect(rowsOf(after, collection)).toEqual(parsed(rowsOf(before, collection)));
          expect(after.memory('hr').table(collection)?.nextKey).toBe(before.memory('hr').table(collection)?.nextKey);
          expect(new Set(after.memory('hr').backups(collection))).toEqual(new Set(before.memory('hr').backups(collection)));
          for (const name of before.memory('hr').backups(collection)) expect([...after.memory('hr').backup(name, collection)!.entries()]).toEqual(parsed([...before.memory('hr').backup(name, collection)!.entries()]));
        }
      }
      reopened.close();
      database.close();
    }), { numRuns: 25 });
  });

  it('goes when the session is reset, and the session may then begin again', async () => {
    const folder = tempFolder();
    const { worlds } = await open(folder);
    for (const session of ['one', 'two']) {
      change(worlds.open(session, 0), (draft) => { draft.move('busy'); draft.set('a', 1); draft.put('departments', '3', row({ id: 3 })); draft.saveBackup('b', 'departments'); draft.later(5, { kind: 'state', to: 'x' }); });
    }
    worlds.delete('one');
    const { worlds: again } = await open(killed(folder));
    expect([...again.all()].map(({ session }) => session)).toEqual(['two']);
    change(worlds.open('one', 0), (draft) => draft.put('departments', '4', row({ id: 4 })));
    const { worlds: third } = await open(killed(folder));
    expect(rowsOf(third.get('one')!)!.map(([key]) => key)).toEqual(['1', '2', '4']);
    expect(third.get('one')!.memory('hr').state).toBeNull();
  });

  it('that waited and was carried out, or was dropped by a move, waits no longer', async () => {
    const folder = tempFolder();
    const { worlds, database } = await open(folder);
    const world = worlds.open('one', 0);
    change(world, (draft) => { draft.later(5, { kind: 'state', to: 'a' }); draft.later(6, { kind: 'state', to: 'b' }); draft.later(7, { kind: 'set', values: { x: 1 } }); draft.later(8, { kind: 'set', values: { y: 1 } }); });
    world.takeDue(5);
    const beforeCommit = await open(killed(folder));
    expect(beforeCommit.worlds.get('one')!.waiting().length).toBe(4);
    change(world, (draft) => draft.move('a'), 'hr', plan, true);
    expect((await open(killed(folder))).worlds.get('one')!.waiting().map(({ id }) => id)).toEqual([2, 3, 4]);
    change(world, (draft) => draft.move('stop'));
    expect((await open(killed(folder))).worlds.get('one')!.waiting().map(({ id }) => id)).toEqual([3, 4]);
    world.takeDue(8);
    expect(world.takeDue(8)).not.toBeNull();
    expect(world.takeDue(8)).toBeNull();
    worlds.flush();
    database.close();
    expect((await open(folder)).worlds.get('one')?.waiting() ?? []).toEqual([]);
  });

  it('keeps replies of `once` with the change they were given for, until they are dropped', async () => {
    const folder = tempFolder();
    const { worlds } = await open(folder);
    const world = worlds.open('one', 0);
    const answer = (body: Answer['body']): Answer => ({ status: 201, headers: ['Content-Type', 'text/plain', 'X', '1'], leaveOut: ['date'], body, wire: [], encodings: ['br'], fault: null });
    const bytes = Buffer.from([0, 1, 255, 10]);
    const representation = { etag: '"e"', lastModified: new Date(86_400_000), sha256: () => Buffer.alloc(0) };
    const keep = (key: string, body: Answer['body']) => ({ kind: 'keep', key, reply: { bodySha256: `sha ${key}`, answer: answer(body) } }) as const;
    world.commit(0, [keep('bytes\ud800', { kind: 'bytes', bytes, representation }), keep('empty', { kind: 'bytes', bytes: Buffer.alloc(0), representation: null }), keep('none', { kind: 'none' }), keep('file', { kind: 'file', path: '/x', sizeBytes: 1, representation: null })]);
    const again = (await open(killed(folder))).worlds.get('one')!;
    expect([again.kept('none'), again.kept('empty'), again.kept('file')]).toEqual([{ bodySha256: 'sha none', answer: answer({ kind: 'none' }) }, { bodySha256: 'sha empty', answer: answer({ kind: 'bytes', bytes: Buffer.alloc(0), representation: null }) }, null]);
    const kept = again.kept('bytes\ud800')!.answer as Answer;
    expect(kept).toEqual(answer({ kind: 'bytes', bytes, representation: { ...representation, sha256: expect.any(Function) } }));
    expect(kept.body.kind === 'bytes' && (await kept.body.representation!.sha256!()).equals(createHash('sha256').update(bytes).digest())).toBe(true);
    world.drop('none');
    worlds.flush();
    expect((await open(killed(folder))).worlds.get('one')!.kept('none')).toBeNull();
  });

  it('survives kill -9: every row that was acknowledged is there, each with its reply', async () => {
    const folder = tempFolder();
    const program = join(folder, 'child.mjs');
    const libsql = pathToFileURL(createRequire(import.meta.url).resolve('libsql')).href;
    const bundle = await rolldown({
      input: join(import.meta.dirname, 'world-database-child.ts'), platform: 'node', logLevel: 'silent',
      plugins: [{ name: 'libsql', resolveId: (id) => (id === 'libsql' ? { id: libsql, external: true } : null) }],
    });
    await bundle.write({ file: program, format: 'esm', codeSplitting: false });
    const data = join(folder, 'data');
    mkdirSync(data);
    let last = 0;
    for (const afterRows of [1, 60, 200]) {
      const child = spawn(process.execPath, [program, data], { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.split('\n').length > afterRows) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const acknowledged = said.split('\n').slice(0, -1).map(Number);
      expect(acknowledged.length).toBeGreaterThanOrEqual(afterRows);
      expect(acknowledged[0]).toBeGreaterThan(last);
      const world = (await open(killed(data))).worlds.get('default')!;
      const table = world.memory('telemetry').table('rows')!;
      expect(acknowledged.filter((key) => table.get(String(key)) === null || world.kept(`telemetry\nPOST /rows\nonce 0\n${key}`) === null)).toEqual([]);
      expect([table.size, table.nextKey]).toEqual([table.nextKey - 1, table.size + 1]);
      last = acknowledged.at(-1)!;
    }
  });

  it('takes 100,000 first rows and a change of one in a moment', async () => {
    const folder = tempFolder();
    const large = planOf({ employees: new SeedTable(new Map(Array.from({ length: 100_000 }, (_, index) => [String(index), row({ id: index, name: `Name ${index}`, datetime: '2021-07-27T16:02:08Z', department_id: 1, job_id: 2 })])), 100_000) });
    const { worlds, database } = await open(folder);
    const beganMs = performance.now();
    change(worlds.open('default', 0), (draft) => draft.put('employees', '100000', row({ id: 100_000 })), 'hr', large);
    expect(performance.now() - beganMs).toBeLessThan(5000);
    database.close();
    expect(look(folder, 'SELECT count(*) FROM employees WHERE name IS NOT NULL')).toEqual([[100_000]]);
  });
});

describe('the database', () => {
  it('shows people each collection as a table with the fields of its rows, named for collection, session and backup', async () => {
    const folder = tempFolder();
    const { worlds, database } = await open(folder);
    change(worlds.open('default', 0), (draft) => draft.put('departments', '3', row({ id: 3, department: 'IT', Floor: 2, "it's": { a: [true] }, DEPARTMENT: 'other', _row: 'x', 'a"b': 1, '': 1 })));
    change(worlds.open('default', 0), (draft) => draft.put('departments', '1', row({ id: 1, department: 'Shop' })), 'shop');
    change(worlds.open('checkout', 0), (draft) => { draft.saveBackup('nightly', 'departments'); draft.put('departments', '3', row({ id: 3 })); });
    expect(look(folder, 'SELECT "table", session, root, collection, backup, next_key FROM rehearsal_tables ORDER BY 1')).toEqual([
      ['departments', 'default', 'hr', 'departments', null, 4], ['departments#nightly@checkout', 'checkout', 'hr', 'departments', 'nightly', 3],
      ['departments@checkout', 'checkout', 'hr', 'departments', null, 4], ['shop.departments', 'default', 'shop', 'departments', null, 3],
    ]);
    expect(look(folder, `SELECT id, department, floor, "it's" FROM departments ORDER BY _position`)).toEqual([[1, 'Sales', null, null], [2, 'Legal', null, null], [3, 'IT', 2, '{"a":[true]}']]);
    expect(look(folder, 'SELECT id, department, _key FROM "shop.departments"')).toEqual([[1, 'Shop', '1'], [2, 'Legal', '2']]);
    database.close();
    expect(statSync(join(folder, 'world.db')).mode & 0o077).toBe(0);
  });

  it('never gives two collections one table, whatever their names', async () => {
    const folder = tempFolder();
    const names = ['sqlite_master', 'rehearsal_vars', 'Departments', 'departments', 'a"b', "a'b; DROP TABLE x", 'a#b', 'a', `${'long '.repeat(40)}1`, `${'long '.repeat(40)}2`, '😀'.repeat(80)];
    const odd = planOf(Object.fromEntries(names.map((name) => [name, seed])));
    const { worlds, database } = await open(folder);
    for (const root of ['hr', 'HR']) for (const name of names) change(worlds.open('default', 0), (draft) => { draft.put(name, name, row({ root, name })); draft.saveBackup('b', name); }, root, odd);
    database.close();
    const world = (await open(folder)).worlds.get('default')!;
    for (const root of ['hr', 'HR']) for (const name of names) expect(world.memory(root).table(name)!.get(name)).toEqual(row({ root, name }));
  });

  it('shows 100 fields at most as columns; further ones are in the row', async () => {
    const folder = tempFolder();
    const { worlds, database } = await open(folder);
    const wide = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`f${index}`, index]));
    change(worlds.open('default', 0), (draft) => draft.put('departments', '3', row(wide)));
    database.close();
    expect(Object.keys((await open(folder)).worlds.get('default')!.memory('hr').table('departments')!.get('3')!).length).toBe(3000);
  });

  it('is one whole file when it is closed, and knows no difference when it is opened again', async () => {
    const folder = tempFolder();
    expect(hasWorldDatabase(folder)).toBe(false);
    const { worlds, database } = await open(folder);
    change(worlds.open('default', 0), (draft) => draft.set('a', 1));
    database.close();
    expect([hasWorldDatabase(folder), existsSync(join(folder, 'world.db-wal')) ? statSync(join(folder, 'world.db-wal')).size : 0]).toEqual([true, 0]);
    const alone = tempFolder();
    copyFileSync(join(folder, 'world.db'), join(alone, 'world.db'));
    expect((await open(alone)).worlds.get('default')!.memory('hr').vars).toEqual({ a: 1 });
    expect(look(alone, 'PRAGMA user_version')).toEqual([[1]]);
  });

  it.skipIf(spawnSync('python3', ['-c', 'import sqlite3']).status !== 0)('opens in any other tool while the server runs', async () => {
    const folder = tempFolder();
    const { worlds } = await open(folder);
    change(worlds.open('default', 0), (draft) => draft.put('departments', '3', row({ id: 3, department: 'IT' })));
    const program = 'import sqlite3, sys\nfor r in sqlite3.connect(sys.argv[1]).execute("SELECT id, department FROM departments ORDER BY id DESC"): print(*r)';
    expect(spawnSync('python3', ['-c', program, join(folder, 'world.db')], { encoding: 'utf8' }).stdout.trim().split(/\r?\n/)).toEqual(['3 IT', '2 Legal', '1 Sales']);
  });

  it('on a full disk refuses a change whole, in memory too, and takes it when there is room again', async () => {
    const folder = tempFolder();
    let driver: SqlDriver | null = null;
    const { worlds } = await open(folder, async (path) => (driver = await connectLibsql(path)));
    const world = worlds.open('one', 0);
    const fill = (draft: MemoryDraft): void => {
      for (let index = 0; index < 200; index += 1) draft.put('departments', `n${index}`, row({ id: index, text: 'x'.repeat(1000), [`field ${index}`]: 1 }));
      draft.set('filled', true);
    };
    driver!.exec('PRAGMA max_page_count = 30');
    expect(() => change(world, fill)).toThrow(expect.objectContaining({ name: 'WorldRefusal', reason: expect.stringContaining('the disk is full') }));
    expect([rowsOf(world), world.memory('hr').vars['filled']]).toEqual([null, undefined]);
    change(world, (draft) => draft.set('small', 1));
    driver!.exec('PRAGMA max_page_count = 100000');
    change(world, fill);
    expect(rowsOf(world)!.length).toBe(202);
    const again = (await open(killed(folder))).worlds.get('one')!;
    expect([rowsOf(again), again.memory('hr').vars]).toEqual([rowsOf(world), world.memory('hr').vars]);
    expect(look(folder, 'SELECT "field 7" FROM "departments@one" WHERE id = 7')).toEqual([[1]]);
  });

  it('that a full disk keeps from being gathered at the end is told, and nothing is lost', async () => {
    const folder = tempFolder();
    let full = false;
    const { worlds, database, problems } = await open(folder, async (path) => {
      const driver = await connectLibsql(path);
      const prepare = (sql: string): ReturnType<SqlDriver['prepare']> => {
        if (full && sql.includes('wal_checkpoint')) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
        return driver.prepare(sql);
      };
      return { exec: (sql) => driver.exec(sql), prepare, close: () => driver.close(), get inTransaction() { return driver.inTransaction; } };
    });
    change(worlds.open('one', 0), (draft) => draft.set('a', 1));
    full = true;
    database.close();
    expect(problems).toEqual([expect.stringContaining('no room')]);
    expect((await open(folder)).worlds.get('one')!.memory('hr').vars).toEqual({ a: 1 });
  });

  it.skipIf(process.platform === 'win32')('that somebody takes away refuses changes, rather than to write where nobody finds them, until it is put back', async () => {
    const folder = tempFolder();
    const { worlds, database } = await open(folder);
    const world = worlds.open('one', 0);
    change(world, (draft) => draft.set('a', 1));
    const [path, aside] = [join(folder, 'world.db'), join(folder, 'aside.db')];
    renameSync(path, aside);
    const gone = expect.objectContaining({ name: 'WorldRefusal', reason: expect.stringContaining('world.db was taken out of the data folder') });
    expect(() => change(world, (draft) => draft.set('a', 2))).toThrow(gone);
    writeFileSync(path, '');
    expect(() => change(world, (draft) => draft.set('a', 3))).toThrow(gone);
    expect(world.memory('hr').vars['a']).toBe(1);
    renameSync(aside, path);
    change(world, (draft) => draft.set('a', 4));
    database.close();
    expect((await open(folder)).worlds.get('one')!.memory('hr').vars).toEqual({ a: 4 });
  });

  it('that another program is writing to refuses for the while', async () => {
    const folder = tempFolder();
    const { worlds } = await open(folder, async (path) => new Database(path, { timeout: 1 }) as unknown as SqlDriver);
    const world = worlds.open('one', 0);
    const tool = new Database(join(folder, 'world.db'));
    tool.exec('BEGIN IMMEDIATE');
    expect(() => change(world, (draft) => draft.set('a', 1))).toThrow(/another program is writing/);
    tool.exec('ROLLBACK');
    change(world, (draft) => draft.set('a', 2));
    expect(world.memory('hr').vars['a']).toBe(2);
    tool.close();
  });

  it('that another program keeps writing to holds up one commit, not every one of them', async () => {
    const folder = tempFolder();
    const { worlds } = await open(folder);
    const world = worlds.open('one', 0);
    const tool = new Database(join(folder, 'world.db'));
    tool.exec('BEGIN IMMEDIATE');
    const begun = performance.now();
    for (let count = 0; count < 10; count += 1) expect(() => change(world, (draft) => draft.set('a', 1))).toThrow(/another program is writing/);
    expect(performance.now() - begun).toBeLessThan(3000);
    tool.exec('ROLLBACK');
    change(world, (draft) => draft.set('a', 2));
    expect(world.memory('hr').vars['a']).toBe(2);
    tool.close();
  });

  it('that is damaged again does not take the place of the one that was put aside before', async () => {
    const folder = tempFolder();
    const path = join(folder, 'world.db');
    for (const text of ['first', 'second', 'third']) {
      writeFileSync(path, text.repeat(1000));
      const { database, problems } = await open(folder);
      expect(problems).toEqual([expect.stringContaining('damaged')]);
      database.close();
    }
    expect(['', '.2', '.3'].map((suffix) => readFileSync(`${path}.broken${suffix}`, 'utf8').slice(0, 5))).toEqual(['first', 'secon', 'third']);
  });

  const spoilt: Readonly<Record<string, (path: string) => void>> = {
    'garbage': (path) => writeFileSync(path, 'garbage '.repeat(1000)),
    'another program\'s': (path) => { const other = new Database(path); other.exec('PRAGMA application_id = 5; DROP TABLE rehearsal_vars'); other.close(); },
    'cut off': (path) => writeFileSync(path, readFileSync(path).subarray(0, 9000)),
    'without a table': (path) => { const other = new Database(path); other.exec('DROP TABLE departments'); other.close(); },
    'with text that is none': (path) => { const other = new Database(path); other.exec(`UPDATE departments SET _key = CAST(x'ff41' AS TEXT) WHERE _key = '1'`); other.close(); },
    'with rows that are none': (path) => { const other = new Database(path); other.exec(`UPDATE departments SET _row = '[1]' WHERE _key = '1'`); other.close(); },
    'with JSON that is none': (path) => { const other = new Database(path); other.exec(`UPDATE rehearsal_vars SET value = '{'`); other.close(); },
    'with another reply': (path) => { const other = new Database(path); other.exec(`INSERT INTO rehearsal_replies (session, key, body_sha256, answer) VALUES ('one', 'k', '', '{"status":"200"}')`); other.close(); },
    'with another operation': (path) => { const other = new Database(path); other.exec(`INSERT INTO rehearsal_waiting (session, id, root, due_ms, operation) VALUES ('one', 1, 'hr', 1, '{"kind":"x"}')`); other.close(); },
  };
  it.each(Object.keys(spoilt))('that is %s is put aside and told, and the server starts with nothing', async (how) => {
    const folder = tempFolder();
    const path = join(folder, 'world.db');
    const { worlds, database } = await open(folder);
    change(worlds.open('default', 0), (draft) => { draft.set('a', 1); draft.put('departments', '3', row({ id: 3, text: 'x'.repeat(20_000) })); });
    database.close();
    spoilt[how]!(path);
    const bytes = readFileSync(path);
    const again = await open(folder);
    expect([...again.worlds.all()]).toEqual([]);
    expect(again.problems).toEqual([expect.stringContaining('damaged')]);
    expect(readFileSync(`${path}.broken`).equals(bytes) || how.startsWith('with') || how.includes('program')).toBe(true);
    change(again.worlds.open('default', 0), (draft) => draft.set('a', 2));
    expect((await open(killed(folder))).worlds.get('default')!.memory('hr').vars).toEqual({ a: 2 });
  });

  it('of a later version is not touched', async () => {
    const folder = tempFolder();
    (await open(folder)).database.close();
    const other = new Database(join(folder, 'world.db'));
    other.exec('PRAGMA user_version = 2');
    other.close();
    await expect(open(folder)).rejects.toMatchObject({ name: 'EnvironmentProblem', message: expect.stringContaining('later version') });
    expect(existsSync(join(folder, 'world.db.broken'))).toBe(false);
  });

  it('that cannot be opened is an environment to be mended, not a loss', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'world.db'));
    await expect(open(folder)).rejects.toMatchObject({ name: 'EnvironmentProblem', exitCode: 3 });
    await expect(open(join(folder, 'nowhere'))).rejects.toMatchObject({ name: 'EnvironmentProblem' });
  });

  it('is an environment to be mended where the driver is missing', async () => {
    const missing = Object.assign(new Error('no'), { code: 'MODULE_NOT_FOUND' });
    await expect(open(tempFolder(), () => Promise.reject(missing))).rejects.toMatchObject({ name: 'EnvironmentProblem', message: expect.stringContaining('libsql') });
  });
});

/** Numbers and maps as they come back: `-0` is 0, and maps have no prototype. */
function parsed<T>(value: T): T {
  if (typeof value === 'number') return (value === 0 ? 0 : value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(parsed) as T;
  return Object.assign(Object.create(null) as object, Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, parsed(inner)]))) as T;
}
