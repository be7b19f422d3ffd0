import type { ExchangeDraft } from '../world/journal.ts';

/** An exchange that came in the place of one that was expected, and why it is not that one. */
export interface InsteadExchange {
  readonly id: string;
  readonly method: string;
  /** As sent, secrets redacted. */
  readonly url: string;
  readonly status: number | null;
  readonly because: readonly string[];
}

/** How many a failure shows. */
const shown = 5;

/** The few exchanges that came nearest, of any number that are offered. Those that differ in nothing a person would see stand for one. */
export class NearestExchanges {
  readonly #kept: { readonly exchange: InsteadExchange; readonly distance: number; readonly key: string }[] = [];

  offer(draft: ExchangeDraft, because: readonly string[], distance: number): void {
    const kept = this.#kept;
    if (distance === Infinity || (kept.length >= shown && distance >= kept.at(-1)!.distance)) return;
    const { id, method, url, status } = draft;
    const key = JSON.stringify([method, url, status, because]);
    if (kept.some((one) => one.key === key)) return;
    const at = kept.findIndex((one) => one.distance > distance);
    kept.splice(at < 0 ? kept.length : at, 0, { exchange: { id, method, url, status, because }, distance, key });
    if (kept.length > shown) kept.pop();
  }

  list(): readonly InsteadExchange[] {
    return this.#kept.map(({ exchange }) => exchange);
  }
}
