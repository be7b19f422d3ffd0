import { previewBytes, type ExchangeDraft } from '../world/journal.ts';

/** Whether all of the body is kept. One that came compressed is kept as it reads decoded. */
export function isWhole(draft: ExchangeDraft): boolean {
  const captured = draft.requestBody;
  if (captured === null) return true;
  if (captured.sizeBytes > previewBytes || (captured.preview.length === 0 && captured.sizeBytes > 0)) return false;
  const coding = requestHeader(draft, 'content-encoding')?.trim().toLowerCase() ?? '';
  return coding === '' || coding === 'identity' || captured.preview.length < previewBytes;
}

/** What was read back from disk as text is UTF-8, whatever its header says. */
export function contentTypeOf(draft: ExchangeDraft): string | null {
  const sent = requestHeader(draft, 'content-type');
  if (draft.requestBody === null || draft.requestBody.type !== null || sent === null) return sent;
  return sent.replace(/;\s*charset\s*=[^;]*/i, '');
}

/** The first value of a request header, as it was recorded; null when there was none. `name` in lower case. */
function requestHeader({ requestHeaders }: Pick<ExchangeDraft, 'requestHeaders'>, name: string): string | null {
  for (let index = 0; index + 1 < requestHeaders.length; index += 2) {
    if (requestHeaders[index]!.toLowerCase() === name) return requestHeaders[index + 1]!;
  }
  return null;
}
