import { boolean, invalid, turned, type Shape } from '../shapes/index.ts';

/** The value of a fault that takes none: `{ empty: true }` says the same as `empty`. */
export const onlyTrue: Shape<true, true> = turned(boolean(), (value, path, report) => {
  if (value) return true as const;
  report(path, { code: 'wrong-value', message: `Wrong value for \`${String(path.at(-1) ?? 'fault')}\``, expected: '`true`', got: 'false', fix: 'Take the fault out' });
  return invalid;
}, { expected: '`true`' }) as Shape<true, true>;
