import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js';
import { allFixed, allNeeds, nothing, type Code, type Compiling } from './code.ts';
import { add, calculate, compare, equals, isIn, subtract, type Operands } from './operators.ts';
import { Problem, type Run } from './run.ts';
import { compileCondition } from './conditions.ts';
import { Duration, kindWords, type Kind } from './values.ts';

/** `left op right` for all operators but `&&` and `||`. */
export function compileBinary(op: BinaryOperator, leftNode: ASTNode, rightNode: ASTNode, node: ASTNode, c: Compiling): Code {
  const left = c.compile(leftNode);
  const right = c.compile(rightNode);
  if (left === nothing || right === nothing) return nothing;
  const kind = resultKind(op, left.kind, right.kind);
  const operands = { left: c.written(leftNode), right: c.written(rightNode) };
  if (kind === null) {
    return c.mistake(node, { code: 'wrong-type', message: `\`${op}\` does not go between ${kindWords[left.kind]} and ${kindWords[right.kind]}`, got: `\`${operands.left}\` and \`${operands.right}\``, fix: operatorHint(op, left.kind, right.kind) });
  }
  return { kind, needs: allNeeds([left, right]), fixed: allFixed([left, right]), run: binary(op, left, right, operands) };
}

function operatorHint(op: BinaryOperator, left: Kind, right: Kind): string | undefined {
  if (op === '+' && left === 'map' && right === 'map') return 'Write `merge(a, b)`.';
  if (op === '+' && left === 'list') return 'Write `list + [item]`.';
  if (op === '+' && right === 'list') return 'Write `[item] + list`.';
  if (op === '+' && left === 'time') return 'Write `time + duration("1h")`.';
  if (op === '*' && (left === 'text' || right === 'text')) return 'Write `repeat(x, times)`.';
  return undefined;
}

function binary(op: BinaryOperator, left: Code, right: Code, operands: Operands): (run: Run) => unknown {
  switch (op) {
    case '+': return (run) => add(left.run(run), right.run(run), operands, run);
    case '-': return (run) => subtract(left.run(run), right.run(run), operands);
    case '*': case '/': case '%': return (run) => calculate(op, left.run(run), right.run(run), operands);
    case '==': return (run) => equals(left.run(run), right.run(run), run);
    case '!=': return (run) => !equals(left.run(run), right.run(run), run);
    case '<': case '<=': case '>': case '>=': return (run) => compare(op, left.run(run), right.run(run), operands, run);
    case 'in': return (run) => isIn(left.run(run), right.run(run), operands, run);
  }
}

/** What an operator gives for operands of these kinds; null when it can give nothing. */
function resultKind(op: BinaryOperator, left: Kind, right: Kind): Kind | null {
  switch (op) {
    case '==': case '!=': return 'bool';
    case 'in': return right === 'any' || right === 'list' || right === 'map' || right === 'text' ? 'bool' : null;
    case '<': case '<=': case '>': case '>=': return areOrdered(left, right) ? 'bool' : null;
    case '+': return sumKind(left, right);
    case '-': return differenceKind(left, right);
    case '*': case '/': case '%': return isNumberLike(left) && isNumberLike(right) ? 'number' : null;
  }
}

function isNumberLike(kind: Kind): boolean {
  return kind === 'any' || kind === 'number' || kind === 'text';
}

function areOrdered(left: Kind, right: Kind): boolean {
  if (left === 'any' || right === 'any') return ![left, right].some((kind) => kind === 'list' || kind === 'map' || kind === 'null' || kind === 'bytes');
  if (left === 'time' || right === 'time') return [left, right].every((kind) => kind === 'time' || kind === 'text');
  if (isNumberLike(left) && isNumberLike(right)) return true;
  return left === right && (left === 'bool' || left === 'duration');
}

function sumKind(left: Kind, right: Kind): Kind | null {
  if (left === 'text' || right === 'text') return 'text';
  if (left === 'any' || right === 'any') return 'any';
  if (left === right) return left === 'number' || left === 'list' || left === 'duration' || left === 'bytes' ? left : null;
  return (left === 'time' && right === 'duration') || (left === 'duration' && right === 'time') ? 'time' : null;
}

function differenceKind(left: Kind, right: Kind): Kind | null {
  if (left === 'time') return right === 'time' ? 'duration' : right === 'duration' ? 'time' : right === 'any' ? 'any' : null;
  if (left === 'duration') return right === 'duration' || right === 'any' ? 'duration' : null;
  if (left === 'any' && (right === 'time' || right === 'duration')) return 'any';
  return isNumberLike(left) && isNumberLike(right) ? (left === 'any' || right === 'any' ? 'any' : 'number') : null;
}

/** `&&` and `||`. As in CEL a failure on one side does not matter when the other side settles the result. */
export function compileLogic(op: '&&' | '||', leftNode: ASTNode, rightNode: ASTNode, c: Compiling): Code {
  const left = compileCondition(leftNode, c, `each side of \`${op}\``);
  const right = compileCondition(rightNode, c, `each side of \`${op}\``);
  const settles = op === '||';
  return {
    kind: 'bool',
    needs: allNeeds([left, right]),
    fixed: allFixed([left, right]),
    run: (run) => {
      const first = attempt(left, run);
      if (first === settles) return settles;
      const second = right.run(run);
      if (second === settles || !(first instanceof Problem)) return second;
      throw first;
    },
  };
}

function attempt(code: Code, run: Run): unknown {
  try {
    return code.run(run);
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === 'costly') throw error;
    run.spend(20);
    return error;
  }
}

/** `!x` and `-x`. */
export function compileUnary(op: '!_' | '-_', operandNode: ASTNode, node: ASTNode, c: Compiling): Code {
  if (op === '!_') {
    const code = compileCondition(operandNode, c, 'what `!` turns around');
    return { kind: 'bool', needs: code.needs, fixed: code.fixed, run: (run) => code.run(run) !== true };
  }
  const code = c.compile(operandNode);
  if (code === nothing) return nothing;
  if (!isNumberLike(code.kind) && code.kind !== 'duration') return c.mistake(node, { code: 'wrong-type', message: '`-` does not go before this', expected: 'a number', got: kindWords[code.kind] });
  const operands = { left: '0', right: c.written(operandNode) };
  return {
    kind: code.kind === 'duration' ? 'duration' : code.kind === 'any' ? 'any' : 'number',
    needs: code.needs,
    fixed: code.fixed,
    literal: typeof code.literal === 'bigint' || typeof code.literal === 'number' ? -code.literal : undefined,
    run: (run) => {
      const value = code.run(run);
      if (value instanceof Duration) return new Duration(-value.ms);
      return calculate('*', -1n, value, operands);
    },
  };
}
