import fresh from 'fresh';
import type { Multi } from '../../model/index.ts';

/** What the present representation is known by. */
export interface Validators {
  /** With its quotes, and `W/` where it is weak. */
  readonly etag: string | null;
  readonly lastModified: Date | null;
}

/** What the conditions of a request ask for: go on, `304 Not Modified`, or `412 Precondition Failed` with the header that failed. */
export type Verdict = { readonly kind: 'go-on' } | { readonly kind: 'not-modified' } | { readonly kind: 'failed'; readonly header: string };

const goOn: Verdict = { kind: 'go-on' };

/** The conditions of a GET or HEAD in the order of RFC 9110 §13.2.2. */
export function evaluateConditions(headers: Multi, validators: Validators): Verdict {
  const ifMatch = joined(headers, 'if-match');
  if (ifMatch !== null) {
    if (ifMatch.trim() !== '*' && !entityTags(ifMatch).some((tag) => strongEqual(tag, validators.etag))) return { kind: 'failed', header: 'If-Match' };
  } else {
    const since = httpDate(single(headers, 'if-unmodified-since'));
    if (since !== null && validators.lastModified !== null && seconds(validators.lastModified) > seconds(since)) return { kind: 'failed', header: 'If-Unmodified-Since' };
  }
  const ifNoneMatch = joined(headers, 'if-none-match');
  if (ifNoneMatch !== null) return noneMatchHolds(ifNoneMatch, validators.etag) ? goOn : { kind: 'not-modified' };
  const modifiedSince = httpDate(single(headers, 'if-modified-since'));
  if (modifiedSince === null || validators.lastModified === null) return goOn;
  const unchanged = fresh({ 'if-modified-since': modifiedSince.toUTCString() }, { 'last-modified': validators.lastModified.toUTCString() });
  return unchanged ? { kind: 'not-modified' } : goOn;
}

/** Whether `If-Range` lets the range be sent: its ETag is strongly the same, or its date exactly so (RFC 9110 §13.1.5). True without the header. */
export function rangeStillHolds(headers: Multi, validators: Validators): boolean {
  const ifRange = headers.get('if-range');
  if (ifRange === undefined) return true;
  if (ifRange.length !== 1) return false;
  const value = ifRange[0]!.trim();
  if (value.startsWith('"') || value.startsWith('W/')) return strongEqual(value, validators.etag);
  const date = httpDate(value);
  return date !== null && validators.lastModified !== null && seconds(date) === seconds(validators.lastModified);
}

/** By weak comparison (RFC 9110 §13.1.2); `fresh` compares one tag at a time, since it would split a tag that has a comma in it. */
function noneMatchHolds(ifNoneMatch: string, etag: string | null): boolean {
  if (ifNoneMatch.trim() === '*') return false;
  return etag === null || !entityTags(ifNoneMatch).some((tag) => (tag.includes(',') ? withoutWeakness(tag) === withoutWeakness(etag) : fresh({ 'if-none-match': tag }, { etag })));
}

function strongEqual(a: string, b: string | null): boolean {
  return a === b && a.startsWith('"');
}

function withoutWeakness(tag: string): string {
  return tag.replace(/^W\//, '');
}

function entityTags(list: string): readonly string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

const imfFixdate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850 = /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctime = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** One of the three forms of an HTTP date (RFC 9110 §5.6.7); null for anything else, which a condition then ignores. */
export function httpDate(text: string | null): Date | null {
  if (text === null) return null;
  const value = text.trim();
  if (!imfFixdate.test(value) && !rfc850.test(value) && !asctime.test(value)) return null;
  const ms = Date.parse(asctime.test(value) ? `${value} GMT` : value);
  return Number.isNaN(ms) ? null : new Date(ms);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function joined(headers: Multi, name: string): string | null {
  const values = headers.get(name);
  return values === undefined ? null : values.join(', ');
}

function single(headers: Multi, name: string): string | null {
  const values = headers.get(name);
  return values?.length === 1 ? values[0]! : null;
}
