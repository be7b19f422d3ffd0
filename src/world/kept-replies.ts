import type { Answer, Body, KeptReply } from '../model/index.ts';

const maxReplies = 10_000;
/** Bodies that live in memory alone count; what is sent from a file or made as it is sent takes no room. */
const maxBytes = 64_000_000;

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

  keep(key: string, reply: KeptReply): void {
    this.drop(key);
    if (this.#replies.size >= maxReplies) this.#dropOldest();
    this.#replies.set(key, { reply, sizeBytes: 0 });
    if (!(reply.answer instanceof Promise)) return this.#weigh(key, reply, reply.answer);
    reply.answer.then((answer) => this.#weigh(key, reply, answer), () => undefined);
  }

  drop(key: string): void {
    const kept = this.#replies.get(key);
    if (!kept) return;
    this.#replies.delete(key);
    this.#bytes -= kept.sizeBytes;
    this.#room.give(kept);
  }

  /** The session goes. */
  dropAll(): void {
    for (const key of this.#replies.keys()) this.drop(key);
  }

  /** How much it takes is known when it has been rendered. The newest stays, whatever it takes. */
  #weigh(key: string, reply: KeptReply, answer: Answer): void {
    const kept = this.#replies.get(key);
    if (kept?.reply !== reply) return;
    kept.sizeBytes = sizeOf(answer.body);
    this.#bytes += kept.sizeBytes;
    if (kept.sizeBytes > 0) this.#room.take(kept, () => this.drop(key));
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
