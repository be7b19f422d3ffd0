import type { Answer, Body, KeptReply } from '../model/index.ts';

const maxReplies = 10_000;
/** Bodies that live in memory alone count; what is sent from a file or made as it is sent takes no room. */
const maxBytes = 64_000_000;

/** The replies that a session keeps for values of `once`, bounded by number and by bytes: the oldest go first. */
export class KeptReplies {
  readonly #replies = new Map<string, { readonly reply: KeptReply; sizeBytes: number }>();
  #bytes = 0;

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
    this.#bytes -= this.#replies.get(key)?.sizeBytes ?? 0;
    this.#replies.delete(key);
  }

  /** How much it takes is known when it has been rendered. The newest stays, whatever it takes. */
  #weigh(key: string, reply: KeptReply, answer: Answer): void {
    const kept = this.#replies.get(key);
    if (kept?.reply !== reply) return;
    kept.sizeBytes = sizeOf(answer.body);
    this.#bytes += kept.sizeBytes;
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
