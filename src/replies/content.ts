import { need, type Content, type ContentMade, type Facts } from '../model/index.ts';
import type { Value } from './value.ts';

/** The content of a reply with a mistake in it: it never serves. */
export const brokenContent: Content = { needs: need.nothing, fixed: true, render: () => ({ body: { kind: 'none' }, type: null }) };

/** Content that is a value turned into bytes. */
export function contentOf<T>(value: Value<T> | null, make: (value: T, facts: Facts) => ContentMade | Promise<ContentMade>): Content {
  if (!value) return brokenContent;
  return { needs: value.needs, fixed: value.fixed, render: (facts) => make(value.get(facts), facts) };
}

/** Bytes in memory that are no representation of their own: a body made for this answer. */
export function plainBytes(bytes: Buffer, type: string): ContentMade {
  return { body: { kind: 'bytes', bytes, representation: null }, type };
}
