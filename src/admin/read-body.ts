import { parseJson, type Json } from '../base/json.ts';
import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import { charsetOf } from '../base/media-type.ts';
import { show } from '../base/show.ts';
import { Refusal } from './refusal.ts';

/** The body as JSON, numbers with all their digits. An empty one is an object without members. */
export function readJson(bytes: Buffer, contentType: string): Json {
  const text = readText(bytes, contentType);
  if (text === '') return {};
  // A body of a request may stand in the document, so it goes a little deeper than that.
  if (deeperThan(text, maxJsonDepth + 8)) throw new Refusal(400, `The body is nested deeper than ${maxJsonDepth} levels`);
  try {
    return parseJson(text);
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${show(error instanceof Error ? error.message : String(error), 200)}`);
  }
}

/** The body as text, without a byte order mark. */
export function readText(bytes: Buffer, contentType: string): string {
  const charset = charsetOf(contentType);
  if (charset !== null && !/^(utf-?8|us-ascii)$/.test(charset)) throw new Refusal(415, 'The body is to be UTF-8. Send it without another charset');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, 'The body is not UTF-8');
  }
}
