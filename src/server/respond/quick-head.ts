import type { Answer } from '../../model/index.ts';
import { Head } from './head.ts';
import { digestField } from './prepare.ts';

/** A response made at load: what goes to a request that is no HEAD and has no `Range` and no `If-…` header. */
export interface QuickHead {
  readonly status: number;
  /** Name, value, name, value; Content-Length among them where there is one. */
  readonly headers: string[];
  readonly bytes: Buffer;
}

const noBytes = Buffer.alloc(0);
/** Headers that Node or the caller adds, so that leaving them out takes more than a list of headers. */
const onlyByNode = new Set(['content-length', 'transfer-encoding', 'date', 'connection', 'keep-alive', 'rehearsal-exchange']);

/**
 * The whole response of an answer in memory, when nothing of it depends on the request; null for every other. Exactly what
 * `respond` would send.
 */
export function quickHead(answer: Answer): QuickHead | null {
  const { status, body, wire, encodings } = answer;
  if (wire.length > 0 || encodings.length > 0 || (body.kind !== 'bytes' && body.kind !== 'none') || answer.leaveOut?.some((name) => onlyByNode.has(name))) return null;
  const head = new Head(answer.headers, answer.leaveOut);
  if (status < 200 || status === 204 || status === 304) return { status, headers: head.flat(), bytes: noBytes };
  const representation = body.kind === 'bytes' ? body.representation : null;
  if (representation && status === 200) {
    head.add('ETag', representation.etag);
    if (representation.lastModified) head.add('Last-Modified', representation.lastModified.toUTCString());
  }
  if (representation?.sha256 && !head.leavesOut('repr-digest')) {
    const digest = representation.sha256();
    if (!Buffer.isBuffer(digest)) return null;
    head.add('Repr-Digest', digestField(digest));
  }
  if (representation && status === 200) head.add('Accept-Ranges', 'bytes');
  const bytes = body.kind === 'bytes' ? body.bytes : noBytes;
  head.add('Content-Length', String(bytes.length));
  return { status, headers: head.flat(), bytes };
}
