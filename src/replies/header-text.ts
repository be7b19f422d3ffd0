import { asText } from './value.ts';

/** What an expression gave, fit for a header: control characters become spaces, so that no second header can begin in it. */
export function headerText(value: unknown): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return onWire(asText(value).replace(/[\u0000-\u001f\u007f]/g, ' ').trim());
}

/** A URL for `Location`: what is not ASCII is percent-encoded as UTF-8. */
export function locationText(value: unknown): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return asText(value).replace(/[\u0000-\u001f\u007f]/g, ' ').trim().replace(/[^\u0020-\u007e]+/g, percentEncode);
}

/** Bytes of UTF-8 as `%XX`. */
export function percentEncode(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&');
}

/** Headers are bytes: text within Latin-1 goes as it is, other text as UTF-8. Node writes one byte for each letter of the result. */
function onWire(text: string): string {
  return /[^\u0000-\u00ff]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** Whether text written in a scenario holds what no header can carry. */
export function hasControls(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(text);
}

/** A token (RFC 9110 §5.6.2): the name of a header or cookie. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
