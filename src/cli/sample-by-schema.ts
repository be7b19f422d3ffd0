type Schema = Readonly<Record<string, unknown>>;

/** Keywords that a plain value can be made up for by hand. */
const plainKeywords: ReadonlySet<string> = new Set([
  'type', 'const', 'enum', 'default', 'examples', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum',
  'exclusiveMaximum', 'format', 'title', 'description', '$schema', '$id', '$comment',
]);

const byFormat: Readonly<Record<string, string>> = { 'date-time': '2026-11-01T12:00:00Z', date: '2026-11-01', time: '12:00:00Z', email: 'ann@example.com', uuid: '3f0d2c1e-6b7a-4c58-9d21-0a1b2c3d4e5f', uri: 'https://example.com/', hostname: 'example.com', ipv4: '127.0.0.1' };

/**
 * A short value such as a person would type for a JSON Schema: of a map what is required, or its first member; without those under `without`. Null: the schema asks
 * for more than can be told by hand.
 */
export function sampleBySchema(schema: unknown, without: readonly string[] = [], name = 'text'): { readonly value: unknown } | null {
  if (schema === true) return { value: name };
  if (typeof schema !== 'object' || schema === null) return null;
  const given = schema as Schema;
  if (!Object.keys(given).every((key) => plainKeywords.has(key))) return null;
  if ('const' in given) return { value: given['const'] };
  const named = [given['enum'], given['examples']].find(Array.isArray) as readonly unknown[] | undefined;
  if (named !== undefined || 'default' in given) return { value: named?.[0] ?? given['default'] };
  switch (typeOf(given)) {
    case 'object': return sampleMap(given, without);
    case 'array': return sampleList(given, name);
    case 'string': return sampleText(given, name);
    case 'integer': case 'number': return sampleNumber(given);
    case 'boolean': return { value: true };
    case 'null': return { value: null };
    default: return null;
  }
}

function typeOf({ type, properties, items }: Schema): unknown {
  if (Array.isArray(type)) return type.find((one) => one !== 'null') ?? 'null';
  return type ?? (properties !== undefined ? 'object' : items !== undefined ? 'array' : 'string');
}

function sampleMap({ properties = {}, required = [] }: Schema, without: readonly string[]): { readonly value: unknown } | null {
  const known = properties as Schema;
  const asked = (required as readonly string[]).filter((name) => !without.includes(name));
  const names = asked.length > 0 ? asked : Object.keys(known).filter((name) => !without.includes(name)).slice(0, 1);
  const members = names.map((name) => [name, sampleBySchema(known[name] ?? true, [], name)] as const);
  if (members.some(([, sample]) => sample === null)) return null;
  return { value: Object.fromEntries(members.map(([name, sample]) => [name, sample!.value])) };
}

function sampleList({ items = true, minItems = 1 }: Schema, name: string): { readonly value: unknown } | null {
  const item = sampleBySchema(items, [], name);
  return item && { value: Array.from({ length: Math.min(Number(minItems), 100) }, () => item.value) };
}

function sampleText({ format, minLength = 0, maxLength = Infinity }: Schema, name: string): { readonly value: string } | null {
  if (format !== undefined) return Object.hasOwn(byFormat, String(format)) ? { value: byFormat[String(format)]! } : null;
  return { value: name.padEnd(Math.min(Number(minLength), 1000), 'x').slice(0, Number(maxLength)) };
}

function sampleNumber({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): { readonly value: number } | null {
  const least = Math.max(...[minimum, typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : undefined].map((bound) => (bound === undefined ? -Infinity : Math.ceil(Number(bound)))));
  const most = Math.min(...[maximum, typeof exclusiveMaximum === 'number' ? exclusiveMaximum - 1 : undefined].map((bound) => (bound === undefined ? Infinity : Math.floor(Number(bound)))));
  return least > most ? null : { value: Math.min(Math.max(1, least), most) };
}
