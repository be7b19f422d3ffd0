import type { Path } from '../base/place.ts';
import { gotWords, type Report } from '../shapes/index.ts';
import { verifyEntryShape, verifyShape, type ParsedVerifyEntry } from './call-shape.ts';
import type { Places } from './places.ts';
import { salvage } from './salvage.ts';

/** An entry of `verify` where it is written. */
export interface WrittenVerifyEntry {
  readonly places: Places;
  readonly path: Path;
  readonly index: number;
  readonly raw: unknown;
  /** Null when nothing could be made of it. */
  readonly parsed: ParsedVerifyEntry | null;
}

/** Reads `verify` entry by entry, so that what is wrong in one leaves the others. Undefined: not written; null: taken out. */
export function parseVerify(given: Readonly<Record<string, unknown>>, places: Places, report: Report): readonly WrittenVerifyEntry[] | null | undefined {
  const value = given['verify'];
  if (value === undefined || value === null) return value;
  if (!Array.isArray(value)) {
    report(['verify'], { code: 'wrong-kind', message: 'Wrong kind of value for `verify`', expected: verifyShape.expected, got: gotWords(value), fix: typeof value === 'object' ? 'Put a dash before it' : undefined });
    return undefined;
  }
  return value.map((raw: unknown, index) => {
    const path = ['verify', index];
    const parsed = salvage(verifyEntryShape, raw, path, report)?.value ?? null;
    if (index === 0 && parsed?.order === true) report([...path, 'order'], { code: 'no-effect', message: 'No entry stands before the first, so it comes after none', expected: '`order` in a later entry', fix: 'Take it out' }, 'key');
    return { places, path, index, raw, parsed };
  });
}
