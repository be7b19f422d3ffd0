import type { ASTNode } from '@marcbachmann/cel-js';
import { allFixed, allNeeds, type Code, type Compiling } from './code.ts';
import { compileCondition } from './conditions.ts';
import { order } from './functions/collections.ts';
import { Problem, type Run } from './run.ts';
import { fromData, isMap, kindOfValue, kindWords, type Kind } from './values.ts';

interface Loop {
  readonly items: Pick<Code, 'needs' | 'fixed'> & { readonly run: (run: Run) => Iterable<unknown> };
  readonly slot: number;
  readonly each: readonly Code[];
}

/** The list, the variable and what is done with each item; null after a mistake in their form. */
function compileLoop(operands: readonly ASTNode[], c: Compiling, conditions: number): Loop | null {
  const [listNode, variable, ...rest] = operands as [ASTNode, ASTNode, ...ASTNode[]];
  const items = c.compile(listNode);
  if (items.kind !== 'any' && items.kind !== 'list' && items.kind !== 'map') {
    c.mistake(listNode, { code: 'wrong-type', message: `\`${c.written(listNode)}\` has no items`, expected: 'a list or a map', got: kindWords[items.kind] });
  }
  if (variable.op !== 'id') {
    c.mistake(variable, { code: 'expression-syntax', message: 'The first argument is the name of a variable, such as `i` in `list.map(i, i.name)`', got: `\`${c.written(variable)}\`` });
    return null;
  }
  const { inner, slot } = c.with(variable.args);
  const each = rest.map((node, index) => (index < conditions ? compileCondition(node, inner, 'the condition') : inner.compile(node)));
  const written = c.written(listNode);
  return { items: { needs: items.needs, fixed: items.fixed, run: items.rows ?? ((run) => itemsOf(items.run(run), written, run)) }, slot, each };
}

/** The items of a list or the keys of a map, paid for in advance. */
function itemsOf(value: unknown, written: string, run: Run): readonly unknown[] {
  const items = Array.isArray(value) ? (value as readonly unknown[]) : isMap(value) ? Object.keys(value) : null;
  if (items === null) throw new Problem(`\`${written}\` is ${kindWords[kindOfValue(value)]}, so it has no items`, value === null ? 'missing' : 'failed');
  run.spend(2 * items.length);
  return items;
}

function loopCode(loop: Loop | null, kind: Kind, run: (loop: Loop, items: Iterable<unknown>, run: Run) => unknown): Code {
  if (loop === null) return { kind, needs: 0, fixed: false, run: () => null };
  const { items, each } = loop;
  return { kind, needs: items.needs | allNeeds(each), fixed: items.fixed && allFixed(each), run: (now) => run(loop, items.run(now), now) };
}

/** `list.map(i, value)` and `list.map(i, condition, value)`. */
export function mapItems(operands: readonly ASTNode[], _call: ASTNode, c: Compiling): Code {
  return loopCode(compileLoop(operands, c, operands.length - 3), 'list', ({ each, slot }, items, run) => {
    const made: unknown[] = [];
    const value = each.at(-1)!;
    for (const item of items) {
      run.slots[slot] = fromData(item);
      if (each.length === 1 || each[0]!.run(run) === true) made.push(value.run(run));
    }
    return made;
  });
}

/** `list.filter(i, condition)` */
export function filterItems(operands: readonly ASTNode[], _call: ASTNode, c: Compiling): Code {
  return loopCode(compileLoop(operands, c, 1), 'list', ({ each, slot }, items, run) => {
    const kept: unknown[] = [];
    for (const item of items) {
      run.slots[slot] = fromData(item);
      if (each[0]!.run(run) === true) kept.push(item);
    }
    return kept;
  });
}

/** `exists` looks for true, `all` for false; as in CEL a failure counts only when no item settles it. */
export function quantifier(looksFor: boolean): (operands: readonly ASTNode[], call: ASTNode, c: Compiling) => Code {
  return (operands, _call, c) => loopCode(compileLoop(operands, c, 1), 'bool', ({ each, slot }, items, run) => {
    let failure: Problem | null = null;
    for (const item of items) {
      run.slots[slot] = fromData(item);
      try {
        if (each[0]!.run(run) === looksFor) return looksFor;
      } catch (error) {
        if (!(error instanceof Problem) || error.kind === 'costly') throw error;
        failure ??= error;
        run.spend(20);
      }
    }
    if (failure) throw failure;
    return !looksFor;
  });
}

/** `list.exists_one(i, condition)` */
export function existsOne(operands: readonly ASTNode[], _call: ASTNode, c: Compiling): Code {
  return loopCode(compileLoop(operands, c, 1), 'bool', ({ each, slot }, items, run) => {
    let found = 0;
    for (const item of items) {
      run.slots[slot] = fromData(item);
      if (each[0]!.run(run) === true) found += 1;
    }
    return found === 1;
  });
}

/** `list.sortBy(i, key)` */
export function sortBy(operands: readonly ASTNode[], _call: ASTNode, c: Compiling): Code {
  return loopCode(compileLoop(operands, c, 0), 'list', ({ each, slot }, items, run) => {
    const keyed = Array.from(items, (item) => {
      run.spend(8);
      run.slots[slot] = fromData(item);
      return { item, key: each[0]!.run(run) };
    });
    return keyed.sort((a, b) => order(a.key, b.key)).map(({ item }) => item);
  });
}
