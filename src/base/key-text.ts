import { isNumeric, jsonEquals, type Json } from './json.ts';

/** The text under which a row is found: `5`, `'5'` and `5.0` are one key. Null for what cannot be a key. */
export function keyText(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (!isNumeric(value)) return null;
  return typeof value === 'object' && jsonEquals(value, Number(String(value))) ? String(Number(String(value))) : String(value);
}

/** The text under which a value of a unique field is found: values that are equal as JSON have one text. */
export function valueText(value: Json | undefined): string {
  if (typeof value === 'string') return `"${value}`;
  const key = keyText(value);
  if (key !== null) return key;
  return value === null || value === undefined ? 'null' : JSON.stringify(sorted(value));
}

/** Maps with their keys in order, for texts that do not depend on it. */
function sorted(value: Json): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (Array.isArray(value)) return value.map(sorted);
  if (isNumeric(value)) return keyText(value);
  const map = value as Readonly<Record<string, Json>>;
  return Object.fromEntries(Object.keys(map).sort().map((key) => [key, sorted(map[key]!)]));
}
