import { formatPlace, type Place } from './place.ts';

/** What is wrong with one value of a scenario file, before it is known where that value stands. */
export interface Mistake {
  /** A stable kebab-case word for the kind of mistake, such as `unknown-key`. */
  readonly code: string;
  /** One sentence, in the words of the scenario language. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly got?: string | undefined;
  /** How to mend it: "Did you mean `respond`?" */
  readonly fix?: string | undefined;
}

/** A mistake with its place: what `rehearsal check` prints and what the admin API lists. */
export interface Diagnostic extends Mistake, Place {}

/** One line, like a compiler's: `file:line:col message (expected …, got …). Fix.` */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { message, expected, got, fix } = diagnostic;
  const facts = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(', ');
  return `${formatPlace(diagnostic)} ${message}${facts ? `: ${facts}` : ''}.${fix ? ` ${fix}` : ''}`.replace(/\s*\n\s*/g, ' ');
}

/** Sorts by file, line, column: the order in which a person mends them. */
export function byPlace(a: Place, b: Place): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}
