import { createHash } from 'node:crypto';
import type { Part, StoredReport, ZipEntry } from '../../model/index.ts';

/** A part, complete when the reading is done. */
export type MultipartPart = FieldPart | FilePart;

type Zip = { readonly entries: readonly ZipEntry[] } | { readonly problem: string } | null;

/** A part without a file name. Size and hash are those of its text in UTF-8. */
export class FieldPart implements Part {
  readonly name: string;
  readonly filename = null;
  readonly type: string;
  text: string;
  zip: Zip = null;
  readonly report: StoredReport | null = null;
  #sha256: string | null = null;

  constructor(name: string, type: string, text: string) {
    this.name = name;
    this.type = type;
    this.text = text;
  }

  get sizeBytes(): number {
    return Buffer.byteLength(this.text);
  }

  get sha256(): string {
    return (this.#sha256 ??= createHash('sha256').update(this.text).digest('hex'));
  }
}

/** A part with a file name, whose bytes are a report. */
export class FilePart implements Part {
  readonly name: string;
  readonly filename: string;
  readonly type: string;
  zip: Zip = null;
  /** Null only while it is being stored. */
  report: StoredReport | null = null;
  #chunks: Buffer[] | null;
  #text: string | null | undefined;

  constructor(name: string, filename: string, type: string, keepsText: boolean) {
    this.name = name;
    this.filename = filename;
    this.type = type;
    this.#chunks = keepsText ? [] : null;
  }

  get keepsText(): boolean {
    return this.#chunks !== null;
  }

  keep(chunk: Buffer): void {
    this.#chunks?.push(chunk);
  }

  /** Too much to keep: its text is null from now on. Gives the number of bytes let go. */
  forget(): number {
    const freed = this.#chunks?.reduce((sum, chunk) => sum + chunk.length, 0) ?? 0;
    this.#chunks = null;
    return freed;
  }

  get sizeBytes(): number {
    return this.report?.sizeBytes ?? 0;
  }

  get sha256(): string {
    return this.report?.sha256 ?? '';
  }

  /** Its bytes are about to be written over: reads them as text now. */
  settleText(): void {
    void this.text;
  }

  /** Read as UTF-8; what is none shows as U+FFFD. */
  get text(): string | null {
    if (this.#text === undefined) {
      this.#text = this.#chunks === null ? null : Buffer.concat(this.#chunks).toString('utf8');
      this.#chunks = null;
    }
    return this.#text;
  }
}
