import { parseDuration } from '../base/units.ts';
import { show } from '../base/show.ts';
import type { Compiler } from '../model/index.ts';
import { asText, constant, filled, Unfit, type Value } from '../replies/value.ts';
import { duration, dynamic, DynamicText, invalid, turned, type Out } from '../shapes/index.ts';

/** Nothing is put off for longer: ten years, in milliseconds. */
const longestMs = 3650 * 86_400_000;

const upToTenYears = turned(duration(), (value, path, report) => {
  if (value <= longestMs) return value;
  report(path, { code: 'wrong-value', message: 'Wrong value for `after`', expected: 'a duration of at most 3650 d', got: `${value} ms` });
  return invalid;
});

/** How long a change waits, on the server's clock. */
export const afterShape = { ...dynamic(upToTenYears), about: 'Makes the change later, on the server\'s clock: `5 s`. What it writes is worked out at once.' };

/** Milliseconds to wait. Null after a mistake. */
export function compileAfter(value: Out<typeof afterShape>, compiler: Compiler): Value<number> | null {
  return value instanceof DynamicText ? filled(value.source, compiler, waitOf) : constant(value);
}

function waitOf(value: unknown): number {
  const text = asText(value).trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text)) : parseDuration(text);
  if (ms === null || ms > longestMs) throw new Unfit('This is no time to wait', 'a duration of at most 3650 d, or milliseconds', show(value));
  return ms;
}
