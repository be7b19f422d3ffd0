import type { SecretNames } from './secret-names.ts';

/** What stands in the place of a secret. */
export const redacted = '[redacted]';

/**
 * A URL, or a text that holds URLs, with the secret values of its queries and fragments replaced. `found` takes the
 * values that were there.
 */
export function redactUrl(text: string, names: SecretNames, found?: string[] | null): string {
  let clean = text;
  if (clean.includes('//') && clean.includes('@')) clean = clean.replace(/\/\/[^/?#@\s]{1,500}@/g, `//${redacted}@`);
  if (!names.mayOccur.test(clean)) return clean;
  return clean.replace(/([?&#;])([^=&#?;\s]{1,500})=([^&#\s<>"]*)/g, (whole, before: string, name: string, value: string) => replacePair(whole, before, name, value, names, found));
}

/** Text with URLs in it, such as the one that a client wants to be called back at: the secret values of their queries replaced. What stands in quotes stays in them. */
export function redactUrlsWithin(text: string, names: SecretNames, found?: string[] | null): string {
  if (!text.includes('://')) return text;
  return text.replace(/([?&])([^=&#?;\s"\\]{1,500})=([^&#\s<>"\\]*)/g, (whole, before: string, name: string, value: string) => replacePair(whole, before, name, value, names, found));
}

/** An `application/x-www-form-urlencoded` body with its secret values replaced. */
export function redactForm(text: string, names: SecretNames, found?: string[] | null): string {
  if (!names.mayOccur.test(text)) return text;
  return text.replace(/(^|&)([^=&]{1,500})=([^&]*)/g, (whole, before: string, name: string, value: string) => replacePair(whole, before, name, value, names, found));
}

function replacePair(whole: string, before: string, name: string, value: string, names: SecretNames, found: string[] | null | undefined): string {
  if (!namesSecretPair(name, names) || value === '') return whole;
  if (found) found.push(value, decode(value));
  return `${before}${name}=${redacted}`;
}

/** `token`, `Token`, `t%6Fken`, `user[password]`, `user.password`. */
function namesSecretPair(encoded: string, names: SecretNames): boolean {
  const name = decode(encoded).trim();
  return names.has(name) || (/[.[\]]/.test(name) && name.split(/[.[\]]/).some(names.has));
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replace(/%([2-7][0-9a-f])/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}
