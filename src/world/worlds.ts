import { MemoryWorld } from './memory-world.ts';
import { WorldRefusal } from './session-memory-refusal.ts';
import { SharedRoom } from './session-memory-room.ts';
import type { MemoryStore, SavedSession } from './session-memory-store.ts';

/** A session as plain data, for the data folder. */
export interface SavedWorld {
  readonly session: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly selected: Readonly<Record<string, string>>;
}

/** Everything that outlives the run, as plain data. */
export interface SavedWorlds {
  /** Root to the scenario selected for everybody. */
  readonly everybody: Readonly<Record<string, string>>;
  readonly sessions: readonly SavedWorld[];
}

/** The session of requests that name none. */
export const defaultSession = 'default';

/** How long a session may be idle when nothing else is said. */
const defaultTtlMs = 24 * 3_600_000;

export interface WorldsOptions {
  readonly maxSessions: number;
  /** A session that nobody has used for so long is let go when another one begins, or when idle ones are swept out. */
  readonly sessionTtlMs?: number;
  /** Bytes that all sessions together may be made to remember, estimated. */
  readonly memoryBytes?: number;
  /** What idle time is measured by, when it is not the server's clock: that can be set, and a test that moves it on by a day still needs its session. */
  readonly idleClock?: () => number;
}

/** All sessions of a server, kept in memory. Bounded by number and by idle time: the one that was idle longest is let go first, `default` never. */
export class Worlds {
  /** The one used last is the last, so that the idlest is found at once, on a clock that stands still as well. */
  readonly #worlds = new Map<string, MemoryWorld>();
  readonly #maxSessions: number;
  readonly #ttlMs: number;
  readonly #idleClock: (() => number) | null;
  readonly #shared: SharedRoom;
  #usedLast: MemoryWorld | null = null;
  /** Selections for everybody: root to scenario. */
  readonly everybody = new Map<string, string>();

  constructor({ maxSessions, sessionTtlMs = defaultTtlMs, memoryBytes, idleClock }: WorldsOptions) {
    this.#maxSessions = maxSessions;
    this.#ttlMs = sessionTtlMs;
    this.#idleClock = idleClock ?? null;
    this.#shared = new SharedRoom(memoryBytes);
  }

  /** The session's world, made when it is first named. `atMs`: the time by which idleness is measured, where it is known already. */
  open(session: string, nowMs: number, atMs: number = this.#idleClock === null ? nowMs : this.#idleClock()): MemoryWorld {
    const known = this.#inTime(session, atMs);
    if (known) {
      known.lastUsedMs = nowMs;
      known.idleSinceMs = atMs;
      return known === this.#usedLast ? known : this.#putLast(known);
    }
    this.#letGo(atMs, this.#maxSessions - 1);
    const world = new MemoryWorld(session, nowMs, this.#shared);
    world.idleSinceMs = atMs;
    return this.#putLast(world);
  }

  get(session: string): MemoryWorld | null {
    return this.#worlds.get(session) ?? null;
  }

  /** Back to the seed, what is kept beyond the run included. True when there was such a session. Throws {@link WorldRefusal} when the disk does not let it; then nothing is changed. */
  delete(session: string): boolean {
    this.#shared.store?.drop(session);
    if (this.#usedLast?.session === session) this.#usedLast = null;
    this.#worlds.get(session)?.close();
    return this.#worlds.delete(session);
  }

  /** Lets go of sessions that have been idle for too long. */
  sweep(nowMs: number): void {
    this.#letGo(this.#idleClock === null ? nowMs : this.#idleClock(), this.#maxSessions);
  }

  /** The one idle longest first. */
  all(): Iterable<MemoryWorld> {
    return this.#worlds.values();
  }

  forget(counterKeys: ReadonlySet<string>): void {
    if (counterKeys.size === 0) return;
    for (const world of this.#worlds.values()) world.forget(counterKeys);
  }

  /** From now on, what sessions are made to remember outlives the run. `saved`: what earlier runs left. */
  keepIn(store: MemoryStore, saved: readonly SavedSession[], nowMs: number): void {
    this.#shared.store = store;
    for (const one of saved) (this.#worlds.get(one.session) ?? this.open(one.session, nowMs)).restoreMemory(one);
  }

  /** Brings what is kept beyond the run up to date, before its store is closed. Throws {@link WorldRefusal}. */
  flush(): void {
    for (const world of this.#worlds.values()) world.flush();
  }

  save(): SavedWorlds {
    const sessions = [...this.#worlds.values()].map((world) => ({ session: world.session, counters: world.counters(), selected: Object.fromEntries(world.selected) }));
    return { everybody: Object.fromEntries(this.everybody), sessions };
  }

  restore(saved: SavedWorlds, nowMs: number): void {
    for (const one of saved.sessions) this.open(one.session, nowMs).restore(one.counters, one.selected);
    for (const [root, scenario] of Object.entries(saved.everybody)) this.everybody.set(root, scenario);
  }

  /** The session's world, unless it has been idle for too long: then it begins again. */
  #inTime(session: string, atMs: number): MemoryWorld | null {
    const known = this.#worlds.get(session);
    if (known === undefined) return null;
    if (atMs - known.idleSinceMs > this.#ttlMs && session !== defaultSession) {
      this.#tryDelete(session);
      return this.#worlds.get(session) ?? null;
    }
    return known;
  }

  /** One that the disk does not let go of stays until it does. */
  #tryDelete(session: string): boolean {
    try {
      return this.delete(session);
    } catch (error) {
      if (error instanceof WorldRefusal) return false;
      throw error;
    }
  }

  #putLast(world: MemoryWorld): MemoryWorld {
    this.#worlds.delete(world.session);
    this.#worlds.set(world.session, world);
    this.#usedLast = world;
    return world;
  }

  /** Those idle for too long, and beyond `most` sessions those idle longest. */
  #letGo(atMs: number, most: number): void {
    for (const world of this.#worlds.values()) {
      if (world.session === defaultSession) continue;
      if (this.#worlds.size <= most && atMs - world.idleSinceMs <= this.#ttlMs) return;
      if (!this.#tryDelete(world.session)) return;
    }
  }
}

/** Reads back what {@link Worlds.save} gave, from a file that anybody may have changed; null when it is something else. */
export function readSavedWorlds(value: unknown): SavedWorlds | null {
  if (!isMap(value) || !isMapOf(value['everybody'], isText) || !Array.isArray(value['sessions'])) return null;
  return value['sessions'].every(isSavedWorld) ? { everybody: value['everybody'], sessions: value['sessions'] } : null;
}

function isSavedWorld(value: unknown): value is SavedWorld {
  return isMap(value) && isText(value['session']) && isMapOf(value['counters'], isCount) && isMapOf(value['selected'], isText);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMapOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is Readonly<Record<string, T>> {
  return isMap(value) && Object.values(value).every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
