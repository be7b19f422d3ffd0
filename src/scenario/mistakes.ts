import { byPlace, type Diagnostic, type Mistake } from '../base/diagnostic.ts';
import type { Path, Place } from '../base/place.ts';
import type { Report } from '../shapes/index.ts';
import type { Places } from './places.ts';

/** More mistakes than this are not kept: nobody reads them. */
const mostMistakes = 5000;

/** Gathers the mistakes of a load, each once. */
export class Mistakes {
  readonly #found = new Map<string, Diagnostic>();

  /** A mistake of the value at `path`, unless a mistake of that value is known already. */
  add(places: Places, path: Path, mistake: Mistake, at: 'key' | 'value' = 'value', offset?: number): void {
    if (places.mistaken(path)) return;
    const words = places.words(path);
    this.put(places.place(path, at, offset), words === null ? mistake : { ...mistake, message: `${mistake.message} (at ${words})` });
  }

  put(place: Place, mistake: Mistake): void {
    const { code, message, expected, got, fix } = mistake;
    const { file, line, column } = place;
    const key = JSON.stringify([file, line, column, message, got]);
    if (this.#found.has(key) || this.#found.size >= mostMistakes) return;
    this.#found.set(key, { file, line, column, code, message, expected, got, fix });
  }

  /** A `Report` for shapes: their paths are taken to begin at the top of the file. */
  reporter(places: Places): Report {
    return (path, mistake, at) => this.add(places, path, mistake, at);
  }

  get count(): number {
    return this.#found.size;
  }

  /** In the order in which a person mends them. */
  sorted(): readonly Diagnostic[] {
    return [...this.#found.values()].sort((a, b) => byPlace(a, b) || (a.message < b.message ? -1 : 1));
  }
}
