import { createHash } from 'node:crypto';
import { mediaTypeOf } from '../base/media-type.ts';
import type { Part, StoredReport } from '../model/index.ts';
import type { ExchangeDraft } from '../world/journal.ts';
import { delimiterOf, endOfContent, startOfContent } from '../world/redact-body.ts';
import { NotKept } from './not-kept.ts';
import { contentTypeOf, isWhole } from './recorded-content.ts';

/** An uploaded file of an exchange. `zip`: null for what is no archive; undefined when nobody looked. */
export interface Upload {
  readonly report: StoredReport;
  readonly zip: Part['zip'] | undefined;
}

/** The parts of a multipart body that are known. */
export interface RecordedParts {
  readonly parts: readonly Part[];
  /** Whether these are all. */
  readonly isWhole: boolean;
}

const mostParts = 1000;

/**
 * The parts of a recorded `multipart/form-data` body (RFC 7578): of files size and hash from the uploads that are kept, of fields what
 * stands in the first 64 KiB. Null for other bodies.
 */
export function readParts(draft: ExchangeDraft, uploads: readonly Upload[]): RecordedParts | null {
  if (draft.requestBody === null || mediaTypeOf(contentTypeOf(draft)) !== 'multipart/form-data') return null;
  const left = [...uploads];
  const parts: Part[] = [];
  let all = isWhole(draft);
  for (const { head, content, isComplete } of splitParts(draft.requestBody.preview, contentTypeOf(draft)!)) {
    const { name, filename, type } = readHead(head);
    const upload = filename === null ? undefined : takeUpload(left, name);
    if (upload) parts.push(new RecordedPart({ ...about(upload.report), content: isComplete ? content : null, upload }));
    else if (isComplete) parts.push(new RecordedPart({ name, filename, type, sizeBytes: content.length, sha256: null, content, upload: null }));
    else all = false;
  }
  for (const upload of left) parts.push(new RecordedPart({ ...about(upload.report), content: null, upload }));
  return { parts, isWhole: all };
}

function about({ part, filename, type, sizeBytes, sha256 }: StoredReport): Pick<PartFacts, 'name' | 'filename' | 'type' | 'sizeBytes' | 'sha256'> {
  return { name: part ?? '', filename, type, sizeBytes, sha256 };
}

function takeUpload(left: Upload[], name: string): Upload | undefined {
  const found = left.findIndex(({ report }) => report.part === name);
  return found < 0 ? undefined : left.splice(found, 1)[0];
}

interface PartFacts {
  readonly name: string;
  readonly filename: string | null;
  readonly type: string;
  readonly sizeBytes: number;
  /** Null: that of the content. */
  readonly sha256: string | null;
  /** Null when it is not kept whole. */
  readonly content: Buffer | null;
  readonly upload: Upload | null;
}

class RecordedPart implements Part {
  readonly name: string;
  readonly filename: string | null;
  readonly type: string;
  readonly sizeBytes: number;
  readonly report: StoredReport | null;
  readonly #facts: PartFacts;

  constructor(facts: PartFacts) {
    const { name, filename, type, sizeBytes, upload } = facts;
    this.name = name;
    this.filename = filename;
    this.type = type;
    this.sizeBytes = sizeBytes;
    this.report = upload?.report ?? null;
    this.#facts = facts;
  }

  get sha256(): string {
    return this.#facts.sha256 ?? createHash('sha256').update(this.#facts.content ?? '').digest('hex');
  }

  get text(): string | null {
    const { content, name } = this.#facts;
    if (content === null) throw new NotKept(`the journal keeps no content of its part \`${name}\` beyond the first 64 KiB of the body`);
    return content.toString('utf8');
  }

  get zip(): Part['zip'] {
    const { upload, filename, name } = this.#facts;
    if (upload === null && filename === null) return null;
    if (upload?.zip === undefined) throw new NotKept(`the upload of its part \`${name}\` is no longer kept`);
    return upload.zip;
  }
}

function* splitParts(bytes: Buffer, contentType: string): Iterable<{ readonly head: string; readonly content: Buffer; readonly isComplete: boolean }> {
  const delimiter = delimiterOf(bytes, contentType);
  if (delimiter === null) return;
  let at = bytes.indexOf(delimiter);
  for (let part = 0; at >= 0 && part < mostParts; part += 1) {
    const begin = at + delimiter.length;
    const next = bytes.indexOf(delimiter, begin);
    const end = next < 0 ? bytes.length : endOfContent(bytes, next);
    const content = startOfContent(bytes, begin, end);
    at = next;
    if (content !== null) yield { head: bytes.toString('utf8', begin, content), content: bytes.subarray(content, end), isComplete: next >= 0 };
  }
}

/** Name and file name as clients write them: quotes and line breaks percent-encoded (WHATWG HTML §4.10.21.8). */
function readHead(head: string): { readonly name: string; readonly filename: string | null; readonly type: string } {
  const disposition = /^content-disposition:([^\r\n]*)/im.exec(head)?.[1] ?? '';
  return { name: parameterOf(disposition, 'name') ?? '', filename: parameterOf(disposition, 'filename') || null, type: mediaTypeOf(/^content-type:\s*([^\r\n]*)/im.exec(head)?.[1]) ?? 'text/plain' };
}

function parameterOf(disposition: string, name: string): string | null {
  const [, quoted, bare] = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(disposition) ?? [];
  const text = quoted?.replace(/\\(["\\])/g, '$1') ?? bare;
  return text === undefined ? null : text.replace(/%(22|0D|0A)/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
