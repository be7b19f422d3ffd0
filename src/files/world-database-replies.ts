import { createHash } from 'node:crypto';
import type { Answer, Body, Representation } from '../model/index.ts';
import { DamagedDatabase } from './world-database-connection.ts';

/** A reply of `once` as JSON. */
export function writeAnswer({ status, headers, leaveOut, body, encodings, fault }: Answer): string {
  const bytes = body.kind === 'bytes' ? body : null;
  const representation = bytes?.representation ?? null;
  return JSON.stringify({
    status, headers, ...(leaveOut && { leaveOut }), encodings, fault,
    base64: bytes === null ? null : bytes.bytes.toString('base64'),
    representation: representation && { etag: representation.etag, lastModified: representation.lastModified?.toISOString() ?? null, digest: representation.sha256 !== null },
  });
}

/** The way back. Throws {@link DamagedDatabase} or SyntaxError. */
export function readAnswer(text: string): Answer {
  const value = JSON.parse(text) as Written | null;
  if (!isWritten(value)) throw new DamagedDatabase('A kept reply in it is not what it should be');
  const { status, headers, leaveOut, encodings, fault } = value;
  return { status, headers, ...(leaveOut && { leaveOut }), body: bodyOf(value), wire: [], encodings, fault };
}

interface Written extends Pick<Answer, 'status' | 'headers' | 'leaveOut' | 'encodings' | 'fault'> {
  readonly base64: string | null;
  readonly representation: { readonly etag: string; readonly lastModified: string | null; readonly digest: boolean } | null;
}

function bodyOf({ base64, representation }: Written): Body {
  if (base64 === null) return { kind: 'none' };
  const bytes = Buffer.from(base64, 'base64');
  return { kind: 'bytes', bytes, representation: representation && representationOf(bytes, representation) };
}

function representationOf(bytes: Buffer, { etag, lastModified, digest }: NonNullable<Written['representation']>): Representation {
  return { etag, lastModified: lastModified === null ? null : new Date(lastModified), sha256: digest ? () => createHash('sha256').update(bytes).digest() : null };
}

/** Whether it is what {@link writeAnswer} writes: anybody may have changed the file. */
function isWritten(value: Written | null): value is Written {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, leaveOut, encodings, fault, base64, representation } = value;
  return Number.isInteger(status) && status >= 200 && status <= 999 && isTexts(headers) && headers.length % 2 === 0 && (leaveOut === undefined || isTexts(leaveOut))
    && isTexts(encodings) && encodings.every((coding) => coding === 'br' || coding === 'gzip') && isTextOrNull(fault) && isTextOrNull(base64) && isRepresentation(representation);
}

function isRepresentation(value: Written['representation']): boolean {
  if (value === null) return true;
  return typeof value === 'object' && typeof value.etag === 'string' && typeof value.digest === 'boolean' && isTextOrNull(value.lastModified) && (value.lastModified === null || !Number.isNaN(Date.parse(value.lastModified)));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
