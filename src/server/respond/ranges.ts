import { createHash } from 'node:crypto';
import parseRange from 'range-parser';
import type { Span } from './payload.ts';

/** More ranges than this are nobody's honest wish: the header is ignored, as RFC 9110 §14.2 allows. */
const maxRanges = 50;

/** Which bytes a `Range` header asks for. */
export type RangeWish = { readonly kind: 'whole' } | { readonly kind: 'unsatisfiable' } | { readonly kind: 'spans'; readonly spans: readonly Span[] };

const whole: RangeWish = { kind: 'whole' };

/** Reads `Range` (RFC 9110 §14.1.2). Other units and what is malformed are ignored; overlapping and adjoining ranges become one. */
export function readRange(header: string | undefined, sizeBytes: number): RangeWish {
  const found = header === undefined ? null : /^\s*bytes\s*=(.*)$/i.exec(header);
  if (!found) return whole;
  const specs = found[1]!.split(',').map((spec) => spec.trim()).filter((spec) => spec !== '');
  if (specs.length === 0 || specs.length > maxRanges || !specs.every(wellFormed)) return whole;
  // Of an empty body there is no part to send, yet a suffix of it is no error.
  if (sizeBytes === 0 && specs.some((spec) => /^-0*[1-9]/.test(spec))) return whole;
  const ranges = parseRange(sizeBytes, `bytes=${specs.map((spec) => withinSize(spec, sizeBytes)).join(',')}`, { combine: true });
  if (ranges === -1) return { kind: 'unsatisfiable' };
  if (ranges === -2) return whole;
  return { kind: 'spans', spans: ranges.map(({ start, end }) => ({ from: start, to: end + 1 })) };
}

function wellFormed(spec: string): boolean {
  const found = /^(\d*)\s*-\s*(\d*)$/.exec(spec);
  if (!found || (found[1] === '' && found[2] === '')) return false;
  return found[1] === '' || found[2] === '' || Number(found[1]) <= Number(found[2]);
}

/** A suffix longer than the body means all of it; range-parser would find it unsatisfiable. */
function withinSize(spec: string, sizeBytes: number): string {
  const suffix = /^-\s*(\d+)$/.exec(spec)?.[1];
  return suffix !== undefined && Number(suffix) > sizeBytes ? `-${sizeBytes}` : spec;
}

/** `Content-Range` of one span. */
export function contentRange(span: Span, sizeBytes: number): string {
  return `bytes ${span.from}-${span.to - 1}/${sizeBytes}`;
}

/** The parts of a `multipart/byteranges` body (RFC 9110 §14.6). The boundary follows from the representation, so that an answer repeats exactly. */
export function multipart(spans: readonly Span[], sizeBytes: number, type: string | null, etag: string | null): { readonly type: string; readonly pieces: readonly (Buffer | Span)[] } {
  const boundary = `rehearsal-${createHash('sha256').update(`${etag ?? ''}\n${sizeBytes}`).digest('hex').slice(0, 32)}`;
  const pieces = spans.flatMap((span, index): (Buffer | Span)[] => [
    Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${type === null ? '' : `Content-Type: ${type}\r\n`}Content-Range: ${contentRange(span, sizeBytes)}\r\n\r\n`, 'latin1'),
    span,
  ]);
  return { type: `multipart/byteranges; boundary=${boundary}`, pieces: [...pieces, Buffer.from(`\r\n--${boundary}--\r\n`)] };
}
