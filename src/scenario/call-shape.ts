import { matcherMapShape } from '../matchers/index.ts';
import { countTest } from '../matchers/values/test-shape.ts';
import type { ExpectedCount } from '../model/index.ts';
import { boolean, byKind, invalid, list, number, object, optional, text, turned, type In, type Out, type Shape } from '../shapes/index.ts';

const times = number({ min: 0, max: 1_000_000_000, expected: 'a whole number of at least 0' });
const bounds = turned(object({ min: optional(times), max: optional(times) }, { name: '`count`', expected: 'a map with `min` and `max`' }), ({ min, max = Infinity }, path, report): ExpectedCount | typeof invalid => {
  if (min === undefined && max === Infinity) report(path, { code: 'missing-key', message: '`count` needs to say how often', expected: '`min`, `max` or both', got: 'neither' });
  else if ((min ?? 0) > max) report(path, { code: 'never-true', message: 'No number of calls is within these bounds', expected: '`min` of at most `max`', got: `${min} and ${max}` });
  else return { min: min ?? 0, max };
  return invalid;
});
const countShape = byKind([turned(times, (value): ExpectedCount => ({ min: value, max: value })), bounds], {
  expected: 'a number such as `1`, or a map such as `{ min: 2 }`',
  about: 'How often: a number, or `{ min, max }` (either may be left out). Left out: at least once. `0`: never.',
});

const matchAbout = 'Matchers as under `when`, of the request as the journal keeps it: secrets redacted, the first 64 KiB of its body.';
const matchShape: typeof matcherMapShape = { ...matcherMapShape, about: matchAbout, jsonSchema: (definitions) => ({ ...matcherMapShape.jsonSchema(definitions), description: matchAbout }) };

const statusAbout = 'The status that the call was answered with, or a test of it such as `{ min: 400 }`.';
const statusShape: typeof countTest = { ...countTest, about: statusAbout, jsonSchema: (definitions) => ({ ...countTest.jsonSchema(definitions), description: statusAbout }) };

const callFields = {
  route: optional(text({ expected: 'a route such as `POST /tasks`', about: 'METHOD and path as in the routes, or with a value in the place of a `{name}`: `GET /tasks/7`. HEAD counts as GET.' })),
  rule: optional(text({ about: 'The name of the rule that answered.' })),
  match: optional(matchShape),
  status: optional(statusShape),
  count: optional(countShape),
  session: optional(text({ pattern: /^[A-Za-z0-9._-]{1,64}$/, expected: '1 to 64 of A-Z a-z 0-9 . _ -', about: 'Only calls of this session. Left out: of all.' })),
};

const whatToCount = ['route', 'rule', 'match', 'status'] as const;

/** One of the keys that say which calls are meant has to stand. */
function sayingWhich<O extends object, I>(shape: Shape<O, I>): Shape<O, I> {
  return turned(shape, (value, path, report) => {
    if (whatToCount.some((key) => key in value)) return value;
    report(path, { code: 'missing-key', message: 'This does not say which calls are meant', expected: `one of ${whatToCount.map((key) => `\`${key}\``).join(', ')}`, got: 'none of them' });
    return invalid;
  });
}

const foreign = { path: 'Write `route: METHOD /path`', method: 'Write `route: METHOD /path`', url: 'Write `route: METHOD /path`', times: 'Write `count`', when: 'Write `match`', expect: 'Write `match`', atLeast: 'Write `count: { min: … }`', atMost: 'Write `count: { max: … }`', query: 'Put it under `match`', headers: 'Put it under `match`', json: 'Put it under `match`' };

/** One call as `POST /verify` takes it. */
const callShape = sayingWhich(object(callFields, { name: 'a call', expected: 'a call such as `{ route: POST /tasks, count: 1 }`', foreign }));

/** One entry of a file's `verify`. */
export const verifyEntryShape = sayingWhich(object({ ...callFields, order: optional(boolean('`true`: it must have come after the entry before it.')) }, {
  name: 'an entry of `verify`', definition: 'verification', expected: 'a call such as `{ route: POST /tasks, count: 1 }`', foreign,
  about: 'Calls that clients are to have made when a run ends.',
}));

export const verifyShape = list(verifyEntryShape, { expected: 'a list of calls such as `{ route: POST /tasks, count: 1 }`', about: 'What clients are to have done when a run ends (`rehearsal run`): calls with how often, in which order.' });

/** Calls that are judged at once. */
const mostCalls = 100;

/** What `POST /verify` is asked. */
export const questionShape = object({
  calls: turned(list(callShape, { min: 1, expected: `a list of 1 to ${mostCalls} calls` }), (calls, path, report) => {
    if (calls.length <= mostCalls) return calls;
    report(path, { code: 'wrong-value', message: 'Too many calls at once', expected: `at most ${mostCalls}`, got: String(calls.length) });
    return invalid;
  }),
  order: optional(boolean()),
  session: callFields.session,
}, { name: 'the question', foreign: { route: 'Put it into a call under `calls`', count: 'Put it into a call under `calls`' } });

export type ParsedCall = Out<typeof callShape>;
export type ParsedVerifyEntry = Out<typeof verifyEntryShape>;
/** A call that clients are to have made. */
export type CallInput = In<typeof callShape>;
