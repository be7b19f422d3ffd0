import { createHash } from 'node:crypto';
import { TextDecoder } from 'node:util';
import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import { parseJson } from '../base/json.ts';
import { charsetOf, isFormType, isJsonType, isTextType, mediaTypeOf } from '../base/media-type.ts';
import { printable } from '../base/show.ts';
import { MalformedBody, type Multi, type Part, type ReceivedBody, type StoredReport } from '../model/index.ts';
import { parseUrlEncoded } from './url-encoded.ts';

/** What is known of a body when it has been received. */
export interface BodySource {
  /** The whole body, content-decoded; null when it was not kept in memory. */
  readonly bytes: Buffer | null;
  /** The Content-Type as sent; null when none came. */
  readonly contentType: string | null;
  /** Without parameters, lower case; worked out of `contentType` when not given. */
  readonly mediaType?: string | null;
  /** Over the wire, before content decoding; the length of `bytes` when not given. */
  readonly sizeBytes?: number;
  /** Of the bytes over the wire, lower-case hex; that of `bytes` when not given. */
  readonly sha256?: string;
  readonly parts?: readonly Part[] | null;
  readonly report?: StoredReport | null;
}

/** A body over bytes in memory (or none, for an upload). Text, JSON and form are worked out when first read, and kept. */
export function bodyFromBytes(source: BodySource): ReceivedBody {
  return new BytesBody(source);
}

class BytesBody implements ReceivedBody {
  readonly present: boolean;
  readonly mediaType: string | null;
  readonly sizeBytes: number;
  readonly bytes: Buffer | null;
  readonly parts: readonly Part[] | null;
  readonly report: StoredReport | null;
  readonly #contentType: string | null;
  #sha256: string | undefined;
  #text: string | null | undefined;
  #json: { readonly value: unknown } | undefined;
  #form: Multi | null | undefined;

  constructor(source: BodySource) {
    this.bytes = source.bytes;
    this.#contentType = source.contentType;
    this.mediaType = source.mediaType === undefined ? mediaTypeOf(source.contentType) : source.mediaType;
    this.sizeBytes = source.sizeBytes ?? source.bytes?.length ?? 0;
    this.#sha256 = source.sha256;
    this.parts = source.parts ?? null;
    this.report = source.report ?? null;
    this.present = this.sizeBytes > 0;
  }

  get sha256(): string {
    return (this.#sha256 ??= createHash('sha256').update(this.bytes ?? '').digest('hex'));
  }

  get text(): string | null {
    if (this.#text === undefined) this.#text = this.bytes === null ? null : decodeText(this.bytes, this.mediaType, charsetOf(this.#contentType));
    return this.#text;
  }

  get json(): unknown {
    return (this.#json ??= { value: this.#readJson() }).value;
  }

  get form(): Multi | null {
    if (this.#form === undefined) this.#form = this.#readForm();
    return this.#form;
  }

  #readJson(): unknown {
    const { mediaType } = this;
    if (!this.present || (mediaType !== null && !isJsonType(mediaType))) return undefined;
    const { text } = this;
    if (text === null) return undefined;
    try {
      if (deeperThan(text, maxJsonDepth)) throw new SyntaxError(`it is nested deeper than ${maxJsonDepth} levels`);
      return parseJson(text);
    } catch (error) {
      // Without a Content-Type nobody claimed that it is JSON.
      if (mediaType === null) return undefined;
      throw new MalformedBody('JSON', printable((error as Error).message).slice(0, 200));
    }
  }

  #readForm(): Multi | null {
    if (this.parts !== null) return fieldsOf(this.parts);
    if (this.mediaType === null || !isFormType(this.mediaType) || this.text === null) return null;
    const { values, complete } = parseUrlEncoded(this.text);
    if (!complete) throw new MalformedBody('a form', 'it has more than 1,000 names or 10,000 values');
    return values;
  }
}

/** The body of a request that has none. */
export const noBody: ReceivedBody = bodyFromBytes({ bytes: Buffer.alloc(0), contentType: null });

/** Null for bytes that are no text and that nobody said were. */
function decodeText(bytes: Buffer, mediaType: string | null, charset: string | null): string | null {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset ?? 'utf-8', { fatal: true });
  } catch {
    throw new MalformedBody('text', `the charset \`${printable(charset ?? '').slice(0, 40)}\` is not known`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    if (charset === null && (mediaType === null || !isTextType(mediaType))) return null;
    throw new MalformedBody(`${decoder.encoding.toUpperCase()} text`, 'it has bytes that are none');
  }
}

function fieldsOf(parts: readonly Part[]): Multi {
  const fields = new Map<string, string[]>();
  for (const part of parts) {
    if (part.filename !== null) continue;
    const known = fields.get(part.name);
    if (known) known.push(part.text ?? '');
    else fields.set(part.name, [part.text ?? '']);
  }
  return fields;
}
