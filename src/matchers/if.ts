import { show } from '../base/show.ts';
import type { CheckedExpression } from '../expressions/index.ts';
import { need, type Compiler, type Expression, type MatcherKind } from '../model/index.ts';
import { byKind, boolean, text } from '../shapes/index.ts';
import { mismatch } from './mismatch.ts';

export const ifMatcher: MatcherKind<string | boolean, string | boolean> = {
  key: 'if',
  about: 'A CEL expression is true.',
  shape: byKind([text({ expected: 'an expression' }), boolean()], { expected: 'an expression such as `size(body.items) > 3`', about: 'A CEL expression, with or without `${{ }}` around it.' }),
  examples: [
    { yaml: 'query.id == "1"', request: { url: '/?id=1' }, holds: true },
    { yaml: 'query.id == "1"', request: { url: '/?id=2' }, holds: false, because: ['if `query.id == "1"`: expected true, got false'] },
    { yaml: '${{ size(query) > 3 }}', request: { url: '/?id=2' }, holds: false, because: ['if `size(query) > 3`: expected true, got false'] },
  ],
  compile(value, compiler) {
    const source = String(value);
    const expression = compiler.expression(source);
    checkTruth(expression, compiler);
    const label = `if \`${bare(source)}\``;
    return {
      needs: expression?.needs ?? need.nothing, leaves: 1, pins: [],
      holds: (facts) => expression?.evaluate(facts) === true,
      explain(facts) {
        const came = expression?.evaluate(facts);
        return came === true ? [] : [mismatch('if', label, { expected: 'true', got: show(came), nearness: 0 })];
      },
    };
  },
};

/** An expression whose value is known at load to be neither true nor false could never hold. */
function checkTruth(expression: Expression | null, compiler: Compiler): void {
  const kind = (expression as Partial<CheckedExpression> | null)?.kind ?? 'any';
  if (kind === 'any' || kind === 'bool') return;
  compiler.mistake({ code: 'never-holds', message: '`if` needs an expression that is true or false', expected: 'true or false', got: `one that gives ${kind}`, fix: 'Compare it with something, such as `query.id == "1"`, or write `query.id != null`' });
}

function bare(source: string): string {
  const inner = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(source)?.[1] ?? source;
  const line = inner.trim().replace(/\s+/g, ' ');
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}
