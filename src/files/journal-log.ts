import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallbackAttempt } from '../model/index.ts';
import type { ExchangeDraft } from '../world/exchange-draft.ts';
import { defaultCapacity, defaultMaxBytes, type JournalKeeper } from '../world/journal.ts';
import { formatEntries, readBack, type JournalEntry, type LooseCallbacks } from './journal-lines.ts';

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
 * Opens the journal of a data folder: `journal.ndjson`, a line per exchange in full and one for each callback that came of it, and
 * `journal.1.ndjson`, the file before it. When the current one is full it takes the other's place. A last line that was cut off is dropped.
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
  /** Exchanges in the current file. */
  #lines: number;
  #bytes: number;
  #handle: FileHandle | null = null;
  #pending: JournalEntry[] = [];
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
    const loose: LooseCallbacks = new Map();
    const current = readBack(this.#currentPath, this.#maxBytes, this.#capacity, loose);
    const missing = this.#capacity - current.drafts.length;
    const previous = missing > 0 ? readBack(this.#previousPath, this.#maxBytes, missing, loose).drafts : [];
    this.earlier = [...previous, ...current.drafts];
    this.#lines = current.drafts.length;
    this.#bytes = current.sizeBytes;
  }

  append(draft: ExchangeDraft): void {
    this.#add({ kind: 'exchange', draft }, (draft.requestBody?.preview.length ?? 0) + (draft.replyBody?.preview.length ?? 0));
  }

  amend(exchange: string, attempt: CallbackAttempt): void {
    this.#add({ kind: 'callback', exchange, attempt }, attempt.url.length);
  }

  #add(entry: JournalEntry, sizeBytes: number): void {
    // The folder may be another server's by now.
    if (this.#closed) return;
    // The disk is too slow for what comes: the journal itself has let go of these by now, or soon will.
    if (this.#pending.length >= this.#capacity || this.#pendingBytes > this.#maxBytes) this.#forgetPending();
    this.#pending.push(entry);
    this.#pendingBytes += sizeBytes;
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

  async #write(batch: readonly JournalEntry[]): Promise<void> {
    for (let from = 0; from < batch.length; from += sliceLength) {
      if (this.#lines >= this.#capacity || this.#bytes >= this.#maxBytes) await this.#rotate();
      const slice = batch.slice(from, from + sliceLength);
      const text = await formatEntries(slice);
      this.#handle ??= await open(this.#currentPath, 'a', 0o600);
      // After a failure the last line may be half: what follows begins a line of its own.
      if (this.#failing) await this.#handle.appendFile('\n');
      this.#failing = false;
      await this.#handle.appendFile(text);
      this.#lines += slice.filter(({ kind }) => kind === 'exchange').length;
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
        const text = await formatEntries(drafts.slice(from, from + sliceLength).map((draft) => ({ kind: 'exchange', draft })));
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
