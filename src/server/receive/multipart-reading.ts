import type { Readable, Writable } from 'node:stream';
import { formatSize } from '../../base/units.ts';
import type { ReportWriter } from '../../files/reports.ts';
import { StorageRefusal } from '../../files/storage-refusal.ts';
import { need, type StoredReport } from '../../model/index.ts';
import { searchFaster } from './delimiter-search.ts';
import { decodeFormDataName, mistakeInFilename, mistakeInName } from './multipart-names.ts';
import { FieldPart, FilePart, type MultipartPart } from './multipart-part.ts';
import { pumpBody, type Pump } from './pump-body.ts';
import type { Incoming } from './incoming.ts';
import { ClientGone, Refusal } from './refusal.ts';

/** The parser under multer, as far as it is spoken to here. */
export interface Busboy extends Writable {
  prependListener(event: string, listener: (...given: any[]) => void): this;
}

/** What multer gives its storage engine. */
export interface MultipartFile {
  readonly fieldname: string;
  readonly originalname: string;
  readonly mimetype: string;
  readonly stream: Readable;
}

type FieldInfo = { readonly valueTruncated: boolean; readonly mimeType: string };
type FileInfo = { readonly filename?: string | undefined; readonly mimeType: string };
type FileDone = (error?: Error | null, info?: object) => void;

/**
 * One multipart body while it is read. multer folds fields into nested objects (`a[b]`, `a[]`), which loses their order and
 * their names, so its field listener gives way to ours, flat; files come by its storage engine. The first thing that goes
 * wrong ends the reading at once, where multer would read to the end first; nothing is left on disk then.
 */
export class MultipartReading {
  /** All parts in order, when the body has ended well and every file is stored. */
  readonly done: Promise<readonly MultipartPart[]>;
  readonly #incoming: Incoming;
  readonly #parts: MultipartPart[] = [];
  readonly #writers: ReportWriter[] = [];
  #resolve!: (parts: readonly MultipartPart[]) => void;
  #reject!: (error: unknown) => void;
  #busboy: Busboy | null = null;
  #pump: Pump | null = null;
  #failed = false;
  #fieldBytes = 0;
  #keptTextBytes = 0;

  constructor(incoming: Incoming) {
    this.#incoming = incoming;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** multer has made its parser: feed it. */
  begin(busboy: Busboy): void {
    const { limits } = this.#incoming;
    this.#busboy = busboy;
    searchFaster(busboy);
    busboy.removeAllListeners('field');
    busboy.on('field', (name: string | undefined, value: string, info: FieldInfo) => this.#takeField(name, value, info));
    busboy.prependListener('file', (name: string | undefined, stream: Readable, info: FileInfo) => this.#lookAtFile(name, stream, info));
    busboy.prependListener('error', (error: Error) => this.fail(malformed(error)));
    for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit']) {
      busboy.prependListener(event, () => this.fail(new Refusal(413, `The body has more than ${event === 'fieldsLimit' ? `${limits.maxFields} fields` : `${limits.maxParts} parts`}`, true)));
    }
    this.#pump = pumpBody(this.#incoming, {
      write: (chunk) => busboy.write(chunk),
      onceDrained: (callback) => busboy.once('drain', callback),
    });
    this.#pump.done.then(() => this.#failed || busboy.end(), (error: Error) => this.fail(error));
  }

  /** multer is through: with an error, or with everything stored. */
  settle(error: unknown): void {
    if (error !== undefined && error !== null) return this.fail(error instanceof Error ? malformed(error) : new Refusal(400, 'The multipart body is not well-formed', true));
    if (this.#busboy === null) return this.fail(new Refusal(400, 'The Content-Type of the body is not well-formed', true));
    if (!this.#failed) this.#resolve(this.#parts);
  }

  /** Ends the reading: what has been stored is removed, then `done` rejects. The first error counts. */
  fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#pump?.stop(error);
    this.#busboy?.destroy(error);
    const { reports, req } = this.#incoming;
    // multer hears of a client that goes away before the pump does, and calls it an error like any other.
    const cause = req.destroyed && !req.complete ? new ClientGone() : error;
    const removals = this.#writers.map(async (writer) => {
      await writer.abort();
      await reports.remove(writer.id);
    });
    void Promise.all(removals).then(() => this.#reject(cause));
  }

  /** multer's storage engine: one part with a file name. */
  takeFile(file: MultipartFile, done: FileDone): void {
    const { stream } = file;
    if (this.#failed) return this.#refuseFile(stream, done, new ClientGone());
    const { reports, exchange, session, needs, limits } = this.#incoming;
    let writer: ReportWriter;
    try {
      writer = reports.begin({ exchange, session, part: file.fieldname, filename: file.originalname, type: file.mimetype });
    } catch (error) {
      this.fail(error as Error);
      return this.#refuseFile(stream, done, error as Error);
    }
    this.#writers.push(writer);
    const part = new FilePart(file.fieldname, file.originalname, file.mimetype, (needs & need.partText) !== 0);
    this.#parts.push(part);
    let isOver = false;
    const end = (outcome: StoredReport | Error): void => {
      if (isOver) return;
      isOver = true;
      if (!(outcome instanceof Error)) {
        part.report = outcome;
        return done(null, {});
      }
      this.fail(outcome);
      void writer.abort().then(() => done(outcome));
    };
    stream.on('data', (chunk: Buffer) => {
      if (part.keepsText) this.#keepText(part, chunk, limits.maxParsedBytes);
      const goesOn = writer.write(chunk);
      if (writer.failure !== null) return end(writer.failure);
      if (goesOn) return;
      stream.pause();
      writer.onceDrained(() => stream.resume());
    });
    stream.on('end', () => {
      if (!isOver && !this.#failed) writer.finish().then(end, end);
    });
    stream.on('error', (error) => end(malformed(error)));
    stream.on('close', () => {
      if (!stream.readableEnded) end(new ClientGone());
    });
  }

  #refuseFile(stream: Readable, done: FileDone, error: Error): void {
    stream.on('error', () => undefined);
    stream.resume();
    done(error);
  }

  #keepText(part: FilePart, chunk: Buffer, maxBytes: number): void {
    this.#keptTextBytes += chunk.length;
    if (this.#keptTextBytes <= maxBytes) return part.keep(chunk);
    this.#keptTextBytes -= chunk.length + part.forget();
  }

  #takeField(name: string | undefined, value: string, { valueTruncated, mimeType }: FieldInfo): void {
    const { limits } = this.#incoming;
    if (this.#failed) return;
    const mistake = mistakeInName(name, limits);
    if (mistake !== null) return this.fail(new Refusal(400, mistake, true));
    if (valueTruncated) return this.fail(fieldTooLarge(limits.maxFieldBytes));
    this.#countField(value.length);
    this.#parts.push(new FieldPart(decodeFormDataName(name!), mimeType, value));
  }

  #countField(sizeBytes: number): void {
    const { maxParsedBytes } = this.#incoming.limits;
    this.#fieldBytes += sizeBytes;
    if (this.#fieldBytes > maxParsedBytes) this.fail(new Refusal(413, `The fields of the body are together larger than ${formatSize(maxParsedBytes)} (--max-parsed)`, true));
  }

  /** Before multer: it drops a part of type `application/octet-stream` without a file name, which is a field like any other. */
  #lookAtFile(name: string | undefined, stream: Readable, { filename, mimeType }: FileInfo): void {
    const { limits } = this.#incoming;
    const mistake = mistakeInName(name, limits) ?? mistakeInFilename(filename, limits);
    if (mistake !== null) return this.fail(new Refusal(400, mistake, true));
    if (filename || this.#failed) return;
    const part = new FieldPart(decodeFormDataName(name!), mimeType, '');
    this.#parts.push(part);
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    stream.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > limits.maxFieldBytes) return this.fail(fieldTooLarge(limits.maxFieldBytes));
      this.#countField(chunk.length);
      chunks.push(chunk);
    });
    stream.on('end', () => (part.text = Buffer.concat(chunks, sizeBytes).toString('utf8')));
  }
}

function fieldTooLarge(maxFieldBytes: number): Refusal {
  return new Refusal(413, `A field of the body is larger than ${formatSize(maxFieldBytes)}`, true);
}

function malformed(error: Error): Error {
  if (error instanceof Refusal || error instanceof ClientGone || error instanceof StorageRefusal) return error;
  return new Refusal(400, `The multipart body is not well-formed: ${reasons[error.message] ?? 'it cannot be read'}`, true);
}

/** The parser's words, in ours: nothing else of its errors leaves the process. */
const reasons: Readonly<Record<string, string>> = {
  'Multipart: Boundary not found': 'its Content-Type names no boundary',
  'Malformed content type': 'its Content-Type cannot be read',
  'Malformed part header': 'the head of a part cannot be read',
  'Unexpected end of form': 'it ends before its last boundary',
  'Unexpected end of file': 'it ends within a part',
};
