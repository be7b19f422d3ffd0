import { isJsonType } from '../base/media-type.ts';
import { formatSize } from '../base/units.ts';
import { bodyFromBytes } from '../engine/read-request.ts';
import type { Multi, Part, ReceivedBody } from '../model/index.ts';
import type { ExchangeDraft } from '../world/journal.ts';
import { NotKept } from './not-kept.ts';
import { contentTypeOf, isWhole } from './recorded-content.ts';
import type { RecordedParts } from './recorded-parts.ts';

/** A request body as the journal keeps it: size and hash of the whole, of the content at most 64 KiB. What was not kept throws {@link NotKept}. */
export class RecordedBody implements ReceivedBody {
  readonly report = null;
  readonly #body: ReceivedBody;
  readonly #isWhole: boolean;
  readonly #parts: RecordedParts | null;

  /** `parts`: of a multipart body; null for others. */
  constructor(draft: ExchangeDraft, parts: RecordedParts | null) {
    const captured = draft.requestBody;
    this.#parts = parts;
    this.#isWhole = isWhole(draft);
    this.#body = bodyFromBytes({
      bytes: parts !== null || !this.#isWhole ? null : (captured?.preview ?? Buffer.alloc(0)),
      contentType: contentTypeOf(draft), sizeBytes: captured?.sizeBytes ?? 0, parts: parts?.parts ?? null,
      ...(typeof captured?.sha256 === 'string' && { sha256: captured.sha256 }),
    });
  }

  get present(): boolean {
    return this.#body.present;
  }

  get mediaType(): string | null {
    return this.#body.mediaType;
  }

  get sizeBytes(): number {
    return this.#body.sizeBytes;
  }

  get sha256(): string {
    return this.#body.sha256;
  }

  get bytes(): Buffer | null {
    this.#needWhole();
    return this.#body.bytes;
  }

  get text(): string | null {
    this.#needWhole();
    return this.#body.text;
  }

  get json(): unknown {
    if (this.mediaType === null || isJsonType(this.mediaType)) this.#needWhole();
    return this.#body.json;
  }

  get form(): Multi | null {
    if (this.#parts === null ? !this.#isWhole : !this.#parts.isWhole) throw this.#notKept();
    return this.#body.form;
  }

  get parts(): readonly Part[] | null {
    return this.#body.parts;
  }

  #needWhole(): void {
    if (this.#parts === null && !this.#isWhole) throw this.#notKept();
  }

  #notKept(): NotKept {
    return new NotKept(`of its body of ${formatSize(this.sizeBytes)} the journal keeps the first 64 KiB`);
  }
}
