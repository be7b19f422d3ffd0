import { MemoryWorld } from './memory-world.ts';

/** A session as plain data, for the data folder. */
export interface SavedWorld {
  readonly session: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly selected: Readonly<Record<string, string>>;
}

/** The session of requests that name none. */
export const defaultSession = 'default';

/** All sessions of a server, kept in memory. Their number is bounded: past it, the one that was idle longest is let go. */
export class Worlds {
  readonly #worlds = new Map<string, MemoryWorld>();
  readonly #maxSessions: number;
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
      return known;
    }
    if (this.#worlds.size >= this.#maxSessions) this.#letGoOfIdlest();
    const world = new MemoryWorld(session, nowMs);
    this.#worlds.set(session, world);
    return world;
  }

  get(session: string): MemoryWorld | null {
    return this.#worlds.get(session) ?? null;
  }

  /** Back to the seed. True when there was such a session. */
  delete(session: string): boolean {
    return this.#worlds.delete(session);
  }

  all(): Iterable<MemoryWorld> {
    return this.#worlds.values();
  }

  forget(counterKeys: ReadonlySet<string>): void {
    if (counterKeys.size === 0) return;
    for (const world of this.#worlds.values()) world.forget(counterKeys);
  }

  save(): readonly SavedWorld[] {
    return [...this.#worlds.values()].map((world) => ({ session: world.session, counters: world.counters(), selected: Object.fromEntries(world.selected) }));
  }

  restore(saved: readonly SavedWorld[], nowMs: number): void {
    for (const one of saved) this.open(one.session, nowMs).restore(one.counters, one.selected);
  }

  #letGoOfIdlest(): void {
    let idlest: MemoryWorld | null = null;
    for (const world of this.#worlds.values()) {
      if (world.session !== defaultSession && (!idlest || world.lastUsedMs < idlest.lastUsedMs)) idlest = world;
    }
    if (idlest) this.#worlds.delete(idlest.session);
  }
}
