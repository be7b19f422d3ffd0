import type { MemoryChange, StoredMemory } from '../model/index.ts';
import { WorldRefusal } from './session-memory-refusal.ts';
import { sizeOf, type MemoryRoom } from './session-memory-room.ts';
import { RootMemory } from './session-memory-root.ts';
import type { SavedSession, SessionCommit, WaitingOperation } from './session-memory-store.ts';
import { WaitingOperations } from './session-memory-waiting.ts';

/** How many backups one session may hold of one root's collections. */
export const maxBackups = 100;
/** How many operations of one session may wait for their time. */
export const maxWaiting = 10_000;

/** A commit that has been looked through and fits: to be stored, then applied. */
export type Prepared = Pick<SessionCommit, 'changes' | 'waits' | 'gone'>;

/** What one session remembers of all roots, kept in memory. */
export class SessionMemory {
  readonly #roots = new Map<string, RootMemory>();
  readonly #waiting = new WaitingOperations();
  readonly #room: MemoryRoom;
  #bytes = 0;
  #nextId = 1;
  #closed = false;
  /** The operation that was taken out last: it is done when something is committed or the next is taken. */
  #taken: WaitingOperation | null = null;
  /** Ids of operations that are done and that a store may still hold. */
  readonly #done = new Set<number>();

  constructor(room: MemoryRoom) {
    this.#room = room;
  }

  of(root: string): StoredMemory {
    return this.#roots.get(root) ?? untouched;
  }

  roots(): Iterable<string> {
    return this.#roots.keys();
  }

  /** The earliest first. */
  waiting(): readonly WaitingOperation[] {
    return this.#waiting.all();
  }

  takeDue(nowMs: number): WaitingOperation | null {
    this.#settleTaken();
    const taken = this.#waiting.takeDue(nowMs);
    if (taken) this.#take(-sizeOf(taken.operation));
    return (this.#taken = taken);
  }

  /** The commit that carried out the operation taken last failed for want of room on the disk: it waits on. */
  putBack(): void {
    if (!this.#taken) return;
    this.#add(this.#taken);
    this.#taken = null;
  }

  /** Ids of operations that are done and that no commit has carried to a store yet. */
  get done(): readonly number[] {
    return [...this.#done];
  }

  /** A store holds none of `done` any more. */
  forgetDone(): void {
    this.#done.clear();
  }

  /** What the changes come to together. Throws {@link WorldRefusal} when more would be kept than a bound allows. */
  prepare(changes: readonly MemoryChange[]): Prepared {
    const gone = new Set(this.#done);
    if (this.#taken) gone.add(this.#taken.id);
    let waits: WaitingOperation[] = [];
    let nextId = this.#nextId;
    let growth = 0;
    const states = new Map<string, string | null>();
    for (const change of changes) {
      const { root, state } = change;
      const memory = this.#roots.get(root) ?? untouched;
      const present = states.has(root) ? states.get(root) : (memory.state ?? change.from ?? null);
      if (state !== null) states.set(root, state);
      if (state !== null && state !== present && !change.timed) {
        waits = waits.filter((waiting) => !isMove(waiting, root));
        for (const waiting of this.#waiting.all()) if (isMove(waiting, root)) gone.add(waiting.id);
      }
      for (const { dueMs, operation } of change.later) {
        waits.push({ id: nextId, root, dueMs, operation });
        nextId += 1;
        growth += sizeOf(operation);
      }
      growth += memory.growth(change);
    }
    this.#mustBeWithinBounds(changes, waits.length, gone);
    this.#room.mustFit(growth);
    return { changes, waits, gone: [...gone] };
  }

  /** Carries out what was prepared in the same tick. Cannot fail. */
  apply({ changes, waits, gone }: Prepared): void {
    for (const { operation } of this.#waiting.remove(gone)) this.#take(-sizeOf(operation));
    for (const waiting of waits) this.#add(waiting);
    for (const change of changes) {
      let memory = this.#roots.get(change.root);
      if (!memory) this.#roots.set(change.root, (memory = new RootMemory()));
      this.#take(memory.apply(change));
    }
    this.#done.clear();
    this.#taken = null;
  }

  restore({ roots, waiting }: Pick<SavedSession, 'roots' | 'waiting'>): void {
    for (const saved of roots) {
      const memory = new RootMemory();
      this.#roots.set(saved.root, memory);
      this.#take(memory.restore(saved));
    }
    for (const one of waiting) this.#add(one);
  }

  /** The session is over: what requests under way still change in it is nobody's. */
  close(): void {
    this.#room.take(-this.#bytes);
    this.#bytes = 0;
    this.#closed = true;
  }

  #settleTaken(): void {
    if (this.#taken) this.#done.add(this.#taken.id);
    this.#taken = null;
  }

  #add(waiting: WaitingOperation): void {
    this.#nextId = Math.max(this.#nextId, waiting.id + 1);
    this.#take(sizeOf(waiting.operation));
    this.#waiting.add(waiting);
  }

  #take(bytes: number): void {
    if (this.#closed) return;
    this.#bytes += bytes;
    this.#room.take(bytes);
  }

  #mustBeWithinBounds(changes: readonly MemoryChange[], waits: number, gone: ReadonlySet<number>): void {
    if (waits > 0 && this.#waiting.size + waits > maxWaiting) {
      const staying = this.#waiting.all().filter(({ id }) => !gone.has(id)).length;
      if (staying + waits > maxWaiting) throw new WorldRefusal(`At most ${maxWaiting} changes of a session wait for their time: wait until some have come, or reset the session`);
    }
    for (const root of new Set(changes.flatMap((change) => (change.backups.length > 0 ? [change.root] : [])))) {
      const backups = changes.flatMap((change) => (change.root === root ? change.backups : []));
      if ((this.#roots.get(root) ?? untouched).backupsWith(backups) > maxBackups) throw new WorldRefusal(`A session keeps at most ${maxBackups} backups: give a name again, or reset the session`);
    }
  }
}

/** Of a root where the session has changed nothing. */
const untouched = new RootMemory();

function isMove({ root, operation }: WaitingOperation, of: string): boolean {
  return root === of && operation.kind === 'state';
}
