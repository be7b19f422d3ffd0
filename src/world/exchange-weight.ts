import type { ExchangeDraft } from './exchange-draft.ts';

/** Bytes of the objects of one exchange, headers and bodies aside. */
const fixedBytes = 400;
/** Bytes of one that is like another: its id, and numbers. */
export const alikeBytes = 120;
/** Bytes of a string beside its letters. */
const stringBytes = 20;
/** Bytes of an attempt at a callback beside its URL and its error. */
const callbackBytes = 200;

/** Roughly what an exchange holds in memory that nothing else holds. */
export function estimate(draft: ExchangeDraft): number {
  let bytes = fixedBytes + draft.url.length + draft.path.length;
  for (let index = 0; index < draft.requestHeaders.length; index += 1) bytes += stringBytes + draft.requestHeaders[index]!.length;
  for (let index = 0; index < draft.replyHeaders.length; index += 1) bytes += stringBytes + draft.replyHeaders[index]!.length;
  if (draft.requestBody !== null && draft.requestBody.shared !== true) bytes += draft.requestBody.preview.length;
  if (draft.replyBody !== null && draft.replyBody.shared !== true) bytes += draft.replyBody.preview.length;
  for (const violation of draft.violations) bytes += 200 + 2 * (violation.at.length + violation.expected.length + violation.got.length + violation.text.length);
  if (draft.callbacks !== undefined) for (const { url, error } of draft.callbacks) bytes += callbackBytes + url.length + (error?.length ?? 0);
  for (const miss of draft.nearest) for (const reason of miss.because) bytes += 100 + 2 * reason.length;
  return bytes;
}
