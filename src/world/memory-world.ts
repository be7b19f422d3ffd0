import type { Change, Count, KeptReply, MemoryChange, Pending, StoredMemory, World } from '../model/index.ts';
import { KeptReplies } from './kept-replies.ts';
import { SessionMemory } from './session-memory.ts';
import { SharedRoom } from './session-memory-room.ts';
import { canBeStored, type KeepChange, type SavedSession, type WaitingOperation } from './session-memory-store.ts';

/** How many counters and windows one session may hold; past it those not used for longest are forgotten. */
const maxKeys = 10_000;
/** How many requests one sliding window remembers. No `rate` may ask for more (see its shape), so that each can hold. */
const maxStamps = 10_000;

/**
 * A session's world in this process: committing is immediate, since nothing comes between reading and writing. What must outlive
 * the run is in the store before it is in memory.
 */
export class MemoryWorld implements World {
  readonly session: string;
  readonly selected = new Map<string, string>();
  version = 0;
  /** On the server's clock. */
  lastUsedMs: number;
  /** On the clock that idle time is measured by. */
  idleSinceMs = 0;
  readonly #counts = new Map<string, number>();
  readonly #windows = new Map<string, number[]>();
  readonly #kept: KeptReplies;
  readonly #memory: SessionMemory;
  readonly #shared: SharedRoom;
  #closed = false;

  /** `shared` is one for all sessions of a server. */
  constructor(session: string, nowMs: number, shared = new SharedRoom()) {
    this.#shared = shared;
    this.#kept = new KeptReplies(shared.kept);
    this.#memory = new SessionMemory(shared.memory);
    this.session = session;
    this.lastUsedMs = nowMs;
  }

  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  window(key: string, windowMs: number, nowMs: number, limit: number): Count {
    const stamps = this.#windows.get(key) ?? [];
    const first = firstWithin(stamps, nowMs - windowMs);
    const count = stamps.length - first + 1;
    const leaver = stamps[first + Math.max(0, count - limit)] ?? nowMs;
    return { count, resetMs: leaver + windowMs - nowMs };
  }

  kept(key: string): KeptReply | null {
    return this.#kept.get(key);
  }

  memory(root: string): StoredMemory {
    return this.#memory.of(root);
  }

  /** Throws {@link WorldRefusal} when what is to be remembered has no room, in memory or on the disk; then nothing is changed. */
  commit(version: number, changes: readonly Change[]): boolean {
    if (version !== this.version) return false;
    if (changes.some(({ kind }) => kind === 'memory' || kind === 'keep')) this.#commitLasting(changes);
    for (const change of changes) this.#apply(change);
    this.version += 1;
    return true;
  }

  takeDue(nowMs: number): { readonly root: string; readonly pending: Pending } | null {
    const due = this.#memory.takeDue(nowMs);
    return due && { root: due.root, pending: due };
  }

  /** Roots whose scenarios have been made to remember something here. */
  roots(): Iterable<string> {
    return this.#memory.roots();
  }

  /** Operations that wait for their time, the earliest first. */
  waiting(): readonly WaitingOperation[] {
    return this.#memory.waiting();
  }

  keep(key: string, reply: KeptReply): void {
    if (!this.#closed) this.#kept.keep(key, reply);
  }

  drop(key: string): void {
    this.#kept.drop(key);
  }

  /** The session is over: what requests under way still keep in it is nobody's. */
  close(): void {
    this.#closed = true;
    this.#kept.dropAll();
    this.#memory.close();
  }

  /** Has the store forget what is kept no longer, rather than with the next commit. */
  flush(): void {
    const gone = this.#memory.done;
    const { dropped } = this.#kept;
    if (this.#store === null || (gone.length === 0 && dropped.length === 0)) return;
    this.#store.commit(this.session, { gone, dropped, changes: [], waits: [], keeps: [] });
    this.#memory.forgetDone();
    this.#kept.forgetDropped();
  }

  /** Forgets the counters of changed routes: those under one of these keys, and those counted apart below it. */
  forget(keys: ReadonlySet<string>): void {
    for (const map of [this.#counts, this.#windows]) {
      for (const key of map.keys()) if (keys.has(routeOf(key))) map.delete(key);
    }
    for (const key of this.#kept.keys()) if (keys.has(routeOf(key))) this.#kept.drop(key);
    this.version += 1;
  }

  /** Counters as plain data, for the data folder and for people who look into a session. */
  counters(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  restore(counters: Readonly<Record<string, number>>, selected: Readonly<Record<string, string>>): void {
    for (const [key, count] of Object.entries(counters)) put(this.#counts, key, count);
    for (const [root, scenario] of Object.entries(selected)) this.selected.set(root, scenario);
  }

  /** What a store gave back of an earlier run. */
  restoreMemory(saved: SavedSession): void {
    this.#memory.restore(saved);
    for (const { key, bodySha256, answer } of saved.kept) this.#kept.keep(key, { bodySha256, answer }, true);
    this.version += 1;
  }

  get #store(): SharedRoom['store'] {
    return this.#closed ? null : this.#shared.store;
  }

  #commitLasting(changes: readonly Change[]): void {
    const prepared = this.#memory.prepare(changes.filter((change): change is MemoryChange => change.kind === 'memory'));
    const keeps = changes.filter((change): change is KeepChange => change.kind === 'keep');
    const lasting = this.#store === null ? [] : keeps.filter(canBeStored);
    const store = prepared.changes.length > 0 || lasting.length > 0 ? this.#store : null;
    if (store !== null) {
      try {
        store.commit(this.session, { ...prepared, dropped: this.#kept.dropped, keeps: lasting });
      } catch (error) {
        if (prepared.changes.some(({ timed }) => timed)) this.#memory.putBack();
        throw error;
      }
      this.#kept.forgetDropped();
    }
    if (store !== null || prepared.changes.length > 0) this.#memory.apply(prepared);
    if (!this.#closed) for (const change of keeps) this.#kept.keep(change.key, change.reply, lasting.includes(change));
  }

  #apply(change: Change): void {
    if (change.kind === 'memory' || change.kind === 'keep') return;
    if (change.kind === 'count') return put(this.#counts, change.key, this.count(change.key) + 1);
    const stamps = this.#windows.get(change.key) ?? [];
    put(this.#windows, change.key, stamps);
    const outside = firstWithin(stamps, change.atMs - change.windowMs);
    if (outside > 0) stamps.splice(0, outside);
    if (stamps.length >= maxStamps) stamps.shift();
    stamps.push(change.atMs);
  }
}

/** Root and route of a counter's key, which begins with them on two lines. */
function routeOf(key: string): string {
  return key.split('\n', 2).join('\n');
}

function firstWithin(stamps: readonly number[], afterMs: number): number {
  let low = 0;
  let high = stamps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (stamps[middle]! > afterMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** In a full map what is used moves to the end, and what was not for longest makes room: values that come once cannot push out a counter at work. */
function put<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= maxKeys && !map.delete(key)) map.delete(map.keys().next().value!);
  map.set(key, value);
}
