import { formatDuration } from '../base/units.ts';
import { byKind, duration, dynamic, invalid, list, number, object, oneOfWords, optional, text, turned, type Out, type Shape } from '../shapes/index.ts';
import { bodyFields, bodyKeys } from './callback-body.ts';
import { callbackHeadersShape } from './callback-headers.ts';
import { signShape } from './sign.ts';

/** Nothing is put off for longer: ten years, in milliseconds. */
export const longestAfterMs = 3650 * 86_400_000;
/** No wait before another attempt is longer, in milliseconds. */
export const longestRetryWaitMs = 3_600_000;

export const callbackMethods = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD', 'OPTIONS'] as const;
export const methodShape = oneOfWords(callbackMethods);

function atMost(longestMs: number, words: string, key: string): Shape<number, string | number> {
  return turned(duration(), (value, path, report) => {
    if (value <= longestMs) return value;
    report(path, { code: 'wrong-value', message: `Wrong value for \`${key}\``, expected: `a duration of at most ${words}`, got: formatDuration(value) });
    return invalid;
  });
}

const waiting = (key: string, about: string) => ({ ...dynamic(atMost(longestAfterMs, '3650 d', key)), about });
const times = number({ min: 0, max: 10, about: 'How many more attempts are made after one that failed.' });

const retryShape = turned(
  byKind([times, object({ times, wait: optional({ ...atMost(longestRetryWaitMs, '1 h', 'wait'), about: 'How long before the first of them: 1 s unless said, then twice that, and so on, never over 1 h.' }) }, { name: '`retry`', foreign: { count: 'Write `times`', max: 'Write `times`', attempts: 'Write `times`', delay: 'Write `wait`', after: 'Write `wait`' } })], { expected: 'a map such as `{ times: 3, wait: 1 s }`' }),
  (value) => (typeof value === 'number' ? { times: value, waitMs: 1000 } : { times: value.times, waitMs: value.wait ?? 1000 }),
  { about: 'Another attempt when none was answered with 2xx.' },
);

const bodyKinds = 'Write the body under its kind: `json`, `form`, `text`, `xml`';

const oneCallback = turned(
  object({
    to: text({ expected: 'a URL', about: 'The absolute URL to call, `http` or `https`. Hosts other than this machine are called only when the server was started with `--allow-callback HOST`.' }),
    method: optional({ ...dynamic(methodShape), about: 'POST unless said.' }),
    after: optional(waiting('after', 'How long after the reply it is made, on the server\'s clock: `2 s`.')),
    in: optional(waiting('in', 'The same as `after`.')),
    headers: optional(callbackHeadersShape),
    ...bodyFields,
    type: optional(text({ expected: 'a media type such as `application/cloudevents+json`', about: 'The media type of the body.' })),
    sign: optional(signShape),
    retry: optional(retryShape),
  }, {
    name: 'a callback', definition: 'callback', expected: 'a callback (a map with `to`, `json` …)',
    about: 'A request that the server makes after the reply.',
    oneOf: { keys: bodyKeys, atLeastOne: false },
    foreign: { url: 'Write `to`', uri: 'Write `to`', href: 'Write `to`', target: 'Write `to`', body: bodyKinds, data: bodyKinds, content: bodyKinds, payload: bodyKinds, delay: 'Write `after`', wait: 'Write `after`', contentType: 'Write `type`', signature: 'Write `sign`', secret: 'Write `sign: { hmac: sha256, secret: …, header: … }`', retries: 'Write `retry`', query: 'Write it in `to`' },
  }),
  (value, path, report) => {
    if (value.after === undefined || value.in === undefined) return value;
    report([...path, 'in'], { code: 'said-twice', message: '`after` and `in` say the same thing', expected: 'one of them', got: 'both', fix: 'Keep `after`' }, 'key');
    return invalid;
  },
);

/** What stands under `callback` of a rule. */
export const callbackShape = byKind([oneCallback, list(oneCallback, { min: 1, expected: 'a list of at least one callback' })], {
  expected: 'a callback (a map with `to`, `json` …), or a list of them',
  about: 'A request that the server makes after the reply, or a list of them: `to`, and what it carries.',
});

export type CallbackValue = Out<typeof callbackShape>;
export type OneCallback = Out<typeof oneCallback>;
