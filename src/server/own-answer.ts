import { nearestRoutes, nearestRules } from '../engine/nearest-misses.ts';
import type { Decision } from '../engine/decide.ts';
import { PassFacts } from '../engine/pass-facts.ts';
import { ExpressionFailure, MalformedBody, UploadMissing, type Answer, type NearMiss, type Reply, type Request, type RuleReference } from '../model/index.ts';
import type { App } from './app.ts';
import { scenarioOver, type Pass } from './pass.ts';
import { problemAnswer, type Problem } from './problem.ts';

/** What the request came near to, when no rule takes it. Read before the request is counted. */
export function nearestMisses(pass: Pass, request: Request): readonly NearMiss[] {
  if (isOptions(pass)) return [];
  if (pass.found.kind === 'route') return nearestRules(pass.found.route, request, pass.world, pass);
  return nearestRoutes(pass.found.kind === 'other-methods' ? pass.found.routes : pass.active.routes, request, pass.world, pass);
}

/** A decision that ends in an answer of the server's own, in words. */
export function problemOf(pass: Pass, decision: Exclude<Decision, { kind: 'reply' }>, nearest: readonly NearMiss[]): Problem {
  switch (decision.kind) {
    case 'refused': return { status: decision.status, detail: `The request does not meet what ${decision.live.reference.route} expects: ${decision.violations.map((one) => one.text).join('; ')}`, violations: decision.violations };
    case 'malformed': return { status: 400, detail: decision.reason };
    case 'failed': return failedExpression(decision.failure, decision.live?.reference ?? null);
    case 'denied': return { status: decision.denial.status, detail: decision.denial.detail, headers: ['WWW-Authenticate', decision.denial.challenge] };
    case 'undone': return decision.problem;
    case 'no-rule': return unmatched(pass, nearest);
  }
}

function unmatched(pass: Pass, nearest: readonly NearMiss[]): Problem {
  const { method } = pass;
  if (pass.found.kind === 'route') return { status: 404, detail: `No rule of ${pass.found.route.route.id} matches this request`, nearest };
  if (pass.found.kind === 'none') return { status: 404, detail: `No route matches ${method} ${pass.head.address.path}`, nearest };
  const allow = allowed(pass.found.routes.map((live) => live.route.method));
  if (isOptions(pass)) return { status: 204, detail: '', headers: ['Allow', allow] };
  return { status: 405, detail: `${pass.head.address.path} does not answer ${method}, only ${allow}`, headers: ['Allow', allow], nearest };
}

function allowed(methods: readonly string[]): string {
  return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].sort().join(', ');
}

/** Why a reply could not be rendered; throws what is no fault of request or scenario. */
export function problemOfRendering(error: unknown, rule: RuleReference): Problem {
  if (error instanceof ExpressionFailure) return failedExpression(error, rule);
  if (error instanceof UploadMissing) return { status: 404, detail: error.message };
  if (error instanceof MalformedBody) return { status: 400, detail: error.message };
  throw error;
}

/** 500: rule, expression and reason. */
function failedExpression(failure: ExpressionFailure, rule: RuleReference | null): Problem {
  return { status: 500, detail: failure.message, more: { expression: failure.expression, reason: failure.reason, ...(rule && { rule }) } };
}

/** An answer of the server's own, in the scenario's words where it has them (`errors`). */
export function ownAnswer(app: App, pass: Pass, request: Request, problem: Problem, facts: PassFacts | null): Answer | Promise<Answer> {
  if (problem.status === 204) return { status: 204, headers: problem.headers ?? [], body: { kind: 'none' }, wire: [], encodings: [], fault: null };
  const plain = problemAnswer(problem, pass.id, app.journalUrl(pass.id));
  const scenario = pass.found.kind === 'route' ? pass.found.route.scenario : scenarioOver(pass.active, pass.head.address.path);
  if (!scenario?.errors) return plain;
  const violations = problem.violations ?? [];
  const errorFacts = new PassFacts(request, pass.found.kind === 'route' ? pass.found.route : null, pass.world, pass, null, scenario);
  errorFacts.bind('status', problem.status);
  errorFacts.bind('reason', problem.detail);
  errorFacts.caller = facts?.caller ?? null;
  errorFacts.violations = facts?.violations ?? violations;
  const keepHeaders = (answer: Answer): Answer => ({ ...answer, headers: [...answer.headers, ...withoutNamesOf(answer, problem.headers ?? [])] });
  try {
    const made = scenario.errors.render({ status: problem.status, reason: problem.detail, violations }, errorFacts);
    if (made === null) return plain;
    return made instanceof Promise ? made.then(keepHeaders, () => plain) : keepHeaders(made);
  } catch (error) {
    if (error instanceof ExpressionFailure) return problemAnswer(failedExpression(error, null), pass.id, app.journalUrl(pass.id));
    if (error instanceof MalformedBody) return plain;
    throw error;
  }
}

/** The reply that a scheme gives to a caller it does not know (`denied`), with the challenge that HTTP asks for (RFC 9110 §15.5.2). */
export async function answerDenied(app: App, pass: Pass, request: Request, { facts, live }: Extract<Decision, { kind: 'denied' }>, problem: Problem, reply: Reply): Promise<Answer> {
  try {
    const answer = reply.fixed ?? (await reply.render(facts));
    return { ...answer, headers: [...answer.headers, ...withoutNamesOf(answer, problem.headers ?? [])] };
  } catch (error) {
    return ownAnswer(app, pass, request, problemOfRendering(error, live.reference), facts);
  }
}

function isOptions(pass: Pass): boolean {
  return pass.method === 'OPTIONS' && pass.found.kind === 'other-methods';
}

/** Headers of the server's own, without those that the answer sets itself. */
export function withoutNamesOf(answer: Answer, extra: readonly string[]): readonly string[] {
  if (extra.length === 0) return extra;
  const names = new Set(answer.headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  return extra.filter((_, index) => !names.has(extra[index - (index % 2)]!.toLowerCase()));
}
