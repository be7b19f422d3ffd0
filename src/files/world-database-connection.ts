import { isUtf8 } from 'node:buffer';
import { errorCode } from '../base/problems.ts';
import { WorldRefusal } from '../world/session-memory-refusal.ts';

/** A value as SQLite keeps it. Text that anybody may have written is read as bytes: the driver ends the process on text that is no UTF-8. */
export type SqlValue = string | number | null;

/** What is used of the driver (libsql, which has the interface of better-sqlite3). */
export interface SqlDriver {
  readonly inTransaction: boolean;
  exec(sql: string): unknown;
  prepare(sql: string): { run(values: readonly SqlValue[]): unknown; raw(): { all(values: readonly SqlValue[]): unknown } };
  close(): unknown;
}

/** Opens a database file. Injected, so that a full disk can be rehearsed. */
export type Connect = (path: string) => SqlDriver | Promise<SqlDriver>;

/** The file is none of ours, or not whole. */
export class DamagedDatabase extends Error {}

/** How long a commit waits for another program that is writing to the file: the server answers nobody meanwhile. Only the first one waits, until one gets through. */
const busyMs = 1000;
/** Statements are prepared once; of so many, all are prepared anew. */
const maxStatements = 500;

/** Opens the file with libsql, which is loaded only here. */
export async function connectLibsql(path: string): Promise<SqlDriver> {
  const { default: Database } = await import('libsql');
  return new Database(path, { timeout: busyMs }) as unknown as SqlDriver;
}

/** One connection to a database file. Synchronous: what has been committed is in the file's log when the call returns. */
export class SqlConnection {
  readonly #driver: SqlDriver;
  readonly #statements = new Map<string, ReturnType<SqlDriver['prepare']>>();
  #patient = true;

  constructor(driver: SqlDriver) {
    this.#driver = driver;
  }

  exec(sql: string): void {
    this.#driver.exec(sql);
  }

  run(sql: string, values: readonly SqlValue[]): void {
    let statement = this.#statements.get(sql);
    if (!statement) {
      if (this.#statements.size >= maxStatements) this.#statements.clear();
      this.#statements.set(sql, (statement = this.#driver.prepare(sql)));
    }
    // As a list: the driver takes a single value that is an object for a map of names.
    statement.run(values);
  }

  rows(sql: string): readonly (readonly unknown[])[] {
    return this.#driver.prepare(sql).raw().all([]) as readonly (readonly unknown[])[];
  }

  /** All of the work or none. Throws {@link WorldRefusal} when the disk does not take it. */
  transaction(work: () => void): void {
    try {
      this.#driver.exec('BEGIN IMMEDIATE');
      work();
      this.#driver.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      if (/^SQLITE_(BUSY|LOCKED)/.test(errorCode(error))) this.#wait(false);
      throw refusalOf(error) ?? error;
    }
    this.#wait(true);
  }

  /** Brings the log into the file. False when the disk does not take that: the log stays beside the file, and nothing is lost. */
  gather(): boolean {
    try {
      this.rows('PRAGMA wal_checkpoint(TRUNCATE)');
      return true;
    } catch (error) {
      if (refusalOf(error) === null) throw error;
      return false;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#driver.close();
  }

  /** Whether the next commit waits for another program. */
  #wait(patient: boolean): void {
    if (patient === this.#patient) return;
    this.#driver.exec(`PRAGMA busy_timeout = ${patient ? busyMs : 0}`);
    this.#patient = patient;
  }

  #rollBack(): void {
    // A full disk has ended it by itself.
    if (this.#driver.inTransaction) this.#driver.exec('ROLLBACK');
  }
}

/** Text that was read as bytes. Throws {@link DamagedDatabase} when it is none. */
export function textOf(value: unknown): string {
  if (!Buffer.isBuffer(value) || !isUtf8(value)) throw new DamagedDatabase('A value in it is not the text that it should be');
  return value.toString('utf8');
}

/** Whether the error says that the file is not what it should be. */
export function isDamage(error: unknown): boolean {
  return error instanceof DamagedDatabase || error instanceof SyntaxError || /^SQLITE_(CORRUPT|NOTADB|ERROR|FORMAT)/.test(errorCode(error));
}

function refusalOf(error: unknown): WorldRefusal | null {
  const code = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN|BUSY|LOCKED|TOOBIG)/.exec(errorCode(error))?.[1];
  return code === undefined ? null : new WorldRefusal(`What is to be remembered cannot be kept: ${reasons[code]!}`);
}

const reasons: Readonly<Record<string, string>> = {
  FULL: 'the disk is full',
  READONLY: 'the data folder is read-only',
  IOERR: 'the disk does not take it',
  CANTOPEN: 'the data folder is gone',
  BUSY: 'another program is writing to the database',
  LOCKED: 'another program is writing to the database',
  TOOBIG: 'it is too large for the database',
};
