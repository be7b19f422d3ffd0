import { createHash, type Hash as Hasher } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Body } from '../../model/index.ts';
import { piecesOf, type Payload } from './payload.ts';
import { corrupted } from './corruption.ts';
import { openSource } from './source.ts';
import type { Wires } from './wires.ts';

/** Lower-case hex; null when the preview is all there is; or worked out when somebody asks. */
export type Hash = string | null | (() => string | Promise<string>);

/** How much of a body is kept to look at. */
const previewBytes = 64 * 1024;
/** What can be read again and is larger than this is hashed only if anybody ever asks: hashing costs as much as sending. */
const hashedBytes = 1024 * 1024;
/** A body in memory up to this size leaves in one write; of a larger one it is known how far it came. */
export const oneWriteBytes = 1024 * 1024;

/** Keeps count of what goes out: its beginning, its size, and its hash where that costs little. */
export class Account {
  sizeBytes = 0;
  readonly #kept: Buffer[] = [];
  readonly #live: Hasher | null;
  /** The buffer that went out whole, when that is all. */
  #whole: Buffer | null = null;

  constructor(payload: Payload) {
    this.#live = hashedAsItGoes(payload) ? createHash('sha256') : null;
  }

  /** A body that goes out in one piece from memory. */
  noteWhole(bytes: Buffer): void {
    this.sizeBytes = bytes.length;
    this.#whole = bytes;
  }

  note(bytes: Buffer): void {
    const room = previewBytes - this.sizeBytes;
    if (room > 0) this.#kept.push(Buffer.from(bytes.subarray(0, room)));
    this.sizeBytes += bytes.length;
    this.#live?.update(bytes);
  }

  preview(): Buffer {
    const whole = this.#whole;
    if (whole !== null) return whole.length <= previewBytes ? whole : Buffer.from(whole.subarray(0, previewBytes));
    return this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
  }

  sha256(body: Body, payload: Payload, wires: Wires): Hash {
    if (this.sizeBytes <= previewBytes) return null;
    if (this.#whole !== null) return hashOfBuffer(this.#whole);
    if (this.#live !== null) return this.#live.digest('hex');
    return payload.kind === 'pieces' ? () => hashAgain(body, payload, this.sizeBytes, wires) : '';
  }
}

/** Bytes in memory are hashed as they go, too: to read them again later they would have to be kept. */
function hashedAsItGoes(payload: Payload): boolean {
  switch (payload.kind) {
    case 'none': return false;
    case 'flow': return true;
    case 'bytes': return payload.bytes.length > previewBytes;
    case 'pieces': return payload.sizeBytes > previewBytes && (payload.sizeBytes <= hashedBytes || payload.source.bytes !== null);
  }
}

const bufferHashes = new WeakMap<Buffer, string>();

/** Fixed replies send the same buffer again and again: each is hashed once. */
function hashOfBuffer(bytes: Buffer): string {
  let hash = bufferHashes.get(bytes);
  if (hash === undefined) bufferHashes.set(bytes, (hash = createHash('sha256').update(bytes).digest('hex')));
  return hash;
}

const wholeHashes = new WeakMap<Body, Promise<string>>();

/** The hash of what went out, from its source: once for each whole body. Gives '' when the source is no longer what it was. */
function hashAgain(body: Body, payload: Extract<Payload, { kind: 'pieces' }>, sentBytes: number, wires: Wires): Promise<string> {
  const isWhole = payload.pieces.length === 1 && sentBytes === payload.sizeBytes && 'sizeBytes' in body && sentBytes === body.sizeBytes && wires.corrupt === null;
  if (!isWhole) return readAgain(body, payload, sentBytes, wires);
  let hash = wholeHashes.get(body);
  if (!hash) wholeHashes.set(body, (hash = readAgain(body, payload, sentBytes, wires)));
  return hash;
}

async function readAgain(body: Body, payload: Extract<Payload, { kind: 'pieces' }>, sentBytes: number, wires: Wires): Promise<string> {
  try {
    const source = await openSource(body);
    try {
      if ((source.representation === null) !== (payload.source.representation === null)) return '';
      const hash = createHash('sha256');
      let left = sentBytes;
      for await (const bytes of corrupted(piecesOf({ ...payload, source }), wires.corrupt, payload.sizeBytes)) {
        hash.update(bytes.length <= left ? bytes : bytes.subarray(0, left));
        left -= bytes.length;
        if (left <= 0) break;
        await nextTurn();
      }
      return left <= 0 ? hash.digest('hex') : '';
    } finally {
      await source.close();
    }
  } catch {
    return '';
  }
}
