import { ExpressionFailure, MalformedBody, type Request, type WorldView } from '../model/index.ts';
import { decided, nothingTried, type Decision, type Trying } from './decision.ts';
import type { LiveRoute } from './live-plan.ts';
import { PassFacts, type PassContext } from './pass-facts.ts';
import { rateHeaders } from './rate-headers.ts';
import { passThrough, settleRule } from './settle-rule.ts';

export type { Decision } from './decision.ts';

/**
 * Decides one request: the rules tried ahead, then those of the route, the first whose `when` holds. A pure function of plan,
 * world and request; the caller commits `changes` in the same tick, or decides again when the world has moved on. Throws
 * Suspended when something has to be waited for first.
 */
export function decide(route: LiveRoute | null, ahead: LiveRoute | null, request: Request, view: WorldView, context: PassContext): Decision {
  const trying = nothingTried();
  try {
    const factsAhead = ahead === null ? null : new PassFacts(request, ahead, view, context);
    return (factsAhead && tryAhead(ahead!, factsAhead, view, trying)) ?? (route && tryRoute(route, new PassFacts(request, route, view, context, factsAhead), view, trying)) ?? decided({ kind: 'no-rule' }, trying);
  } catch (error) {
    // Nothing of a rule that could not be decided is changed; what was counted before it stays counted.
    if (error instanceof MalformedBody) return decided({ kind: 'malformed', reason: error.message, expected: error.expected }, trying);
    if (error instanceof ExpressionFailure) return decided({ kind: 'failed', live: trying.live, failure: error, violations: [] }, trying);
    throw error;
  }
}

function tryAhead(ahead: LiveRoute, facts: PassFacts, view: WorldView, trying: Trying): Decision | null {
  trying.changes = facts.choosing().changes();
  for (const live of ahead.rules) {
    trying.live = live;
    facts.choosing();
    if (live.rule.when && !live.rule.when.holds(facts)) facts.unbind();
    else {
      const decision = live.rule.replies.length > 0 ? settleRule(live, facts, view, trying, ahead) : passThrough(live, facts, trying);
      if (decision) return decision;
    }
  }
  trying.live = null;
  if (ahead.route.counters.length > 0) trying.headers = rateHeaders(ahead, facts);
  return null;
}

function tryRoute(route: LiveRoute, facts: PassFacts, view: WorldView, trying: Trying): Decision | null {
  facts.choosing();
  if (route.counted || route.route.counters.length > 0) trying.changes = trying.changes.length === 0 ? facts.changes() : [...trying.changes, ...facts.changes()];
  const positions = route.ruleIndex.candidates(facts);
  const count = positions ? positions.length : route.rules.length;
  for (let index = 0; index < count; index += 1) {
    const live = route.rules[positions ? positions[index]! : index]!;
    trying.live = live;
    if (live.rule.when === null || live.rule.when.holds(facts)) return settleRule(live, facts, view, trying, route);
    facts.unbind();
  }
  return null;
}
