import type { Path } from '../base/place.ts';
import { ExpressionFailure, need, type Expression, type Facts, type Needs, type Template } from '../model/index.ts';
import { isLosslessNumber } from 'lossless-json';
import { compileSource } from './expression.ts';
import { longestText } from './run.ts';
import { scan, type Piece } from './scan.ts';
import type { ExpressionMistake, Scope } from './scope.ts';
import { asText } from './values.ts';

/** Maps and lists in each other, and values in all, that one template may have. */
const deepest = 200;
const mostValues = 500_000;

/** `at: 'key'`: it stands in the key itself, not in what is behind it. */
export type TemplateMistake = ExpressionMistake & { readonly path: Path; readonly at?: 'key' };

/**
 * Compiles any JSON-like value with `${{ }}` in its strings. A string that is one expression and nothing else becomes the value
 * itself, of whatever type; in a longer string the parts are joined as text, and so in a key. What has no expression
 * in it is given back as it is, not copied. `path` of a mistake leads to the string, `offset` into it.
 */
export function compileTemplate<T = unknown>(
  value: unknown,
  scope: Scope,
): { readonly template: Template<T> } | { readonly mistakes: readonly TemplateMistake[] } {
  const compiling: Filling = { scope, mistakes: [], values: 0 };
  const part = holdsExpression(value, { values: mostValues }, deepest) ? compilePart(value, [], compiling) : unchanged(value);
  if (compiling.mistakes.length > 0) return { mistakes: compiling.mistakes };
  const { needs, fixed, render } = part;
  return { template: { needs, fixed, render: render as (facts: Facts) => T } };
}

/** Whether there is anything to fill, or too much to know: most values of a scenario are large and plain. */
function holdsExpression(value: unknown, left: { values: number }, depth: number): boolean {
  left.values -= 1;
  if (typeof value === 'string') return value.includes('${{');
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0 || left.values < 0) return true;
  if (Array.isArray(value)) return value.some((item) => holdsExpression(item, left, depth - 1));
  for (const key in value) if (key.includes('${{') || holdsExpression((value as Record<string, unknown>)[key], left, depth - 1)) return true;
  return false;
}

interface Filling {
  readonly scope: Scope;
  readonly mistakes: TemplateMistake[];
  values: number;
}

interface FilledPart {
  readonly needs: Needs;
  readonly fixed: boolean;
  /** There is no expression in it: the value stays the one that was given. */
  readonly plain: boolean;
  readonly render: (facts: Facts) => unknown;
}

function compilePart(value: unknown, path: Path, filling: Filling): FilledPart {
  filling.values += 1;
  if (filling.values > mostValues || path.length > deepest) return tooLarge(path, filling);
  if (typeof value === 'string') return value.includes('${{') ? compileText(value, path, filling) : unchanged(value);
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return unchanged(value);
  if (Array.isArray(value)) return compileList(value, path, filling);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? compileMap(value as Readonly<Record<string, unknown>>, path, filling) : unchanged(value);
}

function tooLarge(path: Path, filling: Filling): FilledPart {
  if (filling.mistakes.at(-1)?.code !== 'template-too-large') {
    filling.mistakes.push({ code: 'template-too-large', message: 'The value is too large or nested too deeply', expected: `at most ${mostValues} values, ${deepest} deep`, path: path.slice(0, deepest), offset: 0, length: 0 });
  }
  return unchanged(null);
}

function unchanged(value: unknown): FilledPart {
  return { needs: need.nothing, fixed: true, plain: true, render: () => value };
}

function compileList(list: readonly unknown[], path: Path, filling: Filling): FilledPart {
  const items = list.map((item, index) => compilePart(item, [...path, index], filling));
  return together(items, list, (facts) => items.map((item) => item.render(facts)));
}

function compileMap(map: Readonly<Record<string, unknown>>, path: Path, filling: Filling): FilledPart {
  const keys = Object.keys(map);
  const items = keys.map((key) => compilePart(map[key], [...path, key], filling));
  const names = keys.map((key) => (key.includes('${{') ? compileKey(key, path, filling) : null));
  return together([...items, ...names.filter((name) => name !== null)], map, (facts) => {
    const filled = Object.create(null) as Record<string, unknown>;
    for (let index = 0; index < keys.length; index += 1) {
      const name = names[index];
      filled[name ? asText(name.render(facts)) : keys[index]!] = items[index]!.render(facts);
    }
    return filled;
  });
}

function compileKey(key: string, path: Path, filling: Filling): FilledPart {
  const first = filling.mistakes.length;
  const part = compileText(key, [...path, key], { ...filling, scope: { ...filling.scope, label: `${filling.scope.label}/key` } });
  for (let index = first; index < filling.mistakes.length; index += 1) filling.mistakes[index] = { ...filling.mistakes[index]!, at: 'key' };
  return part;
}

/** A list or map of parts: made anew for each request only when a request can change it. */
function together(items: readonly FilledPart[], value: unknown, render: (facts: Facts) => unknown): FilledPart {
  if (items.every((item) => item.plain)) return unchanged(value);
  const needs = items.reduce((sum: Needs, item) => sum | item.needs, need.nothing);
  return { needs, plain: false, ...onceIfFixed(items.every((item) => item.fixed), render) };
}

function onceIfFixed(fixed: boolean, render: (facts: Facts) => unknown): Pick<FilledPart, 'fixed' | 'render'> {
  if (!fixed) return { fixed, render };
  let made: { readonly value: unknown } | null = null;
  return { fixed, render: (facts) => (made ??= { value: render(facts) }).value };
}

function compileText(text: string, path: Path, filling: Filling): FilledPart {
  const pieces = scan(text);
  if ('code' in pieces) {
    filling.mistakes.push({ ...pieces, path });
    return unchanged(text);
  }
  const [first, second] = pieces;
  // A block scalar of YAML ends with a line break that nobody means.
  const alone = first?.kind === 'expression' && (second === undefined || (pieces.length === 2 && second.kind === 'text' && second.text === '\n'));
  const parts = (alone ? [first] : pieces).map((piece, index) => compilePiece(piece, index, path, filling));
  if (alone) {
    const [expression] = parts as [Expression];
    return { needs: expression.needs, fixed: expression.fixed, plain: false, render: (facts) => expression.evaluate(facts) };
  }
  const needs = parts.reduce((sum: Needs, part) => sum | (typeof part === 'string' ? need.nothing : part.needs), need.nothing);
  return { needs, plain: false, ...onceIfFixed(parts.every((part) => typeof part === 'string' || part.fixed), (facts) => joinParts(parts, facts)) };
}

/** Text stays text; an expression draws its randomness by the place where it stands. */
function compilePiece(piece: Piece, index: number, path: Path, filling: Filling): string | Expression {
  if (piece.kind === 'text') return piece.text;
  const compiled = compileSource(piece.source, piece.offset, { ...filling.scope, label: `${filling.scope.label}/${path.join('/')}#${index}` });
  if (!('code' in compiled)) return compiled;
  const { further = [], ...mistake } = compiled;
  for (const one of [mistake, ...further]) filling.mistakes.push({ ...one, path });
  return '';
}

function joinParts(parts: readonly (string | Expression)[], facts: Facts): string {
  let text = '';
  for (const part of parts) {
    text += typeof part === 'string' ? part : asText(part.evaluate(facts));
    if (text.length > longestText) throw new ExpressionFailure(typeof part === 'string' ? '' : part.source, 'the text is too long');
  }
  return text;
}
