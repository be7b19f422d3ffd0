import type { RE2JS } from 're2js';
import type { Mistake } from '../base/diagnostic.ts';
import { loadLater } from '../base/load-later.ts';
import { Problem, type Run } from './run.ts';

const compiled = new Map<string, RE2JS>();
const longestPattern = 2000;

/** A regular expression that runs in linear time. Throws Problem when it is none. */
export function pattern(source: string, run: Run): RE2JS {
  const known = compiled.get(source);
  if (known) return known;
  run.spend(10 * source.length);
  const made = compile(source);
  if (typeof made === 'string') throw new Problem(`${JSON.stringify(source.slice(0, 60))} is no regular expression: ${made}`);
  return made;
}

/** The mistake of a pattern that is written out in the source. */
export function checkPattern(source: unknown): (Mistake & { readonly argument: number }) | null {
  if (typeof source !== 'string') return null;
  const made = compile(source);
  if (typeof made !== 'string') return null;
  return { code: 'bad-pattern', message: `The regular expression is not understood: ${made}`, fix: 'Patterns are RE2: no look-around and no back-references.', argument: 1 };
}

/** The pattern, or why it is none. */
function compile(source: string): RE2JS | string {
  const known = compiled.get(source);
  if (known) return known;
  if (source.length > longestPattern) return `it is longer than ${longestPattern} letters`;
  try {
    const { RE2JS: re2 } = loadLater('re2js') as typeof import('re2js');
    const made = re2.compile(source);
    if (compiled.size >= 200) compiled.clear();
    compiled.set(source, made);
    return made;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]!.slice(0, 120) : 'it has a mistake';
  }
}
