/** The way from the top of a scenario file to one value in it: map keys and list positions (from 0). */
export type Path = readonly (string | number)[];

/** A position in a file that a person can jump to. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:col`, the form that editors and terminals make clickable. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}
