import { isNumeric } from '../base/json.ts';
import { formatSize } from '../base/units.ts';
import { KeptRoom } from './kept-replies.ts';
import { WorldRefusal } from './session-memory-refusal.ts';
import type { MemoryStore } from './session-memory-store.ts';

export const defaultMemoryBytes = 256_000_000;

/** The room that rows, variables, backups and waiting operations of all sessions take together, estimated. First rows take none: all sessions share them. */
export class MemoryRoom {
  readonly maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = defaultMemoryBytes) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Throws {@link WorldRefusal} when so much more has no place. What takes no more is always let through, so that there is a way back. */
  mustFit(growth: number): void {
    if (growth <= 0 || this.#bytes + growth <= this.maxBytes) return;
    throw new WorldRefusal(`What sessions remember has reached its bound of ${formatSize(this.maxBytes)}: remove rows or backups, or reset sessions that are done`);
  }
}

/** What all sessions of a server share. */
export class SharedRoom {
  readonly kept = new KeptRoom();
  readonly memory: MemoryRoom;
  /** Null: nothing outlives the run. */
  store: MemoryStore | null = null;

  constructor(maxBytes?: number) {
    this.memory = new MemoryRoom(maxBytes);
  }
}

/** What V8 takes, measured: a map without a prototype is a hash table, so an empty one takes far more than the two letters that it came in. */
const mapBytes = 144;
const fieldBytes = 40;
const listBytes = 32;
const itemBytes = 8;
const stringBytes = 16;
const numberBytes = 16;
/** Of a number that keeps all its digits. */
const exactNumberBytes = 80;
/** Bytes of a row, or of the mark of one that is gone, beside its content. */
const rowBytes = 64;
/** Deeper values could not be written down again. */
const maxDepth = 500;

/** Bytes that a row takes, estimated; of null: those of the mark that it is gone. */
export function sizeOfRow(key: string, row: unknown): number {
  return rowBytes + key.length + (row === null ? 0 : sizeOf(row));
}

/** Bytes that a value takes, estimated. Throws {@link WorldRefusal} when it is nested too deep to be kept. */
export function sizeOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return stringBytes + (beyondLatin1.test(value) ? 2 : 1) * value.length;
  if (typeof value !== 'object' || value === null) return numberBytes + (typeof value === 'bigint' ? String(value).length : 0);
  if (isNumeric(value)) return exactNumberBytes + String(value).length;
  if (depth > maxDepth) throw new WorldRefusal(`The value to be kept is nested more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) return value.reduce((bytes: number, item) => bytes + itemBytes + sizeOf(item, depth + 1), listBytes);
  let bytes = mapBytes;
  for (const name of Object.keys(value)) bytes += fieldBytes + name.length + sizeOf((value as Readonly<Record<string, unknown>>)[name], depth + 1);
  return bytes;
}

/** Text with such a letter takes two bytes for each. */
const beyondLatin1 = /[^\u0000-\u00ff]/;
