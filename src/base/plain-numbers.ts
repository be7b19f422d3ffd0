import { isLosslessNumber } from 'lossless-json';

/** The same JSON with exact numbers as doubles, for libraries that know no others. The same object when there are none. */
export function plainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isLosslessNumber(value)) return Number(String(value));
  if (Array.isArray(value)) {
    const copy = value.map(plainNumbers);
    return copy.some((item, index) => item !== value[index]) ? copy : value;
  }
  const given = value as Readonly<Record<string, unknown>>;
  let changed = false;
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(given)) {
    copy[key] = plainNumbers(given[key]);
    changed ||= copy[key] !== given[key];
  }
  return changed ? copy : value;
}
