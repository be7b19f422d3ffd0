import { formatPlace, type Place } from './place.ts';
import { printable } from './show.ts';

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

/** A mistake as JSON gives it: every key is always there. */
export type PublishedMistake = { readonly [Key in keyof Required<Diagnostic>]: undefined extends Diagnostic[Key] ? string | null : Diagnostic[Key] };

export function publishedMistake({ file, line, column, code, message, expected, got, fix }: Diagnostic): PublishedMistake {
  return { file, line, column, code, message, expected: expected ?? null, got: got ?? null, fix: fix ?? null };
}

/** One line, like a compiler's: `file:line:col message: expected …, got …. Fix.` */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return `${formatPlace(diagnostic)} ${formatMistake(diagnostic)}`;
}

/** The sentences of a mistake without its place, on one line, nothing in them that a terminal would obey. */
export function formatMistake({ message, expected, got, fix }: Mistake): string {
  const facts = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(', ');
  const sentences = `${ended(`${message}${facts ? `: ${facts}` : ''}`)}${fix ? ` ${ended(fix)}` : ''}`;
  return printable(sentences.replace(/\s*[\r\n]\s*/g, ' '));
}

function ended(sentence: string): string {
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Sorts by file, line, column: the order in which a person mends them. */
export function byPlace(a: Place, b: Place): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}
