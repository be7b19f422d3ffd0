import type { Body, KeptReply } from '../model/index.ts';

const maxReplies = 10_000;
/** Of bodies those in memory count; what is sent from a file or made as it is sent takes no room. */
const maxBytes = 64_000_000;
/** Of a reply with its headers, beside its key and its body: replies without a body take room too. */
const ownBytes = 700;

/** In all sessions of a server together. */
const maxBytesInAll = 128_000_000;

interface Kept {
  readonly reply: KeptReply;
  sizeBytes: number;
}

/** The room that the replies of all sessions take together: past its bound those kept longest ago go first, whosever they are. */
export class KeptRoom {
  readonly #drops = new Map<Kept, () => void>();
  #bytes = 0;

  take(kept: Kept, drop: () => void): void {
    this.#drops.set(kept, drop);
    this.#bytes += kept.sizeBytes;
    while (this.#bytes > maxBytesInAll && this.#drops.size > 1) this.#drops.values().next().value!();
  }

  give(kept: Kept): void {
    if (this.#drops.delete(kept)) this.#bytes -= kept.sizeBytes;
  }
}

/** The replies that a session keeps for values of `once`, bounded by number and by bytes: the oldest go first. */
export class KeptReplies {
  readonly #replies = new Map<string, Kept>();
  readonly #room: KeptRoom;
  /** Keys that a store holds too; those in `#dropped` it should not hold any more. */
  readonly #stored = new Set<string>();
  readonly #dropped = new Set<string>();
  #bytes = 0;

  constructor(room: KeptRoom) {
    this.#room = room;
  }

  get(key: string): KeptReply | null {
    return this.#replies.get(key)?.reply ?? null;
  }

  keys(): Iterable<string> {
    return this.#replies.keys();
  }

  /** `stored`: a store holds the reply by now. */
  keep(key: string, reply: KeptReply, stored = false): void {
    this.drop(key);
    if (stored) {
      this.#stored.add(key);
      this.#dropped.delete(key);
    }
    if (this.#replies.size >= maxReplies) this.#dropOldest();
    this.#replies.set(key, { reply, sizeBytes: 0 });
    this.#weigh(key, reply, reply.answer instanceof Promise ? 0 : sizeOf(reply.answer.body));
    if (reply.answer instanceof Promise) reply.answer.then(({ body }) => this.#weigh(key, reply, sizeOf(body)), () => undefined);
  }

  drop(key: string): void {
    const kept = this.#replies.get(key);
    if (!kept) return;
    this.#replies.delete(key);
    if (this.#stored.delete(key)) this.#dropped.add(key);
    this.#bytes -= kept.sizeBytes;
    this.#room.give(kept);
  }

  /** The session goes. */
  dropAll(): void {
    for (const key of this.#replies.keys()) this.drop(key);
  }

  /** Keys that a store still holds and that are kept no longer. */
  get dropped(): readonly string[] {
    return [...this.#dropped];
  }

  /** A store holds none of `dropped` any more. */
  forgetDropped(): void {
    this.#dropped.clear();
  }

  /** How much the body takes is known when it has been rendered. The newest stays, whatever it takes. */
  #weigh(key: string, reply: KeptReply, bodyBytes: number): void {
    const kept = this.#replies.get(key);
    if (kept?.reply !== reply) return;
    this.#room.give(kept);
    this.#bytes -= kept.sizeBytes;
    kept.sizeBytes = ownBytes + key.length + bodyBytes;
    this.#bytes += kept.sizeBytes;
    this.#room.take(kept, () => this.drop(key));
    while (this.#bytes > maxBytes && this.#replies.size > 1) this.#dropOldest();
  }

  #dropOldest(): void {
    this.drop(this.#replies.keys().next().value!);
  }
}

function sizeOf(body: Body): number {
  switch (body.kind) {
    case 'bytes': return body.bytes.length;
    case 'stream': return body.chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    case 'none': case 'file': case 'made': return 0;
  }
}
