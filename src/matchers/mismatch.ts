import { nearest } from '../base/nearest.ts';
import { printable } from '../base/show.ts';
import type { Mismatch } from '../model/index.ts';

/** How far a value fell short of a test, in words. */
export interface Shortfall {
  readonly expected: string;
  readonly got: string;
  /** From 0 to just under 1. */
  readonly nearness: number;
}

export type StrictStatus = NonNullable<Mismatch['status']>;

/** The mismatch of one leaf: "query `id`: expected 1, got 2". `label` is the place as a sentence names it, `at` as a program does. */
export function mismatch(at: string, label: string, shortfall: Shortfall, status?: StrictStatus): Mismatch {
  const { expected, got, nearness } = shortfall;
  return { at, expected, got, nearness: bounded(nearness), text: `${label}: expected ${expected}, got ${got}`, ...(status && { status }) };
}

/** A mismatch with a sentence of its own. */
export function mismatchInWords(at: string, text: string, expected: string, got: string, nearness = 0, status?: StrictStatus): Mismatch {
  return { at, expected, got, nearness: bounded(nearness), text, ...(status && { status }) };
}

function bounded(nearness: number): number {
  return Math.min(0.99, Math.max(0, nearness));
}

/** A name from outside, in backticks, on one line, cut when long. */
export function named(name: string): string {
  const shown = printable(name);
  return `\`${shown.length <= 60 ? shown : `${shown.slice(0, 59)}…`}\``;
}

/** A few names from outside; the rest are counted. */
export function someNames(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map(named).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** The name that came instead of one that is missing, if one looks like a slip. Short names are too alike to tell. */
export function nearName(name: string, came: Iterable<string>): string | null {
  const folded = name.toLowerCase();
  const found = nearest(name, came);
  if (found === null || name.length > 2) return found;
  return found.toLowerCase() === folded || found.toLowerCase() === `${folded}s` ? found : null;
}
