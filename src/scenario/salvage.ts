import type { Path } from '../base/place.ts';
import { invalid, type Report, type Shape } from '../shapes/index.ts';

/**
 * The value read by a shape. Its mistakes are reported; then what is wrong is left out and the rest is read, so that the
 * rest can be compiled too and no mistake hides another. Null when nothing is left.
 */
export function salvage<O>(shape: Shape<O, any>, value: unknown, path: Path, report: Report): { readonly value: O; readonly whole: boolean } | null {
  let wrong: Path[] = [];
  let parsed = shape.parse(value, path, (at, mistake, where) => {
    wrong.push(at.slice(path.length));
    report(at, mistake, where);
  });
  if (parsed !== invalid) return { value: parsed, whole: wrong.length === 0 };
  let rest = value;
  for (let round = 0; parsed === invalid && wrong.length > 0 && round < 4; round += 1) {
    if (wrong.some((at) => at.length === 0)) return null;
    for (const at of wrong) rest = without(rest, at);
    if (rest === undefined) return null;
    wrong = [];
    parsed = shape.parse(rest, path, (at) => wrong.push(at.slice(path.length)));
  }
  return parsed === invalid ? null : { value: parsed, whole: false };
}

/** A copy without the value at `at`. A list goes whole when an item of it goes, so that the places of the others stay true. */
function without(value: unknown, at: Path): unknown {
  const [step, ...further] = at;
  if (step === undefined || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const index = Number(step);
    if (index >= value.length) return value;
    const inner = further.length === 0 ? undefined : without(value[index], further);
    return inner === undefined ? undefined : value.with(index, inner);
  }
  if (!Object.hasOwn(value, step)) return value;
  const copy: Record<string, unknown> = Object.assign(Object.create(null), value);
  const inner = further.length === 0 ? undefined : without(copy[step], further);
  if (inner === undefined) delete copy[step];
  else copy[step] = inner;
  return copy;
}
