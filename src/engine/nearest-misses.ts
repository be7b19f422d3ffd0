import { ExpressionFailure, MalformedBody, type Facts, type Mismatch, type NearMiss, type Request, type WorldView } from '../model/index.ts';
import type { LiveRoute, LiveRule } from './live-plan.ts';
import { PassFacts, type PassContext } from './pass-facts.ts';
import { pathDistance } from './path-distance.ts';

/** How many near misses an answer names. */
const shown = 3;
/** How many rules of one route are explained, and how many routes compared letter by letter: the cost of one wrong request is bounded. */
const maxExplained = 2_000;
const maxCompared = 300;

/** Letters between two paths up to which a client most likely meant the route. */
const closePath = 3;

interface Ranked {
  readonly miss: NearMiss;
  /** The smaller, the nearer. */
  readonly score: number;
}

/** The rules of a route that was found, the nearest first, with every leaf that did not match. */
export function nearestRules(route: LiveRoute, request: Request, view: WorldView, context: PassContext, limit = shown): readonly NearMiss[] {
  const facts = new PassFacts(request, route, view, context).choosing();
  return best(route.rules.slice(0, maxExplained).map((live) => rankRule(live, facts, [], 0)), limit);
}

/** The routes nearest to a path that none has: by letters, by a missing base or a slash too many, then by method. One line for each route. */
export function nearestRoutes(routes: readonly LiveRoute[], request: Request, view: WorldView, context: PassContext, limit = shown): readonly NearMiss[] {
  const ranked = preselect(routes, request.segments).flatMap((route) => {
    const { distance, text } = pathDistance(request.segments, route.route);
    const method = methodMiss(request.method, route.route.method);
    const reasons = [...(text ? [text] : []), ...(method ? [method] : [])];
    const away = distance + (method ? 1.5 : 0);
    // Of a path far off, what else the rules ask for is beside the point.
    if (distance > closePath) return route.rules.slice(0, 1).map((live) => ({ score: away * 10, miss: missOf(live, reasons) }));
    const facts = new PassFacts(request, route, view, context).choosing();
    return route.rules.slice(0, shown).map((live) => rankRule(live, facts, reasons, away)).sort((x, y) => x.score - y.score).slice(0, 1);
  });
  return best(ranked, limit);
}

function rankRule(live: LiveRule, facts: Facts, reasons: readonly string[], distance: number): Ranked {
  // With another path nothing is bound to the route's parameters.
  const mismatches = explainSafely(live, facts).filter((mismatch) => distance === 0 || !mismatch.at.startsWith('params'));
  const leaves = Math.max(1, live.rule.when?.leaves ?? 1);
  const missing = mismatches.reduce((sum, mismatch) => sum + 1 - Math.min(0.99, mismatch.nearness), 0);
  return {
    score: distance * 10 + missing + missing / leaves,
    miss: missOf(live, [...reasons, ...mismatches.map((mismatch) => mismatch.text)]),
  };
}

function missOf(live: LiveRule, because: readonly string[]): NearMiss {
  const { route, name, file, line } = live.reference;
  return { route, name, file, line, because };
}

/** Diagnosis never fails: a body that cannot be read is itself the reason. */
function explainSafely(live: LiveRule, facts: Facts): readonly Mismatch[] {
  try {
    return live.rule.when?.explain(facts) ?? [];
  } catch (error) {
    if (error instanceof MalformedBody || error instanceof ExpressionFailure) return [{ at: 'body', expected: 'a readable request', got: error.message, text: error.message, nearness: 0 }];
    throw error;
  }
}

function methodMiss(came: string, wanted: string): string | null {
  return wanted === 'ANY' || came === wanted || (came === 'HEAD' && wanted === 'GET') ? null : `method: expected ${wanted}, got ${came}`;
}

/** With many routes, only those that share most segments with the path are compared letter by letter. */
function preselect(routes: readonly LiveRoute[], segments: readonly string[]): readonly LiveRoute[] {
  if (routes.length <= maxCompared) return routes;
  const came = new Set(segments);
  return routes
    .map((route) => ({ route, shared: route.route.segments.filter((segment) => segment.kind !== 'literal' || came.has(segment.text)).length - Math.abs(route.route.segments.length - segments.length) }))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, maxCompared)
    .map((ranked) => ranked.route);
}

function best(ranked: readonly Ranked[], limit: number): readonly NearMiss[] {
  return ranked.toSorted((a, b) => a.score - b.score).slice(0, limit).map((one) => one.miss);
}
