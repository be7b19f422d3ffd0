import { faultShape } from '../faults/index.ts';
import type { ReplyKind } from '../model/kind.ts';
import { boolean, byKind, dynamic, list, number, object, oneOfWords, optional, text, type Optional, type Out } from '../shapes/index.ts';
import { cookiesShape } from './cookies.ts';
import { delayShape } from './delay.ts';
import { headersShape } from './headers.ts';
import { kinds, replyKinds } from './kinds.ts';
import { throttleShape } from './throttle.ts';

const encodingWord = oneOfWords(['gzip', 'br']);

const common = {
  status: optional(dynamic(number({ min: 100, max: 999, expected: 'a status from 100 to 999', about: 'The status; 200 unless said, 204 without a body, 302 for `redirect`.' }))),
  headers: optional(headersShape),
  cookies: optional(cookiesShape),
  type: optional(text({ expected: 'a media type such as `text/csv; charset=utf-8`', about: 'The media type of the body.' })),
  delay: optional(delayShape),
  throttle: optional(throttleShape),
  encoding: optional(byKind([encodingWord, list(encodingWord, { min: 1 })], { expected: '`gzip`, `br`, or a list of them', about: 'Content codings to use when the client accepts them, best first.' })),
  redirect: optional(text({ expected: 'a URL', about: 'Sets `Location`, and the status 302 unless another is given.' })),
  download: optional(text({ expected: 'a file name', about: 'Sets `Content-Disposition`, so that the body is saved under this name (RFC 6266).' })),
  digest: optional(boolean('Add `Repr-Digest` with the SHA-256 of the body (RFC 9530).')),
  fault: optional(faultShape),
};

type Kinds = typeof kinds;
type Options = UnionToIntersection<{ [K in keyof Kinds]: Kinds[K] extends { readonly options: infer O } ? O : {} }[keyof Kinds]>;
type UnionToIntersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type AllOptional<F> = { readonly [K in keyof F]: Optional<F[K]> };
type Fields = { readonly [K in keyof Kinds]: Optional<Kinds[K]['shape']> } & AllOptional<Options> & typeof common;

const fields = {
  ...Object.fromEntries(replyKinds.flatMap((kind) => [[kind.key, optional(kind.shape)], ...Object.entries(kind.options ?? {}).map(([name, shape]) => [name, optional(shape)])])),
  ...common,
} as unknown as Fields;

const bodyKinds = 'Write the body under its kind: `json`, `text`, `html`, `xml`, `file` …';
const foreign = { body: bodyKinds, data: bodyKinds, content: bodyKinds, payload: bodyKinds, code: 'Write `status`', statusCode: 'Write `status`', latency: 'Write `delay`', wait: 'Write `delay`', sleep: 'Write `delay`', contentType: 'Write `type`', mediaType: 'Write `type`', location: 'Write `redirect`' };

/** One reply: exactly one body or none, and what goes around it. */
export const replyShape = object(fields, {
  name: 'a reply', definition: 'reply', expected: 'a reply (a map with `json`, `file`, `status` …)',
  foreign,
  about: 'What the server answers: at most one body, and what goes around it.',
  oneOf: { keys: replyKinds.map((kind) => kind.key), atLeastOne: false },
});

export type ReplyValue = Out<typeof replyShape>;

/** Every key that a reply may have. */
export const replyKeys: readonly string[] = Object.keys(fields);

/** The kind of body that a reply has; null when it has none. */
export function kindOfReply(value: object): ReplyKind | null {
  return replyKinds.find((kind) => Object.hasOwn(value, kind.key)) ?? null;
}

/** The keys of a reply that belong to another kind of body than it has, each with the kind it belongs to. */
export function strayOptions(value: object): readonly { readonly option: string; readonly kind: string }[] {
  return optionsOfKinds.filter(({ option, kind }) => Object.hasOwn(value, option) && !Object.hasOwn(value, kind));
}

const optionsOfKinds = replyKinds.flatMap((kind) => Object.keys(kind.options ?? {}).map((option) => ({ option, kind: kind.key })));

