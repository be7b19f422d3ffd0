import { boolean, byKind, list, mapOf, object, optional, text, valueKind, invalid, type In, type Out, type Shape } from '../shapes/index.ts';
import { schemaShape } from './json-schema.ts';
import { mediaTypeTest } from './media-type-test.ts';
import { isTestMap } from './values/operators.ts';
import { countTest, jsonTest, sizeTest, textTest } from './values/test-shape.ts';

const globs = byKind([text({ expected: 'a pattern such as `*.csv`' }), list(text({ expected: 'a pattern such as `*.csv`' }), { min: 1 })], { expected: 'a pattern such as `*.csv`, or a list of such' });

const zipTest = object({ has: optional(globs), lacks: optional(globs), entries: optional(countTest) }, { name: '`zip`', expected: 'a map with `has`, `lacks` and `entries`', about: 'The part is a zip archive with such entries.' });

const partMap = object({
  filename: optional(textTest), type: optional(mediaTypeTest), size: optional(sizeTest), sha256: optional(textTest), text: optional(textTest),
  json: optional(jsonTest), schema: optional(schemaShape), zip: optional(zipTest), count: optional(countTest), present: optional(boolean('Whether such a part is there at all.')),
}, { name: 'a test of a part', definition: 'partTest' });

export type PartTest = Out<typeof partMap>;
export type PartTestIn = In<typeof partMap>;

/** A map of tests of a part. Operators that stand directly in it are a likely slip: they belong under `text`. */
const helpfulPartMap: Shape<PartTest, PartTestIn> = {
  ...partMap,
  parse(value, path, report) {
    const keys = Object.keys(value as object);
    if (isTestMap(value) && keys.every((key) => key !== 'type' && key !== 'present') && keys.length > 0) {
      report([...path, keys[0]!], { code: 'unknown-key', message: `\`${keys[0]}\` is not a key of a test of a part`, expected: 'one of `filename`, `type`, `size`, `sha256`, `text`, `json`, `schema`, `zip`, `count`', got: `\`${keys[0]}\``, fix: `Write \`text: { ${keys[0]}: … }\` to test the part's text` }, 'key');
      return invalid;
    }
    return partMap.parse(value, path, report);
  },
};

const plain: Shape<unknown, string | number | boolean> = { ...textTest, kinds: ['string', 'number', 'boolean'] } as Shape<unknown, string | number | boolean>;

/** A map from the name of a part to its text or to tests of it. */
export const partsShape: Shape<Readonly<Record<string, unknown>>, Readonly<Record<string, string | number | boolean | PartTestIn>>> = mapOf(byKind([plain, helpfulPartMap], { expected: 'the text of the part, or a map with tests such as `{ filename: … }`' }), { expected: 'a map from part name to a test' });

/** Whether a parsed value is a map of tests rather than the part's text. */
export function isPartTest(value: unknown): value is PartTest {
  return valueKind(value) === 'map';
}

