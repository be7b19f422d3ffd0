import { Suspended } from '../model/index.ts';

type Prepared = { readonly value: unknown } | { readonly error: unknown };

/** What is made once for a request and asked for again in every decision about it: see `Facts.prepared`. */
export class PreparedWork {
  readonly #made = new Map<string, Prepared>();

  get<T>(key: string, make: () => Promise<T>): T {
    const known = this.#made.get(key);
    if (known === undefined) throw new Suspended(make().then((value) => this.#made.set(key, { value }), (error: unknown) => this.#made.set(key, { error })));
    if ('error' in known) throw known.error;
    return known.value as T;
  }
}
