import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { previewBytes, sha256Of, type Captured } from './exchange-draft.ts';
import { endOfString, redactInner, redactJson, redactLoose } from './redact-json.ts';
import { redacted, redactForm, redactUrlsWithin } from './redact-text.ts';
import type { SecretNames } from './secret-names.ts';

/** Gives a captured body without its secrets; the same object when there are none. Size and hash stay those of the wire. */
export interface BodyRedactor {
  (body: Captured, headers: readonly string[], found: string[] | null): Captured;
  /** A diagnosis in JSON, with these values taken out of its texts. */
  problem(body: Captured, secrets: readonly string[], sentence: (text: string) => string): Captured;
}

export function createBodyRedactor(names: SecretNames): BodyRedactor {
  /** Bodies of fixed replies come again and again: each is looked through once. */
  const known = new WeakMap<Buffer, Captured>();

  function redactBody(body: Captured, headers: readonly string[], found: string[] | null): Captured {
    if (body.preview.length === 0) return body;
    if (body.shared !== true) return redactOnce(body, headers, names, found);
    const before = known.get(body.preview);
    if (before !== undefined) return before;
    const clean = redactOnce(body, headers, names, found);
    known.set(body.preview, clean);
    return clean;
  }

  redactBody.problem = (body: Captured, secrets: readonly string[], sentence: (text: string) => string): Captured => {
    const text = body.preview.toString('utf8');
    let clean = text;
    for (const value of secrets) {
      if (value.length >= 4) clean = clean.replaceAll(JSON.stringify(value).slice(1, -1), redacted);
    }
    if (clean.includes(', got ')) clean = cleanSentences(clean, sentence);
    return clean === text ? body : replaced(body, Buffer.from(clean, 'utf8'));
  };
  return redactBody;
}

function cleanSentences(json: string, sentence: (text: string) => string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = json.indexOf('"'); at >= 0; at = json.indexOf('"', at)) {
    const end = endOfString(json, at);
    pieces.push(json.slice(kept, at), cleanSentence(json.slice(at, end), sentence));
    kept = at = end;
  }
  return pieces.join('') + json.slice(kept);
}

function cleanSentence(source: string, sentence: (text: string) => string): string {
  if (!source.includes(', got ')) return source;
  try {
    const text = JSON.parse(source) as string;
    const clean = sentence(text);
    return clean === text ? source : JSON.stringify(clean);
  } catch {
    return source;
  }
}

function redactOnce(body: Captured, headers: readonly string[], names: SecretNames, found: string[] | null): Captured {
  const coding = codingOf(headers);
  const plain = coding === null ? body.preview : decoded(body.preview, coding);
  const clean = redactBytes(plain, body.type ?? '', names, found);
  return clean === body.preview ? body : replaced(body, clean);
}

/** The body with another preview: its hash, when it was to be made of the preview, is made now. */
function replaced(body: Captured, preview: Buffer): Captured {
  return { ...body, preview, sha256: body.sha256 ?? sha256Of(body.preview) };
}

function redactBytes(bytes: Buffer, type: string, names: SecretNames, found: string[] | null): Buffer {
  const semicolon = type.indexOf(';');
  const mediaType = (semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase();
  if (mediaType.startsWith('multipart/')) return redactMultipart(bytes, type, names, found);
  if (isWide(bytes)) return redactWide(bytes, mediaType, names, found);
  const looksJson = mediaType.endsWith('json') || beginsLikeJson(bytes);
  if (!looksJson && isBinary(mediaType)) return bytes;
  const text = bytes.toString('latin1');
  if (!names.mayOccur.test(text)) return bytes;
  const clean = redactText(text, mediaType, looksJson, names, found);
  return clean === text ? bytes : Buffer.from(clean, 'latin1');
}

function redactText(text: string, mediaType: string, looksJson: boolean, names: SecretNames, found: string[] | null): string {
  if (mediaType === 'application/x-www-form-urlencoded' && !looksJson) return redactForm(text, names, found);
  const clean = redactUrlsWithin(redactInner(redactJson(text, names, found), names, found), names, found);
  if (looksJson) return isBroken(clean) ? redactLoose(clean, names, found) : clean;
  return mediaType === '' && clean === text ? redactForm(text, names, found) : clean;
}

/** Cut off, or not JSON at all. */
function isBroken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

function beginsLikeJson(bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length && index < 64; index += 1) {
    const byte = bytes[index]!;
    if (byte === 0x7b || byte === 0x5b) return true;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return false;
  }
  return false;
}

function isBinary(mediaType: string): boolean {
  return /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|zip|gzip|pdf|x-protobuf|wasm)$|compressed$/.test(mediaType);
}

/** UTF-16, by its mark or by the zero beside the first letter. */
function isWide(bytes: Buffer): boolean {
  return bytes.length >= 4 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] !== 0 && bytes[1] === 0 && bytes[3] === 0) || (bytes[0] === 0 && bytes[1] !== 0 && bytes[2] === 0));
}

/** UTF-16 text is kept as UTF-8 when a secret had to be taken out. */
function redactWide(bytes: Buffer, mediaType: string, names: SecretNames, found: string[] | null): Buffer {
  const big = bytes[0] === 0xfe || bytes[0] === 0;
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const text = (big ? even.swap16() : even).toString('utf16le');
  if (!names.mayOccur.test(text)) return bytes;
  const clean = redactText(text, mediaType, /^\ufeff?\s*[{[]/.test(text), names, found);
  return clean === text ? bytes : Buffer.from(clean, 'utf8');
}

const mostParts = 1000;
const mostHeadBytes = 8192;

/** Plain fields with the name of a secret, and the secrets in plain fields that are JSON. Files are left as they are. */
function redactMultipart(bytes: Buffer, type: string, names: SecretNames, found: string[] | null): Buffer {
  const delimiter = delimiterOf(bytes, type);
  if (delimiter === null) return bytes;
  const pieces: Buffer[] = [];
  let kept = 0;
  let at = bytes.indexOf(delimiter);
  for (let part = 0; at >= 0 && part < mostParts; part += 1) {
    const head = at + delimiter.length;
    const next = bytes.indexOf(delimiter, head);
    const end = next < 0 ? bytes.length : endOfContent(bytes, next);
    const content = startOfContent(bytes, head, end);
    at = next;
    if (content === null) continue;
    const clean = redactPart(bytes.toString('latin1', head, Math.min(content, head + mostHeadBytes)), bytes.subarray(content, end), names, found);
    if (clean === null) continue;
    pieces.push(bytes.subarray(kept, content), clean);
    kept = end;
  }
  return pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(kept)]);
}

export function delimiterOf(bytes: Buffer, type: string): Buffer | null {
  const [, quoted, bare] = /;\s*boundary=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = quoted?.replace(/\\(.)/g, '$1') ?? bare;
  if (boundary !== undefined) return Buffer.from(`--${boundary}`, 'latin1');
  const line = /^--[^\r\n]{1,200}/.exec(bytes.toString('latin1', 0, 256));
  return line ? Buffer.from(line[0], 'latin1') : null;
}

/** Content ends before the line break that belongs to the delimiter. */
export function endOfContent(bytes: Buffer, delimiter: number): number {
  if (bytes[delimiter - 1] !== 0x0a) return delimiter;
  return bytes[delimiter - 2] === 0x0d ? delimiter - 2 : delimiter - 1;
}

export function startOfContent(bytes: Buffer, head: number, end: number): number | null {
  const strict = bytes.indexOf('\r\n\r\n', head, 'latin1');
  if (strict >= 0 && strict + 4 <= end) return strict + 4;
  const loose = bytes.indexOf('\n\n', head, 'latin1');
  return loose >= 0 && loose + 2 <= end ? loose + 2 : null;
}

function redactPart(head: string, content: Buffer, names: SecretNames, found: string[] | null): Buffer | null {
  if (/;\s*filename\*?\s*=/i.test(head) || content.length === 0) return null;
  const [, quoted, bare] = /;\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(head) ?? [];
  const name = (quoted ?? bare ?? '').trim();
  if (names.has(name) || name.split(/[.[\]]/).some(names.has)) {
    found?.push(content.toString('utf8'));
    return Buffer.from(redacted, 'latin1');
  }
  const type = /^content-type:\s*([^\r\n]*)/im.exec(head)?.[1] ?? '';
  if (type.toLowerCase().startsWith('multipart/')) return null;
  if (!type.toLowerCase().includes('json') && !beginsLikeJson(content)) return null;
  const clean = redactBytes(content, type, names, found);
  return clean === content ? null : clean;
}

function codingOf(headers: readonly string[]): string | null {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]!.length === 16 && headers[index]!.toLowerCase() === 'content-encoding') {
      const coding = (headers[index + 1] ?? '').trim().toLowerCase();
      return coding === '' || coding === 'identity' ? null : coding;
    }
  }
  return null;
}

/** What is unpacked at most: more of a body than this is not looked at, and not kept. */
const mostUnpacked = 4 * previewBytes;

/** The beginning of a coded body as it reads decoded, so that secrets in it can be found; the bytes as they are when they cannot be decoded. */
function decoded(bytes: Buffer, coding: string): Buffer {
  for (let length = bytes.length; length >= 16; length = length >> 1) {
    try {
      return unpack(bytes.subarray(0, length), coding).subarray(0, previewBytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return bytes;
    }
  }
  return bytes;
}

function unpack(bytes: Buffer, coding: string): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostUnpacked };
  switch (coding) {
    case 'gzip': case 'x-gzip': return gunzipSync(bytes, options);
    case 'deflate': return (bytes[0]! & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
    case 'br': return brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: mostUnpacked });
    default: return bytes;
  }
}
