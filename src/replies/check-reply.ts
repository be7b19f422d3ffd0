import { show } from '../base/show.ts';
import type { Mistake } from '../base/diagnostic.ts';
import type { Compiler } from '../model/index.ts';
import { hasControls } from './header-text.ts';
import { kindOfReply, strayOptions, type ReplyValue } from './reply-shape.ts';

/** A response of this status ends with its head (RFC 9110 §6.4.1). */
export function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** A media type with its parameters (RFC 9110 §8.3.1). */
export function isMediaType(text: string): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+(\s*;\s*[!#$%&'*+.^_`|~\w-]+=([!#$%&'*+.^_`|~\w-]+|"[^"]*"))*\s*;?$/.test(text);
}

/** Bodies whose bytes are known, so that a digest of them can be. */
const withoutLength = new Set(['stream']);

/** Reports keys of a reply that contradict each other. */
export function checkReply(value: ReplyValue, compiler: Compiler): void {
  const kind = kindOfReply(value)?.key ?? null;
  for (const { option, kind: owner } of strayOptions(value)) {
    compiler.mistake({ code: 'key-without-its-key', message: `\`${option}\` belongs to \`${owner}\``, expected: `\`${owner}\` beside it`, got: kind === null ? 'no body' : `\`${kind}\`` }, [option], 'key');
  }
  checkStatus(value, kind, compiler);
  if (kind === null) checkNeedsBody(value, compiler);
  checkTexts(value, compiler);
  checkSaidTwice(value, compiler);
  if (value.digest === true && kind !== null && withoutLength.has(kind)) {
    compiler.mistake({ code: 'no-length', message: '`digest` needs a body of known length', expected: 'any body but `stream`', got: `\`${kind}\`` }, ['digest'], 'key');
  }
}

function checkStatus(value: ReplyValue, kind: string | null, compiler: Compiler): void {
  const { status } = value;
  if (typeof status !== 'number') return;
  if (kind !== null && hasNoBody(status)) {
    compiler.mistake({ code: 'body-not-allowed', message: `A response with the status ${status} has no body`, expected: `no body, or another status`, got: `\`${kind}\``, fix: `Take \`${kind}\` out` }, [kind], 'key');
  }
  if (value.redirect !== undefined && (status < 300 || status > 399 || status === 304)) {
    compiler.mistake({ code: 'no-redirect', message: `The status ${status} is no redirect`, expected: '301, 302, 303, 307 or 308', got: String(status), fix: 'To send a `Location` with another status, write it under `headers`' }, ['status']);
  }
}

/** Keys that say how a body is sent. */
const bodyKeys = ['type', 'throttle', 'encoding', 'download', 'digest'] as const;

function checkNeedsBody(value: ReplyValue, compiler: Compiler): void {
  for (const key of bodyKeys) {
    if (value[key] !== undefined && value[key] !== false) compiler.mistake(noBody(`\`${key}\``), [key], 'key');
  }
  if (value.fault?.needsBody) compiler.mistake(noBody(`The fault \`${value.fault.name}\``), ['fault']);
}

function noBody(what: string): Mistake {
  return { code: 'no-body', message: `${what} needs a body, and this reply has none`, expected: 'a body such as `json` or `file`', got: 'none' };
}

function checkTexts(value: ReplyValue, compiler: Compiler): void {
  const { type, redirect, download } = value;
  if (type !== undefined && !type.includes('${{') && !isMediaType(type)) compiler.mistake({ code: 'bad-media-type', message: 'This is no media type', expected: 'one such as `text/csv; charset=utf-8`', got: show(type) }, ['type']);
  checkHeaderText('redirect', 'a URL', redirect, compiler);
  checkHeaderText('download', 'a file name', download, compiler);
}

function checkHeaderText(key: string, expected: string, text: string | undefined, compiler: Compiler): void {
  if (text === undefined || text.includes('${{')) return;
  if (hasControls(text)) compiler.mistake({ code: 'bad-header-value', message: `\`${key}\` cannot hold a line break or another control character`, got: show(text) }, [key]);
  else if (text.trim() === '') compiler.mistake({ code: 'wrong-value', message: `\`${key}\` is empty`, expected, got: '""' }, [key]);
}

/** Headers that a key of the reply sets: given both ways, one would be lost. */
const setBy = { type: 'content-type', redirect: 'location', download: 'content-disposition', encoding: 'content-encoding', digest: 'repr-digest' } as const;

function checkSaidTwice(value: ReplyValue, compiler: Compiler): void {
  if (value.headers === undefined) return;
  const names = new Map(Object.keys(value.headers).map((name) => [name.toLowerCase(), name]));
  for (const [key, header] of Object.entries(setBy)) {
    const name = names.get(header);
    if (name === undefined || (value as Readonly<Record<string, unknown>>)[key] === undefined) continue;
    compiler.mistake({ code: 'said-twice', message: `\`${key}\` and the header \`${name}\` say the same thing`, fix: 'Keep one of them' }, ['headers', name], 'key');
  }
}
