import type { Answer } from './answer.ts';
import type { Count } from './facts.ts';
import type { MemoryChange, Pending, StoredMemory } from './memory.ts';

/** What deciding may read of a session's world. A shared store gives a snapshot with the version it was read at. */
export interface WorldView {
  /** Rises with every committed change. */
  readonly version: number;
  /** Requests counted so far under this key, without the present one. */
  count(key: string): number;
  /**
   * Requests within the window that ends at `nowMs`, the present one included, and how long until one more request would be
   * within `limit` again (or, below the limit, until the oldest leaves).
   */
  window(key: string, windowMs: number, nowMs: number, limit: number): Count;
  /** The reply that was kept for a value of `once`. */
  kept(key: string): KeptReply | null;
  /** What the scenarios of a root have been made to remember. */
  memory(root: string): StoredMemory;
}

export interface KeptReply {
  /** SHA-256 of the request's body: the same value with another body is refused. */
  readonly bodySha256: string;
  readonly answer: Answer | Promise<Answer>;
}

/** A change that a decision makes to a session's world. Data alone, so that a shared store can carry it out in one step. */
export type Change =
  | { readonly kind: 'count'; readonly key: string }
  | { readonly kind: 'window'; readonly key: string; readonly atMs: number; readonly windowMs: number }
  /** The reply for a value of `once`, kept in one step with what the rule changes: it outlives the run as they do. */
  | { readonly kind: 'keep'; readonly key: string; readonly reply: { readonly bodySha256: string; readonly answer: Answer } }
  | MemoryChange;

/** One client's own world. */
export interface World extends WorldView {
  readonly session: string;
  /** Root to the scenario selected for this session. */
  readonly selected: ReadonlyMap<string, string>;
  /** All or none: false when the version has moved on since the decision was made, which then has to be made again. */
  commit(version: number, changes: readonly Change[]): boolean;
  keep(key: string, reply: KeptReply): void;
  drop(key: string): void;
  /** Takes out the operation whose time has come first, if any has: the earliest first, of equal ones the first that was asked for. */
  takeDue(nowMs: number): { readonly root: string; readonly pending: Pending } | null;
}
