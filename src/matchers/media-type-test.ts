import type { Path } from '../base/place.ts';
import type { Compiler } from '../model/index.ts';
import { gotWords, invalid, valueKind, type Report, type Shape } from '../shapes/index.ts';
import type { Shortfall } from './mismatch.ts';
import { compileTest, textNearness } from './values/compile-test.ts';
import { textTest } from './values/test-shape.ts';
import type { Operators } from './values/test-types.ts';
import { showValues } from './values/words.ts';

/** A media type such as `application/json` or `image/*`, one of several, or a test of it as text. */
export type MediaTypeTestIn = string | readonly string[] | Operators<string>;

export const mediaTypeTest: Shape<unknown, MediaTypeTestIn> = {
  expected: 'a media type such as `application/json` or `image/*`, or a list of such', kinds: ['string', 'list', 'map'],
  parse(value, path, report) {
    if (valueKind(value) === 'map') return textTest.parse(value, path, report);
    if (typeof value === 'string') return checkMediaType(value, path, report) ? value : invalid;
    if (!Array.isArray(value) || value.length === 0) {
      report(path, { code: 'wrong-kind', message: 'Wrong kind of value for a media type', expected: this.expected, got: Array.isArray(value) ? 'an empty list' : gotWords(value) });
      return invalid;
    }
    return value.map((one, index) => checkMediaType(one, [...path, index], report)).every(Boolean) ? value : invalid;
  },
  jsonSchema: (definitions) => ({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }, textTest.jsonSchema(definitions)] }),
};

const shortNames: Readonly<Record<string, string>> = {
  json: 'application/json', xml: 'application/xml', html: 'text/html', text: 'text/plain', zip: 'application/zip', pdf: 'application/pdf', csv: 'text/csv',
  form: 'application/x-www-form-urlencoded', multipart: 'multipart/form-data',
};

function checkMediaType(value: unknown, path: Path, report: Report): boolean {
  if (typeof value === 'string' && /^(?:[\w!#$&^.+-]+\/(?:[\w!#$&^.+-]+|\*)|\*\/\*)$/.test(value)) return true;
  const bare = typeof value === 'string' ? value.split(';')[0]!.trim() : '';
  const fix = typeof value !== 'string' ? undefined : value.includes('${{') ? 'Use the matcher `if`: matchers are not filled' : value.includes(';') && bare.includes('/') ? `Parameters are ignored: write \`${bare}\`` : Object.hasOwn(shortNames, bare.toLowerCase()) ? `Write \`${shortNames[bare.toLowerCase()]}\`` : undefined;
  report(path, { code: 'wrong-value', message: 'Wrong value for a media type', expected: 'a media type such as `application/json` or `image/*`', got: gotWords(value), ...(fix && { fix }) });
  return false;
}

export interface MediaTypeTest {
  passes(mediaType: string | null): boolean;
  shortfall(mediaType: string | null): Shortfall;
}

/** Compiles what the shape has read. Media types come in lower case and without parameters. */
export function compileMediaTypeTest(raw: unknown, compiler: Compiler): MediaTypeTest {
  if (valueKind(raw) === 'map') {
    const test = compileTest(raw, 'text', compiler);
    return { passes: (mediaType) => test.passes(mediaType ?? undefined), shortfall: (mediaType) => test.shortfall(mediaType === null ? [] : [mediaType]) };
  }
  const wanted = (Array.isArray(raw) ? (raw as string[]) : [raw as string]).map((one) => one.toLowerCase());
  const exact = new Set(wanted.filter((one) => !one.endsWith('/*')));
  const families = wanted.filter((one) => one.endsWith('/*')).map((one) => (one === '*/*' ? '' : one.slice(0, -1)));
  const expected = `${wanted.length > 1 ? 'one of ' : ''}${wanted.join(', ')}`;
  return {
    passes: (mediaType) => mediaType !== null && (exact.has(mediaType) || families.some((family) => mediaType.startsWith(family))),
    shortfall: (mediaType) => ({ expected, got: showValues(mediaType === null ? [] : [mediaType], 'text'), nearness: Math.max(...wanted.map((one) => textNearness(mediaType, one))) }),
  };
}
