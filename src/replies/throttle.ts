import { parseSize } from '../base/units.ts';
import { show } from '../base/show.ts';
import type { Compiler } from '../model/index.ts';
import { dynamic, DynamicText, invalid, text, turned, type Out } from '../shapes/index.ts';
import { asText, constant, filled, Unfit, type Value } from './value.ts';

const expected = 'a size per second, such as `64 kB/s`';

/** Bytes per second, written `64 kB/s`. */
export const throttleShape = dynamic(turned(text({ expected }), (value, path, report) => {
  const rate = rateOf(value);
  if (rate !== null) return rate;
  report(path, { code: 'wrong-value', message: 'Wrong value for `throttle`', expected, got: show(value), fix: parseSize(value) === null ? undefined : `Write \`${value}/s\`` });
  return invalid;
}, { expected, about: 'How fast the body is sent at most.' }));

export function compileThrottle(value: Out<typeof throttleShape>, compiler: Compiler): Value<number> | null {
  if (!(value instanceof DynamicText)) return constant(value);
  return filled(value.source, compiler, (one) => {
    const rate = rateOf(asText(one));
    if (rate === null) throw new Unfit('This is no speed', expected, show(one));
    return rate;
  });
}

function rateOf(source: string): number | null {
  const size = /^(.+?)\s*\/\s*s(ec|econd)?$/.exec(source.trim())?.[1];
  const rate = size === undefined ? null : parseSize(size);
  return rate !== null && rate >= 1 ? rate : null;
}
