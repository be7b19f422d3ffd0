import { didYouMean } from '../base/nearest.ts';
import type { Mistake } from '../base/diagnostic.ts';
import { show } from '../base/show.ts';
import { compileTest } from '../matchers/values/compile-test.ts';
import type { CallExpectation, Compiler, ExpectedCount, ExpectedRoute, StatusTest } from '../model/index.ts';
import type { ParsedCall } from './call-shape.ts';
import { nameRoute, type KnownRoutes } from './known-routes.ts';
import { compileRecordedMatch } from './recorded-match.ts';

/** What calls may be named by. */
export interface KnownCalls extends KnownRoutes {
  /** Of rules that have one. */
  readonly ruleNames: ReadonlySet<string>;
}

/** A call, compiled. The mistakes say what nothing in the plan has: whether they are any is for the asker to say. */
export interface CompiledCall {
  readonly call: CallExpectation;
  readonly unknownRoute: Mistake | null;
  readonly unknownRule: Mistake | null;
}

const atLeastOnce: ExpectedCount = { min: 1, max: Infinity };

/** Turns a checked call into one that can be judged; null after a mistake in its route. */
export function compileCall(parsed: ParsedCall, known: KnownCalls, compiler: Compiler): CompiledCall | null {
  const { rule = null, session = null, count = atLeastOnce } = parsed;
  const named = parsed.route === undefined ? null : nameRoute(parsed.route, known, (mistake) => compiler.at('route').mistake(mistake));
  const status = parsed.status === undefined ? null : statusTest(parsed.status, compiler.at('status'));
  const match = parsed.match === undefined ? null : compileRecordedMatch(parsed.match, compiler.at('match'));
  if (parsed.route !== undefined && named === null) return null;
  const route = named?.route ?? null;
  return {
    call: { route, rule, session, status, match, count, words: wordsOf(parsed, route, status) },
    unknownRoute: named?.unknown ?? null,
    unknownRule: rule === null || known.ruleNames.has(rule) ? null : { code: 'unknown-rule', message: `No rule has the name ${show(rule)}`, expected: 'the `name` of a rule', got: show(rule), fix: didYouMean(rule, known.ruleNames) },
  };
}

function statusTest(raw: unknown, compiler: Compiler): StatusTest {
  const test = compileTest(raw, 'count', compiler);
  return { expected: test.expected, passes: (status) => test.passes(status) };
}

function wordsOf({ rule, session, match }: ParsedCall, route: ExpectedRoute | null, status: StatusTest | null): string {
  return [
    route?.id ?? 'a call',
    ...(rule === undefined ? [] : [`answered by the rule ${show(rule)}`]),
    ...(status === null ? [] : [`answered with ${status.expected}`]),
    ...(match === undefined ? [] : [`matching ${show(match, 120)}`]),
    ...(session === undefined ? [] : [`in the session ${session}`]),
  ].join(' ');
}
