import { hash } from 'node:crypto';
import type { Body, ContentMade, Representation } from '../model/index.ts';

/** What validates bytes in memory: a strong ETag that follows from their SHA-256 (RFC 9110 §8.8.3), worked out when it is asked for. */
export function representationOf(bytes: Buffer, lastModified: Date | null = null): Representation {
  return new BytesRepresentation(bytes, lastModified);
}

class BytesRepresentation implements Representation {
  readonly lastModified: Date | null;
  readonly sha256 = (): Buffer => (this.#sha256 ??= hash('sha256', this.#bytes, 'buffer'));
  readonly #bytes: Buffer;
  #sha256: Buffer | null = null;
  #etag: string | null = null;

  constructor(bytes: Buffer, lastModified: Date | null) {
    this.#bytes = bytes;
    this.lastModified = lastModified;
  }

  get etag(): string {
    return (this.#etag ??= contentEtag(this.sha256()));
  }
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
  if (!digest) return representation === null || representation.sha256 === null ? body : { ...body, representation: withoutDigest(representation) };
  return representation === null && body.kind === 'bytes' ? { ...body, representation: representationOf(body.bytes) } : body;
}

function withoutDigest(representation: Representation): Representation {
  return {
    get etag() { return representation.etag; },
    lastModified: representation.lastModified,
    sha256: null,
  };
}
