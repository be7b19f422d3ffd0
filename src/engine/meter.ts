/** Upper bounds of the histogram of durations, in milliseconds: from a reply made at load to a long delay. */
export const durationBoundsMs: readonly number[] = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

/** How long the exchanges of one route took. */
export class RouteMeter {
  readonly route: string;
  /** How many took at most each of {@link durationBoundsMs} and more than the one before; the last is for those beyond all. */
  readonly buckets: number[] = Array.from({ length: durationBoundsMs.length + 1 }, () => 0);
  sumMs = 0;

  constructor(route: string) {
    this.route = route;
  }

  add(durationMs: number): void {
    let bucket = 0;
    while (bucket < durationBoundsMs.length && durationMs > durationBoundsMs[bucket]!) bucket += 1;
    this.buckets[bucket]! += 1;
    this.sumMs += durationMs;
  }
}

/** What came of the requests that one rule answered. Counting makes no garbage: it is on the way of every request. */
export class RuleMeter {
  readonly route: RouteMeter;
  /** Its name, or where it is written. */
  readonly rule: string;
  /** Side by side: a status, or null for an exchange that ended without one, and how often it came. */
  readonly statuses: (number | null)[] = [];
  readonly counts: number[] = [];
  violations = 0;

  constructor(route: RouteMeter, rule: string) {
    this.route = route;
    this.rule = rule;
  }

  add(status: number | null, durationMs: number, violations: number): void {
    const { statuses, counts } = this;
    let index = 0;
    while (index < statuses.length && statuses[index] !== status) index += 1;
    if (index === statuses.length) {
      statuses.push(status);
      counts.push(0);
    }
    counts[index]! += 1;
    this.violations += violations;
    this.route.add(durationMs);
  }
}
