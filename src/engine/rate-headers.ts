import type { Facts } from '../model/index.ts';
import type { LiveRoute } from './live-plan.ts';

const noHeaders: readonly string[] = [];

/** `Retry-After` (RFC 9110 §10.2.3) once a limit is passed, and the rate-limit fields in both their common spellings. */
export function rateHeaders(route: LiveRoute, facts: Facts): readonly string[] {
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
