import { createHash } from 'node:crypto';
import type { Body, ContentMade, Representation } from '../model/index.ts';

/** What validates bytes in memory: a strong ETag that follows from their SHA-256 (RFC 9110 §8.8.3). */
export function representationOf(bytes: Buffer, lastModified: Date | null = null, sha256 = createHash('sha256').update(bytes).digest()): Representation {
  return { etag: contentEtag(sha256), lastModified, sha256: () => sha256 };
}

/** A strong ETag of content with this SHA-256. */
export function contentEtag(sha256: Buffer): string {
  return `"${sha256.subarray(0, 18).toString('base64url')}"`;
}

/** Bytes in memory that can be validated, resumed and checked. */
export function representedBytes(bytes: Buffer, type: string, lastModified: Date | null = null): ContentMade {
  return { body: { kind: 'bytes', bytes, representation: representationOf(bytes, lastModified) }, type };
}

/** The body with the digest that `digest: true` asks for, or without one. */
export function withDigest(body: Body, digest: boolean): Body {
  if (body.kind === 'none' || body.kind === 'stream') return body;
  const { representation } = body;
  if (!digest) return representation === null || representation.sha256 === null ? body : { ...body, representation: { ...representation, sha256: null } };
  return representation === null && body.kind === 'bytes' ? { ...body, representation: representationOf(body.bytes) } : body;
}
