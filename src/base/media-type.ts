/** The media type of a Content-Type: lower case, without parameters. Null when there is none (RFC 9110 §8.3). */
export function mediaTypeOf(contentType: string | null | undefined): string | null {
  if (contentType === null || contentType === undefined) return null;
  const end = contentType.indexOf(';');
  const bare = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return bare === '' ? null : bare;
}

/** The `charset` parameter of a Content-Type, lower case; null when there is none. */
export function charsetOf(contentType: string | null | undefined): string | null {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? null;
}

/** `application/json`, `text/json` and everything that ends in `+json`. */
export function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json') || mediaType === 'text/json';
}

/** `application/xml`, `text/xml` and everything that ends in `+xml`. */
export function isXmlType(mediaType: string): boolean {
  return mediaType === 'application/xml' || mediaType === 'text/xml' || mediaType.endsWith('+xml');
}

export function isFormType(mediaType: string): boolean {
  return mediaType === 'application/x-www-form-urlencoded';
}

/** Whether bytes of this type are meant to be read as text, so that bytes which are none are an error of the sender. */
export function isTextType(mediaType: string): boolean {
  return mediaType.startsWith('text/') || isJsonType(mediaType) || isXmlType(mediaType) || isFormType(mediaType) || mediaType === 'application/javascript' || mediaType === 'application/x-ndjson';
}
