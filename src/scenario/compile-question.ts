import { formatMistake } from '../base/diagnostic.ts';
import type { CallExpectation, FixtureSource, Plan } from '../model/index.ts';
import { invalid } from '../shapes/index.ts';
import { questionShape } from './call-shape.ts';
import { compileCall, type CompiledCall, type KnownCalls } from './compile-call.ts';
import { namesOf } from './compile-verify.ts';
import { SiteCompiler } from './compiler.ts';
import { RouteCounters } from './compile-rule.ts';
import { DeclaredNames, RootUses } from './declared-names.ts';
import { Mistakes } from './mistakes.ts';
import { readObject } from './read-object.ts';

/** What somebody asks of the calls that were made. */
export interface Question {
  readonly calls: readonly CompiledCall[];
  /** Whether the calls are to have come in this order. */
  readonly ordered: boolean;
  /** Of all calls; null: of each its own, or all. */
  readonly session: string | null;
}

const noFixtures: FixtureSource = {
  file: () => ({ code: 'no-fixture', message: 'No fixture can be named here', expected: 'the schema itself', fix: 'Write the schema in the place of its name' }),
  folder: () => ({ code: 'no-fixture', message: 'No fixture can be named here' }),
};

const nothing = new Map<never, never>();
const nothingDeclared = { root: '', state: null, requires: null, vars: nothing, collections: nothing, resources: nothing, auth: nothing };

/** Checks and compiles a question as `POST /verify` takes it; every mistake in it as a sentence, when there are any. */
export async function compileQuestion(given: unknown, plan: Plan): Promise<Question | readonly string[]> {
  const mistakes = new Mistakes();
  const { value, places } = readObject('question', given, mistakes);
  const parsed = mistakes.count > 0 ? invalid : questionShape.parse(value, [], mistakes.reporter(places));
  if (parsed === invalid) return mistakes.sorted().map(formatMistake);
  const pending: Promise<void>[] = [];
  const names = new DeclaredNames(nothingDeclared, new RootUses());
  const known = knownCalls(plan);
  const { session = null, order = false } = parsed;
  const calls = parsed.calls.map((call, index) => {
    const compiler = new SiteCompiler({ places, mistakes, fixtures: noFixtures, counters: new RouteCounters(), pending, bound: new Map(), names }, ['calls', index], `verify|${index}`);
    return compileCall(call, known, compiler);
  });
  await Promise.all(pending);
  if (mistakes.count > 0) return mistakes.sorted().map(formatMistake);
  return { calls: calls.flatMap((one) => (one === null ? [] : [{ ...one, call: within(one.call, session) }])), ordered: order, session };
}

function within(call: CallExpectation, session: string | null): CallExpectation {
  return session === null || call.session !== null ? call : { ...call, session };
}

function knownCalls(plan: Plan): KnownCalls {
  const scenarios = [...plan.scenarios.values()];
  const routes = new Map(scenarios.flatMap((scenario) => scenario.routes.map((route) => [route.id, route])));
  return { routes: [...routes.values()], base: { text: '', segments: [] }, ruleNames: namesOf(scenarios.flatMap(({ before, routes: own }) => (before === null ? own : [before, ...own]))) };
}
