import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { CallbackAttempt, Captured, Exchange, ExchangeDraft, FullExchange, RecordedBody, RecordedHeaders, RecordedMessage } from '../model/index.ts';

export type { Captured, ExchangeDraft } from '../model/index.ts';

/** Bytes of a body that the journal keeps at most. */
export const previewBytes = 65_536;

/** The exchange as a list shows it. */
export function summarize(draft: ExchangeDraft): Exchange {
  return {
    id: draft.id, at: new Date(draft.atMs).toISOString(), session: draft.session, scenario: draft.scenario, method: draft.method, url: draft.url,
    status: draft.status, durationMs: Math.round(draft.durationMs * 1000) / 1000, rule: draft.rule, violations: draft.violations, nearest: draft.nearest,
    fault: draft.fault, note: draft.note,
  };
}

/** The exchange with both its messages. Works out hashes that were left for later. */
export async function inFull(draft: ExchangeDraft): Promise<FullExchange> {
  return {
    ...summarize(draft),
    request: await messageOf(draft.requestHeaders, draft.requestBody),
    reply: await messageOf(withExchange(draft), draft.replyBody),
    callbacks: draft.callbacks ?? [],
  };
}

/** Answers made at load share their headers in the journal: the one that differs is put back here. */
function withExchange({ id, replyHeaders }: ExchangeDraft): readonly string[] {
  const named = replyHeaders.length === 0 || replyHeaders.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'rehearsal-exchange');
  return named ? replyHeaders : [...replyHeaders, 'Rehearsal-Exchange', id];
}

/** The way back, for exchanges kept on disk. */
export function draftOf(exchange: FullExchange): ExchangeDraft {
  const { at, request, reply, callbacks, ...rest } = exchange;
  return {
    ...rest, ...(Array.isArray(callbacks) && callbacks.length > 0 && { callbacks }), atMs: Date.parse(at), path: pathOf(exchange.url),
    requestHeaders: flatHeaders(request.headers), requestBody: capturedOf(request),
    replyHeaders: flatHeaders(reply.headers), replyBody: capturedOf(reply),
  };
}

/** Attempts that are kept of one exchange; past it the oldest go. */
const mostCallbacks = 20;

/** The exchange with one more attempt at a callback. */
export function withCallback(draft: ExchangeDraft, attempt: CallbackAttempt): ExchangeDraft {
  return { ...draft, callbacks: [...(draft.callbacks ?? []), attempt].slice(-mostCallbacks) };
}

/** Lower-case hex of the SHA-256. */
export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The path of a URL as sent: no query, no `/@scenario:session` prefix. */
export function pathOf(url: string): string {
  return /^[^?#]*/.exec(url)![0].replace(/^\/@[^/]*/, '') || '/';
}

/** SHA-256 of nothing. */
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function headersOf(flat: readonly string[]): RecordedHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = flat[index]!.toLowerCase();
    const known = headers[name];
    headers[name] = known === undefined ? flat[index + 1]! : [...(typeof known === 'string' ? [known] : known), flat[index + 1]!];
  }
  return headers;
}

function flatHeaders(headers: RecordedHeaders): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [name, value] : value.flatMap((one) => [name, one])));
}

async function messageOf(headers: readonly string[], body: Captured | null): Promise<RecordedMessage> {
  return { headers: headersOf(headers), body: await bodyOf(body) };
}

async function bodyOf(body: Captured | null): Promise<RecordedBody> {
  if (body === null || (body.sizeBytes === 0 && body.preview.length === 0)) return { text: null, base64: null, sizeBytes: 0, sha256: emptyHash };
  const text = textOf(body);
  return { text, base64: text === null ? body.preview.toString('base64') : null, sizeBytes: body.sizeBytes, sha256: await hashOf(body) };
}

const hashes = new WeakMap<Buffer, string>();

function hashOf(body: Captured): string | Promise<string> {
  if (typeof body.sha256 === 'string') return body.sha256;
  if (body.sha256 !== null) return body.sha256();
  let hash = hashes.get(body.preview);
  if (hash === undefined) hashes.set(body.preview, (hash = sha256Of(body.preview)));
  return hash;
}

// eslint-disable-next-line no-control-regex -- control characters are what tells bytes from text
const notText = /[\u0000-\u0006\u000e-\u001a\u001c-\u001f]/;

/** The preview as text, or null when it is not text. A letter that the end of the preview cut is left out. */
function textOf(body: Captured): string | null {
  const bytes = body.preview;
  for (let cut = 0; cut <= 3 && cut <= bytes.length; cut += 1) {
    if (cut > 0 && body.sizeBytes <= bytes.length) break;
    const whole = cut === 0 ? bytes : bytes.subarray(0, bytes.length - cut);
    if (!isUtf8(whole)) continue;
    const text = whole.toString('utf8');
    return notText.test(text) ? null : text;
  }
  return textByCharset(body);
}

/** Text in the charset that the Content-Type names, when it is one this platform knows. */
function textByCharset(body: Captured): string | null {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(body.type ?? '')?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return null;
  try {
    const text = new TextDecoder(charset).decode(body.preview);
    return notText.test(text) ? null : text;
  } catch {
    return null;
  }
}

function capturedOf(message: RecordedMessage): Captured | null {
  const { text, base64, sizeBytes, sha256 } = message.body;
  if (text === null && base64 === null && sizeBytes === 0) return null;
  const type = [message.headers['content-type'] ?? []].flat()[0] ?? null;
  const preview = text !== null ? Buffer.from(text, 'utf8') : Buffer.from(base64 ?? '', 'base64');
  // Read back, text is UTF-8 whatever charset it came in.
  return { preview, sizeBytes, sha256, type: text === null ? type : null };
}
