import { stringifyJson } from '../base/json.ts';
import type { BackupChange, Row, TableChange } from '../model/index.ts';
import type { SavedTable } from '../world/session-memory-store.ts';
import { DamagedDatabase, textOf, type SqlConnection, type SqlValue } from './world-database-connection.ts';
import { fieldColumn, ownColumns, quoted, tableName, type TableOwner } from './world-database-names.ts';
import { readJson, readMap, readNumber, readText, storedText } from './world-database-text.ts';

/** What is known of a table; replaced, never changed, so that a commit that fails can be undone. */
interface StoredTable extends TableOwner {
  readonly name: string;
  readonly nextKey: number;
  readonly unique: readonly string[];
  readonly nextPosition: number;
  /** Fields that have a column or get none, in lower case as SQLite compares. */
  readonly fields: ReadonlySet<string>;
}

/** Rows that are inserted by one statement. */
const rowsAtOnce = 50;
/** Fields of one table that are shown as columns. */
const maxColumns = 100;

/** The tables that hold rows: one per collection and session, and one per backup, named in `rehearsal_tables`. */
export class WorldTables {
  readonly #sql: SqlConnection;
  readonly #bySession = new Map<string, Map<string, StoredTable>>();
  /** In lower case. */
  readonly #names = new Set<string>();
  #undo: (() => void)[] = [];

  constructor(sql: SqlConnection) {
    this.#sql = sql;
  }

  static create(sql: SqlConnection): void {
    sql.exec(`CREATE TABLE rehearsal_tables (
      "table" TEXT PRIMARY KEY NOT NULL, session TEXT NOT NULL, root TEXT NOT NULL, collection TEXT NOT NULL,
      backup TEXT, next_key INTEGER NOT NULL, unique_fields TEXT NOT NULL)`);
  }

  /** The transaction is through. */
  keep(): void {
    this.#undo = [];
  }

  /** It is not: what is known of the tables is what was known before. */
  undo(): void {
    for (const step of this.#undo.reverse()) step();
    this.#undo = [];
  }

  change(session: string, root: string, change: TableChange): void {
    const owner: TableOwner = { session, root, collection: change.collection, backup: null };
    let table = this.#find(owner);
    if (!table) table = this.#write(this.#make(owner, change, firstRow(change)), change.cleared ? [] : change.base.entries());
    else if (change.cleared) table = this.#clear(table);
    table = this.#write(table, change.rows);
    this.#put({ ...table, nextKey: change.nextKey, unique: change.unique });
  }

  backup(session: string, root: string, { name, collection, rows }: BackupChange): void {
    const owner: TableOwner = { session, root, collection, backup: name };
    const about = { nextKey: rows.nextKey, unique: [] };
    const known = this.#find(owner);
    const table = known ? this.#clear({ ...known, ...about }) : this.#make(owner, about, firstOf(rows.entries()));
    this.#put(this.#write(table, rows.entries()));
  }

  drop(session: string): void {
    for (const { name } of this.#bySession.get(session)?.values() ?? []) {
      this.#sql.exec(`DROP TABLE ${quoted(name)}`);
      this.#names.delete(name.toLowerCase());
      this.#undo.push(() => this.#names.add(name.toLowerCase()));
    }
    this.#sql.run('DELETE FROM rehearsal_tables WHERE session = ?', [session]);
    const tables = this.#bySession.get(session);
    this.#bySession.delete(session);
    if (tables) this.#undo.push(() => this.#bySession.set(session, tables));
  }

  /** Everything that is there. Throws {@link DamagedDatabase} or what SQLite says. */
  *read(): Iterable<{ readonly owner: TableOwner; readonly saved: SavedTable }> {
    const listed = this.#sql.rows(`SELECT ${['"table"', 'session', 'root', 'collection', 'backup', 'unique_fields'].map(asBytes).join(', ')}, next_key FROM rehearsal_tables ORDER BY rowid`);
    for (const [nameBytes, session, root, collection, backup, uniqueBytes, nextKey] of listed) {
      const name = textOf(nameBytes);
      const owner: TableOwner = { session: readText(session), root: readText(root), collection: readText(collection), backup: backup === null ? null : readText(backup) };
      const unique = readJson(uniqueBytes);
      if (!Array.isArray(unique) || !unique.every((field) => typeof field === 'string')) throw new DamagedDatabase('A list of fields in it is not what it should be');
      const found = this.#sql.rows(`SELECT ${asBytes('"_key"')}, ${asBytes('"_row"')}, "_position" FROM ${quoted(name)} ORDER BY "_position"`);
      const rows = found.map(([key, row]) => [readText(key), readMap(row)] as const);
      const nextPosition = found.length === 0 ? 0 : readNumber(found.at(-1)![2]) + 1;
      const columns = this.#sql.rows(`SELECT ${asBytes('name')} FROM pragma_table_xinfo(${literal(name)})`).map(([column]) => textOf(column).toLowerCase());
      this.#remember({ ...owner, name, nextKey: readNumber(nextKey), unique, nextPosition, fields: new Set(columns) });
      yield { owner, saved: { collection: owner.collection, unique, nextKey: readNumber(nextKey), rows } };
    }
    this.keep();
  }

  /** An empty table with columns for the fields of the first row: they come first where people look. */
  #make(owner: TableOwner, { nextKey, unique }: Pick<StoredTable, 'nextKey' | 'unique'>, first: Row | null): StoredTable {
    const name = tableName(owner, (lowerCase) => this.#names.has(lowerCase));
    const fields = new Set<string>(ownColumns);
    const columns = Object.keys(first ?? {}).flatMap((field) => newColumn(field, fields) ?? []);
    this.#sql.exec(`CREATE TABLE ${quoted(name)} (${[...columns, '"_key" TEXT PRIMARY KEY NOT NULL', '"_position" INTEGER NOT NULL', '"_row" TEXT NOT NULL'].join(', ')})`);
    return { ...owner, name, nextKey, unique, nextPosition: 0, fields };
  }

  #clear(table: StoredTable): StoredTable {
    this.#sql.exec(`DELETE FROM ${quoted(table.name)}`);
    return { ...table, nextPosition: 0 };
  }

  /** Inserts and updates rows, and removes those that are null. A row that is there keeps its position. */
  #write(table: StoredTable, rows: Iterable<readonly [key: string, row: Row | null]>): StoredTable {
    const into = quoted(table.name);
    const insert = (values: readonly SqlValue[]): void =>
      this.#sql.run(`INSERT INTO ${into} ("_key", "_position", "_row") VALUES ${Array.from({ length: values.length / 3 }, () => '(?, ?, ?)').join(', ')} ON CONFLICT ("_key") DO UPDATE SET "_row" = excluded."_row"`, values);
    let { nextPosition, fields } = table;
    let gathered: SqlValue[] = [];
    for (const [key, row] of rows) {
      if (row === null) {
        this.#sql.run(`DELETE FROM ${into} WHERE "_key" = ?`, [storedText(key)]);
        continue;
      }
      fields = this.#addColumns(into, row, fields);
      gathered.push(storedText(key), nextPosition, stringifyJson(row));
      nextPosition += 1;
      if (gathered.length < rowsAtOnce * 3) continue;
      insert(gathered);
      gathered = [];
    }
    for (let index = 0; index < gathered.length; index += 3) insert(gathered.slice(index, index + 3));
    return { ...table, nextPosition, fields };
  }

  #addColumns(into: string, row: Row, known: ReadonlySet<string>): ReadonlySet<string> {
    if (known.size >= maxColumns) return known;
    const added = Object.keys(row).filter((field) => !known.has(field.toLowerCase()));
    if (added.length === 0) return known;
    const fields = new Set(known);
    for (const field of added) {
      const column = newColumn(field, fields);
      if (column !== null) this.#sql.exec(`ALTER TABLE ${into} ADD COLUMN ${column}`);
    }
    return fields;
  }

  /** Notes a table as it is now, here and in `rehearsal_tables`. */
  #put(table: StoredTable): void {
    const { name, session, root, collection, backup, nextKey, unique } = table;
    const known = this.#find(table);
    this.#remember(table);
    if (known?.nextKey === nextKey && known.unique.join('\n') === unique.join('\n')) return;
    this.#sql.run(
      `INSERT INTO rehearsal_tables ("table", session, root, collection, backup, next_key, unique_fields) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT ("table") DO UPDATE SET next_key = excluded.next_key, unique_fields = excluded.unique_fields`,
      [name, session, storedText(root), storedText(collection), backup === null ? null : storedText(backup), nextKey, JSON.stringify(unique)],
    );
  }

  #find(owner: TableOwner): StoredTable | undefined {
    return this.#bySession.get(owner.session)?.get(ownerKey(owner));
  }

  #remember(table: StoredTable): void {
    let tables = this.#bySession.get(table.session);
    if (!tables) this.#bySession.set(table.session, (tables = new Map<string, StoredTable>()));
    const key = ownerKey(table);
    const before = tables.get(key);
    const name = table.name.toLowerCase();
    tables.set(key, table);
    this.#names.add(name);
    this.#undo.push(() => {
      if (before) return void tables.set(key, before);
      tables.delete(key);
      this.#names.delete(name);
    });
  }
}

/** A row that shows which fields the rows have. */
function firstRow({ base, cleared, rows }: TableChange): Row | null {
  return (cleared ? null : firstOf(base.entries())) ?? [...rows.values()].find((row) => row !== null) ?? null;
}

function firstOf(rows: Iterable<readonly [key: string, row: Row]>): Row | null {
  for (const [, row] of rows) return row;
  return null;
}

/** The SQL of a column for a field that has none yet; null when it gets none. Notes the field. */
function newColumn(field: string, fields: Set<string>): string | null {
  const lowerCase = field.toLowerCase();
  if (fields.size >= maxColumns || fields.has(lowerCase)) return null;
  fields.add(lowerCase);
  return fieldColumn(field);
}

function ownerKey({ root, collection, backup }: TableOwner): string {
  return JSON.stringify([root, collection, backup]);
}

/** See {@link SqlValue}. */
export function asBytes(column: string): string {
  return `CAST(${column} AS BLOB)`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
