import { compileRuleAuth, type RuleAuth } from '../auth/index.ts';
import { compileCallbacks } from '../callbacks/index.ts';
import { compileAct } from '../changes/index.ts';
import { compileMatchers } from '../matchers/index.ts';
import { need, type Compiler, type Counter, type Facts, type Needs, type Reply, type Rule } from '../model/index.ts';
import { compileDelay, compileReply } from '../replies/index.ts';
import type { ParsedReply, WrittenRule } from './parse-file.ts';

/** The counters of one route, each kept once: rules that count the same share one. */
export class RouteCounters {
  readonly #counters = new Map<string, Counter>();

  register(options: Omit<Counter, 'id'>): Counter {
    const { by, windowMs, limit } = options;
    // By what it counts, not by its number: the variations of a scenario share their counters.
    const id = [windowMs === null ? 'call' : `rate ${windowMs} ms`, limit === null ? '' : ` over ${limit}`, by === null ? '' : ` by ${by.source}`].join('');
    const known = this.#counters.get(id);
    if (known) return known;
    const counter: Counter = { id, ...options };
    this.#counters.set(id, counter);
    return counter;
  }

  all(): readonly Counter[] {
    return [...this.#counters.values()];
  }
}

/** What a rule has from its place and its file. */
export interface Inherited {
  readonly strict: boolean;
  readonly before: boolean;
  /** What it asks for when it does not say. */
  readonly requires: RuleAuth | null;
}

/** Turns a rule into one that runs; null when nothing could be made of it. Mistakes go to the compiler. */
export function compileRule(written: WrittenRule, index: number, inherited: Inherited, compiler: Compiler): Rule | null {
  const { parsed } = written;
  if (!parsed) return null;
  const when = parsed.when === undefined ? null : compileMatchers(parsed.when, compiler.at('when'));
  const auth = parsed.auth === undefined ? inherited.requires : compileRuleAuth(parsed.auth, compiler.at('auth'));
  const expect = parsed.expect === undefined ? null : compileMatchers(parsed.expect, compiler.at('expect'));
  const once = parsed.once === undefined ? null : compiler.at('once').expression(parsed.once);
  // In the order of the sentence: what a change binds by `as` is at hand after it.
  const act = parsed.do === undefined ? null : compileAct(parsed.do, compiler.at('do'));
  const replies = compileReplies(parsed.respond, inherited.before, compiler);
  const pause = parsed.delay === undefined ? null : compileDelay(parsed.delay, compiler.at('delay'));
  const callbacks = parsed.callback === undefined ? [] : compileCallbacks(parsed.callback, compiler.at('callback'));
  const scheme = auth === null || auth === 'none' ? null : auth.scheme;
  const needs = [when, scheme, expect, once, act, pause, ...replies, ...callbacks].reduce<Needs>((sum, part) => sum | (part?.needs ?? need.nothing), need.nothing);
  return {
    index,
    name: parsed.name ?? null,
    // A route's only rule is where its route is; the rules of a list are where their dashes are.
    place: written.places.place(written.path, 'key'),
    when, expect, replies, once, act, callbacks, needs,
    auth: auth === 'none' ? null : auth,
    strict: parsed.strict ?? inherited.strict,
    required: parsed.required ?? false,
    repeat: parsed.repeat ?? 'last',
    pause: pause === null ? null : (facts: Facts) => pause.get(facts),
  };
}

function compileReplies(respond: ParsedReply | readonly ParsedReply[] | undefined, inBefore: boolean, compiler: Compiler): readonly Reply[] {
  if (respond === undefined) return inBefore ? [] : [compileReply({}, compiler.at('respond'))];
  const at = compiler.at('respond');
  return isList(respond) ? respond.map((reply, index) => compileReply(reply, at.at(index))) : [compileReply(respond, at)];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
