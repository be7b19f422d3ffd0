import type { Change, Count, KeptReply, World } from '../model/index.ts';
import { KeptReplies, KeptRoom } from './kept-replies.ts';

/** How many counters and windows one session may hold; past it those not used for longest are forgotten. */
const maxKeys = 10_000;
/** How many requests one sliding window remembers. No `rate` may ask for more (see its shape), so that each can hold. */
const maxStamps = 10_000;

/** A session's world in this process: committing is immediate and cannot fail, since nothing comes between reading and writing. */
export class MemoryWorld implements World {
  readonly session: string;
  readonly selected = new Map<string, string>();
  version = 0;
  lastUsedMs: number;
  readonly #counts = new Map<string, number>();
  readonly #windows = new Map<string, number[]>();
  readonly #kept: KeptReplies;

  /** `room` is shared by all sessions of a server. */
  constructor(session: string, nowMs: number, room = new KeptRoom()) {
    this.#kept = new KeptReplies(room);
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

  commit(version: number, changes: readonly Change[]): boolean {
    if (version !== this.version) return false;
    for (const change of changes) this.#apply(change);
    this.version += 1;
    return true;
  }

  keep(key: string, reply: KeptReply): void {
    this.#kept.keep(key, reply);
  }

  drop(key: string): void {
    this.#kept.drop(key);
  }

  /** The session is over: what requests under way still keep in it is nobody's. */
  close(): void {
    this.#kept.dropAll();
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

  #apply(change: Change): void {
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
