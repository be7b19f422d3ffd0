import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hasDate } from './http-date.ts';
import type { RespondTools } from './sent.ts';

/** Bytes handed to the system before a reset need this long to reach the peer: a reset discards what has not left. */
const deliveryMs = 100;
/** So much goes into the system's buffer of any connection. */
export const atOnceBytes = 64 * 1024;

/** The connection to one client, for one answer. Every operation tells whether the client is still there. */
export class Line {
  readonly #response: ServerResponse;
  readonly #tools: RespondTools;
  /** Made when something is waited for. */
  #leaving: AbortController | null = null;
  /** Settles the operation under way when the client leaves. */
  #abandon: (() => void) | null = null;
  #gone = false;

  constructor(response: ServerResponse, tools: RespondTools) {
    this.#response = response;
    this.#tools = tools;
    // A write to a connection that has just broken off is told by its callback, too; nobody else shall hear of it.
    response.on('error', () => {});
    if (response.destroyed || response.req?.socket?.destroyed) this.#leave();
    else response.once('close', () => this.#leave());
  }

  /** The client has left, or the connection is otherwise over. */
  get gone(): boolean {
    return this.#gone;
  }

  /** False when the client leaves before the time is over. */
  async wait(ms: number): Promise<boolean> {
    if (this.#gone) return false;
    try {
      await this.#tools.wait(ms, (this.#leaving ??= new AbortController()).signal);
    } catch (error) {
      if (!this.#gone) throw error;
    }
    return !this.#gone;
  }

  /** Writes the head (it leaves with the first bytes of the body) and gives its headers. */
  head(status: number, headers: readonly string[], leaveOut: readonly string[]): readonly (readonly [string, string])[] {
    const extra = leaveOut.length === 0 ? this.#tools.extraHeaders : this.#tools.extraHeaders.filter((_, index, all) => !leaveOut.includes(all[index - (index % 2)]!.toLowerCase()));
    const flat = [...headers, ...extra];
    for (const name of leaveOut) this.#response.removeHeader(name);
    this.#response.writeHead(status, leaveOut.includes('date') || hasDate(flat) ? flat : [...flat, 'Date', this.#tools.date()]);
    const pairs: [string, string][] = [];
    for (let index = 0; index + 1 < flat.length; index += 2) pairs.push([flat[index]!, flat[index + 1]!]);
    return pairs;
  }

  /** Sends the head now, ahead of a body that takes its time. */
  flushHead(): void {
    this.#response.flushHeaders();
  }

  /** Lets what was flushed leave. */
  turn(): Promise<boolean> {
    return this.#until((settle) => setImmediate(settle, null));
  }

  /** True when the bytes have been handed to the system; their buffer may be used again then. */
  write(bytes: Buffer): Promise<boolean> {
    return this.#until((settle) => this.#response.write(bytes, settle));
  }

  /**
   * Ends the answer with these last bytes; null: the mark of the end is all that is missing. The system takes few bytes at once, so for
   * those nothing is waited for: the journal has the exchange before the client has its answer. True when the bytes before them have
   * been handed to the system.
   */
  async end(bytes: Buffer | null): Promise<boolean> {
    if (bytes === null) return this.endAtOnce(null);
    if (bytes.length > atOnceBytes && !(await this.write(bytes.subarray(0, -atOnceBytes)))) return false;
    return this.endAtOnce(bytes.subarray(-atOnceBytes));
  }

  /** {@link end} with at most {@link atOnceBytes}. */
  endAtOnce(bytes: Buffer | null): boolean {
    if (this.#gone) return false;
    if (bytes === null) this.#response.end();
    else this.#response.end(bytes);
    return true;
  }

  /** Ends the connection once everything written has left. */
  async close(): Promise<void> {
    (await this.#socket())?.destroySoon();
  }

  /** Sends these bytes instead of a response and ends the connection. */
  async raw(bytes: Buffer): Promise<void> {
    const socket = await this.#socket();
    if (!socket) return;
    await this.#until((settle) => socket.write(bytes, settle));
    socket.destroySoon();
  }

  async reset(): Promise<void> {
    if (await this.#socket()) this.#tools.reset();
  }

  /** Resets the connection when the peer has had the time to receive what was sent. */
  async resetAfterDelivery(): Promise<void> {
    if (await this.wait(deliveryMs)) this.#tools.reset();
  }

  /** Holds the connection until the client leaves or the server closes. */
  async hang(): Promise<void> {
    const { closing } = this.#tools;
    const release = (): void => this.destroy();
    if (closing?.aborted) release();
    else closing?.addEventListener('abort', release, { once: true });
    await this.#until(() => {});
    closing?.removeEventListener('abort', release);
  }

  /** Breaks the connection off. */
  destroy(): void {
    this.#response.destroy();
  }

  #leave(): void {
    this.#gone = true;
    this.#leaving?.abort();
    this.#abandon?.();
  }

  /** Runs one operation; false when it failed or the client left before it was done. */
  #until(start: (settle: (error?: Error | null) => void) => void): Promise<boolean> {
    if (this.#gone) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (error?: Error | null): void => {
        this.#abandon = null;
        resolve(!error);
      };
      this.#abandon = () => resolve(false);
      start(settle);
    });
  }

  /** The socket: at once, or when the answers before this one on the same connection (pipelining) have left. Null when the client has gone. */
  async #socket(): Promise<Socket | null> {
    if (this.#response.socket === null && !(await this.#until((settle) => this.#response.once('socket', () => settle())))) return null;
    return this.#gone ? null : this.#response.socket;
  }
}
