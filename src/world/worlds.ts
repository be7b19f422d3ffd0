import { KeptRoom } from './kept-replies.ts';
import { MemoryWorld } from './memory-world.ts';

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

/** A session that nobody has used for so long is let go when another one begins. */
const maxIdleMs = 24 * 3_600_000;

/** All sessions of a server, kept in memory. Bounded by number and by idle time: the one that was idle longest is let go first, `default` never. */
export class Worlds {
  /** The one used last is the last, so that the idlest is found at once, on a clock that stands still as well. */
  readonly #worlds = new Map<string, MemoryWorld>();
  readonly #maxSessions: number;
  readonly #room = new KeptRoom();
  #usedLast: MemoryWorld | null = null;
  /** Selections for everybody: root to scenario. */
  readonly everybody = new Map<string, string>();

  constructor(options: { maxSessions: number }) {
    this.#maxSessions = options.maxSessions;
  }

  /** The session's world, made when it is first named. */
  open(session: string, nowMs: number): MemoryWorld {
    const known = this.#worlds.get(session);
    if (known) {
      known.lastUsedMs = nowMs;
      return known === this.#usedLast ? known : this.#putLast(known);
    }
    this.#letGo(nowMs);
    return this.#putLast(new MemoryWorld(session, nowMs, this.#room));
  }

  get(session: string): MemoryWorld | null {
    return this.#worlds.get(session) ?? null;
  }

  /** Back to the seed. True when there was such a session. */
  delete(session: string): boolean {
    if (this.#usedLast?.session === session) this.#usedLast = null;
    this.#worlds.get(session)?.close();
    return this.#worlds.delete(session);
  }

  /** The one idle longest first. */
  all(): Iterable<MemoryWorld> {
    return this.#worlds.values();
  }

  forget(counterKeys: ReadonlySet<string>): void {
    if (counterKeys.size === 0) return;
    for (const world of this.#worlds.values()) world.forget(counterKeys);
  }

  save(): SavedWorlds {
    const sessions = [...this.#worlds.values()].map((world) => ({ session: world.session, counters: world.counters(), selected: Object.fromEntries(world.selected) }));
    return { everybody: Object.fromEntries(this.everybody), sessions };
  }

  restore(saved: SavedWorlds, nowMs: number): void {
    for (const one of saved.sessions) this.open(one.session, nowMs).restore(one.counters, one.selected);
    for (const [root, scenario] of Object.entries(saved.everybody)) this.everybody.set(root, scenario);
  }

  #putLast(world: MemoryWorld): MemoryWorld {
    this.#worlds.delete(world.session);
    this.#worlds.set(world.session, world);
    this.#usedLast = world;
    return world;
  }

  #letGo(nowMs: number): void {
    for (const world of this.#worlds.values()) {
      if (world.session === defaultSession) continue;
      if (this.#worlds.size < this.#maxSessions && nowMs - world.lastUsedMs <= maxIdleMs) return;
      this.delete(world.session);
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
