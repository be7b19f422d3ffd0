import { need, type MatcherKind } from '../model/index.ts';
import { notText } from './body-type.ts';
import { mismatch } from './mismatch.ts';
import { compileTest } from './values/compile-test.ts';
import { textTest } from './values/test-shape.ts';
import type { Scalar, Test } from './values/test-types.ts';

export const text: MatcherKind<unknown, Test<Scalar>> = {
  key: 'text',
  about: 'The body as text, whatever its media type, passes a test. A request without a body has no text.',
  shape: textTest,
  examples: [
    { yaml: 'ping', request: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'ping' }, holds: true },
    { yaml: 'ping', request: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'pong' }, holds: false, because: ['body: expected ping, got pong'] },
    { yaml: '{ contains: virus, ignoreCase: true }', request: { method: 'POST', body: 'No VIRUS found' }, holds: true },
    { yaml: "{ matches: '^\\d+$' }", request: { method: 'POST', body: '12a' }, holds: false, because: ['body: expected text matching `^\\d+$`, got 12a'] },
    { yaml: '{ present: true }', request: {}, holds: false, because: ['body: expected something, got nothing'] },
  ],
  compile(value, compiler) {
    const test = compileTest(value, 'text', compiler);
    return {
      needs: need.body, leaves: 1, pins: [],
      holds({ request: { body } }) {
        if (!body.present) return test.passes(undefined);
        const came = body.text;
        return came !== null && test.passes(came);
      },
      explain({ request: { body } }) {
        if (!body.present) return test.passes(undefined) ? [] : [mismatch('body', 'body', test.shortfall([]))];
        if (body.text === null) return [notText(body)];
        return test.passes(body.text) ? [] : [mismatch('body', 'body', test.shortfall([body.text]))];
      },
    };
  },
};
