import { isJsonType, isXmlType } from '../base/media-type.ts';
import { formatSize } from '../base/units.ts';
import type { Mismatch, ReceivedBody } from '../model/index.ts';
import { mismatchInWords } from './mismatch.ts';
import { printable } from '../base/show.ts';

/** Why a body is not the JSON that a matcher looks into: nothing came, another type came, or it was too large to be read. */
export function notJson(body: ReceivedBody): Mismatch {
  return notOfType(body, 'JSON', body.mediaType !== null && isJsonType(body.mediaType));
}

export function notXml(body: ReceivedBody): Mismatch {
  return notOfType(body, 'XML', body.mediaType !== null && isXmlType(body.mediaType));
}

export function notText(body: ReceivedBody): Mismatch {
  return notOfType(body, 'text', false);
}

export function notMultipart(body: ReceivedBody): Mismatch {
  return notOfType(body, 'multipart/form-data', body.mediaType?.startsWith('multipart/') ?? false);
}

function notOfType(body: ReceivedBody, expected: string, rightType: boolean): Mismatch {
  if (!body.present) return wrongBody(expected, 'nothing');
  if (rightType && body.bytes === null) return wrongBody(`${expected} small enough to be read`, formatSize(body.sizeBytes), 413);
  if (body.mediaType !== null) return wrongBody(expected, printable(body.mediaType).slice(0, 80), rightType ? undefined : 415);
  return wrongBody(expected, body.bytes === null ? formatSize(body.sizeBytes) : isText(body) ? 'text without a Content-Type' : 'binary data without a Content-Type', 415);
}

function wrongBody(expected: string, got: string, status?: 413 | 415): Mismatch {
  return mismatchInWords('body', `body: expected ${expected}, got ${got}`, expected, got, 0, status);
}

function isText(body: ReceivedBody): boolean {
  try {
    return body.text !== null;
  } catch {
    return false;
  }
}
