import type { Path, Place } from '../base/place.ts';

/** Finds the values of one source again: where each was written. */
export interface Places {
  readonly file: string;
  /**
   * Where the value at `path` stands, or its key; for what is not there, the nearest thing around it. `offset` counts
   * letters inside a text value: the exact place where its letters stand one to one in the file, else where the text begins.
   */
  place(path: Path, at?: 'key' | 'value', offset?: number): Place;
  /** Whether a mistake of this value is known already, so that what follows from it need not be told. */
  mistaken(path: Path): boolean;
  /** Where a value is, in words, for sources that have no lines; null for files. */
  words(path: Path): string | null;
}

/** The way to a value as a person would write it: `routes["GET /tasks"].respond[0].status`. */
export function formatPath(path: Path): string {
  return path.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_]\w*$/.test(step) ? `${index > 0 ? '.' : ''}${step}` : `[${JSON.stringify(step)}]`;
  }).join('');
}
