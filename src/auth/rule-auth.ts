import { didYouMean } from '../base/nearest.ts';
import type { Compiler, Scheme } from '../model/index.ts';
import { byKind, invalid, mapOf, object, text, turned } from '../shapes/index.ts';
import type { AuthScheme } from './auth-scheme.ts';
import { scopeShape } from './scopes.ts';

const nameShape = text({ pattern: /^[a-zA-Z][\w-]{0,99}$/, expected: 'the name of a scheme under `auth`, or `none`' });

const scopedShape = turned(mapOf(object({ scope: scopeShape }, { name: 'what a rule asks of a scheme', expected: 'a map with `scope`', foreign: { scopes: 'Write `scope`' } })), (value, path, report) => {
  const names = Object.keys(value);
  if (names.length === 1 && names[0] !== 'none') return value;
  report(path, { code: 'wrong-value', message: 'A rule asks for one scheme', expected: 'a map with one scheme, such as `{ partner: { scope: read } }`', got: names.length === 0 ? 'an empty map' : names.map((name) => `\`${name}\``).join(', ') });
  return invalid;
}, { expected: 'a map such as `{ partner: { scope: read } }`' });

/** The value of `auth` in a rule. */
export const ruleAuthShape = byKind([nameShape, scopedShape], {
  expected: 'the name of a scheme, `none`, or `{ SCHEME: { scope: … } }`',
  about: 'Who may call: the name of a scheme under `auth`, or `{ SCHEME: { scope: … } }` for callers with all of that scope. `none` lifts what the file requires.',
});

/** Who may call, for one rule. */
export interface RuleAuth {
  readonly scheme: Scheme;
  /** All of it is asked for. */
  readonly scope: readonly string[];
}

/** `none` lifts what the file requires; null after a mistake. */
export function compileRuleAuth(value: unknown, compiler: Compiler): RuleAuth | 'none' | null {
  if (value === 'none') return 'none';
  if (typeof value === 'string') {
    const scheme = compiler.scheme(value);
    return scheme && { scheme, scope: [] };
  }
  const [entry] = Object.entries(value as Readonly<Record<string, { readonly scope: readonly string[] }>>);
  if (!entry) return null;
  const [name, { scope }] = entry;
  const at = compiler.at(name);
  const scheme = at.scheme(name);
  if (scheme === null) return null;
  checkScope(scheme as AuthScheme, scope, at.at('scope'));
  return { scheme, scope };
}

/** A rule that asks for a scope which no caller can have is never carried out. */
function checkScope({ name, grants }: AuthScheme, scope: readonly string[], compiler: Compiler): void {
  const stranger = grants && scope.find((word) => !grants.has(word));
  if (!grants || stranger === undefined || stranger === null) return;
  const known = [...grants];
  if (known.length === 0) compiler.mistake({ code: 'unknown-scope', message: `No caller has a scope by the scheme \`${name}\``, expected: 'a scheme that gives scopes', got: `\`${stranger}\``, fix: 'Give them under `scope` of its keys, users or tokens, or leave the scope out' });
  else compiler.mistake({ code: 'unknown-scope', message: `The scheme \`${name}\` knows no scope \`${stranger}\``, expected: `one of ${known.map((word) => `\`${word}\``).join(', ')}`, got: `\`${stranger}\``, fix: didYouMean(stranger, known) });
}
