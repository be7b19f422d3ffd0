import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Answer, Multi } from '../../model/index.ts';
import { evaluateConditions, httpDate, rangeStillHolds, type Validators } from './conditions.ts';
import { chooseCoding, codedEtag, codedFlow, canCodeInMemory, codedInMemory, type Coding } from './encodings.ts';
import { Head } from './head.ts';
import { sizeOfPieces, type Payload } from './payload.ts';
import { contentRange, multipart, readRange } from './ranges.ts';
import type { AnsweredRequest } from './sent.ts';
import type { Source } from './source.ts';
import type { Wires } from './wires.ts';

/** The response that this request gets of an answer. */
export interface Outgoing {
  readonly status: number;
  /** Name, value, name, value; Content-Length among them where it is known. */
  readonly headers: string[];
  readonly payload: Payload;
  /** A refusal instead of the content: the faults of the reply are not for it. */
  readonly refused?: boolean;
}

const noPayload: Payload = { kind: 'none' };

/** Conditions, ranges, codings and lengths: everything that is decided before the first byte leaves. */
export async function prepare(answer: Answer, request: AnsweredRequest, source: Source, wires: Wires): Promise<Outgoing> {
  const { status } = answer;
  const head = new Head(answer.headers, answer.leaveOut);
  const isHead = request.method === 'HEAD';
  if (status < 200 || status === 204 || status === 304) return { status, headers: head.flat(), payload: noPayload };
  if (answer.body.kind === 'none') return finished(status, head, noPayload, 0, wires, isHead);

  const coding = await codingOf(answer, request, head, wires, source);
  const coded = coding === null ? null : codedInMemory(answer.body, source, coding);
  const validators = validatorsOf(answer, head, source, coding);
  const selected = status === 200 && (isHead || request.method === 'GET') && (validators.etag !== null || validators.lastModified !== null);
  if (selected) {
    const verdict = evaluateConditions(request.headers, validators);
    announceValidators(head, validators);
    if (verdict.kind === 'not-modified') return notModified(head);
    if (verdict.kind === 'failed') return refusal(412, head, `The condition \`${verdict.header}\` does not hold: the file is ${validators.etag === null ? 'of another time' : `now ${validators.etag}`}`, isHead);
  }
  if (coding !== null) {
    head.set('Content-Encoding', coding);
    if (coded === null) return finished(status, head, isHead ? noPayload : codedPayload(answer, source, coding), null, wires, isHead);
    const bytes = await coded;
    if (source.representation?.sha256) head.add('Repr-Digest', digestField(createHash('sha256').update(bytes).digest()));
    return finished(status, head, { kind: 'bytes', bytes }, bytes.length, wires, isHead);
  }
  await announceDigest(head, source);
  const ranged = status === 200 && source.representation !== null && source.sizeBytes !== null && head.get('accept-ranges')?.toLowerCase() !== 'none';
  if (ranged) head.add('Accept-Ranges', 'bytes');
  if (ranged && request.method === 'GET' && rangeStillHolds(request.headers, validators)) {
    const partial = partialContent(head, request.headers, source, source.sizeBytes!, validators, wires);
    if (partial) return partial;
  }
  return finished(status, head, payloadOf(answer, source), source.sizeBytes, wires, isHead);
}

/** Adds the length, with its fault, and leaves the payload out on HEAD. */
function finished(status: number, head: Head, payload: Payload, sizeBytes: number | null, wires: Wires, isHead: boolean): Outgoing {
  const { offByBytes } = wires;
  const known = sizeBytes ?? (payload.kind === 'flow' && offByBytes !== 0 && Number.isFinite(payload.expectedBytes) ? payload.expectedBytes : null);
  if (known !== null) head.add('Content-Length', String(isHead || payload.kind === 'none' ? known : Math.max(0, known + offByBytes)));
  return { status, headers: head.flat(), payload: isHead ? noPayload : payload };
}

async function codingOf(answer: Answer, request: AnsweredRequest, head: Head, wires: Wires, source: Source): Promise<Coding | null> {
  if (answer.encodings.length === 0 || head.get('content-encoding') !== null) return null;
  head.addMember('Vary', 'Accept-Encoding');
  const countsBytes = wires.corrupt !== null || wires.offByBytes !== 0 || wires.ending?.kind === 'truncate';
  if (countsBytes && !canCodeInMemory(source)) return null;
  return chooseCoding(answer.encodings, request.headers.get('accept-encoding')?.join(', '));
}

/** What the reply says of itself in its headers goes before what is known of its bytes. */
function validatorsOf(answer: Answer, head: Head, source: Source, coding: Coding | null): Validators {
  const { representation } = source;
  const own = answer.status === 200 && !head.leavesOut('etag') ? (representation?.etag ?? null) : null;
  return {
    etag: head.get('etag') ?? (own !== null && coding !== null ? codedEtag(own, coding) : own),
    lastModified: httpDate(head.get('last-modified')) ?? (head.leavesOut('last-modified') ? null : (representation?.lastModified ?? null)),
  };
}

function announceValidators(head: Head, { etag, lastModified }: Validators): void {
  if (etag !== null) head.add('ETag', etag);
  if (lastModified !== null) head.add('Last-Modified', lastModified.toUTCString());
}

async function announceDigest(head: Head, { representation }: Source): Promise<void> {
  if (!representation?.sha256 || head.leavesOut('repr-digest') || head.get('repr-digest') !== null) return;
  head.add('Repr-Digest', digestField(await representation.sha256()));
}

/** `Repr-Digest` of the selected representation, content coding included (RFC 9530 §3). */
export function digestField(sha256: Buffer): string {
  return `sha-256=:${sha256.toString('base64')}:`;
}

/** What describes the content does not go with an answer that has none (RFC 9110 §15.4.5); an ETag makes Last-Modified superfluous. */
function notModified(head: Head): Outgoing {
  const hasEtag = head.get('etag') !== null;
  head.remove((name) => (name.startsWith('content-') && name !== 'content-location' && name !== 'content-security-policy') || name === 'accept-ranges' || name === 'repr-digest' || (hasEtag && name === 'last-modified'));
  return { status: 304, headers: head.flat(), payload: noPayload };
}

function refusal(status: 412 | 416, head: Head, detail: string, isHead: boolean): Outgoing {
  const bytes = Buffer.from(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail }));
  head.remove((name) => ['content-disposition', 'content-encoding', 'repr-digest', 'last-modified', 'content-type', 'content-length'].includes(name));
  head.set('Content-Type', 'application/problem+json');
  head.set('Content-Length', String(bytes.length));
  return { status, headers: head.flat(), payload: isHead ? noPayload : { kind: 'bytes', bytes }, refused: true };
}

function partialContent(head: Head, headers: Multi, source: Source, sizeBytes: number, validators: Validators, wires: Wires): Outgoing | null {
  const wish = readRange(headers.get('range')?.join(', '), sizeBytes);
  if (wish.kind === 'whole') return null;
  if (wish.kind === 'unsatisfiable') {
    head.set('Content-Range', `bytes */${sizeBytes}`);
    return refusal(416, head, `None of the ranges lies within the ${sizeBytes} bytes there are`, false);
  }
  const { spans } = wish;
  if (spans.length === 1) {
    head.set('Content-Range', contentRange(spans[0]!, sizeBytes));
    return piecesOf206(head, source, spans, wires);
  }
  const { type, pieces } = multipart(spans, sizeBytes, head.get('content-type'), validators.etag);
  head.set('Content-Type', type);
  return piecesOf206(head, source, pieces, wires);
}

function piecesOf206(head: Head, source: Source, pieces: Extract<Payload, { kind: 'pieces' }>['pieces'], wires: Wires): Outgoing {
  const sizeBytes = sizeOfPieces(pieces);
  return finished(206, head, { kind: 'pieces', source, pieces, sizeBytes }, sizeBytes, wires, false);
}

function payloadOf(answer: Answer, source: Source): Payload {
  const { body } = answer;
  if (source.bytes !== null) return { kind: 'bytes', bytes: source.bytes };
  if (body.kind !== 'stream') return { kind: 'pieces', source, pieces: [{ from: 0, to: source.sizeBytes! }], sizeBytes: source.sizeBytes! };
  return { kind: 'flow', expectedBytes: body.chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0), open: (wait) => timed(body.chunks, wait) };
}

function codedPayload(answer: Answer, source: Source, coding: Coding): Payload {
  const { body } = answer;
  if (body.kind === 'stream') return { kind: 'flow', expectedBytes: Infinity, open: (wait) => codedFlow(timed(body.chunks, wait), coding, true) };
  return { kind: 'flow', expectedBytes: Infinity, open: () => codedFlow(source.read(0, source.sizeBytes ?? 0), coding, false) };
}

/** The chunks of a stream, each after its delay, until the client leaves. */
async function* timed(chunks: readonly { readonly bytes: Buffer; readonly delayMs: number }[], wait: (ms: number) => Promise<boolean>): AsyncGenerator<Buffer, void> {
  for (const { bytes, delayMs } of chunks) {
    if (delayMs > 0 && !(await wait(delayMs))) return;
    yield bytes;
  }
}
