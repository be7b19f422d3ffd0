/** What `Authorization: Basic` carries (RFC 7617 §2). The user has no colon; the password may. */
export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

/** Reads what follows the word `Basic`; null when it is no Base64 of UTF-8 text with a colon. */
export function readBasic(value: string): BasicCredentials | null {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return null;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'base64'));
  } catch {
    return null;
  }
  const colon = text.indexOf(':');
  return colon === -1 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
