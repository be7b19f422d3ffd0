/** What stands in the place of a secret. */
export const redacted = '[redacted]';

/** Names of query, form and JSON values that are secret, in lower case. */
const secretNames = new Set(['password', 'secret', 'client_secret', 'token', 'access_token', 'refresh_token', 'api_key']);

/** Whether a name, decoded, is that of a secret. */
export function isSecretName(name: string): boolean {
  return name.length >= 5 && name.length <= 13 && secretNames.has(name.toLowerCase());
}

/** A text in which this finds nothing holds no secret of that name, encoded or not. */
export const mayNameSecret = /password|secret|token|api_key|%[4-7][0-9a-f]|\\u00/i;

/**
 * A URL, or a text that holds URLs, with the secret values of its queries and fragments replaced. `found` takes the
 * values that were there.
 */
export function redactUrl(text: string, found?: string[] | null): string {
  let clean = text;
  if (clean.includes('//') && clean.includes('@')) clean = clean.replace(/\/\/[^/?#@\s]{1,500}@/g, `//${redacted}@`);
  if (!mayNameSecret.test(clean)) return clean;
  return clean.replace(/([?&#;])([^=&#?;\s]{1,500})=([^&#\s<>"]*)/g, (whole, before: string, name: string, value: string) => replacePair(whole, before, name, value, found));
}

/** An `application/x-www-form-urlencoded` body with its secret values replaced. */
export function redactForm(text: string, found?: string[] | null): string {
  if (!mayNameSecret.test(text)) return text;
  return text.replace(/(^|&)([^=&]{1,500})=([^&]*)/g, (whole, before: string, name: string, value: string) => replacePair(whole, before, name, value, found));
}

function replacePair(whole: string, before: string, name: string, value: string, found: string[] | null | undefined): string {
  if (!namesSecretPair(name) || value === '') return whole;
  if (found) found.push(value, decode(value));
  return `${before}${name}=${redacted}`;
}

/** `token`, `Token`, `t%6Fken`, `user[password]`, `user.password`. */
function namesSecretPair(encoded: string): boolean {
  const name = decode(encoded).trim();
  return isSecretName(name) || (/[.[\]]/.test(name) && name.split(/[.[\]]/).some(isSecretName));
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replace(/%([2-7][0-9a-f])/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}
