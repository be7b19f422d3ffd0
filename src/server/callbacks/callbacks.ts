import { promises as dns } from 'node:dns';
import { Agent } from 'node:https';
import * as tls from 'node:tls';
import { formatDuration, formatSize } from '../../base/units.ts';
import type { CallbackAttempt, CallbackRequest } from '../../model/index.ts';
import { readAllowedHosts } from './allowed-hosts.ts';
import { attempt, type Outbound, type Tried } from './attempt.ts';
import type { Resolve } from './permission.ts';
import { Schedule, type Time } from './schedule.ts';
import { Slots } from './slots.ts';

export interface CallbackOptions extends Time {
  /** `--allow-callback`: hosts that may be called beside this machine. */
  readonly allow: readonly string[];
  /** PEM of the local CA, trusted beside the public roots. */
  readonly ca: string | null;
  /** Milliseconds on a clock that never jumps. */
  elapsed(): number;
  onAttempt(exchange: string, attempt: CallbackAttempt): void;
  /** Given when the server closes. */
  readonly closing: AbortSignal;
  /** Of one attempt; 10 s unless said. */
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
}

/** Sends what rules call back, each to its time. */
export interface Callbacks {
  /** To be called when the reply has been sent. `repliedMs`: when that was on the server's clock, if not just now. */
  send(exchange: string, request: CallbackRequest, repliedMs?: number): void;
  /** To be called when the server's clock has been set, advanced, frozen or let go. */
  clockMoved(): void;
  /** Drops what waits for its time, or for another attempt, in a session that begins anew. What is under way goes on. */
  forget(session: string): void;
  /** Resolves when nothing is under way, other attempts included; what waits for its time is left out. */
  idle(): Promise<void>;
  /** Breaks off what is under way and drops what waits. */
  close(): Promise<void>;
}

/** Callbacks that wait or are under way. */
const mostCallbacks = 1000;
/** Bytes of all their bodies. */
const mostBytes = 100_000_000;
/** Attempts at a time. */
const mostAtOnce = 50;
const longestRetryWaitMs = 3_600_000;
const closedWords = 'the server was closed';

interface Job {
  readonly exchange: string;
  readonly request: CallbackRequest;
  /** Given when it is dropped while it waits for another attempt. */
  readonly dropped: AbortController;
}

/** Throws UsageProblem when `allow` names what is no host. */
export function createCallbacks(options: CallbackOptions): Callbacks {
  return new Sender(options);
}

class Sender implements Callbacks {
  readonly #options: CallbackOptions;
  readonly #outbound: Outbound;
  readonly #timeoutMs: number;
  readonly #schedule: Schedule<Job>;
  readonly #slots = new Slots(mostAtOnce);
  /** What lets go when the server closes: attempts, and waits for the next. */
  readonly #open = new Set<AbortController>();
  readonly #close: () => void;
  /** Whose first attempt has begun. */
  readonly #begun = new Set<Job>();
  #closed = false;
  #jobs = 0;
  #bytes = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: CallbackOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#outbound = { allowed: readAllowedHosts(options.allow), resolve: options.resolve ?? ((name) => dns.lookup(name, { all: true })), agent: agentOnce(options.ca) };
    this.#schedule = new Schedule(options, (job) => this.#begin(job));
    this.#close = () => {
      this.#closed = true;
      for (const one of this.#open) one.abort(closedWords);
      for (const job of this.#schedule.drop()) this.#leave(job);
    };
    options.closing.addEventListener('abort', this.#close, { once: true });
    if (options.closing.aborted) this.#close();
  }

  send(exchange: string, request: CallbackRequest, repliedMs = this.#options.clock.now()): void {
    const job: Job = { exchange, request, dropped: new AbortController() };
    const sizeBytes = request.body?.length ?? 0;
    const refusal = this.#closed ? closedWords : this.#jobs >= mostCallbacks ? `not sent: ${mostCallbacks} callbacks wait or are under way` : this.#bytes + sizeBytes > mostBytes ? `not sent: callbacks of more than ${formatSize(mostBytes)} wait or are under way` : null;
    if (refusal !== null) return this.#report(job, 1, this.#options.clock.now(), { status: null, error: refusal }, 0);
    this.#jobs += 1;
    this.#bytes += sizeBytes;
    if (request.afterMs <= 0) this.#begin(job);
    else this.#schedule.add(repliedMs + request.afterMs, job);
  }

  clockMoved(): void {
    this.#schedule.look();
  }

  forget(session: string): void {
    const isMeant = ({ request }: Job): boolean => request.session === session;
    for (const job of this.#schedule.drop(isMeant)) this.#leave(job);
    for (const job of this.#begun) if (isMeant(job)) job.dropped.abort();
  }

  async idle(): Promise<void> {
    if (this.#begun.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async close(): Promise<void> {
    this.#options.closing.removeEventListener('abort', this.#close);
    this.#close();
    await this.idle();
  }

  #begin(job: Job): void {
    this.#begun.add(job);
    void this.#carry(job).finally(() => {
      this.#begun.delete(job);
      this.#leave(job);
      if (this.#begun.size === 0) for (const tell of this.#whenIdle.splice(0)) tell();
    });
  }

  #leave({ request }: Job): void {
    this.#jobs -= 1;
    this.#bytes -= request.body?.length ?? 0;
  }

  /** All attempts of a callback. Only those under way take up room: the waits between them do not. */
  async #carry(job: Job): Promise<void> {
    const { retry } = job.request;
    const isOver = (): boolean => this.#closed || job.dropped.signal.aborted;
    for (let number = 1; ; number += 1) {
      await this.#slots.take();
      const again = !isOver() && (await this.#attempt(job, number));
      this.#slots.give();
      if (!again || isOver() || number > retry.times) return;
      await this.#untilClosed((ending) => this.#options.wait(Math.min(retry.waitMs * 2 ** (number - 1), longestRetryWaitMs), AbortSignal.any([ending.signal, job.dropped.signal])));
    }
  }

  /** Whether another attempt may go better. */
  async #attempt(job: Job, number: number): Promise<boolean> {
    const { clock, elapsed, wait } = this.#options;
    const atMs = clock.now();
    const startMs = elapsed();
    const over = new AbortController();
    const tried = await this.#untilClosed((ending) => {
      void wait(this.#timeoutMs, over.signal).then(() => ending.abort(`no response within ${formatDuration(this.#timeoutMs)}`));
      return attempt(job.request, atMs, this.#outbound, ending.signal);
    });
    over.abort();
    this.#report(job, number, atMs, tried, elapsed() - startMs);
    return tried.again;
  }

  /** Work that ends early when the server closes. */
  async #untilClosed<T>(work: (ending: AbortController) => Promise<T>): Promise<T> {
    const ending = new AbortController();
    this.#open.add(ending);
    try {
      return await work(ending);
    } finally {
      this.#open.delete(ending);
    }
  }

  #report({ exchange, request }: Job, number: number, atMs: number, { status, error }: Pick<Tried, 'status' | 'error'>, durationMs: number): void {
    const { url, method } = request;
    this.#options.onAttempt(exchange, { at: new Date(atMs).toISOString(), method, url, attempt: number, status, error, durationMs: Math.round(durationMs * 1000) / 1000 });
  }
}

/** For HTTPS, made when it is first needed: to read all roots takes its time. */
function agentOnce(ca: string | null): () => Agent {
  let agent: Agent | null = null;
  return () => (agent ??= new Agent({ secureContext: tls.createSecureContext({ ca: [...publicRoots(), ...(ca === null ? [] : [ca])] }), maxCachedSessions: 0 }));
}

/** Those that Node trusts by itself; where it can tell, with those of `NODE_EXTRA_CA_CERTS`. */
function publicRoots(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates ? getCACertificates('default') : tls.rootCertificates;
}
