import type { LiveRule } from '../engine/live-plan.ts';
import { RouteMeter, RuleMeter } from '../engine/meter.ts';
import { isUnmatched, type ExchangeDraft } from '../world/journal.ts';

/** What has been counted since the start. */
export interface Measured {
  readonly routes: Iterable<RouteMeter>;
  readonly rules: Iterable<RuleMeter>;
  readonly unmatched: number;
  /** Bytes of the bodies of requests. */
  readonly receivedBytes: number;
  /** Bytes of the bodies of replies. */
  readonly sentBytes: number;
}

/** In the place of a route or a rule where there was none. */
const none = 'unmatched';
/** In the place of routes and rules past the bound. */
const beyond = 'other';
/** Rules that are told apart: more than any plan has, so that only years of edits at a running server reach it. */
const mostRules = 50_000;

/**
 * Counts every exchange, whatever the journal still keeps: by the rules of the plan, never by what a client sent. It outlives
 * the plans: a rule that an edit left as it was, at its place or under its name, goes on counting.
 */
export class Metrics implements Measured {
  unmatched = 0;
  receivedBytes = 0;
  sentBytes = 0;
  readonly #routes = new Map<string, RouteMeter>();
  readonly #rules = new Map<string, RuleMeter>();

  get routes(): Iterable<RouteMeter> {
    return this.#routes.values();
  }

  get rules(): Iterable<RuleMeter> {
    return this.#rules.values();
  }

  /** `route`: the one that was found, for a request that none of its rules answered; null when there was none. */
  count(draft: ExchangeDraft, durationMs: number, live: LiveRule | null, route: string | null): void {
    const meter = live === null ? this.#meter(route ?? none, none) : (live.meter ??= this.#meter(live.reference.route, live.reference.name ?? `${live.reference.file}:${live.reference.line}`));
    meter.add(draft.status, durationMs, draft.violations.length);
    if (live === null && isUnmatched(draft)) this.unmatched += 1;
    if (draft.requestBody !== null) this.receivedBytes += draft.requestBody.sizeBytes;
    if (draft.replyBody !== null) this.sentBytes += draft.replyBody.sizeBytes;
  }

  #meter(route: string, rule: string): RuleMeter {
    const key = `${route}\n${rule}`;
    const known = this.#rules.get(key);
    if (known) return known;
    if (this.#rules.size >= mostRules && route !== beyond) return this.#meter(beyond, beyond);
    let ofRoute = this.#routes.get(route);
    if (!ofRoute) this.#routes.set(route, (ofRoute = new RouteMeter(route)));
    const made = new RuleMeter(ofRoute, rule);
    this.#rules.set(key, made);
    return made;
  }
}
