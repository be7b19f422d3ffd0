import { isNumeric, type Json } from '../base/json.ts';

/** A JSON value with a merge patch applied (RFC 7386 §2): null takes a member out. Neither value is changed. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const merged: Record<string, Json> = Object.create(null);
  if (isMap(target)) for (const name of Object.keys(target)) merged[name] = target[name]!;
  for (const name of Object.keys(patch)) {
    const value = patch[name]!;
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

function isMap(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumeric(value);
}
