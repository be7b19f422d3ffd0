import type { Facts } from '../model/index.ts';

/** Where a request carries a secret. */
export type CredentialPlace =
  /** `prefix`: the word before the secret, such as `Bearer`; empty: the header is the secret. */
  | { readonly kind: 'header'; readonly name: string; readonly prefix: string }
  | { readonly kind: 'query'; readonly name: string }
  | { readonly kind: 'cookie'; readonly name: string };

/** What a request carries there. */
export type Sent =
  | { readonly kind: 'missing' }
  | { readonly kind: 'sent'; readonly value: string }
  /** More than one: which of them counts is nobody's guess. */
  | { readonly kind: 'ambiguous' };

/** Reads the secret of a request. A header with another word before it is one for another scheme, so nothing was sent here. */
export function readCredential(place: CredentialPlace, { request }: Facts): Sent {
  const multi = place.kind === 'header' ? request.headers : place.kind === 'query' ? request.query : request.cookies;
  const [value, ...further] = multi.get(place.name) ?? [];
  if (value === undefined) return { kind: 'missing' };
  if (further.length > 0) return { kind: 'ambiguous' };
  return place.kind === 'header' ? withoutPrefix(value, place.prefix) : sent(value);
}

/** The scheme word is read in any case (RFC 9110 §11.1). */
function withoutPrefix(value: string, prefix: string): Sent {
  if (prefix === '') return sent(value.trim());
  const word = value.slice(0, prefix.length);
  if (word.toLowerCase() !== prefix.toLowerCase() || !/^(?: |$)/.test(value.slice(prefix.length))) return { kind: 'missing' };
  return sent(value.slice(prefix.length).trim());
}

function sent(value: string): Sent {
  return value === '' ? { kind: 'missing' } : { kind: 'sent', value };
}

/** How a client is told to send it: "the header `api-key`", "`Authorization: Bearer TOKEN`". */
export function placeInWords(place: CredentialPlace, thing: string): string {
  switch (place.kind) {
    case 'header': return place.prefix === '' ? `the header \`${place.name}: ${thing}\`` : `the header \`${capitals(place.name)}: ${place.prefix} ${thing}\``;
    case 'query': return `the query parameter \`${place.name}\``;
    case 'cookie': return `the cookie \`${place.name}\``;
  }
}

function capitals(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** What the journal must not keep of it. */
export function secretsOf(place: CredentialPlace): { readonly secretHeaders: readonly string[]; readonly secretNames: readonly string[] } {
  if (place.kind === 'header') return { secretHeaders: [place.name], secretNames: [] };
  return place.kind === 'query' ? { secretHeaders: [], secretNames: [place.name] } : { secretHeaders: ['cookie'], secretNames: [place.name] };
}
