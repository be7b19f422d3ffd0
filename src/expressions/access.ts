import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from '../base/nearest.ts';
import { bracketForm, hintForFunction, hintForName } from './hints.ts';
import { collection, vars } from './memory-names.ts';
import { boundName, names } from './names.ts';
import { nothing, type Code, type Compiling } from './code.ts';
import { hasMember, isPosition, memberOf, positionIn } from './members.ts';
import { kindWords } from './values.ts';

/** A name that stands on its own: a loop variable, a bound name, one of the language. */
export function compileName(name: string, node: ASTNode, c: Compiling): Code {
  const slot = c.locals.get(name);
  if (slot !== undefined) return { kind: 'any', needs: 0, fixed: true, run: (run) => run.slots[slot] };
  if (c.scope.bound?.includes(name)) return boundName(name, c.scope.held?.get(name));
  const known = names.get(name);
  if (known) return name === 'vars' && c.scope.vars ? vars(c.scope.vars) : known.code;
  if (c.scope.collections?.includes(name)) return collection(name);
  return c.mistake(node, { code: 'unknown-name', message: `There is no name \`${name}\` here`, fix: hintForName(name, [...namesAtHand(c), 'true', 'false', 'null']) });
}

/** Every name that an expression may use where it stands. */
export function namesAtHand({ locals, scope }: Compiling): readonly string[] {
  return [...locals.keys(), ...(scope.bound ?? []), ...names.keys(), ...(scope.collections ?? [])];
}

/** `left.name` */
export function compileMember(left: Code, leftNode: ASTNode, name: string, node: ASTNode, c: Compiling): Code {
  if (left === nothing) return nothing;
  const { fields } = left;
  if (fields) {
    const field = fields.named(name);
    if (field) return field;
    return c.mistake({ start: node.end - name.length, end: node.end }, unknownField(name, leftNode, fields.names ?? [], c));
  }
  if (left.kind === 'list') return c.mistake(node, { code: 'wrong-type', message: `\`${c.written(leftNode)}\` is a list, so it has no \`${name}\``, fix: listHint(name) });
  if (left.kind !== 'any' && left.kind !== 'map') {
    return c.mistake(node, { code: 'wrong-type', message: `\`${c.written(leftNode)}\` is ${kindWords[left.kind]}, so it has no \`${name}\``, fix: hintForFunction(name) });
  }
  if (left.known?.includes(name) === false) return c.mistake({ start: node.end - name.length, end: node.end }, unknownField(name, leftNode, left.known, c));
  return dynamicMember(left, leftNode, { kind: 'text', needs: 0, fixed: true, literal: name, run: () => name }, c);
}

function listHint(name: string): string {
  return name === 'length' || name === 'size' || name === 'count' ? 'Write `size(x)`.' : 'Pick an item with `[0]`, or go through all with `.map(i, …)`.';
}

function unknownField(name: string, leftNode: ASTNode, known: readonly string[], c: Compiling) {
  const written = c.written(leftNode);
  const own = written === 'request' && names.has(name) ? `Write \`${name}\` on its own.` : undefined;
  return { code: 'unknown-field', message: `\`${written}\` has no \`${name}\``, ...(known.length > 0 && { expected: `one of ${known.join(', ')}` }), fix: own ?? didYouMean(name, known) };
}

/** `left[key]` */
export function compileIndex(left: Code, leftNode: ASTNode, key: Code, node: ASTNode, c: Compiling): Code {
  if (left === nothing || key === nothing) return nothing;
  if (typeof key.literal === 'string' && left.fields) return compileMember(left, leftNode, key.literal, node, c);
  if (left.kind !== 'any' && left.kind !== 'map' && left.kind !== 'list') {
    return c.mistake(node, { code: 'wrong-type', message: `\`${c.written(leftNode)}\` is ${kindWords[left.kind]}, so nothing can be picked out of it with \`[ ]\``, fix: left.kind === 'text' ? 'Write `charAt(x, 0)` or `substring(x, 0, 1)`.' : undefined });
  }
  if (left.kind === 'list' && key.kind !== 'any' && key.kind !== 'number') {
    return c.mistake(node, { code: 'wrong-type', message: `\`${c.written(leftNode)}\` is a list`, expected: 'a number in the brackets', got: kindWords[key.kind] });
  }
  if (left.known && (key.kind === 'number' || (typeof key.literal === 'string' && !left.known.includes(key.literal)))) return c.mistake(node, unknownField(c.written(node).slice(c.written(leftNode).length), leftNode, left.known, c));
  return left.fields?.computed?.(key) ?? (left.rows ? rowAt(left.rows, leftNode, key, c) : dynamicMember(left, leftNode, key, c));
}

function dynamicMember(left: Code, leftNode: ASTNode, key: Code, c: Compiling): Code {
  const written = c.written(leftNode);
  return {
    kind: 'any',
    needs: left.needs | key.needs,
    fixed: left.fixed && key.fixed,
    run: (run) => memberOf(left.run(run), key.run(run), written),
    has: (run) => hasMember(left.run(run), key.run(run)),
  };
}

/** One row of a collection, without the list of all. */
function rowAt(rows: NonNullable<Code['rows']>, leftNode: ASTNode, key: Code, c: Compiling): Code {
  const written = c.written(leftNode);
  return {
    kind: 'any',
    needs: key.needs,
    fixed: false,
    run(run) {
      const table = rows(run);
      return table.at(positionIn(table.size, key.run(run), written));
    },
    has: (run) => isPosition(rows(run).size, key.run(run)),
  };
}

/** The mistake of `headers.content-type`, which reads as a subtraction; null when it is one. */
export function hyphenMistake(node: ASTNode, c: Compiling): Code | null {
  if (node.op !== '-' || node.end - node.start > 200) return null;
  const text = c.source.slice(node.start, node.end);
  const found = /^(\w+)(?:\.\w+)*?\.\w+((?:-[A-Za-z_]\w*)+)$/.exec(text);
  if (!found || !names.has(found[1]!)) return null;
  const words = found[2]!.slice(1).split('-');
  const subtraction = !found[1]!.startsWith('headers') && words.every((word) => names.has(word) || c.locals.has(word) || c.scope.bound?.includes(word));
  const bracketed = subtraction ? null : bracketForm(c.source, node.start, node.end);
  if (bracketed === null) return null;
  return c.mistake(node, { code: 'hyphen-in-name', message: `\`${text}\` is read as a subtraction`, fix: `Write \`${bracketed}\`.` });
}
