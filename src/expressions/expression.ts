import { printable } from '../base/show.ts';
import { ExpressionFailure, type Expression, type Facts } from '../model/index.ts';
import type { Code } from './code.ts';
import { compileTree } from './compile.ts';
import { Problem, Run } from './run.ts';
import { scan } from './scan.ts';
import type { ExpressionMistake, Scope } from './scope.ts';
import { parse } from './syntax.ts';
import { plain, type Kind } from './values.ts';

/** An expression that also says, where it is known at load, what kind of value it gives. */
export interface CheckedExpression extends Expression {
  readonly kind: Kind;
}

/**
 * Checks and compiles CEL, bare or wrapped in `${{ }}`. Of several mistakes the first is given and has the others under
 * `further`; offsets count from the start of `source`.
 */
export function compileExpression(source: string, scope: Scope): CheckedExpression | ExpressionMistake {
  if (!source.trimStart().startsWith('${{')) return compileSource(source, 0, scope);
  const pieces = scan(source);
  if ('code' in pieces) return pieces;
  const inside = pieces.filter((piece) => piece.kind === 'expression' || piece.text.trim() !== '');
  const [only] = inside;
  if (inside.length === 1 && only?.kind === 'expression') return compileSource(only.source, only.offset, scope);
  return { code: 'one-expression', message: 'This takes one expression', expected: 'CEL alone, with or without `${{ }}` around the whole', got: 'text around it', fix: 'Join texts inside the expression with `+`.', offset: 0, length: source.length };
}

/** Compiles CEL that stands at an offset of a longer text. */
export function compileSource(source: string, offset: number, scope: Scope): CheckedExpression | ExpressionMistake {
  const parsed = parse(source);
  if ('mistake' in parsed) return placed([parsed], offset);
  let compiled: ReturnType<typeof compileTree>;
  try {
    compiled = compileTree(parsed.node, source, scope);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { code: 'expression-too-large', message: 'The expression is nested too deeply', offset, length: source.length };
  }
  const { code, found } = compiled;
  if (found.length > 0) return placed(found, offset);
  return code.fixed ? constant(source, code, scope) : varying(source.trim(), code, scope.label);
}

function placed(found: readonly { readonly start: number; readonly end: number; readonly mistake: Omit<ExpressionMistake, 'offset' | 'length'> }[], offset: number): ExpressionMistake {
  const [first, ...further] = found.map(({ start, end, mistake }) => ({ ...mistake, offset: offset + start, length: Math.max(end - start, 0) })).sort((a, b) => a.offset - b.offset);
  return further.length === 0 ? first! : { ...first!, further };
}

function varying(source: string, code: Code, label: string): CheckedExpression {
  return { source, kind: code.kind, needs: code.needs, fixed: false, evaluate: (facts) => evaluate(source, code, facts, label) };
}

/** What no request can change is worked out at load. One that fails is left to fail when it is asked for, with its rule and reason. */
function constant(source: string, code: Code, scope: Scope): CheckedExpression {
  const trimmed = source.trim();
  try {
    const value = evaluate(trimmed, code, noFacts, scope.label);
    return { source: trimmed, kind: code.kind, needs: code.needs, fixed: true, evaluate: () => value };
  } catch (error) {
    if (error instanceof ExpressionFailure) return varying(trimmed, code, scope.label);
    throw error;
  }
}

/** Fixed code asks for no facts. */
const noFacts = {} as Facts;

function evaluate(source: string, code: Code, facts: Facts, label: string): unknown {
  try {
    return plain(code.run(new Run(facts, label)));
  } catch (error) {
    if (error instanceof Problem) throw new ExpressionFailure(oneLine(source), oneLine(error.message));
    // Text over the engine's limit, or data nested deeper than the stack.
    if (error instanceof RangeError) throw new ExpressionFailure(oneLine(source), 'a value is too large or nested too deeply');
    throw error;
  }
}

function oneLine(text: string): string {
  const line = printable(text.replace(/\s+/g, ' '));
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
