import type { Answer, Change, MemoryChange, Pending, Row } from '../model/index.ts';

/** Keeps beyond the run what scenarios remember. */
export interface MemoryStore {
  /**
   * All or none, done when it returns: what a commit acknowledges outlives the process. Called before the change is made in
   * memory, so that `base` of a table is still what it was. Throws {@link WorldRefusal} when it cannot be kept.
   */
  commit(session: string, commit: SessionCommit): void;
  /** Forgets all that a session has. Throws {@link WorldRefusal} when it cannot. */
  drop(session: string): void;
}

export type KeepChange = Extract<Change, { kind: 'keep' }>;

/** What one commit means to a store. `gone` and `dropped` go first, in this order comes the rest. */
export interface SessionCommit {
  /** Ids of operations that wait no longer: carried out, or dropped by a move. */
  readonly gone: readonly number[];
  /** Keys of kept replies that are kept no longer. */
  readonly dropped: readonly string[];
  readonly changes: readonly MemoryChange[];
  /** The operations under `later` of all changes that are still to come after the last of them. */
  readonly waits: readonly WaitingOperation[];
  readonly keeps: readonly KeepChange[];
}

/** An operation that waits for its time. The id rises in its session with the order of arrival. */
export interface WaitingOperation extends Pending {
  readonly id: number;
  readonly root: string;
}

/** A session as a store gives it back. */
export interface SavedSession {
  readonly session: string;
  readonly roots: readonly SavedRoot[];
  readonly waiting: readonly WaitingOperation[];
  /** The oldest first. */
  readonly kept: readonly { readonly key: string; readonly bodySha256: string; readonly answer: Answer }[];
}

export interface SavedRoot {
  readonly root: string;
  readonly state: string | null;
  readonly vars: ReadonlyMap<string, Row[string]>;
  readonly tables: readonly SavedTable[];
  readonly backups: readonly (SavedTable & { readonly name: string })[];
}

/** All rows of a collection, in their order. */
export interface SavedTable {
  readonly collection: string;
  readonly unique: readonly string[];
  readonly nextKey: number;
  readonly rows: readonly (readonly [key: string, row: Row])[];
}

/** Whether a store can give the reply back as it was: bytes, without faults on the wire. */
export function canBeStored({ reply: { answer } }: KeepChange): boolean {
  return answer.wire.length === 0 && (answer.body.kind === 'none' || answer.body.kind === 'bytes');
}
