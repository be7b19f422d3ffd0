import type { ASTNode } from '@marcbachmann/cel-js';
import { need } from '../model/index.ts';
import { allNeeds, nothing, type Code, type Compiling } from './code.ts';
import { accepts, convert, parameterWords, signatureOf, type FunctionEntry, type Parameter } from './functions/define.ts';
import { functions } from './functions/index.ts';
import { namesAtHand } from './access.ts';
import { hintForFunction, hintForName } from './hints.ts';
import type { Run } from './run.ts';
import { specialForms, type SpecialForm } from './special-forms.ts';
import { kindWords } from './values.ts';

/** `f(x, y)` and `x.f(y)`, which are the same. */
export function compileCall(name: string, operands: readonly ASTNode[], node: ASTNode, c: Compiling): Code {
  const receiver = node.op === 'rcall' ? operands[0]! : null;
  const form = specialForms.get(name);
  if (form && (name !== 'bind' || node.op === 'rcall')) return compileForm(form, operands, node, c);
  if (receiver?.op === 'id' && !namesAtHand(c).includes(receiver.args)) return unknownReceiver(receiver.args, name, receiver, c);
  const codes = operands.map((operand) => c.compile(operand));
  const entry = functions.get(name);
  if (!entry) return c.mistake(nameSpan(name, node, receiver, c), { code: 'unknown-function', message: `There is no function \`${name}\``, fix: hintForFunction(name) });
  return compileFunction(entry, codes, operands, node, c);
}

/** `Math.round(x)`, `JSON.parse(x)`: functions stand on their own here. */
function unknownReceiver(receiver: string, name: string, node: ASTNode, c: Compiling): Code {
  if (functions.has(name)) return c.compile(node) && nothing;
  return c.mistake(node, { code: 'unknown-name', message: `There is no name \`${receiver}\` here`, fix: hintForFunction(name) ?? hintForName(receiver, namesAtHand(c)) });
}

/** Where the name of a called function stands. */
function nameSpan(name: string, node: ASTNode, receiver: ASTNode | null, c: Compiling) {
  const start = Math.max(receiver ? c.source.indexOf(name, receiver.end) : node.start, node.start);
  return { start, end: start + name.length };
}

function compileForm(form: SpecialForm, operands: readonly ASTNode[], node: ASTNode, c: Compiling): Code {
  if (form.operands.includes(operands.length)) return form.compile(operands, node, c);
  return c.mistake(node, { code: 'wrong-arguments', message: `\`${form.name}\` is not called like this`, expected: `\`${form.signature}\``, got: `\`${c.written(node)}\`` });
}

function compileFunction(entry: FunctionEntry, codes: readonly Code[], operands: readonly ASTNode[], node: ASTNode, c: Compiling): Code {
  const signature = signatureOf(entry);
  if (codes.length < signature.fewest || codes.length > signature.most) {
    return c.mistake(node, { code: 'wrong-arguments', message: `\`${entry.name}\` does not take ${codes.length === 1 ? '1 argument' : `${codes.length} arguments`}`, expected: `\`${entry.signature}\`` });
  }
  const parameters = codes.map((_, index) => signature.parameters[Math.min(index, signature.parameters.length - 1)]!);
  const wrong = codes.findIndex((code, index) => !accepts(parameters[index]!, code.kind));
  if (wrong !== -1) {
    return c.mistake(operands[wrong]!, { code: 'wrong-type', message: `\`${entry.name}\` does not take this`, expected: parameterWords(parameters[wrong]!), got: `${kindWords[codes[wrong]!.kind]}, \`${c.written(operands[wrong]!)}\`` });
  }
  const mistake = entry.check?.(codes.map((code) => code.literal));
  if (mistake) {
    const { argument, ...rest } = mistake;
    return c.mistake(operands[argument] ?? node, rest);
  }
  const rows = codes[0]?.rows;
  if (rows && entry.ofRows) return { kind: signature.gives, needs: need.nothing, fixed: false, run: (run) => entry.ofRows!(rows(run)) };
  return {
    kind: signature.gives,
    needs: allNeeds(codes) | (entry.draws ? need.call : need.nothing),
    fixed: !entry.draws && !entry.clock && codes.every((code) => code.fixed),
    run: runFunction(entry, codes, parameters, operands.map((operand) => c.written(operand))),
  };
}

function runFunction(entry: FunctionEntry, codes: readonly Code[], parameters: readonly Parameter[], written: readonly string[]): (run: Run) => unknown {
  const cost = entry.cost ?? 1;
  return (run) => {
    const args: unknown[] = [];
    let read = 1;
    for (let index = 0; index < codes.length; index += 1) {
      const value = convert(parameters[index]!, codes[index]!.run(run), written[index]!, entry.name);
      read += weight(value);
      args.push(value);
    }
    run.spend(read * cost);
    return entry.call(args, run);
  };
}

/** Steps that reading a value once is worth. Functions on maps pay for the keys themselves. */
function weight(value: unknown): number {
  if (typeof value === 'string') return value.length >> 6;
  if (Array.isArray(value)) return value.length;
  return value instanceof Uint8Array ? value.length >> 6 : 0;
}
