import { stringifyJson } from '../base/json.ts';
import type { Compiler, Route, VerifyEntry } from '../model/index.ts';
import { fingerprintOf } from './built-routes.ts';
import { compileCall, type KnownCalls } from './compile-call.ts';
import type { WrittenVerifyEntry } from './parse-verify.ts';
import type { ResolvedScenario } from './resolve-extends.ts';

/**
 * A scenario's `verify`, compiled. What an inherited entry names may be gone in a variation: there the entry is left out, while in the
 * scenario that wrote it that is a mistake.
 */
export function compileVerify(resolved: Pick<ResolvedScenario, 'own' | 'verify' | 'base'>, routes: readonly Route[], before: Route | null, compilerFor: (entry: WrittenVerifyEntry) => Compiler): readonly VerifyEntry[] {
  if (resolved.verify.length === 0) return [];
  const known: KnownCalls = { routes, base: resolved.base, ruleNames: namesOf(before === null ? routes : [before, ...routes]) };
  return resolved.verify.flatMap((entry): readonly VerifyEntry[] => {
    if (entry.parsed === null) return [];
    const compiler = compilerFor(entry);
    const compiled = compileCall(entry.parsed, known, compiler);
    if (compiled === null) return [];
    const { call, unknownRoute, unknownRule } = compiled;
    if (entry.places === resolved.own.places) {
      if (unknownRoute) compiler.at('route').mistake(unknownRoute);
      if (unknownRule) compiler.at('rule').mistake(unknownRule);
    } else if (unknownRoute || unknownRule) return [];
    return [{ index: entry.index, fingerprint: fingerprintOf(stringifyJson(entry.raw)), place: entry.places.place(entry.path), call, ordered: entry.parsed.order === true }];
  });
}

/** Names of the rules of these routes. */
export function namesOf(routes: readonly Route[]): ReadonlySet<string> {
  return new Set(routes.flatMap(({ rules }) => rules.flatMap(({ name }) => name ?? [])));
}
