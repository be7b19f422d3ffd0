import type { Source } from '../files/sources.ts';

/** How many files of one kind are named. */
const mostNamed = 5;

/**
 * What differs between two readings of the scenario files, for a person: `changed a.yaml; new b.yaml; gone c.yaml; fixtures`.
 * @param fixtures whether files that the first reading asked for are no longer what they were
 */
export function changedFiles(before: readonly Source[], after: readonly Source[], fixtures: boolean): string {
  const texts = new Map(before.map(({ file, text }) => [file, text]));
  const names = new Set(after.map(({ file }) => file));
  const kinds: readonly (readonly [string, readonly Source[]])[] = [
    ['changed', after.filter(({ file, text }) => texts.has(file) && texts.get(file) !== text)],
    ['new', after.filter(({ file }) => !texts.has(file))],
    ['gone', before.filter(({ file }) => !names.has(file))],
  ];
  const words = kinds.flatMap(([kind, files]) => (files.length === 0 ? [] : [`${kind} ${listed(files)}`]));
  return [...words, ...(fixtures ? ['fixtures'] : [])].join('; ') || 'as they were';
}

function listed(files: readonly Source[]): string {
  const more = files.length - mostNamed;
  return [...files.slice(0, mostNamed).map(({ file }) => file), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
