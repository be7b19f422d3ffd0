import { isNumeric } from '../base/json.ts';
import { plainNumbers } from '../base/plain-numbers.ts';
import { isTestMap } from '../matchers/values/operators.ts';

/** Makes a value that fits a JSON Schema, a map without the members named; null when none can be made. */
export type MakeValue = (schema: unknown, without?: readonly string[]) => Promise<{ readonly value: unknown } | null>;

/** A value that passes what is written under `json`, `form` or a part's `text`: literals as they are, tests by an example. Undefined: it must not be there. */
export async function sampleValue(written: unknown, make: MakeValue): Promise<unknown> {
  if (isTestMap(written)) return sampleOfTest(written, make);
  if (Array.isArray(written)) return Promise.all(written.map((item: unknown) => sampleValue(item, make)));
  if (typeof written !== 'object' || written === null || isNumeric(written)) return written;
  const members = await Promise.all(Object.entries(written).map(async ([key, inner]) => [key, await sampleValue(inner, make)] as const));
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

async function sampleOfTest(test: Readonly<Partial<Record<string, unknown>>>, make: MakeValue): Promise<unknown> {
  if (test['present'] === false) return undefined;
  if (test['equals'] !== undefined) return test['equals'];
  if (Array.isArray(test['oneOf'])) return test['oneOf'][0];
  if (test['date'] === true) return '2026-11-01T12:00:00Z';
  const { startsWith = '', contains = '', endsWith = '' } = test;
  const text = [startsWith, contains, endsWith].map((part) => (typeof part === 'object' ? '' : String(part))).join('');
  if (text !== '') return text;
  return (await make(schemaOf(plainNumbers(test) as Readonly<Record<string, unknown>>)))?.value ?? 'text';
}

/** The operators that are left, as JSON Schema. */
function schemaOf({ matches, length, min, max, above, below, type }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const bounds = { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }), ...(above !== undefined && { exclusiveMinimum: above }), ...(below !== undefined && { exclusiveMaximum: below }) };
  if (Object.keys(bounds).length > 0) return { type: 'integer', ...bounds };
  const word = (Array.isArray(type) ? type[0] : type) as string | undefined;
  const kind = word === undefined ? 'string' : ({ list: 'array', map: 'object', text: 'string' } as Readonly<Record<string, string>>)[word] ?? word;
  const { min: least = 0, max: most } = (typeof length === 'number' ? { min: length, max: length } : (length ?? {})) as { readonly min?: number; readonly max?: number };
  if (kind === 'array') return { type: 'array', minItems: least, maxItems: most ?? least, items: { type: 'integer', minimum: 1, maximum: 9 } };
  if (kind !== 'string') return { type: kind };
  return { type: 'string', ...(matches !== undefined && { pattern: matches }), minLength: Math.max(1, least), ...(most !== undefined && { maxLength: most }) };
}
