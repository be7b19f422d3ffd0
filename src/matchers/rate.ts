import { formatDuration } from '../base/units.ts';
import { need, type MatcherKind } from '../model/index.ts';
import { duration, invalid, number, object, optional, text, turned, type In, type Out } from '../shapes/index.ts';
import { mismatch } from './mismatch.ts';

const shape = object({
  over: number({ min: 0, max: 10_000, about: 'The matcher holds from the next request on.' }),
  per: turned(duration('The window, such as `1 min`.'), (ms, path, report) => {
    if (ms > 0) return ms;
    report(path, { code: 'wrong-value', message: 'Wrong value for `per`', expected: 'a duration longer than nothing', got: '0' });
    return invalid;
  }),
  by: optional(text({ expected: 'an expression', about: 'Requests with different values are counted apart.' })),
}, { name: '`rate`', expected: 'a map with `over` and `per`, such as `{ over: 10, per: 1 min }`' });

export const rate: MatcherKind<Out<typeof shape>, In<typeof shape>> = {
  key: 'rate',
  about: 'More requests to the route than `over` came within the window `per`, counted apart with `by: EXPRESSION`. `Retry-After` and `RateLimit` headers come by themselves.',
  shape,
  examples: [
    { yaml: '{ over: 0, per: 1 min }', request: {}, holds: true },
    { yaml: '{ over: 10, per: 1 min }', request: {}, holds: false, because: ['rate: expected more than 10 requests within 1 min, got 1'] },
    { yaml: '{ over: 1, per: 1 s, by: \'headers["x-api-key"]\' }', request: { headers: { 'x-api-key': 'k' } }, holds: false, because: ['rate: expected more than 1 requests within 1 s, got 1'] },
  ],
  compile({ over, per, by }, compiler) {
    const expression = by === undefined ? null : compiler.at('by').expression(by);
    const counter = compiler.counter({ by: expression, windowMs: per, limit: over });
    const expected = `more than ${over} requests within ${formatDuration(per)}`;
    return {
      needs: need.call | (expression?.needs ?? 0), leaves: 1, pins: [],
      holds: (facts) => facts.count(counter).count > over,
      explain(facts) {
        const { count } = facts.count(counter);
        return count > over ? [] : [mismatch('rate', 'rate', { expected, got: String(count), nearness: 0 })];
      },
    };
  },
};
