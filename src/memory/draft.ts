import type { Json } from '../base/json.ts';
import type { BackupChange, Collection, Draft, MemoryChange, MemoryPlan, Operation, Pending, Row, StoredMemory, TableChange, TableView } from '../model/index.ts';
import { LayeredTable } from './layered-table.ts';
import { numberAfter } from './row-key.ts';
import { emptyTable, SeedTable } from './seed-table.ts';

interface DraftTable {
  readonly collection: Collection;
  readonly table: LayeredTable;
  readonly base: TableView;
  readonly cleared: boolean;
}

/** What a scenario remembers in a session, with changes over it that hold for one pass until they are committed. */
export class MemoryDraft implements Draft {
  readonly plan: MemoryPlan;
  readonly #root: string;
  readonly #stored: StoredMemory;
  readonly #timed: boolean;
  readonly #from: string | null;
  #state: string | null;
  #vars: Readonly<Record<string, Json>> | null = null;
  #set: Record<string, Json> | null = null;
  #moved = false;
  readonly #tables = new Map<string, DraftTable>();
  readonly #backups = new Map<string, BackupChange>();
  readonly #later: Pending[] = [];

  /** `timed`: the draft of an operation whose time has come. */
  constructor(root: string, plan: MemoryPlan, stored: StoredMemory, timed = false) {
    this.#root = root;
    this.plan = plan;
    this.#stored = stored;
    this.#timed = timed;
    this.#from = knownState(plan, stored.state);
    this.#state = this.#from;
  }

  get state(): string | null {
    return this.#state;
  }

  get vars(): Readonly<Record<string, Json>> {
    return (this.#vars ??= Object.assign(Object.create(null) as Record<string, Json>, this.plan.vars, this.#stored.vars, this.#set));
  }

  table(name: string): TableView {
    return this.#tables.get(name)?.table ?? this.#under(this.#collection(name));
  }

  backups(collection: string): readonly string[] {
    const own = [...this.#backups.values()].filter((one) => one.collection === collection).map(({ name }) => name);
    return [...new Set([...this.#stored.backups(collection), ...own])];
  }

  backup(name: string, collection: string): TableView | null {
    return this.#backups.get(backupKey(name, collection))?.rows ?? this.#stored.backup(name, collection);
  }

  move(state: string): void {
    this.#state = state;
    this.#moved = true;
  }

  set(name: string, value: Json): void {
    this.#set ??= Object.create(null) as Record<string, Json>;
    this.#set[name] = value;
    this.#vars = null;
  }

  put(collection: string, key: string, row: Row): void {
    const table = this.#own(collection);
    table.put(key, row);
    // A key that was brought along is never handed out again.
    if (this.#collection(collection).key.type === 'counted') table.nextKey = numberAfter(key, table.nextKey);
  }

  remove(collection: string, key: string): void {
    this.#own(collection).remove(key);
  }

  takeKey(collection: string): number {
    const table = this.#own(collection);
    const key = table.nextKey;
    table.nextKey = key + 1;
    return key;
  }

  replaceAll(collection: string, rows: Iterable<readonly [key: string, row: Row]>, nextKey: number): void {
    const given = this.#collection(collection);
    // A layer of its own revision: what was worked out from the rows before must not be taken for these.
    const table = new LayeredTable(emptyTable, given.unique, this.table(collection).revision + 1);
    for (const [key, row] of rows) table.put(key, row);
    table.nextKey = nextKey;
    this.#tables.set(collection, { collection: given, table, base: emptyTable, cleared: true });
  }

  saveBackup(name: string, collection: string): void {
    const table = this.table(collection);
    const rows = table instanceof LayeredTable ? table.snapshot() : table instanceof SeedTable ? table : new SeedTable(new Map(table.entries()), table.nextKey);
    this.#backups.set(backupKey(name, collection), { name, collection, rows });
  }

  later(dueMs: number, operation: Operation): void {
    this.#later.push({ dueMs, operation });
  }

  changes(): MemoryChange | null {
    if (!this.#moved && this.#set === null && this.#tables.size === 0 && this.#backups.size === 0 && this.#later.length === 0) return null;
    const tables = [...this.#tables].map(([collection, { collection: { unique }, table, base, cleared }]): TableChange => ({ collection, base, cleared, rows: new Map(table.changed()), nextKey: table.nextKey, unique }));
    return { kind: 'memory', root: this.#root, timed: this.#timed, from: this.#from, state: this.#moved ? this.#state : null, vars: this.#set ?? {}, tables, backups: [...this.#backups.values()], later: this.#later };
  }

  #own(name: string): LayeredTable {
    const known = this.#tables.get(name);
    if (known) return known.table;
    const collection = this.#collection(name);
    const base = this.#under(collection);
    const table = new LayeredTable(base, collection.unique, base.revision, true);
    this.#tables.set(name, { collection, table, base, cleared: false });
    return table;
  }

  #under({ name, seed }: Collection): TableView {
    return this.#stored.table(name) ?? seed;
  }

  #collection(name: string): Collection {
    const collection = this.plan.collections.get(name);
    if (!collection) throw new Error(`The scenario declares no collection \`${name}\``);
    return collection;
  }
}

/** A state that no scenario names any more becomes the first. */
function knownState(plan: MemoryPlan, state: string | null): string | null {
  return state !== null && plan.state !== null && (plan.states === null || plan.states.has(state)) ? state : plan.state;
}

function backupKey(name: string, collection: string): string {
  return `${collection}\n${name}`;
}
