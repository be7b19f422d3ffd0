import type { Json } from '../base/json.ts';
import { emptyTable, LayeredTable, SeedTable } from '../memory/index.ts';
import type { BackupChange, MemoryChange, Row, StoredMemory, TableChange, TableView } from '../model/index.ts';
import { sizeOf, sizeOfRow } from './session-memory-room.ts';
import type { SavedRoot } from './session-memory-store.ts';

interface SessionTable {
  readonly table: LayeredTable;
  readonly unique: readonly string[];
  /** What the table stands on, shared by all sessions. */
  readonly base: TableView;
  readonly bytes: number;
}

interface Backup extends BackupChange {
  readonly bytes: number;
}

/** What one session keeps of one root's scenarios. */
export class RootMemory implements StoredMemory {
  state: string | null = null;
  vars: Readonly<Record<string, Json>> = Object.create(null) as Record<string, Json>;
  readonly #tables = new Map<string, SessionTable>();
  readonly #backups = new Map<string, Backup>();

  table(collection: string): TableView | null {
    return this.#tables.get(collection)?.table ?? null;
  }

  backups(collection: string): readonly string[] {
    return [...this.#backups.values()].filter((backup) => backup.collection === collection).map(({ name }) => name);
  }

  backup(name: string, collection: string): TableView | null {
    return this.#backups.get(backupKey(name, collection))?.rows ?? null;
  }

  /** How many backups there are with these. */
  backupsWith(backups: readonly BackupChange[]): number {
    return this.#backups.size + new Set(backups.map((one) => backupKey(one.name, one.collection)).filter((key) => !this.#backups.has(key))).size;
  }

  /** By how many bytes it would grow by a change, as things stand. */
  growth(change: MemoryChange): number {
    let bytes = this.#growthOfVars(change.vars);
    for (const table of change.tables) bytes += this.#growthOfTable(table);
    for (const backup of change.backups) bytes += sizeOfBackup(backup) - this.#sizeOfBackup(backup);
    return bytes;
  }

  /** Gives by how many bytes it has grown. */
  apply(change: MemoryChange): number {
    let bytes = this.#growthOfVars(change.vars);
    if (change.state !== null) this.state = change.state;
    this.vars = Object.assign(Object.create(null) as Record<string, Json>, this.vars, change.vars);
    for (const table of change.tables) bytes += this.#applyTable(table);
    for (const backup of change.backups) {
      const taken = sizeOfBackup(backup);
      bytes += taken - this.#sizeOfBackup(backup);
      this.#backups.set(backupKey(backup.name, backup.collection), { ...backup, bytes: taken });
    }
    return bytes;
  }

  /** Gives the bytes that it takes. */
  restore(saved: SavedRoot): number {
    this.state = saved.state;
    let bytes = 0;
    const vars = Object.create(null) as Record<string, Json>;
    for (const [name, value] of saved.vars) vars[name] = value;
    bytes += this.#growthOfVars(vars);
    this.vars = vars;
    for (const { collection, unique, nextKey, rows } of saved.tables) {
      const table = new LayeredTable(emptyTable, unique);
      for (const [key, row] of rows) table.put(key, row);
      table.nextKey = nextKey;
      const taken = sizeOfRows(rows);
      this.#tables.set(collection, { table, unique, base: emptyTable, bytes: taken });
      bytes += taken;
    }
    for (const { name, collection, nextKey, rows } of saved.backups) {
      const backup: BackupChange = { name, collection, rows: new SeedTable(new Map(rows), nextKey) };
      const taken = sizeOfBackup(backup);
      this.#backups.set(backupKey(name, collection), { ...backup, bytes: taken });
      bytes += taken;
    }
    return bytes;
  }

  #growthOfVars(vars: Readonly<Record<string, Json>>): number {
    let bytes = 0;
    for (const name of Object.keys(vars)) {
      const before = this.vars[name];
      bytes += sizeOf(vars[name]) + (before === undefined ? name.length : -sizeOf(before));
    }
    return bytes;
  }

  #growthOfTable({ collection, cleared, rows, base }: TableChange): number {
    const known = this.#tables.get(collection);
    if (cleared) return sizeOfRows(rows) - (known?.bytes ?? 0);
    const under = known?.base ?? base;
    let bytes = 0;
    for (const [key, row] of rows) {
      // A first row takes nothing until it is changed; one that is gone leaves a mark.
      const seed = under.get(key);
      const before = known ? known.table.get(key) : seed;
      if (before !== seed) bytes -= sizeOfRow(key, before);
      if (row !== seed) bytes += sizeOfRow(key, row);
    }
    return bytes;
  }

  #sizeOfBackup({ name, collection }: BackupChange): number {
    return this.#backups.get(backupKey(name, collection))?.bytes ?? 0;
  }

  #applyTable(change: TableChange): number {
    const growth = this.#growthOfTable(change);
    const known = this.#tables.get(change.collection);
    const { table, unique, base } = change.cleared ? emptied(change, known) : (known ?? over(change));
    for (const [key, row] of change.rows) {
      if (row === null) table.remove(key);
      else table.put(key, row);
    }
    table.nextKey = change.nextKey;
    this.#tables.set(change.collection, withUnique({ table, unique, base, bytes: (known?.bytes ?? 0) + growth }, change.unique));
    return growth;
  }
}

function over({ base, unique }: TableChange): SessionTable {
  return { table: new LayeredTable(base, unique), unique, base, bytes: 0 };
}

/** What was worked out from the rows before must not be taken for the new ones, so the revision goes on. */
function emptied({ unique }: TableChange, known: SessionTable | undefined): SessionTable {
  return { table: new LayeredTable(emptyTable, unique, (known?.table.revision ?? 0) + 1), unique, base: emptyTable, bytes: 0 };
}

/** After an edit of the scenario other fields may have to be unique: their holders are found from the rows anew. */
function withUnique(known: SessionTable, unique: readonly string[]): SessionTable {
  if (known.unique.length === unique.length && known.unique.every((field, index) => field === unique[index])) return known;
  const table = new LayeredTable(emptyTable, unique, known.table.revision + 1);
  for (const [key, row] of known.table.entries()) table.put(key, row);
  table.nextKey = known.table.nextKey;
  return { ...known, table, unique };
}

function sizeOfRows(rows: Iterable<readonly [key: string, row: Row | null]>): number {
  let bytes = 0;
  for (const [key, row] of rows) if (row !== null) bytes += sizeOfRow(key, row);
  return bytes;
}

function sizeOfBackup({ name, collection, rows }: BackupChange): number {
  return name.length + collection.length + sizeOfRows(rows.entries());
}

function backupKey(name: string, collection: string): string {
  return `${collection}\n${name}`;
}
