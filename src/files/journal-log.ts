import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FullExchange } from '../model/index.ts';
import { draftOf, inFull, type ExchangeDraft } from '../world/exchange-draft.ts';
import { defaultCapacity, defaultMaxBytes, type JournalKeeper } from '../world/journal.ts';

export interface JournalLogOptions {
  /** As the journal's: that many exchanges are read back at most. */
  readonly capacity?: number;
  /** Of one file; there are two. */
  readonly maxBytes?: number;
  /** Hears once when writing begins to fail; the journal itself goes on. */
  readonly onProblem?: (error: Error) => void;
}

/** The journal on disk. */
export interface JournalLog extends JournalKeeper {
  /** Writes what waits, so that it is in the files. */
  flush(): Promise<void>;
  /** Writes what waits and lets the files go. */
  close(): Promise<void>;
}

/** How long an exchange may wait to be written with others. */
const batchMs = 100;
/** How many are formatted before the event loop has its turn. */
const sliceLength = 100;

/**
 * Opens the journal of a data folder: `journal.ndjson`, a line per exchange in full, and `journal.1.ndjson`, the file before
 * it. When the current one is full it takes the other's place. A last line that was cut off is dropped.
 */
export function openJournalLog(folder: string, options: JournalLogOptions = {}): JournalLog {
  return new FileJournalLog(folder, options);
}

class FileJournalLog implements JournalLog {
  readonly earlier: readonly ExchangeDraft[];
  readonly #capacity: number;
  readonly #maxBytes: number;
  readonly #onProblem: (error: Error) => void;
  readonly #currentPath: string;
  readonly #previousPath: string;
  #lines: number;
  #bytes: number;
  #handle: FileHandle | null = null;
  #pending: ExchangeDraft[] = [];
  #pendingBytes = 0;
  #writing = false;
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();
  #failing = false;
  #closed = false;

  constructor(folder: string, options: JournalLogOptions) {
    this.#capacity = options.capacity ?? defaultCapacity;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
    this.#onProblem = options.onProblem ?? (() => undefined);
    this.#currentPath = join(folder, 'journal.ndjson');
    this.#previousPath = join(folder, 'journal.1.ndjson');
    const current = readBack(this.#currentPath, this.#maxBytes, this.#capacity);
    const missing = this.#capacity - current.drafts.length;
    const previous = missing > 0 ? readBack(this.#previousPath, this.#maxBytes, missing).drafts : [];
    this.earlier = [...previous, ...current.drafts];
    this.#lines = current.drafts.length;
    this.#bytes = current.sizeBytes;
  }

  append(draft: ExchangeDraft): void {
    // The folder may be another server's by now.
    if (this.#closed) return;
    // The disk is too slow for what comes: the journal itself has let go of these by now, or soon will.
    if (this.#pending.length >= this.#capacity || this.#pendingBytes > this.#maxBytes) this.#forgetPending();
    this.#pending.push(draft);
    this.#pendingBytes += (draft.requestBody?.preview.length ?? 0) + (draft.replyBody?.preview.length ?? 0);
    if (this.#timer === null && !this.#writing) this.#writeSoon();
  }

  replace(drafts: readonly ExchangeDraft[]): void {
    this.#forgetPending();
    void this.#enqueue(() => this.#rewrite(drafts));
  }

  async flush(): Promise<void> {
    const batch = this.#pending;
    this.#forgetPending();
    if (batch.length > 0) {
      this.#writing = true;
      await this.#enqueue(() => this.#write(batch));
      this.#writing = false;
      if (this.#pending.length > 0) this.#writeSoon();
    }
    await this.#work;
  }

  async close(): Promise<void> {
    do await this.flush();
    while (this.#pending.length > 0);
    this.#closed = true;
    await this.#enqueue(() => this.#closeHandle());
  }

  /** One batch is on its way at most: what comes meanwhile waits, within bounds. */
  #writeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (!this.#writing) void this.flush();
    }, batchMs).unref();
  }

  #forgetPending(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** One piece of work after the other; a failure costs what it was to write and nothing else. */
  #enqueue(job: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(job).then(() => void (this.#failing = false), async (error: unknown) => {
      await this.#closeHandle().catch(() => undefined);
      if (!this.#failing) this.#onProblem(error as Error);
      this.#failing = true;
    });
    return this.#work;
  }

  async #write(batch: readonly ExchangeDraft[]): Promise<void> {
    for (let from = 0; from < batch.length; from += sliceLength) {
      if (this.#lines >= this.#capacity || this.#bytes >= this.#maxBytes) await this.#rotate();
      const text = await format(batch.slice(from, from + sliceLength));
      this.#handle ??= await open(this.#currentPath, 'a', 0o600);
      // After a failure the last line may be half: what follows begins a line of its own.
      if (this.#failing) await this.#handle.appendFile('\n');
      this.#failing = false;
      await this.#handle.appendFile(text);
      this.#lines += Math.min(sliceLength, batch.length - from);
      this.#bytes += text.length;
      await nextTurn();
    }
  }

  async #rotate(): Promise<void> {
    await this.#closeHandle();
    await rename(this.#currentPath, this.#previousPath).catch(ignoreMissing);
    this.#lines = this.#bytes = 0;
  }

  /** Written aside and renamed, so that what was cleared is gone and what was kept is never lost. */
  async #rewrite(drafts: readonly ExchangeDraft[]): Promise<void> {
    const asidePath = `${this.#currentPath}.part`;
    await this.#closeHandle();
    const aside = await open(asidePath, 'w', 0o600);
    let written = 0;
    try {
      for (let from = 0; from < drafts.length; from += sliceLength) {
        const text = await format(drafts.slice(from, from + sliceLength));
        await aside.appendFile(text);
        written += text.length;
        await nextTurn();
      }
    } finally {
      await aside.close();
    }
    await rename(asidePath, this.#currentPath);
    await rm(this.#previousPath, { force: true });
    this.#lines = drafts.length;
    this.#bytes = written;
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}

/** Somebody emptied the folder. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

async function format(drafts: readonly ExchangeDraft[]): Promise<Buffer> {
  const lines: string[] = [];
  for (const draft of drafts) {
    // A hash that can no longer be made (its file is gone) costs that exchange, not the batch.
    const exchange = await inFull(draft).catch(() => null);
    if (exchange !== null) lines.push(`${JSON.stringify(exchange)}\n`);
  }
  return Buffer.from(lines.join(''), 'utf8');
}

interface ReadBack {
  readonly drafts: readonly ExchangeDraft[];
  readonly sizeBytes: number;
}

/** The last exchanges of a file, oldest first. Cuts a torn end off, so that the next line begins a line. */
function readBack(path: string, maxBytes: number, limit: number): ReadBack {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { drafts: [], sizeBytes: 0 };
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    // One batch may go over the bound; a file beyond that is not ours to read whole.
    const from = Math.max(0, size - 2 * maxBytes);
    const bytes = Buffer.alloc(size - from);
    let got = 0;
    while (got < bytes.length) {
      const count = readSync(file, bytes, got, bytes.length - got, from + got);
      if (count === 0) break;
      got += count;
    }
    const end = bytes.lastIndexOf(0x0a, got - 1) + 1;
    if (from + end < size) ftruncateSync(file, from + end);
    return { drafts: lastExchanges(bytes.subarray(0, end), limit), sizeBytes: from + end };
  } finally {
    closeSync(file);
  }
}

function lastExchanges(bytes: Buffer, limit: number): readonly ExchangeDraft[] {
  const drafts: ExchangeDraft[] = [];
  let end = bytes.length - 1;
  while (end > 0 && drafts.length < limit) {
    const start = bytes.lastIndexOf(0x0a, end - 1) + 1;
    const draft = readLine(bytes.toString('utf8', start, end));
    if (draft !== null) drafts.push(draft);
    end = start - 1;
  }
  return drafts.toReversed();
}

function readLine(line: string): ExchangeDraft | null {
  try {
    const exchange = JSON.parse(line) as FullExchange;
    return typeof exchange.id === 'string' && typeof exchange.url === 'string' && isMap(exchange.request.headers) && isMap(exchange.reply.headers) && Number.isFinite(Date.parse(exchange.at))
      ? draftOf(exchange)
      : null;
  } catch {
    return null;
  }
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
