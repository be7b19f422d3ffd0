import { hash } from 'node:crypto';
import { stringifyJson } from '../base/json.ts';
import { need, type ActOutcome, type Answer, type Body } from '../model/index.ts';
import { contentEtag } from '../replies/representation.ts';

/** The answer of a resource, as the end of its act. `body: null`: none. */
export function answered(status: number, body: Buffer | null, headers: readonly string[] = []): ActOutcome {
  const answer: Answer = { status, headers: body === null ? headers : ['Content-Type', 'application/json', ...headers], body: body === null ? { kind: 'none' } : represented(body), wire: [], encodings: [], fault: null, fleeting: true };
  return { kind: 'answer', reply: { needs: need.nothing, fixed: answer, render: () => answer } };
}

/** An answer in words, with nothing changed. */
export function refused(status: number, detail: string, rest: { readonly errors?: readonly object[]; readonly headers?: readonly string[] } = {}): Extract<ActOutcome, { kind: 'undone' }> {
  const { errors = [], headers } = rest;
  return { kind: 'undone', reply: null, problem: { status, detail, ...(errors.length > 0 && { more: { errors } }), ...(headers && { headers }) } };
}

export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(stringifyJson(value));
}

/** Strong, from the bytes themselves (RFC 9110 §8.8.3). */
export function etagOf(bytes: Buffer): string {
  return contentEtag(hash('sha256', bytes, 'buffer'));
}

function represented(bytes: Buffer): Body {
  return { kind: 'bytes', bytes, representation: { etag: etagOf(bytes), lastModified: null, sha256: null } };
}
