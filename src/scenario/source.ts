import type { Places } from './places.ts';

/**
 * What a scenario is read from: the text of a file, or an object of the same shape given to the library. `file` names it
 * in every message: a path, or words such as `scenario object 1`.
 */
export type Source = { readonly file: string; readonly text: string } | { readonly file: string; readonly value: unknown };

/** A source as plain values, with the places of all of them. */
export interface ReadFile {
  readonly file: string;
  /** Undefined when the text could not be read as YAML; its mistakes are told by then. */
  readonly value: unknown;
  readonly places: Places;
}
