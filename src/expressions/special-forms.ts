import type { ASTNode } from '@marcbachmann/cel-js';
import { allFixed, allNeeds, type Code, type Compiling } from './code.ts';
import { choose } from './conditions.ts';
import { fixtureCode } from './fixture-code.ts';
import { existsOne, filterItems, mapItems, quantifier, sortBy } from './loops.ts';
import { Problem, type Run } from './run.ts';

/** A call whose arguments are not simply worked out first. */
export interface SpecialForm {
  readonly name: string;
  readonly signature: string;
  readonly about: string;
  readonly example: readonly [expression: string, value: string];
  /** How many operands there may be, the receiver of `x.f(y)` counted. */
  readonly operands: readonly number[];
  compile(operands: readonly ASTNode[], call: ASTNode, c: Compiling): Code;
}

export const specialForms: ReadonlyMap<string, SpecialForm> = new Map(
  ([
    { name: 'has', signature: 'has(path): bool', about: 'Whether the name at the end of a path is there, whatever is missing on the way.', example: ['has(body.customer.name)', 'true'], operands: [1], compile: has },
    { name: 'default', signature: 'default(x, y): any', about: 'The value, or another when it is null or a name on the way to it is missing.', example: ['default(body.customer.nickname, "none")', '"none"'], operands: [2], compile: orDefault },
    { name: 'choose', signature: 'choose(condition, a, b): any', about: 'The one when the condition is true, else the other, as `condition ? a : b`.', example: ['choose(size(body.items) > 1, "many", "few")', '"many"'], operands: [3], compile: (operands, _, c) => choose(operands, c) },
    { name: 'fixture', signature: 'fixture("name"): {text, size, sha256, name}', about: 'A file under the fixtures folder; its name is written out, so that it is checked at load.', example: ['fixture("hello.txt").text', '"hello"'], operands: [1], compile: (operands, _, c) => fixtureCode(operands[0]!, c) },
    { name: 'map', signature: 'list.map(i, value) or list.map(i, condition, value): list', about: 'A value for each item (or each key of a map), of those for which the condition holds.', example: ['body.items.map(i, i.name)', '["pen","ink"]'], operands: [3, 4], compile: mapItems },
    { name: 'filter', signature: 'list.filter(i, condition): list', about: 'The items (or keys) for which the condition holds.', example: ['body.items.filter(i, i.open).map(i, i.name)', '["pen"]'], operands: [3], compile: filterItems },
    { name: 'all', signature: 'list.all(i, condition): bool', about: 'Whether the condition holds for every item.', example: ['body.items.all(i, i.qty > 0)', 'true'], operands: [3], compile: quantifier(false) },
    { name: 'exists', signature: 'list.exists(i, condition): bool', about: 'Whether the condition holds for at least one item.', example: ['body.items.exists(i, i.name == "ink")', 'true'], operands: [3], compile: quantifier(true) },
    { name: 'exists_one', signature: 'list.exists_one(i, condition): bool', about: 'Whether the condition holds for exactly one item.', example: ['body.items.exists_one(i, i.open)', 'true'], operands: [3], compile: existsOne },
    { name: 'existsOne', signature: 'list.existsOne(i, condition): bool', about: 'The same as `exists_one`.', example: ['[1, 1].existsOne(i, i == 1)', 'false'], operands: [3], compile: existsOne },
    { name: 'sortBy', signature: 'list.sortBy(i, key): list', about: 'The items in the order of something of each.', example: ['body.items.sortBy(i, i.qty).map(i, i.name)', '["ink","pen"]'], operands: [3], compile: sortBy },
    { name: 'bind', signature: 'cel.bind(name, value, expression): any', about: 'A value under a name for one expression.', example: ['cel.bind(n, size(body.items), n * n)', '4'], operands: [4], compile: bind },
  ] satisfies readonly SpecialForm[]).map((form) => [form.name, form]),
);

function has(operands: readonly ASTNode[], _call: ASTNode, c: Compiling): Code {
  const path = c.compile(operands[0]!);
  const present = path.has ?? ((run: Run) => path.run(run) !== null);
  return { kind: 'bool', needs: path.needs, fixed: path.fixed, run: (run) => ifMissing(run, () => present(run), false) };
}

function orDefault(operands: readonly ASTNode[], _call: ASTNode, c: Compiling): Code {
  const [code, other] = operands.map((operand) => c.compile(operand)) as [Code, Code];
  return {
    kind: code.kind === other.kind ? code.kind : 'any',
    needs: allNeeds([code, other]),
    fixed: allFixed([code, other]),
    run: (run) => ifMissing(run, () => code.run(run), null) ?? other.run(run),
  };
}

function ifMissing<T>(run: Run, read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'missing') throw error;
    run.spend(20);
    return otherwise;
  }
}

function bind(operands: readonly ASTNode[], call: ASTNode, c: Compiling): Code {
  const [namespace, variable, valueNode, node] = operands as [ASTNode, ASTNode, ASTNode, ASTNode];
  if (namespace.op !== 'id' || namespace.args !== 'cel' || variable.op !== 'id') return c.mistake(call, { code: 'expression-syntax', message: 'A value is bound by `cel.bind(name, value, expression)`' });
  const value = c.compile(valueNode);
  const { inner, slot } = c.with(variable.args);
  const code = inner.compile(node);
  return {
    ...code,
    needs: value.needs | code.needs,
    fixed: value.fixed && code.fixed,
    has: undefined,
    fields: undefined,
    rows: undefined,
    literal: undefined,
    run: (run) => {
      run.slots[slot] = value.run(run);
      return code.run(run);
    },
  };
}
