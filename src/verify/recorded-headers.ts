import type { ExchangeDraft } from '../world/journal.ts';

/** The first value of a request header, as it was recorded; null when there was none. `name` in lower case. */
export function requestHeader({ requestHeaders }: Pick<ExchangeDraft, 'requestHeaders'>, name: string): string | null {
  for (let index = 0; index + 1 < requestHeaders.length; index += 2) {
    if (requestHeaders[index]!.toLowerCase() === name) return requestHeaders[index + 1]!;
  }
  return null;
}
