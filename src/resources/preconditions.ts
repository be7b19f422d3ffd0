import type { ActOutcome, Multi } from '../model/index.ts';
import { refused } from './json-answer.ts';

/**
 * The conditions of a request that changes a row, in the order of RFC 9110 §13.2.2: null when they hold. `etag` is that of the
 * row as it is; null when there is none. A GET is looked at when it is answered.
 */
export function refuseByConditions(headers: Multi, etag: string | null, requireIfMatch: boolean): ActOutcome | null {
  const match = joined(headers, 'if-match');
  const noneMatch = joined(headers, 'if-none-match');
  if (match === null) {
    if (requireIfMatch && etag !== null && noneMatch !== '*') return refused(428, 'A change of this row needs `If-Match` with its ETag, so that nobody\'s change is lost: read the row first');
  } else if (etag === null) {
    return refused(412, 'The condition `If-Match` does not hold: the row is not there');
  } else if (match !== '*' && !entityTags(match).includes(etag)) {
    return refused(412, `The condition \`If-Match\` does not hold: the row is now ${etag}`);
  }
  if (noneMatch !== null && etag !== null && (noneMatch === '*' || entityTags(noneMatch).some((tag) => tag.replace(/^W\//, '') === etag))) {
    return refused(412, `The condition \`If-None-Match\` does not hold: the row is there, as ${etag}`);
  }
  return null;
}

/** Each with its quotes, and `W/` where it is weak: `If-Match` compares strongly (RFC 9110 §8.8.3.2), so that a weak one never fits. */
function entityTags(value: string): readonly string[] {
  return value.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function joined(headers: Multi, name: string): string | null {
  return headers.get(name)?.join(', ').trim() ?? null;
}
