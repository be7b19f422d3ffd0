import { need, type MatcherKind, type Mismatch } from '../model/index.ts';
import { object, optional, type ObjectOut } from '../shapes/index.ts';
import { mismatch } from './mismatch.ts';
import { compileTest, type ValueTest } from './values/compile-test.ts';
import { sizeTest, textTest } from './values/test-shape.ts';

const shape = object({ size: optional(sizeTest), sha256: optional(textTest) }, { name: '`raw`', expected: 'a map with `size` and `sha256`', about: 'Tests of the bytes of the body as they came over the wire.' });

export const raw: MatcherKind<ObjectOut<{ size: { optional: typeof sizeTest }; sha256: { optional: typeof textTest } }>, (typeof shape)['_in']> = {
  key: 'raw',
  about: 'The bytes of the body, as they came over the wire, have this `size` and this `sha256` (hexadecimal).',
  shape,
  examples: [
    { yaml: '{ size: { max: 1 kB } }', request: { method: 'POST', body: 'abc' }, holds: true },
    { yaml: '{ size: { max: 2 B } }', request: { method: 'POST', body: 'abc' }, holds: false, because: ['raw `size`: expected at most 2 B, got 3 B'] },
    { yaml: '{ sha256: BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD }', request: { method: 'POST', body: 'abc' }, holds: true },
    { yaml: '{ sha256: { startsWith: ba78 } }', request: {}, holds: false, because: ['raw `sha256`: expected text starting with ba78, got e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'] },
  ],
  compile(value, compiler) {
    const size = value.size === undefined ? null : compileTest(value.size, 'size', compiler.at('size'));
    const sha256 = value.sha256 === undefined ? null : compileTest(lowerCase(value.sha256), 'text', compiler.at('sha256'));
    return {
      needs: need.body, leaves: (size ? 1 : 0) + (sha256 ? 1 : 0), pins: [],
      holds: ({ request: { body } }) => (size === null || size.passes(body.sizeBytes)) && (sha256 === null || sha256.passes(body.sha256)),
      explain: ({ request: { body } }) => [...explainSize(size, body.sizeBytes, 'raw.size', 'raw `size`'), ...explainText(sha256, body.sha256, 'raw.sha256', 'raw `sha256`')],
    };
  },
};

/** A digest written in capitals is the same digest. */
export function lowerCase(digest: unknown): unknown {
  return typeof digest === 'string' ? digest.toLowerCase() : digest;
}

/** The mismatch of a size, if any: too large is 413 in a strict answer. */
export function explainSize(test: ValueTest | null, sizeBytes: number, at: string, label: string): readonly Mismatch[] {
  if (test === null || test.passes(sizeBytes)) return [];
  return [mismatch(at, label, test.shortfall([sizeBytes]), test.isTooLarge(sizeBytes) ? 413 : undefined)];
}

/** The mismatch of a text that may be missing, if any. */
export function explainText(test: ValueTest | null, value: string | null, at: string, label: string): readonly Mismatch[] {
  if (test === null || test.passes(value ?? undefined)) return [];
  return [mismatch(at, label, test.shortfall(value === null ? [] : [value]))];
}
