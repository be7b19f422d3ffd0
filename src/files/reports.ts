import { join } from 'node:path';
import type { StoredReport } from '../model/request.ts';
import { realDisk, type Disk } from './disk.ts';
import { makeFolder } from './make-folder.ts';
import { isReportId, readReports, reportFiles } from './report-metadata.ts';
import { ReportSegments } from './report-segments.ts';
import { ReportWriter, type NewReport, type ReportShelf } from './report-writer.ts';
import { StorageRefusal } from './storage-refusal.ts';
import { readZipEntries, type ZipListing } from './zip-entries.ts';

export type { NewReport, ReportWriter } from './report-writer.ts';
export type { ZipListing } from './zip-entries.ts';

export interface ReportOptions {
  /** New ids, of `A-Za-z0-9_-`. One that is taken already is asked for again. */
  readonly ids: () => string;
  /** The server's clock, ms. */
  readonly now: () => number;
  /** Quota over all that they take on the disk; 10 GB unless told. */
  readonly maxTotalBytes?: number;
  /** Bound on their number; 20,000 unless told, 100,000 in a durable folder. */
  readonly maxReports?: number;
  /** Called for each report that had to go for a newer one. */
  readonly onEvict?: (report: StoredReport) => void;
  readonly disk?: Disk;
}

/**
 * The uploads that were received. Over quota, the oldest are let go when nothing has to outlive the run; in a durable
 * folder, where somebody means to keep them, new ones are refused (507) until reports are removed.
 */
export interface ReportStore {
  begin(about: NewReport): ReportWriter;
  /** Newest first; of all sessions unless one is named. */
  list(filter?: { readonly session?: string | undefined }): readonly StoredReport[];
  get(id: string): StoredReport | null;
  /** By id, or the newest with this SHA-256; with a session, among its own only. */
  find(idOrSha256: string, session?: string): StoredReport | null;
  /** Entries of a zip archive, or why it cannot be read; null for what is no archive and no report. */
  entries(id: string): Promise<ZipListing | null>;
  /** Resolves when its bytes are gone, or will go with the last of the reports that share a file with it; at once when there is no such report. */
  remove(id: string): Promise<void>;
  removeSession(session: string): Promise<void>;
  /** Breaks off uploads under way and waits for them. The folder is the caller's to close. */
  close(): Promise<void>;
}

/** Opens the reports of a data folder; those of earlier runs are there again. Throws {@link StorageRefusal}. */
export function openReports(folder: { readonly path: string; readonly durable: boolean }, options: ReportOptions): ReportStore {
  return new ReportFolder(join(folder.path, 'reports'), folder.durable, options);
}

/** Listings of archives are kept for so many entries in all. */
const maxKeptEntries = 50_000;

class ReportFolder implements ReportStore, ReportShelf {
  readonly folder: string;
  readonly durable: boolean;
  readonly disk: Disk;
  readonly segments: ReportSegments | null;
  readonly now: () => number;
  readonly #options: ReportOptions;
  readonly #maxTotalBytes: number;
  readonly #maxReports: number;
  /** By id, oldest first. */
  readonly #reports = new Map<string, StoredReport>();
  readonly #bySha256 = new Map<string, StoredReport[]>();
  /** Under way: few. (A Set that entries come and go in holds on to those gone until the next full garbage collection.) */
  readonly #writers: ReportWriter[] = [];
  readonly #removals = new Set<Promise<void>>();
  readonly #listings = new Map<string, ZipListing | null>();
  #keptEntries = 0;
  #usedBytes = 0;
  #closed = false;

  constructor(folder: string, durable: boolean, options: ReportOptions) {
    this.folder = folder;
    this.durable = durable;
    this.disk = options.disk ?? realDisk;
    this.now = options.now;
    this.#options = options;
    this.#maxTotalBytes = options.maxTotalBytes ?? 10e9;
    this.segments = durable ? null : new ReportSegments(folder, this.disk, this.#maxTotalBytes);
    this.#maxReports = options.maxReports ?? (durable ? 100_000 : 20_000);
    try {
      makeFolder(folder, 0o700);
      if (durable) for (const report of readReports(folder, this.#maxReports)) this.#add(report, report.sizeBytes);
    } catch (error) {
      throw StorageRefusal.of(error);
    }
  }

  begin(about: NewReport): ReportWriter {
    if (this.#closed) throw new StorageRefusal('The upload cannot be stored: the server is closing');
    while (this.#reports.size + this.#writers.length >= this.#maxReports) {
      if (!this.#evictOldest()) throw new StorageRefusal(`The upload cannot be stored: there are ${this.#maxReports} reports already`);
    }
    const writer = new ReportWriter(this.#newId(), about, this);
    this.#writers.push(writer);
    return writer;
  }

  list(filter: { readonly session?: string | undefined } = {}): readonly StoredReport[] {
    const all = [...this.#reports.values()].reverse();
    return filter.session === undefined ? all : all.filter((report) => report.session === filter.session);
  }

  get(id: string): StoredReport | null {
    return this.#reports.get(id) ?? null;
  }

  find(idOrSha256: string, session?: string): StoredReport | null {
    const fits = (report: StoredReport | undefined): report is StoredReport => report !== undefined && (session === undefined || report.session === session);
    const named = this.#reports.get(idOrSha256);
    if (fits(named)) return named;
    return this.#bySha256.get(idOrSha256.toLowerCase())?.findLast(fits) ?? null;
  }

  async entries(id: string): Promise<ZipListing | null> {
    const report = this.#reports.get(id);
    if (!report) return null;
    const kept = this.#listings.get(id);
    if (kept !== undefined) return kept;
    const listing = await readZipEntries(report, isClaimedZip(report));
    if (this.#reports.has(id)) this.#keepListing(id, listing);
    return listing;
  }

  async remove(id: string): Promise<void> {
    const report = this.#reports.get(id);
    if (report) await this.#remove(report);
  }

  async removeSession(session: string): Promise<void> {
    await Promise.all(this.list({ session }).map((report) => this.#remove(report)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#writers].map((writer) => writer.abort()));
    await Promise.all(this.#removals);
    this.segments?.close();
  }

  claim(sizeBytes: number): void {
    while (this.#usedBytes + sizeBytes > this.#maxTotalBytes) {
      if (!this.#evictOldest()) throw StorageRefusal.overQuota(this.#maxTotalBytes);
    }
    this.#usedBytes += sizeBytes;
  }

  release(sizeBytes: number): void {
    this.#usedBytes -= sizeBytes;
  }

  shelve(report: StoredReport): void {
    this.#add(report, 0);
  }

  done(writer: ReportWriter): void {
    const place = this.#writers.indexOf(writer);
    if (place !== -1) this.#writers.splice(place, 1);
    if (writer.failure !== null) this.#mend();
  }

  #add(report: StoredReport, claimedBytes: number): void {
    this.#reports.set(report.id, report);
    this.#usedBytes += claimedBytes;
    const same = this.#bySha256.get(report.sha256);
    if (same) same.push(report);
    else this.#bySha256.set(report.sha256, [report]);
  }

  #newId(): string {
    for (let tries = this.#reports.size + this.#writers.length; tries >= 0; tries -= 1) {
      const id = this.#options.ids();
      if (!isReportId(id)) throw new Error(`An id of a report is of A-Z a-z 0-9 _ -, not ${id}`);
      if (!this.#reports.has(id) && !this.#writers.some((writer) => writer.id === id)) return id;
    }
    throw new Error('The ids of reports repeat themselves');
  }

  #evictOldest(): boolean {
    if (this.durable) return false;
    const oldest = this.#reports.values().next().value;
    if (oldest === undefined) return false;
    void this.#remove(oldest);
    this.#options.onEvict?.(oldest);
    return true;
  }

  /** Metadata first: a process killed in between leaves content that the next start sweeps. */
  #remove(report: StoredReport): Promise<void> {
    this.#reports.delete(report.id);
    this.#forgetListing(report.id);
    const same = this.#bySha256.get(report.sha256) ?? [];
    if (same.length > 1) same.splice(same.indexOf(report), 1);
    else this.#bySha256.delete(report.sha256);
    const removal = new Promise<void>((done) => {
      if (this.segments?.has(report.storedAt)) {
        this.#usedBytes -= this.segments.remove(report.storedAt, done);
        return;
      }
      this.#usedBytes -= report.sizeBytes;
      const removeContent = (): void => this.disk.unlink(report.storedAt.path, () => done());
      if (this.durable) this.disk.unlink(reportFiles.metadata(this.folder, report.id), removeContent);
      else removeContent();
    });
    this.#removals.add(removal);
    void removal.then(() => this.#removals.delete(removal));
    return removal;
  }

  #keepListing(id: string, listing: ZipListing | null): void {
    this.#forgetListing(id);
    this.#listings.set(id, listing);
    this.#keptEntries += weight(listing);
    for (const oldest of this.#listings.keys()) {
      if (this.#keptEntries <= maxKeptEntries) break;
      this.#forgetListing(oldest);
    }
  }

  #forgetListing(id: string): void {
    const listing = this.#listings.get(id);
    if (listing === undefined) return;
    this.#listings.delete(id);
    this.#keptEntries -= weight(listing);
  }

  /** Temporary folders are swept by some systems while in use: the next upload finds one again. */
  #mend(): void {
    try {
      makeFolder(this.folder, 0o700);
    } catch {
      // Refused again at the next upload, with its reason.
    }
  }
}

function weight(listing: ZipListing | null): number {
  return 1 + (listing !== null && 'entries' in listing ? listing.entries.length : 0);
}

function isClaimedZip(report: StoredReport): boolean {
  return /^application\/(?:x-)?zip(?:-compressed)?$/.test(report.type) || /\.zip$/i.test(report.filename ?? '');
}
