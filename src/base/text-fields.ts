const known = new WeakSet<object>();

/** Notes of a map that its source knows no values but text: a record of CSV, a form, a query. Gives it back. */
export function asTextFields<T extends object>(map: T): T {
  known.add(map);
  return map;
}

export function isTextFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && known.has(value);
}
