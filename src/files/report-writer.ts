import { createHash } from 'node:crypto';
import type { StoredAt, StoredReport } from '../model/request.ts';
import type { Disk } from './disk.ts';
import { FileWriter } from './file-writer.ts';
import { reportFiles, writeMetadata } from './report-metadata.ts';
import type { ReportSegments } from './report-segments.ts';
import { StorageRefusal } from './storage-refusal.ts';

/** What is known of an upload when its first byte comes. */
export interface NewReport {
  /** Id of the exchange that brings it. */
  readonly exchange: string;
  readonly session: string;
  /** Name of the part; null for a raw body. */
  readonly part: string | null;
  /** As sent; null for a raw body. */
  readonly filename: string | null;
  readonly type: string;
}

/** What the writer needs of the store. */
export interface ReportShelf {
  readonly folder: string;
  readonly durable: boolean;
  readonly disk: Disk;
  /** Where small reports go; null when each is to have a file of its own. */
  readonly segments: ReportSegments | null;
  now(): number;
  /** Claims room; throws {@link StorageRefusal} when there is none. */
  claim(sizeBytes: number): void;
  /** Gives room back. */
  release(sizeBytes: number): void;
  /** The report is whole. */
  shelve(report: StoredReport): void;
  /** Called once for every writer, when nothing of it is at work any more. */
  done(writer: ReportWriter): void;
}

/** Streams one upload to the disk while hashing it. Ends with either `finish` or `abort`. */
export class ReportWriter {
  readonly id: string;
  readonly #about: NewReport;
  readonly #shelf: ReportShelf;
  readonly #file: FileWriter;
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;
  #failure: StorageRefusal | null = null;
  #ended: Promise<StoredReport | null> | null = null;

  constructor(id: string, about: NewReport, shelf: ReportShelf) {
    this.id = id;
    this.#about = about;
    this.#shelf = shelf;
    const path = shelf.durable ? reportFiles.contentPart(shelf.folder, id) : reportFiles.content(shelf.folder, id);
    this.#file = new FileWriter({ disk: shelf.disk, path, durable: shelf.durable });
  }

  /** Set as soon as it is known that the report cannot be kept; bytes are then taken and forgotten. */
  get failure(): StorageRefusal | null {
    if (this.#failure === null && this.#file.failure !== null) this.#failure = StorageRefusal.of(this.#file.failure);
    return this.#failure;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes bytes. False: wait for `onceDrained` before giving more. */
  write(chunk: Buffer): boolean {
    if (this.failure !== null) return true;
    try {
      this.#shelf.claim(chunk.length);
    } catch (error) {
      this.#failure = StorageRefusal.of(error);
      return true;
    }
    this.#sizeBytes += chunk.length;
    this.#hash.update(chunk);
    return this.#file.write(chunk);
  }

  onceDrained(callback: () => void): void {
    this.#file.onceDrained(callback);
  }

  /**
   * Resolves when the report is whole: with `--data`, when it is on the disk itself under its final name. Rejects with
   * {@link StorageRefusal}, and then nothing of it is left.
   */
  finish(): Promise<StoredReport> {
    if (this.#ended !== null) throw new Error('A report ends once');
    const finished = this.#finish().catch((error: unknown) => this.#giveUp(error));
    this.#ended = finished.catch(() => null);
    return finished;
  }

  /** Removes what has been written. Safe after `finish`: a report that became whole meanwhile stays. */
  async abort(): Promise<void> {
    this.#ended ??= new Promise((done) => {
      this.#file.abort(() => {
        this.#leave();
        done(null);
      });
    });
    await this.#ended;
  }

  async #finish(): Promise<StoredReport> {
    if (this.failure !== null) {
      await new Promise<void>((done) => this.#file.abort(done));
      throw this.failure;
    }
    const storedAt = this.#inSegment() ?? (await this.#inFile());
    const { exchange, session, part, filename, type } = this.#about;
    const at = new Date(this.#shelf.now()).toISOString();
    const report: StoredReport = { id: this.id, exchange, session, part, filename, type, sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex'), storedAt, at };
    if (this.#shelf.durable) await this.#settleOnDisk(report);
    this.#shelf.shelve(report);
    this.#shelf.done(this);
    return report;
  }

  #inSegment(): StoredAt | null {
    const { segments } = this.#shelf;
    const chunks = segments !== null && this.#sizeBytes <= segments.largestBytes ? this.#file.takeAll() : null;
    return chunks === null ? null : segments!.append(chunks, this.#sizeBytes);
  }

  async #inFile(): Promise<StoredAt> {
    await new Promise<void>((done, fail) => this.#file.finish((error) => (error ? fail(error) : done())));
    return { path: reportFiles.content(this.#shelf.folder, this.id), offset: 0 };
  }

  /**
   * The metadata makes the report: content without it is swept at the next start. So the content gets its name first, and
   * a process killed at any moment leaves the whole report or none.
   */
  async #settleOnDisk(report: StoredReport): Promise<void> {
    const { folder, disk } = this.#shelf;
    const metadata = new FileWriter({ disk, path: reportFiles.metadataPart(folder, report.id), durable: true });
    await rename(disk, reportFiles.contentPart(folder, report.id), report.storedAt.path);
    metadata.write(writeMetadata(report));
    await new Promise<void>((done, fail) => metadata.finish((error) => (error ? fail(error) : done())));
    await rename(disk, reportFiles.metadataPart(folder, report.id), reportFiles.metadata(folder, report.id));
    await syncFolder(disk, folder);
  }

  async #giveUp(error: unknown): Promise<never> {
    this.#failure ??= StorageRefusal.of(error);
    const { folder, disk } = this.#shelf;
    const left = [reportFiles.metadata, reportFiles.metadataPart, reportFiles.contentPart, reportFiles.content];
    for (const file of left) await new Promise<void>((done) => disk.unlink(file(folder, this.id), () => done()));
    this.#leave();
    throw this.#failure;
  }

  #leave(): void {
    this.#shelf.release(this.#sizeBytes);
    this.#shelf.done(this);
  }
}

function rename(disk: Disk, from: string, to: string): Promise<void> {
  return new Promise((done, fail) => disk.rename(from, to, (error) => (error ? fail(error) : done())));
}

/** Writes the names in a folder through to the disk. Windows cannot, and keeps them by other means. */
function syncFolder(disk: Disk, folder: string): Promise<void> {
  return new Promise((done, fail) => {
    disk.open(folder, 'r', (opening, descriptor) => {
      if (opening) return process.platform === 'win32' ? done() : fail(opening);
      disk.fsync(descriptor, (error) => {
        disk.close(descriptor, () => (error && process.platform !== 'win32' && error.code !== 'EINVAL' ? fail(error) : done()));
      });
    });
  });
}
