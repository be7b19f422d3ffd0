import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentProblem, errorCode } from '../base/problems.ts';
import { WorldRefusal } from '../world/session-memory-refusal.ts';
import type { MemoryStore, SavedSession, SessionCommit } from '../world/session-memory-store.ts';
import { connectLibsql, DamagedDatabase, isDamage, SqlConnection, type Connect } from './world-database-connection.ts';
import { WorldFacts } from './world-database-facts.ts';
import { readSessions } from './world-database-sessions.ts';
import { WorldTables } from './world-database-tables.ts';

export interface WorldDatabaseOptions {
  /** A sentence for a person. */
  readonly onProblem: (message: string) => void;
  readonly connect?: Connect;
}

/** What sessions remember, in an SQLite database that people may look into with any tool while the server runs. */
export interface WorldDatabase extends MemoryStore {
  /** Brings everything into the one file; says so when the disk has no room for that. */
  close(): void;
}

export interface OpenedDatabase {
  readonly database: WorldDatabase;
  /** What earlier runs left. */
  readonly saved: readonly SavedSession[];
}

/** The files of one database: itself, its log, and the index of that. */
const fileSuffixes = ['', '-wal', '-shm'] as const;
/** `Rhsl`: by this the file is known for one of ours. */
const applicationId = 0x5268736c;
/** Of the tables' form. */
const formatVersion = 1;

/** Whether an earlier run left a database in this folder. */
export function hasWorldDatabase(folder: string): boolean {
  return existsSync(pathIn(folder));
}

/**
 * Opens `world.db` of a data folder, or makes it. One that is damaged or none of ours is put aside, for nothing to be lost. Throws
 * EnvironmentProblem when it cannot be used, or was written by a later version.
 */
export async function openWorldDatabase(folder: string, { onProblem, connect = connectLibsql }: WorldDatabaseOptions): Promise<OpenedDatabase> {
  const path = pathIn(folder);
  try {
    return await open(path, connect, onProblem);
  } catch (error) {
    if (!isDamage(error)) throw asProblem(error, path);
  }
  const aside = freeName(`${path}.broken`);
  try {
    // Under these names it is still one database to any tool.
    for (const suffix of fileSuffixes) if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
    onProblem(`The data folder's world.db is damaged or no database of this program: what scenarios remember starts over. It is kept as ${aside}`);
    return await open(path, connect, onProblem);
  } catch (error) {
    throw asProblem(error, path);
  }
}

/** Where another one was put aside before, that one stays too. */
function freeName(wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}.${number}`;
    if (!fileSuffixes.some((suffix) => existsSync(`${name}${suffix}`))) return name;
  }
}

async function open(path: string, connect: Connect, onProblem: WorldDatabaseOptions['onProblem']): Promise<OpenedDatabase> {
  // Made here, so that it and the log beside it are for their owner only.
  closeSync(openSync(path, 'a', 0o600));
  const sql = new SqlConnection(await connect(path));
  try {
    // In the log a commit is safe from the end of this process at once; the end of the machine may cost the last ones, never the rest.
    sql.rows('PRAGMA journal_mode = WAL');
    sql.exec('PRAGMA synchronous = NORMAL');
    prepare(sql);
    const tables = new WorldTables(sql);
    const facts = new WorldFacts(sql);
    const saved = readSessions(tables, facts);
    return { database: new OpenDatabase(sql, tables, facts, saved, { onProblem, requireFile: fileKeeper(path) }), saved };
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** Makes the tables of a new file. Throws when the file is not one of ours. */
function prepare(sql: SqlConnection): void {
  const id = sql.rows('PRAGMA application_id')[0]?.[0];
  const version = sql.rows('PRAGMA user_version')[0]?.[0];
  const isNew = id === 0 && version === 0 && sql.rows('SELECT 1 FROM sqlite_master LIMIT 1').length === 0;
  if (isNew) {
    sql.transaction(() => {
      WorldTables.create(sql);
      WorldFacts.create(sql);
      sql.exec(`PRAGMA application_id = ${applicationId}`);
      sql.exec(`PRAGMA user_version = ${formatVersion}`);
    });
    return;
  }
  if (id !== applicationId) throw new DamagedDatabase('It is another program\'s database');
  if (typeof version === 'number' && version > formatVersion) throw new EnvironmentProblem('The database world.db in the data folder was written by a later version of this program', 'Use that version, or name another folder with --data');
  if (version !== formatVersion) throw new DamagedDatabase('Its version is unknown');
}

class OpenDatabase implements WorldDatabase {
  readonly #sql: SqlConnection;
  readonly #tables: WorldTables;
  readonly #facts: WorldFacts;
  /** Sessions of which something is kept. */
  readonly #sessions: Set<string>;
  readonly #onProblem: WorldDatabaseOptions['onProblem'];
  readonly #requireFile: () => void;

  constructor(sql: SqlConnection, tables: WorldTables, facts: WorldFacts, saved: readonly SavedSession[], { onProblem, requireFile }: Pick<WorldDatabaseOptions, 'onProblem'> & { readonly requireFile: () => void }) {
    this.#onProblem = onProblem;
    this.#requireFile = requireFile;
    this.#sql = sql;
    this.#tables = tables;
    this.#facts = facts;
    this.#sessions = new Set(saved.map(({ session }) => session));
  }

  commit(session: string, commit: SessionCommit): void {
    this.#transaction(() => {
      this.#facts.remove(session, commit);
      for (const change of commit.changes) {
        this.#facts.change(session, change);
        for (const table of change.tables) this.#tables.change(session, change.root, table);
        for (const backup of change.backups) this.#tables.backup(session, change.root, backup);
      }
      this.#facts.add(session, commit);
    });
    this.#sessions.add(session);
  }

  drop(session: string): void {
    if (!this.#sessions.has(session)) return;
    this.#transaction(() => {
      this.#tables.drop(session);
      this.#facts.drop(session);
    });
    this.#sessions.delete(session);
  }

  close(): void {
    try {
      if (!this.#sql.gather()) this.#onProblem('The disk has no room to bring everything into world.db: what scenarios remember is in world.db-wal beside it, and the next start reads both');
    } finally {
      this.#sql.close();
    }
  }

  #transaction(work: () => void): void {
    this.#requireFile();
    try {
      this.#sql.transaction(work);
    } catch (error) {
      this.#tables.undo();
      throw error;
    }
    this.#tables.keep();
  }
}

/** The system goes on writing to a file that somebody has deleted, and all of it goes with the process. Gives what throws {@link WorldRefusal} then. */
function fileKeeper(path: string): () => void {
  const { dev, ino } = statSync(path);
  return () => {
    if (!isFile(path, dev, ino)) throw new WorldRefusal('What is to be remembered cannot be kept: world.db was taken out of the data folder. Put it back, or start the server again');
  };
}

function isFile(path: string, dev: number, ino: number): boolean {
  try {
    const now = statSync(path);
    return now.ino === ino && now.dev === dev;
  } catch {
    return false;
  }
}

function pathIn(folder: string): string {
  return join(folder, 'world.db');
}

function asProblem(error: unknown, path: string): EnvironmentProblem {
  if (error instanceof EnvironmentProblem) return error;
  const code = errorCode(error);
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return new EnvironmentProblem('The embedded database (libsql) is not there for this platform', 'Install without --omit=optional, or start without --data');
  return new EnvironmentProblem(`What scenarios remember cannot be kept in ${path}: ${error instanceof Error ? error.message : String(error)}`, 'Give the right to read and write it, close programs that hold it open, move it away, or name another folder with --data');
}
