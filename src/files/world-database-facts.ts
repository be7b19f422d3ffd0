import { stringifyJson, type Json } from '../base/json.ts';
import type { MemoryChange, Operation } from '../model/index.ts';
import type { SavedSession, SessionCommit, WaitingOperation } from '../world/session-memory-store.ts';
import { DamagedDatabase, textOf, type SqlConnection } from './world-database-connection.ts';
import { readAnswer, writeAnswer } from './world-database-replies.ts';
import { asBytes } from './world-database-tables.ts';
import { readJson, readMap, readNumber, readText, storedText } from './world-database-text.ts';

/** What sessions remember beside rows: states, variables, operations that wait for their time, replies kept for `once`. */
export class WorldFacts {
  readonly #sql: SqlConnection;

  constructor(sql: SqlConnection) {
    this.#sql = sql;
  }

  static create(sql: SqlConnection): void {
    sql.exec(`
      CREATE TABLE rehearsal_states (session TEXT NOT NULL, root TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (session, root));
      CREATE TABLE rehearsal_vars (session TEXT NOT NULL, root TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (session, root, name));
      CREATE TABLE rehearsal_waiting (session TEXT NOT NULL, id INTEGER NOT NULL, root TEXT NOT NULL, due_ms REAL NOT NULL, operation TEXT NOT NULL, PRIMARY KEY (session, id));
      CREATE TABLE rehearsal_replies (number INTEGER PRIMARY KEY, session TEXT NOT NULL, key TEXT NOT NULL, body_sha256 TEXT NOT NULL, answer TEXT NOT NULL, UNIQUE (session, key));
    `);
  }

  /** What waits no longer and is kept no longer. */
  remove(session: string, { gone, dropped }: SessionCommit): void {
    for (const id of gone) this.#sql.run('DELETE FROM rehearsal_waiting WHERE session = ? AND id = ?', [session, id]);
    for (const key of dropped) this.#sql.run('DELETE FROM rehearsal_replies WHERE session = ? AND key = ?', [session, storedText(key)]);
  }

  change(session: string, { root, state, vars }: MemoryChange): void {
    if (state !== null) this.#sql.run('INSERT OR REPLACE INTO rehearsal_states (session, root, state) VALUES (?, ?, ?)', [session, storedText(root), storedText(state)]);
    for (const name of Object.keys(vars)) {
      this.#sql.run('INSERT OR REPLACE INTO rehearsal_vars (session, root, name, value) VALUES (?, ?, ?, ?)', [session, storedText(root), storedText(name), stringifyJson(vars[name])]);
    }
  }

  /** The newest reply gets the highest number. */
  add(session: string, { waits, keeps }: SessionCommit): void {
    for (const { id, root, dueMs, operation } of waits) {
      this.#sql.run('INSERT OR REPLACE INTO rehearsal_waiting (session, id, root, due_ms, operation) VALUES (?, ?, ?, ?, ?)', [session, id, storedText(root), dueMs, stringifyJson(operation)]);
    }
    for (const { key, reply } of keeps) {
      this.#sql.run('INSERT OR REPLACE INTO rehearsal_replies (session, key, body_sha256, answer) VALUES (?, ?, ?, ?)', [session, storedText(key), reply.bodySha256, writeAnswer(reply.answer)]);
    }
  }

  drop(session: string): void {
    for (const table of ['states', 'vars', 'waiting', 'replies']) this.#sql.run(`DELETE FROM rehearsal_${table} WHERE session = ?`, [session]);
  }

  states(): Iterable<{ readonly session: string; readonly root: string; readonly state: string }> {
    return this.#texts('states', ['session', 'root', 'state']).map(([session, root, state]) => ({ session: readText(session), root: readText(root), state: readText(state) }));
  }

  vars(): Iterable<{ readonly session: string; readonly root: string; readonly name: string; readonly value: Json }> {
    return this.#texts('vars', ['session', 'root', 'name', 'value']).map(([session, root, name, value]) => ({ session: readText(session), root: readText(root), name: readText(name), value: readJson(value) }));
  }

  waiting(): Iterable<WaitingOperation & { readonly session: string }> {
    return this.#texts('waiting', ['session', 'root', 'operation'], 'id, due_ms').map(([session, root, operation, id, dueMs]) => ({
      session: readText(session), root: readText(root), operation: readOperation(operation), id: readNumber(id), dueMs: readNumber(dueMs),
    }));
  }

  replies(): Iterable<SavedSession['kept'][number] & { readonly session: string }> {
    return this.#texts('replies', ['session', 'key', 'body_sha256', 'answer'], 'number').map(([session, key, bodySha256, answer]) => ({
      session: readText(session), key: readText(key), bodySha256: textOf(bodySha256), answer: readAnswer(textOf(answer)),
    }));
  }

  #texts(table: string, texts: readonly string[], numbers = 'rowid'): readonly (readonly unknown[])[] {
    return this.#sql.rows(`SELECT ${texts.map(asBytes).join(', ')}, ${numbers} FROM rehearsal_${table} ORDER BY rowid`);
  }
}

const kinds: Readonly<Record<Operation['kind'], true>> = { state: true, set: true, add: true, insert: true, update: true, replace: true, remove: true, backup: true, restore: true };

function readOperation(value: unknown): Operation {
  const operation = readMap(value);
  if (!Object.hasOwn(kinds, String(operation['kind']))) throw new DamagedDatabase('A change in it that waits for its time is none');
  return operation as unknown as Operation;
}
