import type { ASTNode } from '@marcbachmann/cel-js';
import { allFixed, allNeeds, type Code, type Compiling } from './code.ts';
import { Problem } from './run.ts';
import { kindOfValue, kindWords } from './values.ts';

/** `condition ? a : b` too. Only the chosen branch runs; the branches may be of different kinds. */
export function choose(operands: readonly ASTNode[], c: Compiling): Code {
  const condition = compileCondition(operands[0]!, c, 'the condition');
  const [yes, no] = [c.compile(operands[1]!), c.compile(operands[2]!)];
  return {
    kind: yes.kind === no.kind ? yes.kind : 'any',
    needs: allNeeds([condition, yes, no]),
    fixed: allFixed([condition, yes, no]),
    run: (run) => (condition.run(run) === true ? yes.run(run) : no.run(run)),
  };
}

/** Code that gives true or false: a mistake at load when it plainly does not, a Problem when it turns out not to. */
export function compileCondition(node: ASTNode, c: Compiling, what: string): Code {
  const code = c.compile(node);
  if (code.kind === 'bool') return code;
  const written = c.written(node);
  const kind = code.orNull ?? code.kind;
  if (kind !== 'any') return c.mistake(node, { code: 'wrong-type', message: `\`${written}\` is no condition`, expected: 'true or false', got: kindWords[kind], fix: 'Compare it, as in `x == "1"` or `x != null`.' });
  return {
    ...code,
    kind: 'bool',
    run: (run) => {
      const value = code.run(run);
      if (typeof value === 'boolean') return value;
      throw new Problem(`\`${written}\` is ${kindWords[kindOfValue(value)]}, and ${what} must be true or false`, value === null ? 'missing' : 'failed');
    },
  };
}
