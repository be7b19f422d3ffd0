import { ExpressionFailure, MalformedBody, type Change, type Facts, type Mismatch, type Reply, type Request, type Violation, type WorldView } from '../model/index.ts';
import type { LiveRoute, LiveRule } from './live-plan.ts';
import { keyText, PassFacts, type PassContext } from './pass-facts.ts';

/** What a request at a route comes to: data alone, nothing has been changed yet. */
export type Decision = Verdict & Aside;

type Verdict =
  | { readonly kind: 'reply'; readonly live: LiveRule; readonly reply: Reply; readonly facts: PassFacts; readonly violations: readonly Violation[]; readonly once: string | null; readonly headers: readonly string[] }
  /** A strict rule whose `expect` the request does not meet. */
  | { readonly kind: 'refused'; readonly live: LiveRule; readonly status: 400 | 413 | 415 | 422; readonly facts: PassFacts; readonly violations: readonly Violation[] }
  /** The route is there, and none of its rules holds. */
  | { readonly kind: 'no-rule' }
  /** A body that is not what its media type says. */
  | { readonly kind: 'malformed'; readonly reason: string; readonly expected: string }
  /** An expression that failed in a matcher or under `by`. */
  | { readonly kind: 'failed'; readonly live: LiveRule | null; readonly failure: ExpressionFailure };

/** What a request brings about beside its answer. */
interface Aside {
  /** To be committed to the session's world. */
  changes: readonly Change[];
  /** Rules tried ahead that held and let the request go on. */
  passed: readonly LiveRule[];
  /** The sum of their delays. */
  pauseMs: number;
}

/**
 * Decides one request: the rules tried ahead, then those of the route, the first whose `when` holds. A pure function of plan,
 * world and request; the caller commits `changes` in the same tick, or decides again when the world has moved on.
 */
export function decide(route: LiveRoute | null, ahead: LiveRoute | null, request: Request, view: WorldView, context: PassContext): Decision {
  const aside: Aside = { changes: noChanges, passed: noRules, pauseMs: 0 };
  const trying: { live: LiveRule | null } = { live: null };
  try {
    const verdict = (ahead && tryAhead(ahead, new PassFacts(request, ahead, view, context), view, aside, trying)) ?? (route ? tryRoute(route, new PassFacts(request, route, view, context), view, aside, trying) : null);
    return verdict === null ? { kind: 'no-rule', ...aside } : complete(verdict, aside);
  } catch (error) {
    if (error instanceof MalformedBody) return { kind: 'malformed', reason: error.message, expected: error.expected, ...aside };
    if (error instanceof ExpressionFailure) return { kind: 'failed', live: trying.live, failure: error, ...aside };
    throw error;
  }
}

/** The usual verdict as one literal: this is on the way of every request. */
function complete(verdict: Verdict, { changes, passed, pauseMs }: Aside): Decision {
  if (verdict.kind !== 'reply') return { ...verdict, changes, passed, pauseMs };
  const { live, reply, facts, violations, once, headers } = verdict;
  return { kind: 'reply', live, reply, facts, violations, once, headers, changes, passed, pauseMs };
}

const noChanges: readonly Change[] = [];
const noRules: readonly LiveRule[] = [];

function tryAhead(ahead: LiveRoute, facts: PassFacts, view: WorldView, aside: Aside, trying: { live: LiveRule | null }): Verdict | null {
  aside.changes = facts.changes();
  for (const live of ahead.rules) {
    trying.live = live;
    if (live.rule.when && !live.rule.when.holds(facts)) continue;
    if (live.rule.replies.length > 0) return settle(live, facts, view, aside, ahead);
    aside.passed = [...aside.passed, live];
    aside.pauseMs += live.rule.pause?.(facts) ?? 0;
  }
  trying.live = null;
  return null;
}

function tryRoute(route: LiveRoute, facts: PassFacts, view: WorldView, aside: Aside, trying: { live: LiveRule | null }): Verdict | null {
  if (route.counted || route.route.counters.length > 0) aside.changes = aside.changes.length === 0 ? facts.changes() : [...aside.changes, ...facts.changes()];
  const positions = route.ruleIndex.candidates(facts);
  const count = positions ? positions.length : route.rules.length;
  for (let index = 0; index < count; index += 1) {
    const live = route.rules[positions ? positions[index]! : index]!;
    trying.live = live;
    if (live.rule.when === null || live.rule.when.holds(facts)) return settle(live, facts, view, aside, route);
  }
  return null;
}

const noViolations: readonly Violation[] = [];
const noHeaders: readonly string[] = [];

function settle(live: LiveRule, facts: PassFacts, view: WorldView, aside: Aside, route: LiveRoute): Verdict {
  const { rule } = live;
  if (rule.expect && !rule.expect.holds(facts)) {
    const mismatches = rule.expect.explain(facts);
    const broken = mismatches.find((mismatch) => mismatch.malformed);
    if (broken) throw broken.malformed;
    facts.violations = mismatches.map(({ at, expected, got, text }) => ({ at, expected, got, text }));
    if (rule.strict) return { kind: 'refused', live, status: refusalStatus(mismatches), facts, violations: facts.violations };
  }
  const once = rule.once ? onceKey(live, route, rule.once.evaluate(facts)) : null;
  // A reply given again takes no place in the list.
  if (rule.replies.length > 1 && (once === null || view.kept(once) === null)) aside.changes = [...aside.changes, { kind: 'count', key: live.answersKey }];
  return {
    kind: 'reply',
    live,
    facts,
    reply: rule.replies[replyPosition(live, view)]!,
    violations: facts.violations.length > 0 ? facts.violations : noViolations,
    once,
    headers: route.route.counters.length > 0 ? rateHeaders(route, facts) : noHeaders,
  };
}

/** Of several violations, the status of the first that applies in this order. */
function refusalStatus(mismatches: readonly Mismatch[]): 400 | 413 | 415 | 422 {
  const statuses = new Set(mismatches.map((mismatch) => mismatch.status ?? 400));
  return ([413, 415, 400, 422] as const).find((status) => statuses.has(status)) ?? 400;
}

function replyPosition(live: LiveRule, view: WorldView): number {
  const { replies, repeat } = live.rule;
  if (replies.length === 1) return 0;
  const answered = view.count(live.answersKey);
  return repeat === 'cycle' ? answered % replies.length : Math.min(answered, replies.length - 1);
}

/** A request without the value (null or empty) is not held to `once`. */
function onceKey(live: LiveRule, route: LiveRoute, value: unknown): string | null {
  return value === null || value === undefined || value === '' ? null : `${route.counterKey}\nonce ${live.rule.index}\n${keyText(value)}`;
}

/** `Retry-After` (RFC 9110 §10.2.3) once a limit is passed, and the rate-limit fields in both their common spellings. */
function rateHeaders(route: LiveRoute, facts: Facts): readonly string[] {
  let tightest: { limit: number; remaining: number; resetSeconds: number; windowSeconds: number; over: boolean } | null = null;
  for (const counter of route.route.counters) {
    if (counter.limit === null || counter.windowMs === null) continue;
    const { count, resetMs } = facts.count(counter);
    const one = { limit: counter.limit, remaining: Math.max(0, counter.limit - count), resetSeconds: Math.max(1, Math.ceil(resetMs / 1000)), windowSeconds: Math.max(1, Math.ceil(counter.windowMs / 1000)), over: count > counter.limit };
    if (!tightest || Number(one.over) > Number(tightest.over) || (one.over === tightest.over && (one.over ? one.resetSeconds > tightest.resetSeconds : one.remaining < tightest.remaining))) tightest = one;
  }
  if (!tightest) return noHeaders;
  const { limit, remaining, resetSeconds, windowSeconds, over } = tightest;
  return [
    ...(over ? ['Retry-After', String(resetSeconds)] : []),
    'RateLimit-Limit', String(limit),
    'RateLimit-Remaining', String(remaining),
    'RateLimit-Reset', String(resetSeconds),
    'RateLimit-Policy', `"default";q=${limit};w=${windowSeconds}`,
    'RateLimit', `"default";r=${remaining};t=${resetSeconds}`,
  ];
}
